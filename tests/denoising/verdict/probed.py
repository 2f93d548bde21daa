"""What the best networks might be found to do."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from denoising.signals.sinusoids import FAMILIES
from denoising.study.schema import stack
from denoising.verdict.cells import Candidate, best_denoising, measured
from denoising.verdict.conduct import BEST, LEARNERS, LINEAR, ORIGINALS, POSTERIOR, RESCALED, Place, places
from denoising.verdict.design import BASE, named
from denoising.verdict.evidence import PROBED, Evidence
from denoising.verdict.learned import MOST_SEEDS, N_VALUES
from denoising.verdict.probe import CONDITIONS, band_of, lines_of

LENGTH, BINS = 256, 4
WORSE = {BEST: (1.0, 4.0, 8.0, 3.0), LINEAR: (1.0, 20.0, 25.0, 3.0), RESCALED: (1.0,) * 4}  # by condition

Part = tuple[str, Mapping[str, Any]]  # the name of a table, and columns of some of its rows


def probed(evidence: Evidence) -> Evidence:
    """The evidence with plausible tables of what its best networks do."""
    parts: dict[str, list[Mapping[str, Any]]] = {name: [] for name in PROBED}
    for place in places(evidence):
        for name, part in parts_of(evidence, place):
            parts[name].append({**part, "signals": place[0], "alpha": place[1]})
    tables: dict[str, Any] = {name: below_each_other(found, name) for name, found in parts.items()}
    return replace(evidence, **tables)


def below_each_other(parts: list[Mapping[str, Any]], name: str) -> pd.DataFrame:
    """A table of these parts, in each of which a column may be one value for all rows."""
    columns: dict[str, list[Any]] = {column: [] for column in PROBED[name]}
    for part in parts:
        for column, values in zip(part, np.broadcast_arrays(*part.values()), strict=True):
            columns[column].extend(values.tolist())
    return stack([pd.DataFrame(columns)], PROBED[name])


def parts_of(evidence: Evidence, place: Place) -> Iterator[Part]:
    """Those of a family of signals and noise level."""
    signals, alpha = place
    best = best_denoising(evidence, signals, alpha)
    if best is None:
        return
    networks = {BEST: best} | {name: Candidate(BASE, depth, signals) for name, depth in ORIGINALS.items()}
    for denoiser, network in networks.items():
        for seed, mse in measured(evidence, network, alpha).items():
            variant = named(network.variant, signals)
            axes = {"denoiser": denoiser, "variant": variant, "depth": network.depth, "seed": seed}
            for name, part in seen(place, denoiser, float(mse)):
                yield name, {**part, **axes}
    errors = error_bins(place, float(measured(evidence, best, alpha).mean()))
    yield "error_map", {**errors, "denoiser": BEST, "variant": best.variant, "depth": best.depth}
    s = alpha / (1 - alpha)
    for denoiser, mse in ((LINEAR, 0.2 * s**2), (RESCALED, s**2)):
        for name, part in seen(place, denoiser, mse):
            if denoiser == LINEAR or name == "elsewhere":
                yield name, {**part, "denoiser": denoiser, "variant": None, "depth": np.nan, "seed": np.nan}
    yield from learned_parts(evidence, place)


def seen(place: Place, denoiser: str, mse: float) -> Iterator[Part]:
    """Gains of 1 in the band, by the best network beside one signal at its lines alone, and errors."""
    family = FAMILIES[place[0]]
    low, high = band_of(family, LENGTH)
    f = np.array([0.8 * family.low + 0.2 * family.high, 0.2 * family.low + 0.8 * family.high])
    frequency = np.fft.rfftfreq(LENGTH)
    distance = np.abs(frequency[:, None] - lines_of(family, f, LENGTH)).min(axis=1)
    inside = np.where((frequency >= low) & (frequency <= high), 1.0, 0.01)
    local = np.where(distance < 0.6 / LENGTH, 0.9, 0.05) if denoiser == BEST else inside
    yield "filters", {"frequency": frequency, "gain": inside}
    example = {"signal_id": 7, "f1": f[0], "f2": f[1]}
    yield "local_filters", {"frequency": frequency, "gain": local, **example}
    factors = np.array(WORSE.get(denoiser, (1.0, 2.0, 2.0, 2.0)))
    yield "elsewhere", {"condition": CONDITIONS, "n": 500, "test_mse": factors * mse}


def error_bins(place: Place, mse: float) -> dict[str, Any]:
    """Errors that are twice as high at the highest f1 as at the lowest."""
    family = FAMILIES[place[0]]
    middles = family.low + (np.arange(BINS) + 0.5) * (family.high - family.low) / BINS
    errors = np.linspace(2 / 3, 4 / 3, BINS) * mse
    return {"f1": middles.repeat(BINS), "f2": np.tile(middles, BINS), "n": 60, "mse": errors.repeat(BINS)}


def learned_parts(evidence: Evidence, place: Place) -> Iterator[Part]:
    """Scores and slopes: every denoiser passes so many directions alike, the posterior mean two."""
    family = FAMILIES[place[0]]
    ranks = dict(zip(LEARNERS, (6, 10, 60, 1, 20, 2), strict=True))
    for denoiser, rank in ranks.items():
        alone = denoiser in (LINEAR, POSTERIOR)
        for order, seed in enumerate((np.nan,) if alone else evidence.design.seeds):
            axes = {"denoiser": denoiser, "variant": None, "depth": np.nan, "seed": seed}
            share = 0.0 if denoiser == POSTERIOR else rank / 200
            yield "scores", {"n": [200], "share": share, "cosine": 1 - share / 2, **axes}
            if order < MOST_SEEDS:
                example = {"signal_id": [7], "f1": family.low, "f2": family.high}
                yield "tangents", {**example, "rank": float(rank), "alignment": min(1.0, 2 / rank), **axes}
                orders = np.arange(1, N_VALUES + 1)
                yield (
                    "singular_values",
                    {"order": orders, "value": np.where(orders <= rank, 1.0, 0.0), **axes},
                )
