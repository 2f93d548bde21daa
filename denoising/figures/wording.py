"""Numbers, lists and the standing parts of captions, in words."""

from collections.abc import Iterable, Sequence
from math import isfinite

import pandas as pd

from denoising.figures.grid import seeds
from denoising.study.cell import BASE
from denoising.study.results import Study

DASH = "–"
MOST_NAMED = 4
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PERCENTILES = {
    10: "a good one\n(10th percentile)",
    50: "a median one\n(50th percentile)",
    90: "a poor one\n(90th percentile)",
}


def number(value: float | None) -> str:
    """A quantity with three significant digits; a dash where there is none."""
    if value is None or pd.isna(value) or not isfinite(value):
        return DASH
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:#.3g}".partition("e")
    power = f"×10{str(int(exponent)).translate(SUPERSCRIPTS)}" if exponent else ""
    return mantissa.rstrip(".") + power


def decibels(value: float | None) -> str:
    """A difference of levels in dB with its sign and one decimal; a dash where there is none."""
    if value is None or pd.isna(value) or not isfinite(value):
        return DASH
    return f"{round(value, 1) + 0.0:+.1f}".replace("-", "−")


def listing(items: Iterable[object], last: str = "and") -> str:
    """Items as a list in a sentence: `a`, `a and b`, `a, b and c`."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def extent(low: str, high: str) -> str:
    """A range from one number to another; a single number where both read the same."""
    return low if low == high else f"{low} to {high}"


def count(n: int, thing: str) -> str:
    """A number of things: `1 seed`, `3 seeds`, `1,000 test signals`."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def learned_from(study: Study) -> str:
    """How many signals there were to learn from, and whether they were always the same."""
    renewed = " (those to train on drawn anew for every epoch)" if study.settings["fresh"] else ""
    return f"{count(int(study.settings['n_signals']), 'signal')} to learn from{renewed}"


def one_seed_note(study: Study) -> str:
    """What a single seed leaves open; empty where there are more."""
    if len(seeds(study)) > 1:
        return ""
    return " One seed shows what happened once; it cannot rank the depths in general."


def tie_note(study: Study) -> str:
    """What sets a depth apart from the best one."""
    if len(seeds(study)) > 1:
        return (
            " A depth ties unless the 95% t interval of its distance in dB, paired by seed, lies wholly "
            "above 0."
        )
    return (
        " A depth ties unless the 95% bootstrap interval of its distance in dB, over the test signals, lies "
        "wholly above 0; that interval speaks of these trained networks alone."
    )


def omission(shown: Sequence[object], every: Sequence[object], thing: str) -> str:
    """A sentence on what a figure leaves out; empty where it shows everything."""
    if len(shown) == len(every):
        return ""
    return f" Of {count(len(every), thing)}, {len(shown)} {'is' if len(shown) == 1 else 'are'} shown."


def levels(values: Sequence[float]) -> str:
    """Noise levels in a sentence: `alpha 0.1, 0.2 and 0.4`."""
    return f"alpha {listing(f'{value:g}' for value in values)}"


def basis(study: Study) -> str:
    """What a measured figure rests on: test signals, their family, seeds."""
    test = count(int(study.settings["n_test"]), "test signal")
    several = seeds(study)
    over = "one seed" if len(several) == 1 else f"{len(several)} seeds"
    known = study.results["signals"].dropna().unique() if "signals" in study.results else ()
    families = [f"“{name}”" for name in (known if len(known) > 1 else [study.settings["signals"]])]
    return f"{test}, {listing(families)} {'family' if len(families) == 1 else 'families'}; {over}"


def example_note(study: Study) -> str:
    """Which seed's examples are shown, where there are several; empty otherwise."""
    return "" if len(seeds(study)) == 1 else "; each cell by its lowest seed"


def band_note(study: Study) -> str:
    """What lines and bands are where there are several seeds."""
    if len(seeds(study)) == 1:
        return ""
    return " Lines are medians over the seeds, bands run from the lowest to the highest."


def failure_note(study: Study) -> str:
    """A sentence that names the failed cells; empty where none failed."""
    failed = study.results[study.results["status"] == "failed"]
    if failed.empty:
        return ""
    if len(failed) == len(study.results):
        return " Every cell failed, so there is nothing to show."
    axes = failed[["depth", "alpha", "seed", "variant"]].head(MOST_NAMED)
    named = [cell_name(*cell) for cell in axes.itertuples(index=False, name=None)]
    if len(failed) > MOST_NAMED:
        named.append(f"{len(failed) - MOST_NAMED} more")
    return f" Failed: {'; '.join(named)}."


def cell_name(depth: int, alpha: float, seed: int, variant: str = BASE) -> str:
    """A cell in words; its variant is named where it is not the base."""
    told = f"depth {depth} at alpha {alpha:g}, seed {seed}"
    return told if variant == BASE else f"{told}, {variant}"
