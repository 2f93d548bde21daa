"""What the best networks of the controlled study do, found by running them once more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from denoising.denoisers.network import Network
from denoising.measure.evaluation import rows_at_percentiles
from denoising.measure.metrics import Denoiser, mse_per_signal
from denoising.signals.dataset import SignalSet
from denoising.signals.scaling import rescale, rescaled_noise_std, rescaling_gain
from denoising.signals.settings import DatasetSettings, SourceName
from denoising.signals.sinusoids import FAMILIES, Array
from denoising.study.schema import AXES, stack
from denoising.theory.covariance import posterior_slopes
from denoising.verdict.conduct import (
    BEST,
    LINEAR,
    POSTERIOR,
    REPAIRED_DEEP,
    RESCALED,
    Place,
    networks_at,
    places,
)
from denoising.verdict.design import DESIGNS, named
from denoising.verdict.evidence import PROBED, Evidence
from denoising.verdict.learned import MOST_SEEDS, Exact, directions, exact_of, score_error
from denoising.verdict.probe import (
    TRAINED,
    best_linear,
    conditions,
    error_map,
    errors,
    gain_by_frequency,
    jacobian,
    jacobian_of_linear,
    local_gain,
)
from tasks.cache.store import Store
from tasks.formats.frames import from_parquet
from tasks.formats.network import load_network
from tasks.gather.tables import FinishedCell, Outcomes, collect, finished

Cells = Mapping[tuple[Any, ...], FinishedCell]  # by their axes
Found = tuple[str, pd.DataFrame]  # rows of a table, with its name


def gather(study: str, settings: Mapping[str, Any], outcomes: Outcomes, store: Store) -> Evidence:
    """Read what the stages of the controlled study wrote into its tables, and look at its best networks.

    Args:
        study: its name.
        settings: what it is made from: `preset`, `base` and `arms`.
        outcomes: what became of its steps.
        store: where that lies.
    """
    read = collect(study, settings, outcomes, store)
    return probe(Evidence(**vars(read), design=DESIGNS[settings["preset"]]), outcomes, store)


def probe(evidence: Evidence, outcomes: Outcomes, store: Store) -> Evidence:
    """The evidence with what its best networks do, beside the original's and what is no network."""
    torch.set_num_threads(1)
    cells = {tuple(cell.axes[name] for name in AXES): cell for cell in finished(outcomes)}
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in PROBED}
    for place in places(evidence):
        for name, rows in found_at(evidence, place, cells, store):
            found[name].append(rows.assign(signals=place[0], alpha=place[1]))
    tables: dict[str, Any] = {
        name: stack([rows[list(columns)] for rows in found[name]], columns)
        for name, columns in PROBED.items()
    }
    return replace(evidence, **tables)


def found_at(evidence: Evidence, place: Place, cells: Cells, store: Store) -> Iterator[Found]:
    """What was found on a family of signals at a noise level; nothing without a best network."""
    signals, alpha = place
    dataset, family = dataset_of(evidence.settings["base"], signals), FAMILIES[signals]
    networks = networks_at(evidence, place)
    if BEST not in networks:
        return
    sets = conditions(dataset, alpha)
    example, exact = median_signal(sets[TRAINED]), exact_of(sets[TRAINED], family, alpha)
    for name, network in networks.items():
        variant = named(network.variant, signals)
        axes = {"denoiser": name, "variant": variant, "depth": network.depth}
        found = {
            seed: cell
            for seed in evidence.design.seeds
            if (cell := cells.get((network.depth, alpha, seed, variant)))
        }
        for order, (seed, cell) in enumerate(found.items()):
            trained = load_network(cell.trained, store, "cpu")
            if name != REPAIRED_DEEP:
                slopes = jacobian(trained, example.noisy[0])
                yield from labelled(look(Network(trained), slopes, sets, example, alpha), **axes, seed=seed)
            few = exact.few.noisy if order < MOST_SEEDS else exact.few.noisy[:0]
            every = [(1 - alpha) * jacobian(trained, noisy) for noisy in few]
            yield from labelled(learned(Network(trained), every, exact), **axes, seed=seed)
        if name == BEST:
            tables = [
                from_parquet(store.read(cell.evaluated["outputs"]["per_signal"])) for cell in found.values()
            ]
            yield from labelled([("error_map", error_map(pd.concat(tables), family))], **axes)
    linear = best_linear(family, alpha, dataset.signal_length)
    slopes = jacobian_of_linear(linear, dataset.signal_length)
    yield from labelled(look(linear, slopes, sets, example, alpha), denoiser=LINEAR)
    same = [(1 - alpha) * slopes] * len(exact.few)
    yield from labelled(learned(linear, same, exact), denoiser=LINEAR)
    of_mean = list(posterior_slopes(family, exact.rescaled[: len(same)], rescaled_noise_std(alpha)))
    yield from labelled(learned(lambda _: exact.mean, of_mean, exact), denoiser=POSTERIOR)
    rescaled = {name: rescale(given.noisy, rescaling_gain(alpha)) for name, given in sets.items()}
    yield from labelled([("elsewhere", errors(rescaled, sets))], denoiser=RESCALED)


def look(
    denoiser: Denoiser, slopes: Array, sets: Mapping[str, SignalSet], example: SignalSet, alpha: float
) -> Iterator[Found]:
    """What a denoiser passes, over the test signals and at an example, and its errors in each condition."""
    denoised = {name: denoiser(signals.noisy) for name, signals in sets.items()}
    yield "filters", gain_by_frequency(denoised[TRAINED], sets[TRAINED].noisy, alpha)
    f1, f2 = example.frequencies[0]
    yield "local_filters", local_gain(slopes, alpha).assign(signal_id=example.signal_id[0], f1=f1, f2=f2)
    yield "elsewhere", errors(denoised, sets)


def learned(denoiser: Denoiser, slopes: Sequence[Array], exact: Exact) -> Iterator[Found]:
    """How near a denoiser's score is to the exact one, and what it passes at the few signals, if told."""
    yield "scores", score_error(denoiser(exact.signals.noisy), exact)
    if len(slopes):
        tangents, values = directions(np.stack(slopes), exact)
        yield "tangents", tangents
        yield "singular_values", values


def labelled(found: Iterable[Found], **axes: Any) -> Iterator[Found]:
    """Rows with the axes of what they are of; what has no such axis has null there."""
    every = {"variant": None, "depth": pd.NA, "seed": pd.NA, **axes}
    for name, rows in found:
        yield name, rows.assign(**every)


def dataset_of(base: Mapping[str, Any], signals: SourceName) -> DatasetSettings:
    """The settings of the test signals of a family, which are drawn again from these."""
    return DatasetSettings(
        signals=signals,
        n_signals=base["n_signals"],
        n_test=base["n_test"],
        signal_length=base["signal_length"],
        data_seed=base["data_seed"],
    )


def median_signal(signals: SignalSet) -> SignalSet:
    """The signal of the median error of the noisy ones."""
    _, row, _ = rows_at_percentiles(mse_per_signal(signals.noisy, signals.clean))
    return signals.take([row])  # type: ignore[arg-type]
