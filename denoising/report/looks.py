"""What a page shows of a channel before and after it was denoised: small, however long the channel is."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, log2, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import welch

from denoising.recordings.channels import Channel

Lines = NDArray[np.float64]  # (3, samples): before, after and removed; nan where missing

NAMES = ("before", "after", "removed")
BLOCK = 2**18  # samples that are read at once; a multiple of EXCERPT
N_BINS = 2000  # of the whole recording
EXCERPT = 2048  # samples
CHUNK, MOST_CHUNKS = 2**14, 64  # the samples that spectra are of: 2**20 at most
SEGMENT, SHORTEST = 1024, 8  # samples of a Fourier transform
MOST = 32767  # steps from the middle of a line's range to its ends
MISSING = -32768


@dataclass(frozen=True)
class Look:
    """A channel before and after it was denoised.

    Attributes:
        file: the name of its file.
        before: it as it was.
        after: it denoised, of as many samples.
        model: which denoiser, in words, such as `depth 8 with skips, trained at 10 dB`.
        noise: the estimated noise level, in words, such as `11.2 dB`.
        warnings: what is to be known before the result is used, in sentences.
    """

    file: str
    before: Channel
    after: Channel
    model: str
    noise: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Overview:
    """What one passage over a channel gives.

    Attributes:
        low, high: the lowest and the highest sample of each line in each bin, (3, bins); nan where all are
            missing.
        energy: the sum of the squares of what was removed in each stretch of `EXCERPT` samples.
        missing: how many samples each of these stretches lacks.
        n_known: how many samples are known before and after.
        variance: of these, before.
        power: of these, the mean square of what was removed.
    """

    low: Lines
    high: Lines
    energy: NDArray[np.float64]
    missing: NDArray[np.int64]
    n_known: int
    variance: float
    power: float


def taken(look: Look) -> dict[str, Any]:
    """Return what a page shows of a channel, as plain values for JSON of less than 100 kB.

    It is read in blocks, so that memory does not grow with its length. Samples that are infinite count as
    missing.

    Returns:
        file, channel, unit, rate (samples a second, or None), n_samples, model, noise, warnings.
        n_missing: how many samples are missing before or after.
        removed_rms: the root mean square of what was removed; None where nothing is known.
        removed_share: its power over the variance before; None where that is 0.
        views: the whole recording and, if it is longer than `EXCERPT` samples, up to three excerpts.
            Each has a name, the samples from `start` to `stop`, and lines by name, packed (see `packed`): one
            if the samples themselves are shown, else the lowest and the highest of each of `N_BINS` bins.
        spectra: power densities in dB by the name of the line, packed, and `step`: the frequencies are its
            multiples, from 1 on, in Hz, or in cycles a sample where the rate is not known. None where no
            stretch without gap has 8 samples.

    Raises:
        ValueError: after it was denoised, the channel has not as many samples as before.
    """
    n = look.before.n_samples
    if look.after.n_samples != n:
        raise ValueError(f"{look.file}: {n} samples before, but {look.after.n_samples} after")
    found = overview(look)
    whole: dict[str, Any] = {"name": "whole recording", "start": 0, "stop": n}
    if n <= EXCERPT:
        views = [whole | {"lines": samples(read(look, 0, n))}]
    else:
        both = zip(NAMES, found.low, found.high, strict=True)
        lines = {name: [packed(low), packed(high)] for name, low, high in both}
        views = [whole | {"lines": lines}, *excerpts(look, found)]
    rms, share = sqrt(found.power), found.power / found.variance if found.variance else None
    return {
        "file": look.file,
        "channel": look.before.name,
        "unit": look.before.unit,
        "rate": look.before.rate,
        "n_samples": n,
        "model": look.model,
        "noise": look.noise,
        "warnings": list(look.warnings),
        "n_missing": n - found.n_known,
        "removed_rms": rounded(rms) if found.n_known else None,
        "removed_share": rounded(share) if share is not None else None,
        "views": views,
        "spectra": spectra(look),
    }


def read(look: Look, start: int, stop: int) -> Lines:
    """Return the three lines from one sample to before another."""
    pair = np.stack([channel.read(start, stop) for channel in (look.before, look.after)]).astype(np.float64)
    pair[~np.isfinite(pair)] = np.nan
    return np.vstack([pair, pair[:1] - pair[1:]])


def overview(look: Look) -> Overview:
    """Pass once over a channel, block by block."""
    n = look.before.n_samples
    n_bins = min(n, N_BINS)
    edges = np.arange(n_bins + 1) * n // max(n_bins, 1)
    low, high = np.full((2, len(NAMES), n_bins), np.nan)
    stretches = [(np.empty(0), np.empty(0, int))]
    n_known, origin, total, squares, removed = 0, 0.0, 0.0, 0.0, 0.0
    for start in range(0, n, BLOCK):
        block = read(look, start, min(start + BLOCK, n))
        stop = start + block.shape[1]
        first, last = np.searchsorted(edges, start, "right") - 1, np.searchsorted(edges, stop, "left")
        starts = np.maximum(edges[first:last], start) - start
        for of, extreme in ((low, np.fmin), (high, np.fmax)):
            of[:, first:last] = extreme(of[:, first:last], extreme.reduceat(block, starts, axis=1))
        parts = block[2, : block.shape[1] // EXCERPT * EXCERPT].reshape(-1, EXCERPT)
        stretches.append((np.nansum(parts**2, axis=1), np.isnan(parts).sum(axis=1)))
        known = block[:, ~np.isnan(block[2])]
        if not n_known and known.size:
            origin = float(known[0, 0])  # about which squares are summed: far from 0, they would lose digits
        n_known += known.shape[1]
        total += float((known[0] - origin).sum())
        squares += float(((known[0] - origin) ** 2).sum())
        removed += float((known[2] ** 2).sum())
    energy, missing = (np.concatenate(of) for of in zip(*stretches, strict=True))
    count = max(n_known, 1)
    variance = max(squares / count - (total / count) ** 2, 0.0)
    return Overview(low, high, energy, missing, n_known, variance, removed / count)


def excerpts(look: Look, found: Overview) -> Iterator[dict[str, Any]]:
    """Yield the stretches of which the most, the median and the least energy was removed.

    Stretches follow each other from the first sample on. Those with gaps are skipped; if all have gaps, only
    those with the fewest missing samples count, and none if all samples are missing.
    """
    fewest = found.missing.min()
    (places,) = np.nonzero(found.missing == fewest)
    if fewest == EXCERPT:
        return
    ordered = places[np.argsort(found.energy[places], kind="stable")]
    chosen = {"most": -1, "median": len(ordered) // 2, "least": 0}
    shown: set[int] = set()
    for name, rank in chosen.items():
        place = int(ordered[rank])
        if place not in shown:
            shown.add(place)
            start, stop = place * EXCERPT, (place + 1) * EXCERPT
            lines = samples(read(look, start, stop))
            yield {"name": f"excerpt with {name} removed", "start": start, "stop": stop, "lines": lines}


def samples(lines: Lines) -> dict[str, list[dict[str, Any]]]:
    """Return samples by the name of the line, packed."""
    return {name: [packed(line)] for name, line in zip(NAMES, lines, strict=True)}


def spectra(look: Look) -> dict[str, Any] | None:
    """Return Welch's power densities over stretches without gap; see `taken`.

    Of a long recording, `MOST_CHUNKS` chunks evenly spread over it are used.
    """
    n = look.before.n_samples
    starts = np.arange(0, n, CHUNK)
    if len(starts) > MOST_CHUNKS:
        starts = starts[np.linspace(0, len(starts) - 1, MOST_CHUNKS).astype(int)]
    runs = [run for start in starts.tolist() for run in runs_of(read(look, start, min(start + CHUNK, n)))]
    longest = max((run.shape[1] for run in runs), default=0)
    if longest < SHORTEST:
        return None
    length = 2 ** int(log2(min(longest, SEGMENT)))
    rate = look.before.rate or 1.0
    total, weight = np.zeros((len(NAMES), length // 2 + 1)), 0
    for run in runs:
        if run.shape[1] >= length:
            n_segments = 2 * run.shape[1] // length - 1
            total += n_segments * welch(run, rate, nperseg=length)[1]
            weight += n_segments
    largest = max(float(np.abs(run[0]).max()) for run in runs)
    least = (1e-13 * largest) ** 2 / rate  # what is lower comes from rounding
    density = total[:, 1:] / weight
    decibels = 10 * np.log10(np.where(density > least, density, np.nan))
    lines = {name: packed(line) for name, line in zip(NAMES, decibels, strict=True)}
    return {"step": rate / length, **lines}


def runs_of(lines: Lines) -> list[Lines]:
    """Return the parts between gaps."""
    known = np.concatenate([[False], ~np.isnan(lines[2]), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    return [lines[:, start:stop] for start, stop in edges.reshape(-1, 2)]


def packed(line: NDArray[np.float64]) -> dict[str, Any]:
    """Return a line as whole numbers of 16 bits, little-endian, in base64.

    A value is `zero` + `step` times its number, to half a step, which is a 131,068th of the line's range.
    The number -32768 stands for a missing value.
    """
    known = line[~np.isnan(line)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    zero, step = low / 2 + high / 2, (high / 2 - low / 2) / MOST or 1.0
    steps = np.full(len(line), MISSING, "<i2")
    steps[~np.isnan(line)] = np.rint((known - zero) / step)
    return {"zero": zero, "step": step, "steps": b64encode(steps.tobytes()).decode("ascii")}


def rounded(value: float) -> float | None:
    """Return a number to five digits; None where it is not finite."""
    return float(f"{value:.5g}") if isfinite(value) else None
