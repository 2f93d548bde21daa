"""Every figure of the answer in the README is that of the study that `docs/verdict` holds."""

import re
from itertools import pairwise

import pandas as pd
import pytest

from denoising.figures.wording import decibels, extent
from denoising.verdict.claims import VERDICTS, overall
from denoising.verdict.questions import QUESTIONS
from flows.settings.study_settings import PROJECT

README = (PROJECT / "README.md").read_text()
CLAIMS = pd.read_csv(PROJECT / "docs" / "verdict" / "claims.csv", dtype={"claim": str})
DEPTH = pd.read_csv(PROJECT / "docs" / "verdict" / "depth_effects.csv").set_index(["what", "alpha"])["db"]
POINT = re.compile(r"^- .*(?:\n  .*)*", re.MULTILINE)
OPENING = POINT.findall(README[: README.index("## Run it")])
EXPLAINED = POINT.findall(README[README.index("What else could explain") : README.index("**What was known")])
TOLD = re.compile(r"(\d+\.\d)(?: dB| and| to)")


def of(number: str) -> pd.DataFrame:
    return CLAIMS[CLAIMS["claim"] == number]


def row(number: str) -> str:
    """A claim's row of the README's table."""
    found = of(number)
    effects = sorted(found["effect_db"])
    counts = {verdict: n for verdict in VERDICTS if (n := int((found["verdict"] == verdict).sum()))}
    told = ", ".join(f"{verdict} in {n}" for verdict, n in counts.items()) if len(counts) > 1 else ""
    verdict = overall(list(found["verdict"]))
    words = f"{verdict}: {told}" if told else verdict
    statement = found["statement"].iloc[0]
    return f"| {number}. {statement} | {words} | {extent(decibels(effects[0]), decibels(effects[-1]))} |"


def test_the_shipped_study_is_of_the_claims_that_are_put_to_the_test_now() -> None:
    shipped = dict(CLAIMS[["claim", "statement"]].drop_duplicates().itertuples(index=False))
    assert shipped == {question.number: question.statement for question in QUESTIONS}


@pytest.mark.parametrize("number", [question.number for question in QUESTIONS])
def test_a_row_of_the_table_is_what_was_found(number: str) -> None:
    assert row(number) in README


@pytest.mark.parametrize("point", [*OPENING, *EXPLAINED[:2]])
def test_a_sentence_of_the_answer_tells_the_effects_of_the_claims_that_it_names(point: str) -> None:
    named = re.findall(r"claims? ([\d, and]+)", point)
    numbers = [number for some in named for number in re.findall(r"\d+", some)]
    assert numbers, "each sentence rests on a claim"
    known = {f"{abs(db):.1f}" for number in numbers for db in of(number)["effect_db"]}
    told = TOLD.findall(point)
    assert told
    assert set(told) <= known


def test_what_training_explains_is_told_as_it_was_found() -> None:
    longer = "5 times the steps"
    others = [f"learning rate times {factor}" for factor in (3, 10, 30)]
    others += ["orthogonal initialisation", "delta-orthogonal initialisation"]
    still = sorted(DEPTH.loc[[longer, *others]])
    repaired = (f"repaired, {longer}", f"repaired, 92,000 parameters and 64 numbers each, {longer}")
    effects = [*DEPTH.loc[[*repaired, "growing channels and normalisation"]]]
    assert TOLD.findall(EXPLAINED[2]) == [f"{abs(db):.1f}" for db in (still[0], still[-1], *effects)]
    assert [db > 0 for db in effects] == [False, False, True, False, True, False]


def test_the_answer_has_at_most_four_sentences() -> None:
    assert 1 <= len(OPENING) <= 4
    assert all(before != after for before, after in pairwise(OPENING))
