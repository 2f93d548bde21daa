"""What the best networks do, in brief: what they pass, where they err, and what breaks them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.measure.comparison import decibels
from denoising.signals.settings import FamilyName
from denoising.signals.sinusoids import FAMILIES, Array
from denoising.verdict.cells import NETWORKS, Candidate, difference, limit
from denoising.verdict.design import BASE, DEEP, SHALLOW, label
from denoising.verdict.evidence import Evidence
from denoising.verdict.latents import signal_length
from denoising.verdict.probe import TRAINED, band_of, lines_of

BEST, LINEAR, RESCALED = "best network", "the best linear filter", "the rescaled noisy signal"
ORIGINALS: Mapping[str, int] = {f"depth {depth} {label(BASE)}": depth for depth in (SHALLOW, DEEP)}

NEAR = 1.5  # steps of the frequency within which a wave and a line, or two lines, are hard to tell apart
SELECTS = 2.0  # times as strongly, against the linear filter, are the lines passed of what is selected

Place = tuple[FamilyName, float]  # a family of signals and a noise level

Chosen = NDArray[np.bool_] | NDArray[np.intp]  # a selection of rows


def at(table: pd.DataFrame, place: Place, denoiser: str = BEST) -> pd.DataFrame:
    """The rows of a denoiser on a family of signals at a noise level."""
    signals, alpha = place
    rows = table[(table["signals"] == signals) & (table["alpha"] == alpha)]
    return rows[rows["denoiser"] == denoiser]


def places(evidence: Evidence) -> list[Place]:
    """The families of signals and noise levels that the study makes claims for."""
    return [(signals, alpha) for signals in NETWORKS for alpha in evidence.design.alphas]


def network_of(rows: pd.DataFrame) -> Candidate:
    """The network that rows are of."""
    return Candidate(str(rows["variant"].iloc[0]), int(rows["depth"].iloc[0]))


# What they pass


@dataclass(frozen=True)
class Passed:
    """Mean gains of the best network and of the best linear filter.

    Attributes:
        place: where.
        network: the best.
        band, above: over the test signals, where the lines of the signals lie and above that.
        lines, beside: at one signal, at its lines and elsewhere in the band.
    """

    place: Place
    network: Candidate
    band: tuple[float, float]
    above: tuple[float, float]
    lines: tuple[float, float]
    beside: tuple[float, float]

    @property
    def selects(self) -> bool:
        """Whether the network prefers the lines of the signal before it far more than the filter does."""
        of_network, of_filter = (self.lines[i] / self.beside[i] if self.beside[i] else np.inf for i in (0, 1))
        return bool(of_network > SELECTS * of_filter)


def passed(evidence: Evidence) -> Iterator[Passed]:
    """What was found at each place."""
    for place in places(evidence):
        both = [
            [at(table, place, denoiser) for denoiser in (BEST, LINEAR)]
            for table in (evidence.filters, evidence.local_filters)
        ]
        if all(len(rows) for several in both for rows in several):
            (best, linear), (local, local_linear) = both
            step = 1 / signal_length(evidence)
            low, high = band(evidence, place)
            frequency = np.sort(best["frequency"].unique())
            lines = example_lines(evidence, local)
            inside = (frequency >= low) & (frequency <= high)
            apart = np.abs(frequency[:, None] - lines).min(axis=1) > NEAR * step
            nearest = np.abs(frequency[:, None] - lines).argmin(axis=0)
            yield Passed(
                place,
                network_of(best),
                band=(mean_gain(best, inside), mean_gain(linear, inside)),
                above=(
                    mean_gain(best, frequency > high + 2 * step),
                    mean_gain(linear, frequency > high + 2 * step),
                ),
                lines=(mean_gain(local, nearest), mean_gain(local_linear, nearest)),
                beside=(mean_gain(local, inside & apart), mean_gain(local_linear, inside & apart)),
            )


def mean_gain(rows: pd.DataFrame, where: Chosen) -> float:
    """The mean over the seeds and some of the frequencies; nan over none."""
    gains = rows.groupby("frequency")["gain"].mean().to_numpy()[where]
    return float(gains.mean()) if len(gains) else np.nan


def band(evidence: Evidence, place: Place) -> tuple[float, float]:
    """Between which frequencies the lines of the signals lie, in cycles a sample."""
    return band_of(FAMILIES[place[0]], signal_length(evidence))


def example_lines(evidence: Evidence, rows: pd.DataFrame) -> Array:
    """Where the two lines of the signal lie that local gains are of, in cycles a sample."""
    first = rows.iloc[0]
    return lines_of(FAMILIES[first["signals"]], first[["f1", "f2"]].to_numpy(float), signal_length(evidence))


# Where they err


@dataclass(frozen=True)
class Spread:
    """How the best network's error depends on the frequencies of the signal, in dB.

    Attributes:
        place: where.
        network: the best.
        least, most: of a bin, above the Bayes floor of the family.
        worst: f1 and f2 in the middle of the bin with most.
        edges: the outermost bins over the others.
        close: bins in which both lines are hard to tell apart over the others.
    """

    place: Place
    network: Candidate
    least: float
    most: float
    worst: tuple[float, float]
    edges: float
    close: float


def spreads(evidence: Evidence) -> Iterator[Spread]:
    """What was found at each place."""
    for place in places(evidence):
        rows = error_bins(evidence, place)
        if len(rows) and rows["db"].notna().all():
            middles = rows[["f1", "f2"]].to_numpy(float)
            lines = lines_of(FAMILIES[place[0]], middles, signal_length(evidence))
            edge = ((middles == middles.min(axis=0)) | (middles == middles.max(axis=0))).any(axis=1)
            worst = rows.iloc[int(rows["db"].argmax())]
            yield Spread(
                place,
                network_of(rows),
                least=float(rows["db"].min()),
                most=float(worst["db"]),
                worst=(float(worst["f1"]), float(worst["f2"])),
                edges=over_others(rows, edge),
                close=over_others(rows, np.abs(np.diff(lines)[:, 0]) < NEAR / signal_length(evidence)),
            )


def error_bins(evidence: Evidence, place: Place) -> pd.DataFrame:
    """The bins of the error map, with `db`: how far each lies above the Bayes floor of the family."""
    rows = at(evidence.error_map, place)
    floor = limit(evidence, "mmse", *place)
    return rows.assign(db=decibels(rows["mse"].to_numpy(float), np.full(len(rows), floor)))


def over_others(rows: pd.DataFrame, chosen: NDArray[np.bool_]) -> float:
    """By how many dB the error of some bins lies above that of the others; nan without either."""
    if chosen.all() or not chosen.any():
        return np.nan
    means = [np.average(part["mse"], weights=part["n"]) for part in (rows[chosen], rows[~chosen])]
    return float(10 * np.log10(means[0] / means[1]))


# What breaks them


def error_in(evidence: Evidence, place: Place, denoiser: str, condition: str) -> pd.Series:
    """The test MSE by seed; of what has no seeds, under seed 0."""
    return by_condition(evidence).get((*place, denoiser, condition), pd.Series(dtype=np.float64))


@lru_cache(maxsize=1)
def by_condition(evidence: Evidence) -> dict[tuple[str, float, str, str], pd.Series]:
    """All that `error_in` gives, by family of signals, noise level, denoiser and condition."""
    table = evidence.elsewhere
    keys = table[["signals", "alpha", "denoiser", "condition"]].itertuples(index=False, name=None)
    errors: dict[tuple[str, float, str, str], dict[int, float]] = {}
    for key, seed, mse in zip(keys, table["seed"].fillna(0), table["test_mse"], strict=True):
        errors.setdefault(key, {})[int(seed)] = mse
    return {key: pd.Series(by_seed, dtype=np.float64) for key, by_seed in errors.items()}


def growth(evidence: Evidence, place: Place, denoiser: str, condition: str) -> float:
    """By how many dB the error lies above that in training conditions, a mean over the seeds."""
    own = error_in(evidence, place, denoiser, TRAINED)
    return float(difference(error_in(evidence, place, denoiser, condition), own).mean())


def does_harm(evidence: Evidence, place: Place, denoiser: str, condition: str) -> bool:
    """Whether the error lies above that of the rescaled noisy signal."""
    own, idle = (error_in(evidence, place, name, condition).mean() for name in (denoiser, RESCALED))
    return bool(own > idle)


def is_broken(evidence: Evidence, place: Place, denoiser: str, condition: str) -> bool:
    """Whether it does harm in a condition, and none in that of training."""
    there, own = (does_harm(evidence, place, denoiser, name) for name in (condition, TRAINED))
    return there and not own
