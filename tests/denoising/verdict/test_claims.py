"""Verdicts and sentences that follow the numbers."""

import re
from collections.abc import Callable, Mapping

import pytest

from denoising.verdict.account import contrasts_table
from denoising.verdict.answer import answer, tally
from denoising.verdict.claims import COLUMNS, Claim, Verdict, claims_table, judge, overall
from denoising.verdict.design import CAUSES, DESIGNS, FORMULA, RECIPE, WIDE_RECIPE, WIDE_RECIPE_FORMULA
from denoising.verdict.evidence import Evidence
from denoising.verdict.questions import QUESTIONS
from tests.denoising.verdict.evidences import (
    BAYES,
    LINEAR,
    Cell,
    Errors,
    gain,
    make_evidence,
    noisier,
    wobble,
)

Share = Callable[[str, int], float]  # of a variant at a depth: its error, in those of the best gain

QUIET = 0.03  # dB of spread over the seeds


def errors(share: Share) -> Errors:
    """Errors that hardly differ between seeds."""

    def test_mse(variant: str, depth: int, alpha: float, seed: int) -> float:
        return share(variant, depth) * gain(alpha) * wobble(variant, depth, alpha, seed, QUIET)

    return test_mse


def deeper(factor: float, *variants: str) -> Share:
    """Each step in depth multiplies the error of these variants."""
    return lambda variant, depth: 0.3 * factor ** (depth / 2) if variant in variants else 0.3


def equal(factor: float) -> Share:
    """The same for the networks that are made equal in some way, and for those that see as far."""
    made = deeper(factor, "base", "latent_64", "equal_parameters")
    matched = 0.3 * factor**0.5
    return lambda variant, depth: matched if variant.startswith("kernel") else made(variant, depth)


def plain(share: float, others: float = 0.3) -> Share:
    """Plain autoencoders of the latent axis, and all other networks."""
    return lambda variant, _: share if variant.startswith("plain") else others


def every(share: float) -> Share:
    """All networks alike."""
    return lambda *_: share


def elsewhere(factor: float) -> Callable[[Cell, float], float]:
    """What a model of another noise level loses."""
    return lambda cell, tested: 0.3 * factor * gain(tested) * wobble(*cell, QUIET)


TRAINED_WELL = (RECIPE, WIDE_RECIPE, WIDE_RECIPE_FORMULA)
CASES: Mapping[str, tuple[Evidence, Evidence]] = {
    "1": (make_evidence(errors(every(0.1))), make_evidence(errors(every(1.5)))),
    "2": (make_evidence(errors(plain(0.4))), make_evidence(errors(plain(1.4)))),
    "2b": (make_evidence(errors(plain(0.6))), make_evidence(errors(plain(0.1)))),
    "3": tuple(make_evidence(errors(deeper(f, "base", FORMULA))) for f in (1.5, 0.7)),  # type: ignore[dict-item]
    "4": tuple(
        make_evidence(errors(deeper(f, RECIPE, WIDE_RECIPE, WIDE_RECIPE_FORMULA))) for f in (1.5, 0.7)
    ),  # type: ignore[dict-item]
    "5": (make_evidence(errors(equal(1.5))), make_evidence(errors(equal(0.7)))),
    "6": (
        make_evidence(errors(every(0.3))),
        make_evidence(errors(lambda v, _: 0.1 if v == "skips" else 0.3)),
    ),
    "7": (make_evidence(errors(every(LINEAR / 2))), make_evidence(errors(every(LINEAR * 2)))),
    "7b": (make_evidence(errors(every(BAYES * 1.1))), make_evidence(errors(every(BAYES * 2)))),
    "8": (
        make_evidence(errors(every(0.3)), transfer=elsewhere(1.0)),
        make_evidence(errors(every(0.3)), transfer=elsewhere(2.0)),
    ),
}


def claim(evidence: Evidence, number: str) -> Claim:
    return next(claim for claim in judge(evidence) if claim.number == number)


