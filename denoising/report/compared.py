"""The page of several studies side by side: what differs in their settings, and in their errors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from denoising.figures.grid import SOURCE
from denoising.figures.recordings.words import level_words
from denoising.figures.wording import DASH, count, decibels, design_words, extent, listing, number
from denoising.report.blocks import Caution, Failure, Figures, Picture, Report, Section, Table
from denoising.report.page import in_words
from denoising.report.tables import bracketed
from denoising.study.differences import SIGNALS, ComparedStudies, Difference, Rests, lowest

MOST_NAMED = 4  # settings in the headline
AT = ["dataset", "alpha"]  # which limits belong to a result
RESTS: Mapping[Rests, str] = {
    "same errors": "the same errors",
    "seeds": "{n} seeds in pairs",
    "few seeds": "too few common seeds",
    "other signals": "other test signals",
}
INTERVALS = (
    "In square brackets is the 95% interval, Student’s over the seeds that both have; bold type says that it "
    "excludes 0. It speaks of these test signals. With one common seed there is none: networks of equal "
    "settings differ by chance too, and only several seeds tell by how much."
)


def named(level: str) -> str:
    """A noise level in words: `alpha 0.1`, or of recordings `10 dB in`."""
    return level_words(level).replace("=", " ")


Columns = Mapping[str, tuple[str, Callable[[Any], str]]]  # by name: the heading, and how a value is told

LOWEST: Columns = {
    "level": ("noise level", named),
    "study": ("study", str),
    "network": ("lowest at", str),
    "test_mse": ("test MSE", number),
}
LIMITS: Columns = {
    "db_above_mmse": ("above Bayes (dB)", decibels),
    "noisy_mse": ("expected noisy MSE", number),
    "linear_mmse": ("best linear filter", number),
    "mmse": ("Bayes floor", number),
}


def comparison_report(compared: ComparedStudies, pictures: Sequence[Picture]) -> Report:
    """What is told of studies side by side; `pictures` are their figures in the order of the page."""
    return Report(
        study=compared,
        kind="comparison of",
        title="What differs?",
        headline=headline(compared),
        reservation=reservation(compared),
        failures=tuple(failures(compared)),
        blocks=(
            changed_settings(compared),
            lowest_errors(compared),
            Figures(list(pictures)),
            *(errors_beside(letter, found) for letter, found in compared.differences.items() if found),
        ),
    )


def headline(compared: ComparedStudies) -> str:
    """What differs, in the settings and in the errors."""
    names = list(compared.changed)
    some = names if len(names) <= MOST_NAMED else [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more"]
    letters = listing(compared.letters)
    settings = f"{letters} differ in {listing(some)}." if names else f"{letters} have the same settings."
    return " ".join([settings, *(found_of(letter, found) for letter, found in compared.differences.items())])


def found_of(letter: str, found: Sequence[Difference]) -> str:
    """By how many dB a study's errors lie below or above those of the first."""
    if not found:
        return f"A and {letter} have no variant, depth and noise level in common."
    apart = [each for each in found if each.rests != "same errors"]
    known = [each for each in apart if each.low is not None]
    parts = sides(letter, [each.db for each in known if each.is_told_apart])
    if rest := sum(not each.is_told_apart for each in apart if each.low is not None or each.db == 0):
        parts.append(f"at {rest} the two are not told apart")
    if same := len(found) - len(apart):
        parts.append(f"at {same} the errors are the same")
    if unknown := sides(letter, [each.db for each in apart if each.low is None]):
        parts += [*unknown[:-1], f"{unknown[-1]}, without an interval that tells this from chance"]
    pairs = count(len(found), "pair")
    return f"Of {pairs} of depth and noise level in A and {letter}: {listing(parts)}."


def sides(letter: str, differences: Sequence[float]) -> list[str]:
    """At how many of some differences in dB a study or the first one has the lower error, and by how much."""
    parts = []
    lower, higher = [-db for db in differences if db < 0], [db for db in differences if db > 0]
    for name, values in (letter, lower), ("A", higher):
        if values:
            by = extent(f"{min(values):.1f}", f"{max(values):.1f}")
            parts.append(f"{name} has the lower test MSE at {len(values)} (by {by} dB)")
    return parts


def reservation(compared: ComparedStudies) -> str:
    """How far the differences can be trusted."""
    if all(each.low is None for found in compared.differences.values() for each in found):
        return ""
    return (
        "Two errors are told apart where the 95% interval of their difference excludes 0. No correction is "
        "made for the number of pairs: of those that do not differ, one in twenty is told apart by chance."
    )


