"""What the verdict is made from: the finished tables of the controlled study, in memory."""

from dataclasses import dataclass, field

import pandas as pd

from denoising.study.results import Study, empty
from denoising.study.schema import numbers
from denoising.verdict.design import Design

OF_NETWORK = {"signals": "str", "alpha": "float64", "denoiser": "str", "variant": "str", "depth": "Int64"}
OF_CELL = OF_NETWORK | {"seed": "Int64"}
FILTERS = OF_CELL | numbers("frequency", "gain")
PROBED = {
    "filters": FILTERS,
    "local_filters": FILTERS | {"signal_id": "int64"} | numbers("f1", "f2"),
    "error_map": OF_NETWORK | numbers("f1", "f2") | {"n": "int64", "mse": "float64"},
    "elsewhere": OF_CELL | {"condition": "str", "n": "int64", "test_mse": "float64"},
    "scores": OF_CELL | {"n": "int64"} | numbers("share", "cosine"),
    "tangents": OF_CELL | {"signal_id": "int64"} | numbers("f1", "f2", "rank", "alignment"),
    "singular_values": OF_CELL | {"order": "int64", "value": "float64"},
}  # the columns of the tables of what the best networks do


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence(Study):
    """The tables of the controlled study: those of any study, and what its best networks do.

    Attributes:
        design: its design.
        filters: the effective filters of the best network of each family and claimed noise level, of the
            original's at two depths and of the best linear filter: signals, alpha, denoiser (a name of
            `denoising.verdict.conduct`), variant, depth, seed (the latter three null for what is no network),
            frequency (cycles a sample), gain (see `denoising.verdict.probe`).
        local_filters: the same at one test signal, of the median error of the noisy ones, with its
            signal_id, f1 and f2.
        error_map: the errors of the best networks over the frequencies of the test signals of all seeds:
            signals, alpha, denoiser, variant, depth, f1 and f2 (the middle of a bin), n (signals), mse.
        elsewhere: errors outside the training conditions, of these and of the rescaled noisy signal: signals,
            alpha, denoiser, variant, depth, seed, condition, n (signals), test_mse.
        scores: how far the score that a denoiser stands for is from the exact one, of these, of depth 8
            repaired and of the posterior mean: n (signals), share, cosine (see `denoising.verdict.learned`).
        tangents: of the same at some test signals, networks with a few seeds: signal_id, f1, f2, rank and
            alignment of the slopes.
        singular_values: of these slopes, means over the signals: order (from 1), value.
    """

    design: Design
    filters: pd.DataFrame = field(default_factory=empty(PROBED["filters"]))
    local_filters: pd.DataFrame = field(default_factory=empty(PROBED["local_filters"]))
    error_map: pd.DataFrame = field(default_factory=empty(PROBED["error_map"]))
    elsewhere: pd.DataFrame = field(default_factory=empty(PROBED["elsewhere"]))
    scores: pd.DataFrame = field(default_factory=empty(PROBED["scores"]))
    tangents: pd.DataFrame = field(default_factory=empty(PROBED["tangents"]))
    singular_values: pd.DataFrame = field(default_factory=empty(PROBED["singular_values"]))