@pytest.mark.parametrize("number", CASES)
def test_a_claim_turns_round_with_its_numbers(number: str) -> None:
    for evidence, verdict in zip(CASES[number], ("supported", "refuted"), strict=True):
        found = claim(evidence, number)
        assert found.verdict == verdict
        assert {finding.verdict for finding in found.findings} == {verdict}
        assert tally(found).startswith(f"{verdict} (")


def test_every_claim_is_put_to_the_test() -> None:
    assert set(CASES) == {question.number for question in QUESTIONS}


def test_too_much_spread_leaves_all_undecided() -> None:
    claims = judge(noisier(make_evidence(), 25.0))
    assert {claim.verdict for claim in claims} == {"undecided"}
    assert all(tally(claim).startswith("undecided (") for claim in claims)
    assert answer(claims).startswith("This study gives no single answer.")


def test_families_that_disagree_are_named() -> None:
    share = lambda variant, depth: deeper(0.7 if variant == FORMULA else 1.5, variant)(variant, depth)  # noqa: E731
    found = claim(make_evidence(errors(share)), "3")
    assert found.verdict == "mixed"
    assert re.fullmatch(
        r"supported in 2 of 4 comparisons \(\+5\.\d( to \+5\.\d)? dB\) "
        r"and refuted in 2 \(−4\.\d( to −4\.\d)? dB\)",
        tally(found),
    )
    assert [(row[0], row[1], row[2], row[5]) for row in contrasts_table(found).rows] == [
        ("depth 8 over 2", signals, alpha, verdict)
        for signals, verdict in (("pictures", "supported"), ("formula", "refuted"))
        for alpha in ("0.2", "0.5")
    ]


def test_a_family_that_is_open_does_not_disagree() -> None:
    lost = {(FORMULA, 8, 0.2, seed) for seed in range(5)}
    found = claim(make_evidence(errors(deeper(1.5, "base", FORMULA)), failed=lost), "3")
    assert tally(found).startswith("supported in 3 of 4 comparisons (")
    assert tally(found).endswith(") and not measured in 1")
    [row] = [row for row in contrasts_table(found).rows if row[5] == "not measured"]
    assert row == ("depth 8 over 2", "formula", "0.2", "–", "0", "not measured")
    assert found.verdict == "partly supported"


def test_what_was_not_measured_is_said_so() -> None:
    claims = judge(make_evidence(failed=None))
    assert {claim.verdict for claim in claims} == {"not measured"}
    assert {tally(claim) for claim in claims} == {"not measured"}
    assert all(finding.estimate.n == 0 for claim in claims for finding in claim.findings)


def test_some_seeds_are_better_than_none() -> None:
    lost = {("base", 8, 0.2, 3), ("base", 2, 0.2, 0)}
    found = claim(make_evidence(errors(deeper(1.5, "base", FORMULA)), failed=lost), "3")
    assert [finding.estimate.n for finding in found.findings] == [3, 5, 5, 5]
    assert found.verdict == "supported"
    assert [row[4] for row in contrasts_table(found).rows] == ["3", "5", "5", "5"]


def test_tuning_seeds_are_never_reported() -> None:
    def better_when_tuning(variant: str, depth: int, alpha: float, seed: int) -> float:
        return (1e-6 if seed >= 100 else 0.3) * gain(alpha)

    assert judge_all(better_when_tuning) == judge_all(lambda _v, _d, alpha, _s: 0.3 * gain(alpha))


def judge_all(test_mse: Errors) -> list[tuple[float | None, str]]:
    evidence = make_evidence(test_mse)
    return [(f.estimate.db, f.verdict) for claim in judge(evidence) for f in claim.findings]


def test_the_chosen_networks_are_named() -> None:
    best = "one_cycle"
    share = lambda variant, depth: 0.05 if (variant, depth) == (best, 8) else 0.3  # noqa: E731
    found = claim(make_evidence(errors(share)), "7")
    assert {row[0] for row in contrasts_table(found).rows if row[1] == "pictures"} == {
        "the best network: one-cycle rate, depth 8"
    }
    latent = lambda variant, _: 0.1 if variant == "plain_latent_axis_16" else 0.3  # noqa: E731
    found = claim(make_evidence(errors(latent)), "2")
    words = "plain autoencoder, latent of 16 numbers"
    assert {row[0] for row in contrasts_table(found).rows} == {f"depth 2: {words}", f"depth 6: {words}"}


