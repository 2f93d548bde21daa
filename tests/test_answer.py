"""Every figure of the answer in the README is that of the study that `docs/verdict` holds."""

import re
from base64 import b64decode
from io import BytesIO
from itertools import pairwise

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from denoising.figures.wording import decibels, extent
from denoising.verdict.claims import VERDICTS, overall
from denoising.verdict.questions import QUESTIONS, Question
from flows.settings.study_settings import PROJECT

README = (PROJECT / "README.md").read_text()
SHIPPED = PROJECT / "docs" / "verdict"
PAGE = (SHIPPED / "report.html").read_text()
CLAIMS = pd.read_csv(SHIPPED / "claims.csv", dtype={"claim": str})
DEPTH_EFFECTS = pd.read_csv(SHIPPED / "depth_effects.csv").set_index(["what", "alpha"])
DEPTH = DEPTH_EFFECTS["db"]
DOWNLOAD = re.compile(r'download="(claim_\d+|depth_effects)\.csv"\s+href="data:text/csv;base64,([^"]+)"')
POINT = re.compile(r"^- .*(?:\n  .*)*", re.MULTILINE)
OPENING = POINT.findall(README[: README.index("## Run it")])
EXPLAINED = POINT.findall(README[README.index("What else could explain") : README.index("**What was known")])
TOLD = re.compile(r"(?<!alpha )\b(\d+\.\d)(?: dB| and| to)")


def of(number: str) -> pd.DataFrame:
    return CLAIMS[CLAIMS["claim"] == number]


def of_claim(number: str, what: str = "", signals: str = "", alpha: float | None = None) -> list[float]:
    """The effects of a claim in dB: those whose words match `what`, on some signals, at a noise level."""
    rows = of(number)
    chosen = rows["what"].str.contains(what) & rows["signals"].str.contains(signals)
    return list(rows[chosen & (True if alpha is None else rows["alpha"] == alpha)]["effect_db"])


def over(effects: list[float]) -> list[float]:
    """The same differences, told the other way round."""
    return [-effect for effect in effects]


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


def test_the_page_holds_the_same_numbers_as_the_files_beside_it() -> None:
    held = {name: pd.read_csv(BytesIO(b64decode(content))) for name, content in DOWNLOAD.findall(PAGE)}
    claims = pd.concat([held[f"claim_{question.number}"] for question in QUESTIONS])
    assert_frame_equal(claims.astype({"claim": str}).reset_index(drop=True), CLAIMS)
    assert_frame_equal(held["depth_effects"].set_index(["what", "alpha"]), DEPTH_EFFECTS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.number)
def test_a_verdict_follows_from_its_interval(question: Question) -> None:
    for found in of(question.number).itertuples():
        assert found.low_db <= found.effect_db <= found.high_db
        where = "above" if found.low_db > found.margin_db else "below"
        decided = found.low_db > found.margin_db or found.high_db < found.margin_db
        expected = "supported" if where == question.supported_by else "refuted"
        assert found.verdict == (expected if decided else "undecided"), found


@pytest.mark.parametrize("number", [question.number for question in QUESTIONS])
def test_a_row_of_the_table_is_what_was_found(number: str) -> None:
    assert row(number) in README


# A sentence's words with a place for each of its numbers, the claim that it tells of, and where to find them.
LATENT_32, LATENT_64 = "linear, 32 numbers", "64 numbers in the bottleneck, and no layer with fewer"
SMALL, LARGE = "9,200 parameters, 16 numbers", "92,000 parameters, 64 numbers"
WITH_SKIPS = "92,000 parameters each, skip connections in the deeper"
SENTENCES: list[tuple[str, list[list[float]]]] = [
    ("Its error lies {} dB below that of multiplying", [of_claim("2")]),
    (
        "in the bottleneck, {} dB at alpha 0.2 and {} dB at alpha 0.5 (claim 5)",
        [of_claim("5", LATENT_32, alpha=0.2), of_claim("5", LATENT_32, alpha=0.5)],
    ),
    (
        "it ends {} dB below the best constant if it is trained to denoise, and {} dB above it if",
        [of_claim("1", "^depth 2$", "pictures", 0.5), over(of_claim("4", "^depth 2$", alpha=0.5))],
    ),
    ("trained in the latter way, ends {} dB below it", [of_claim("4", "depth 6, 256 numbers", alpha=0.5)]),
    ("depth 8 ends {} dB above depth 2 (claim 7)", [of_claim("7")]),
    ("depth 8 stays {} dB worse at alpha 0.5 with 64", [of_claim("8", LATENT_64, alpha=0.5)]),
    (
        "it is {} dB worse in three of four comparisons and {} dB better in one.",
        [
            of_claim("10", SMALL) + of_claim("10", LARGE, alpha=0.2),
            over(of_claim("10", LARGE, alpha=0.5)),
        ],
    ),
    ("as well, it is {} dB better at alpha 0.5", [over(of_claim("10", WITH_SKIPS, alpha=0.5))]),
    (
        "linear filter by {} dB at alpha 0.5, but at alpha 0.2 on the recording alone, by {} dB (claim 15)",
        [of_claim("15", alpha=0.5), of_claim("15", signals="ecg", alpha=0.2)],
    ),
    ("stay {} dB above the posterior mean", [of_claim("17")]),
    (
        "remove noise by themselves too, by {} and {} dB at depth 2; at depth 6 it is undecided",
        [of_claim("3", "depth 2", alpha=0.2), of_claim("3", "depth 2", alpha=0.5)],
    ),
    (
        "depth 6 does too, by {} and {} dB;",
        [of_claim("4", "depth 6, 256", alpha=0.2), of_claim("4", "depth 6, 256", alpha=0.5)],
    ),
    (
        "the noisy signals alone is {} dB better than a linear bottleneck that is trained to denoise",
        [over(of_claim("5", "linear, over a filter", alpha=0.2))],
    ),
    (
        "depth 8 ends {} and {} dB above it, the second undecided",
        [of_claim("8", "4 numbers in both", alpha=0.2), of_claim("8", "4 numbers in both", alpha=0.5)],
    ),
    (
        "it still ends {} and {} dB above it, the first undecided",
        [of_claim("8", LATENT_64, alpha=0.2), of_claim("8", LATENT_64, alpha=0.5)],
    ),
    (
        "depth 8 beats depth 2 by {} dB in eight of ten comparisons and not in two",
        [[db for db in of_claim("9") if db > 0.5]],
    ),
    (
        "are {} and {} dB worse at depth 8; large ones are {} dB worse at alpha 0.2 and {} dB better",
        [
            of_claim("10", SMALL, alpha=0.2), of_claim("10", SMALL, alpha=0.5),
            of_claim("10", LARGE, alpha=0.2), over(of_claim("10", LARGE, alpha=0.5)),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("words", "effects"), SENTENCES)
def test_a_sentence_tells_what_was_found(words: str, effects: list[list[float]]) -> None:
    assert all(min(some) > 0 for some in effects)
    told = words.format(*(extent(f"{min(some):.1f}", f"{max(some):.1f}") for some in effects))
    assert told in " ".join(README.split())


def test_no_number_of_the_answer_is_in_no_sentence() -> None:
    told = sum(len(TOLD.findall(point)) for point in [*OPENING, *EXPLAINED[:2]])
    assert told == sum(2 if len(some) > 1 else 1 for _, effects in SENTENCES for some in effects)


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
