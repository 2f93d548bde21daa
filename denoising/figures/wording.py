"""Numbers, lists and the standing parts of captions, in words."""

from collections.abc import Iterable, Sequence
from math import isfinite, log10
from typing import Any

import pandas as pd

from denoising.figures.grid import DATASET, SOURCE, by_settings, seeds
from denoising.study.cell import BASE
from denoising.study.results import Study

DASH = "–"
MOST_NAMED = 4  # failed cells
MOST_LEFT_OUT = 8
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


def power_of_ten(value: float) -> str:
    """A power of ten by its exponent, such as 10⁻³."""
    return "10" + f"{log10(value):.0f}".translate(SUPERSCRIPTS)


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


def count(n: int, thing: str) -> str:
    """A number of things: `1 seed`, `3 seeds`, `1,000 test signals`."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def values_of(study: Study, name: str) -> list[Any]:
    """The values of a setting among the study's variants."""
    return list(dict.fromkeys(part.settings[name] for part in study.by_variant.values()))


def counts(study: Study, name: str, thing: str) -> str:
    """How many things a setting asks for: `1,000 test signals`; of several variants, `100 or 200 signals`."""
    *others, last = sorted(int(n) for n in values_of(study, name))
    return listing([*(f"{n:,}" for n in others), count(last, thing)], "or")


def learned_from(study: Study) -> str:
    """How many signals there were to learn from, and whether they were always the same."""
    fresh = values_of(study, "fresh")
    where = "" if all(fresh) else " where fresh is true"
    renewed = f" (those to train on drawn anew for every epoch{where})" if any(fresh) else ""
    return f"{counts(study, 'n_signals', 'signal')} to learn from{renewed}"


def objective_note(study: Study) -> str:
    """A sentence on losses that are not held against the clean signal; empty where all are."""
    others = [name for name in values_of(study, "objective") if name != "denoising"]
    if not others:
        return ""
    return (
        f" Where the objective is {listing(others, 'or')}, the error is against what the network is trained "
        "to give, and the dotted line says nothing of it."
    )


def omission(shown: Sequence[object], every: Sequence[object], thing: str) -> str:
    """A sentence on what a figure leaves out; empty where it shows everything."""
    if len(shown) == len(every):
        return ""
    return f" Of {count(len(every), thing)}, {len(shown)} {'is' if len(shown) == 1 else 'are'} shown."


def extent(low: str, high: str) -> str:
    """Return a range from one number to another; a single number where both read the same."""
    return low if low == high else f"{low} to {high}"


def levels(values: Sequence[float]) -> str:
    """Noise levels in a sentence: `alpha 0.1, 0.2 and 0.4`."""
    return f"alpha {listing(f'{value:g}' for value in values)}"


def basis(study: Study) -> str:
    """What a measured figure rests on: test signals, their family, seeds."""
    test = counts(study, "n_test", "test signal")
    several = seeds(study)
    over = "one seed" if len(several) == 1 else f"{len(several)} seeds"
    return f"{test}, {family(study)}; {over}"


def family(study: Study) -> str:
    """The family of the clean signals; of several variants, each that they have."""
    names = values_of(study, "signals")
    return f"{listing((f'“{name}”' for name in names), 'or')} {'family' if len(names) == 1 else 'families'}"


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
    named = [
        cell_name(row.depth, row.alpha, row.seed, str(row.variant))
        for row in failed.head(MOST_NAMED).itertuples()
    ]
    if len(failed) > MOST_NAMED:
        named.append(f"{len(failed) - MOST_NAMED} more")
    return f" Failed: {'; '.join(named)}."


def cell_name(depth: object, alpha: object, seed: object, variant: str = BASE) -> str:
    """A cell in words."""
    name = f"depth {depth} at alpha {alpha:g}, seed {seed}"
    return name if variant == BASE else f"{name}, {variant}"


def design_words(variant: str, depth: int) -> str:
    """A depth and a variant: `depth 2`, `depth 2, skips=true`."""
    return f"depth {depth}" if variant == BASE else f"depth {depth}, {variant}"


def variants_note(study: Study, shown: Sequence[str]) -> str:
    """A sentence that names the variants, or those that a figure leaves out; empty where there is but one."""
    every = study.variants
    if len(every) == 1:
        return ""
    if len(shown) == len(every):
        return f" Variants: {listing(every)}."
    out = [name for name in every if name not in shown]
    named = out if len(out) <= MOST_LEFT_OUT else [*out[:MOST_LEFT_OUT], f"{len(out) - MOST_LEFT_OUT} more"]
    which = "the one" if len(shown) == 1 else f"the {len(shown)}"
    return (
        f" Of {len(every)} variants, {which} with the lowest validation MSE "
        f"{'is' if len(shown) == 1 else 'are'} shown; the tables hold all. Left out: {listing(named)}."
    )


def others_note(study: Study, shown: Sequence[str]) -> str:
    """On which dataset the other denoisers are, where variants of one source of signals differ in theirs."""
    sources = by_settings(study, SOURCE, shown)
    if len(by_settings(study, DATASET, shown)) == len(sources):
        return ""
    return f" The other denoisers are those on the dataset of {listing(of[0] for of in sources.values())}."


def in_lines(name: str, width: int) -> str:
    """A variant's name in lines of at most this many characters, broken where one change follows another."""
    lines: list[str] = []
    for change in name.split(","):
        if lines and len(lines[-1]) + len(change) + 1 <= width:
            lines[-1] += f",{change}"
        else:
            lines.append(change)
    return ",\n".join(lines)