def test_the_best_network_was_trained_to_denoise_at_that_level() -> None:
    others = ("plain", "plain_on_clean", "noise2noise", "blind", "plain_latent_axis_16")
    share = lambda variant, _: 0.01 if variant in others else 0.3  # noqa: E731
    named = {finding.contrast.networks for finding in claim(make_evidence(errors(share)), "7").findings}
    assert named.isdisjoint({"Noise2Noise, depth 2"})
    assert not any("plain" in name or "all noise levels" in name for name in named)


def test_a_network_with_fewer_seeds_is_not_the_best() -> None:
    share = lambda variant, _: 0.01 if variant == "skips" else 0.3  # noqa: E731
    lost = {("skips", depth, alpha, 0) for depth in (2, 8) for alpha in (0.2, 0.5)}
    found = claim(make_evidence(errors(share), failed=lost), "7")
    assert not any("skip" in finding.contrast.networks for finding in found.findings)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["supported"] * 3, "supported"),
        (["refuted"] * 3, "refuted"),
        (["undecided", "not measured"], "undecided"),
        (["not measured"], "not measured"),
        ([], "not measured"),
        (["supported", "undecided"], "partly supported"),
        (["supported", "not measured"], "partly supported"),
        (["refuted", "undecided"], "partly refuted"),
        (["supported", "refuted", "undecided"], "mixed"),
    ],
)
def test_the_verdict_on_a_claim(verdicts: list[Verdict], expected: str) -> None:
    assert overall(verdicts) == expected


def test_the_table_has_a_row_a_contrast() -> None:
    claims = judge(make_evidence())
    table = claims_table(claims)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == sum(len(claim.findings) for claim in claims)
    assert set(table[table["claim"] == "7b"]["margin_db"]) == {1.0}
    assert set(table[table["claim"] != "7b"]["margin_db"]) == {0.5}
    assert (table["low_db"] <= table["effect_db"]).all()
    missing = claims_table(judge(make_evidence(failed=None)))
    assert missing["effect_db"].isna().all()
    assert missing["effect_db"].dtype == "float64"


def test_the_answer_turns_round_with_the_claims() -> None:
    assert answer(judge(make_evidence(errors(plain(1.4))))).startswith("No: an autoencoder trained to give")
    assert answer(judge(make_evidence(errors(plain(0.6))))).startswith("In part: the bottleneck alone")
    assert answer(judge(make_evidence(errors(plain(0.1))))).startswith("Yes: the bottleneck alone")
    assert answer(judge(make_evidence(failed=None))).startswith("What would answer the question was not")
    worse = answer(judge(make_evidence(errors(deeper(1.5, "base", FORMULA)))))
    assert "As the original ran it, the deepest network is worse" in worse
    better = answer(judge(make_evidence(errors(deeper(0.7, "base", FORMULA)))))
    assert "As the original ran it, the deepest network is not worse" in better


@pytest.mark.parametrize("share", [0.5, 1.6])
def test_what_few_contrasts_say_is_not_said_of_all_networks(share: float) -> None:
    decided = ("base", 4)  # on one family of signals, at two noise levels

    def few(variant: str, depth: int, alpha: float, seed: int) -> float:
        return gain(alpha) * (share if (variant, depth) == decided else 1 + 0.3 * (seed % 3 - 1))

    evidence = make_evidence(few)
    found, told = claim(evidence, "1"), answer(judge(evidence))
    assert found.verdict == ("partly supported" if share < 1 else "partly refuted")
    assert "every network" not in told
    assert "no network" not in told
    assert f"“{found.statement}” is {'supported' if share < 1 else 'refuted'} in 2 of 16 comparisons" in told


@pytest.mark.parametrize("size", ["quick", "full"])
def test_every_size_of_study_is_judged(size: str) -> None:
    claims = judge(make_evidence(design=DESIGNS[size]))  # type: ignore[index]
    assert len(claims) == len(QUESTIONS)
    assert "not measured" not in {claim.verdict for claim in claims}
    assert set(CAUSES) == {"normalisation", "one_cycle", "budget"}
