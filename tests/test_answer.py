"""Every figure of the answer is that of the study that `docs/verdict` holds."""

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
ANSWER = (PROJECT / "docs" / "verdict.md").read_text()
SHIPPED = PROJECT / "docs" / "verdict"
PAGE = (SHIPPED / "report.html").read_text()
CLAIMS = pd.read_csv(SHIPPED / "claims.csv", dtype={"claim": str})
DEPTH_EFFECTS = pd.read_csv(SHIPPED / "depth_effects.csv").set_index(["what", "alpha"])
DEPTH = DEPTH_EFFECTS["db"]
DOWNLOAD = re.compile(r'download="(claim_\d+|depth_effects)\.csv"\s+href="data:text/csv;base64,([^"]+)"')
POINT = re.compile(r"^- .*(?:\n  .*)*", re.MULTILINE)
OPENING = POINT.findall(ANSWER[: ANSWER.index("## How it was found")])
EXPLAINED = POINT.findall(ANSWER[ANSWER.index("What else could explain") : ANSWER.index("## What was known")])
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


def told_both_ways(what: str) -> list[list[float]]:
    """The effect of depth at the lower noise level, and the other way round at the higher."""
    lower, higher = DEPTH.loc[what]
    return [[lower], over([higher])]


def row(number: str) -> str:
    """A claim's row of the page's table."""
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
    assert row(number) in ANSWER


STILL_WORSE = ["5 times the steps", *(f"learning rate times {factor}" for factor in (3, 10, 30))]
STILL_WORSE += ["orthogonal initialisation", "delta-orthogonal initialisation"]
LATENT_32, LATENT_64 = "linear, 32 numbers", "64 numbers in the bottleneck, and no layer with fewer"
SMALL, LARGE = "9,200 parameters, 16 numbers", "92,000 parameters, 64 numbers"
WITH_SKIPS = "92,000 parameters each, skip connections in the deeper"

# The words of a sentence with a place for each of its numbers, and the effects that these tell of.
SENTENCES: list[tuple[str, list[list[float]]]] = [
    ("Its error lies {} dB below that of multiplying", [of_claim("2")]),
    (
        "in the bottleneck, {} dB at alpha 0.2 and {} dB at alpha 0.5 (claim 5)",
        [of_claim("5", LATENT_32, alpha=0.2), of_claim("5", LATENT_32, alpha=0.5)],
    ),
    (
        "depth 2 ends {} dB below the best constant if it is trained to denoise, and {} dB above it if",
        [of_claim("1", "^depth 2$", "pictures", 0.5), over(of_claim("4", "^depth 2$", alpha=0.5))],
    ),
    ("Depth 6 ends {} dB below the best constant even if", [of_claim("4", "depth 6, 256", alpha=0.5)]),
    ("depth 8 ends {} dB above depth 2 (claim 7)", [of_claim("7")]),
    ("in both, depth 8 stays {} dB worse at alpha 0.5 (claim 8)", [of_claim("8", LATENT_64, alpha=0.5)]),
    (
        "Depth 8 is then {} dB worse in three of four comparisons and {} dB better in one.",
        [
            of_claim("10", SMALL) + of_claim("10", LARGE, alpha=0.2),
            over(of_claim("10", LARGE, alpha=0.5)),
        ],
    ),
    ("skip connections too, it is {} dB better at alpha 0.5", [over(of_claim("10", WITH_SKIPS, alpha=0.5))]),
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
        [list(of("9")[of("9")["verdict"] == "supported"]["effect_db"])],
    ),
    (
        "are {} and {} dB worse at depth 8; large ones are {} dB worse at alpha 0.2 and {} dB better",
        [
            of_claim("10", SMALL, alpha=0.2), of_claim("10", SMALL, alpha=0.5),
            of_claim("10", LARGE, alpha=0.2), over(of_claim("10", LARGE, alpha=0.5)),
        ],
    ),
    ("depth 8 as the original ran it still ends {} dB above depth 2", [[*DEPTH.loc[STILL_WORSE]]]),
    (
        "it then beats depth 2 by {} and {} dB, at both noise levels",
        [over([db]) for db in DEPTH.loc["repaired, 5 times the steps"]],
    ),
    (
        "it ends {} dB above at the lower level, and {} dB below at the higher",
        told_both_ways("repaired, 92,000 parameters and 64 numbers each, 5 times the steps"),
    ),
    (
        "leave it {} dB worse at the lower, and {} dB better at the higher",
        told_both_ways("growing channels and normalisation"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("words", "effects"), SENTENCES)
def test_a_sentence_tells_what_was_found(words: str, effects: list[list[float]]) -> None:
    assert all(min(some) > 0 for some in effects)
    told = words.format(*(extent(f"{min(some):.1f}", f"{max(some):.1f}") for some in effects))
    assert told in " ".join(ANSWER.split())


# The README's answer in short.
SHORT: list[tuple[str, list[list[float]]]] = [
    ("Its error lies {} dB below that of the noisy signal times", [of_claim("2")]),
    ("depth 8 ends {} dB above depth 2", [of_claim("7")]),
    ("is far from the best possible**: {} dB above the least error", [of_claim("17")]),
]


@pytest.mark.parametrize(("words", "effects"), SHORT)
def test_the_answer_in_short_tells_the_same(words: str, effects: list[list[float]]) -> None:
    told = words.format(*(extent(f"{min(some):.1f}", f"{max(some):.1f}") for some in effects))
    assert told in " ".join(README.split())


def test_the_answer_in_short_exaggerates_nothing() -> None:
    most = max(effect for n in ("linear", "depth 2", "depth 6") for effect in of_claim("5", f"^{n}, 32"))
    assert f"at most {most:.1f} dB to a bottleneck of 32 numbers" in README
    best, worst = min(of_claim("10")), max(of_claim("10"))
    assert f"it ends between {-best:.1f} dB below and {worst:.1f} dB above" in README


def test_no_number_of_the_answer_is_in_no_sentence() -> None:
    told = sum(len(TOLD.findall(point)) for point in [*OPENING, *EXPLAINED])
    assert told == sum(2 if len(some) > 1 else 1 for _, effects in SENTENCES for some in effects)


UNDECIDED = [("3", "depth 6", None), ("8", "4 numbers in both", 0.5), ("8", LATENT_64, 0.2)]


@pytest.mark.parametrize(("number", "what", "alpha"), [*UNDECIDED, ("10", WITH_SKIPS, 0.2)])
def test_what_is_called_undecided_is(number: str, what: str, alpha: float | None) -> None:
    rows = of(number)[of(number)["what"].str.contains(what)]
    here = rows if alpha is None else rows[rows["alpha"] == alpha]
    assert set(here["verdict"]) == {"undecided"}


def test_depth_wins_eight_of_the_ten_comparisons_of_claim_9() -> None:
    assert of("9")["verdict"].value_counts().to_dict() == {"supported": 8, "refuted": 2}


def test_the_answer_has_at_most_four_sentences() -> None:
    assert 1 <= len(OPENING) <= 4
    assert all(before != after for before, after in pairwise(OPENING))