def failures(compared: ComparedStudies) -> Iterator[Failure]:
    """The cells of all studies that failed."""
    rows: Any = compared.results.query("status == 'failed'").itertuples()
    for row in rows:
        where = f"{design_words(row.variant, row.depth)}, {named(row.level)}, seed {row.seed}"
        yield Failure(f"{row.study}: {where}", str(row.failure))


def changed_settings(compared: ComparedStudies) -> Section:
    """The settings that differ, a column a study."""
    rows = [(name, *(in_words(each) or DASH for each in told)) for name, told in compared.changed.items()]
    return Section(
        "settings",
        "The settings that differ",
        Table(
            ("setting", *(f"{letter}: {study.name}" for letter, study in compared.letters.items())),
            tuple(rows),
        ),
        "All other settings are the same; they are at the end of the page."
        if rows
        else "Every setting is the same.",
        cautions=tuple(
            other_signals(compared, letter)
            for letter, found in compared.differences.items()
            if any(each.rests == "other signals" for each in found)
        ),
        link="Settings",
    )


def other_signals(compared: ComparedStudies, letter: str) -> Caution:
    """That a study was measured on other test signals than the first, and what may be due to that."""
    mine, theirs = compared.studies[0].settings, compared.letters[letter].settings
    told = [
        f"{name} is {mine.get(name)} in A and {theirs.get(name)} in {letter}"
        for name in SIGNALS
        if mine.get(name) != theirs.get(name)
    ]
    share = "All" if any(mine.get(name) != theirs.get(name) for name in SOURCE) else "A part"
    return Caution(
        f"A and {letter} were measured on other test signals.",
        f"{share} of what differs may be due to these: {listing(told) or 'their noise is another'}. The "
        "distance from the posterior mean on the same signals does not depend on how hard they are; the "
        "table of the lowest errors has it where it is known.",
    )


def lowest_errors(compared: ComparedStudies) -> Section:
    """The lowest error of each study at each noise level, beside the limits of its signals there."""
    shown = LOWEST if compared.is_recorded else {**LOWEST, **LIMITS}
    best = pd.concat(
        {letter: lowest(own.results) for letter, own in compared.letters.items()}, names=["study"]
    )
    limits = pd.concat([study.limits for study in compared.studies]).drop_duplicates(AT)
    best = best.reset_index().merge(limits[[*AT, "noisy_mse", "linear_mmse", "mmse"]], how="left", on=AT)
    best = best.sort_values("level", key=lambda names: names.map(dict(compared.levels)), kind="stable")
    best["network"] = [design_words(*at) for at in best[["variant", "depth"]].itertuples(index=False)]
    errors = best.groupby(["level", "dataset"], dropna=False)["test_mse"]  # on the same test signals
    is_least = (best["test_mse"] == errors.transform("min")) & (errors.transform("size") > 1)
    note = (
        "The depth and variant with the lowest test MSE, median over the seeds; the lowest of a noise level "
        "and of the same test signals is in bold type. A study with more depths or variants has more to "
        "choose from."
    )
    if not compared.is_recorded:
        note += (
            " “Above Bayes” is how far that lies above the error of the posterior mean on the same signals. "
            "The limits are expectations under the prior: of the noisy signal as given, of the best linear "
            "filter, and the Bayes floor, which no denoiser can beat on average."
        )
    return Section(
        "best",
        "The lowest error of each" + ("" if compared.is_recorded else ", beside the limits"),
        Table(
            tuple(heading for heading, _ in shown.values()),
            tuple(zip(*(map(words, best[name]) for name, (_, words) in shown.items()), strict=True)),
            frozenset((row, [*shown].index("test_mse")) for row, least in enumerate(is_least) if least),
        ),
        note,
        link="Lowest errors",
    )


def errors_beside(letter: str, found: Sequence[Difference]) -> Section:
    """The test errors of a study beside those of the first: a row a depth, variant and noise level."""
    over = f"{letter} over A (dB)"
    rows = [
        (
            design_words(each.variant, each.depth),
            named(each.level),
            decibels(each.db) + ("" if each.low is None else f" {bracketed(each.low, each.high)}"),
            number(each.mse),
            number(each.other),
            RESTS[each.rests].format(n=each.n),
        )
        for each in found
    ]
    return Section(
        f"errors-{letter.lower()}",
        f"{letter} beside A",
        Table(
            ("network", "noise level", over, "A: test MSE", f"{letter}: test MSE", "rests on"),
            tuple(rows),
            strong=frozenset((row, 2) for row, each in enumerate(found) if each.is_told_apart),
        ),
        f"Test MSE, median over the seeds that both have. “{over}” is 10 log10 of the ratio, the mean over "
        f"these: below 0, {letter} is better. {INTERVALS}",
    )
