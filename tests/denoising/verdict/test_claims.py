"""Verdicts and sentences that follow the numbers."""

import re
from collections.abc import Callable, Mapping
from functools import partial

import pytest

from benchmarks.coverage import N_CONTRASTS
from denoising.verdict.account import contrasts_table
from denoising.verdict.answer import answer, first_word, tally
from denoising.verdict.claims import COLUMNS, Claim, Verdict, claims_table, judge, overall
from denoising.verdict.contrasts import rank
from denoising.verdict.design import BASE, DESIGNS, REPAIRED, parted
from denoising.verdict.evidence import Evidence
from denoising.verdict.questions import PARTIAL_CHANGES, QUESTIONS
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
    """Errors that hardly differ between seeds; a variant goes by its name without its signals."""

    def test_mse(variant: str, depth: int, alpha: float, seed: int) -> float:
        return share(parted(variant)[0], depth) * gain(alpha) * wobble(variant, depth, alpha, seed, QUIET)

    return test_mse


def deeper(factor: float, *variants: str) -> Share:
    """Each step in depth multiplies the error of these variants."""
    return lambda variant, depth: 0.3 * factor ** (depth / 2) if variant in variants else 0.3


def of(**shares: float) -> Share:
    """Variants whose names begin so, each with its share; all others have 0.3."""

    def share(variant: str, _: int) -> float:
        return next((value for name, value in shares.items() if variant.startswith(name)), 0.3)

    return share


def equal(factor: float) -> Share:
    """The same change at both depths, and the shallow network that sees as far as the base of depth 4."""
    made = deeper(factor, BASE, *PARTIAL_CHANGES)
    matched = 0.3 * factor**0.5
    return lambda variant, depth: matched if variant.startswith("kernel") else made(variant, depth)


def repaired(factor: float) -> Share:
    """The deepest repaired networks, in the error of the shallow ones however their bottleneck is set."""
    deep = (REPAIRED, "repaired_skips")
    return lambda variant, depth: 0.3 * (factor if depth == 8 and variant in deep else 1)


def equally_large(factor: float) -> Share:
    """The deep networks of claim 10, in the error of the shallow ones."""
    deep = (REPAIRED, "repaired_equal", "repaired_skips")
    return lambda variant, depth: 0.3 * (factor if depth == 8 and variant in deep else 1)


def every(share: float) -> Share:
    """All networks alike."""
    return lambda *_: share


def elsewhere(factor: float) -> Callable[[Cell, float], float]:
    """What a model of another noise level loses."""
    return lambda cell, tested: 0.3 * factor * gain(tested) * wobble(*cell, QUIET)


def turned(*shares: Share) -> tuple[Callable[[], Evidence], ...]:
    return tuple(partial(make_evidence, errors(share)) for share in shares)


# What makes evidence that supports each claim, and evidence that refutes it.
CASES: Mapping[str, tuple[Callable[[], Evidence], ...]] = {
    "1": turned(every(0.1), every(1.5)),
    "2": (
        partial(make_evidence, errors(of(plain_linear=0.4))),
        partial(make_evidence, errors(of(plain_linear=1.4)), others={"noisy_pca": 1.4}),
    ),
    "3": turned(of(plain_latent=0.4), of(plain_latent=1.4)),
    "4": turned(of(plain=1.0), of(plain=0.4)),
    "5": tuple(partial(make_evidence, errors(of(plain=x)), others={"noisy_linear": x}) for x in (0.6, 0.1)),
    "6": turned(of(base=0.5), of(base=0.2)),
    "7": turned(deeper(1.5, BASE), deeper(0.7, BASE)),
    "8": turned(equal(1.5), equal(0.7)),
    "9": turned(repaired(0.7), repaired(1.5)),
    "10": turned(equally_large(1.5), equally_large(0.7)),
    "11": turned(repaired(0.7), repaired(1.5)),
    "12": turned(of(skips=0.1), every(0.3)),
    "13": turned(of(repaired_skips=0.1), every(0.3)),
    "14": turned(deeper(0.7, "skips"), deeper(1.5, "skips")),
    "15": turned(every(LINEAR / 2), every(LINEAR * 2)),
    "16": turned(every(LINEAR * 2), every(LINEAR)),
    "17": turned(every(BAYES * 2), every(BAYES * 1.1)),
    "18": (
        partial(make_evidence, errors(every(0.3)), transfer=elsewhere(2.0)),
        partial(make_evidence, errors(every(0.3)), transfer=elsewhere(1.0)),
    ),
    "19": turned(every(0.3), every(0.5)),
}


def claim(evidence: Evidence, number: str) -> Claim:
    return next(claim for claim in judge(evidence) if claim.number == number)


@pytest.mark.parametrize("number", CASES)
def test_a_claim_turns_round_with_its_numbers(number: str) -> None:
    for make, verdict in zip(CASES[number], ("supported", "refuted"), strict=True):
        found = claim(make(), number)
        assert found.verdict == verdict
        assert {finding.verdict for finding in found.findings} == {verdict}
        assert tally(found).startswith(f"{verdict} (")


def test_every_claim_is_put_to_the_test() -> None:
    assert set(CASES) == {question.number for question in QUESTIONS}


def test_the_seeds_are_enough_to_decide_all_contrasts_together() -> None:
    n = sum(len(claim.findings) for claim in judge(make_evidence()))
    assert n == N_CONTRASTS, "for which coverage was simulated"
    assert rank(len(DESIGNS["default"].seeds), n) >= 1
    assert len(DESIGNS["default"].seeds) >= 10


def test_as_good_as_is_neither_better_nor_worse() -> None:
    """Claims 15 and 16 together: an error that equals the linear filter's is not lower, and not higher."""
    same = make_evidence(errors(every(LINEAR)))
    assert (claim(same, "15").verdict, claim(same, "16").verdict) == ("refuted", "refuted")


def test_too_much_spread_leaves_all_undecided() -> None:
    claims = judge(noisier(make_evidence(), 25.0))
    assert {claim.verdict for claim in claims} <= {"undecided", "partly supported"}
    assert claim(noisier(make_evidence(), 25.0), "7").verdict == "undecided"


def test_families_that_disagree_are_named() -> None:
    def share(variant: str, depth: int, alpha: float, seed: int) -> float:
        factor = 0.7 if variant == "base_formula" else 1.5
        return errors(deeper(factor, BASE))(variant, depth, alpha, seed)

    found = claim(make_evidence(share), "7")
    assert found.verdict == "mixed"
    assert re.fullmatch(
        r"supported in 4 of 6 comparisons \(\+5\.\d( to \+5\.\d)? dB\) "
        r"and refuted in 2 \(−4\.\d( to −4\.\d)? dB\)",
        tally(found),
    )
    assert [(row[0], row[1], row[2], row[5]) for row in contrasts_table(found).rows] == [
        ("depth 8 over 2", signals, alpha, verdict)
        for signals, verdict in (("pictures", "supported"), ("formula", "refuted"), ("ecg", "supported"))
        for alpha in ("0.2", "0.5")
    ]


def test_a_family_that_is_open_does_not_disagree() -> None:
    lost = {("base_formula", 8, 0.2, seed) for seed in DESIGNS["default"].seeds}
    found = claim(make_evidence(errors(deeper(1.5, BASE)), failed=lost), "7")
    assert tally(found).startswith("supported in 5 of 6 comparisons (")
    assert tally(found).endswith(") and not measured in 1")
    [row] = [row for row in contrasts_table(found).rows if row[5] == "not measured"]
    assert row == ("depth 8 over 2", "formula", "0.2", "–", "0", "not measured")
    assert found.verdict == "partly supported"


def test_what_was_not_measured_is_said_so() -> None:
    claims = judge(make_evidence(failed=None))
    networks = {f.verdict for c in claims for f in c.findings if f.contrast.what != "principal components"}
    assert networks == {"not measured"}
    assert {tally(claim) for claim in claims if claim.number != "2"} == {"not measured"}


def test_a_lost_seed_leaves_a_contrast_undecided() -> None:
    """The seeds are as many as the number of contrasts needs."""
    lost = {("base", 8, 0.2, 3), ("base", 2, 0.2, 0)}
    found = claim(make_evidence(errors(deeper(1.5, BASE)), failed=lost), "7")
    n = len(DESIGNS["default"].seeds)
    assert [finding.estimate.n for finding in found.findings] == [n - 2, n, n, n, n, n]
    assert [finding.verdict for finding in found.findings] == ["undecided", *["supported"] * 5]


def test_the_seeds_of_both_are_paired() -> None:
    """A seed whose signals are hard is hard for both networks: it says nothing on their difference."""

    def test_mse(variant: str, depth: int, alpha: float, seed: int) -> float:
        return 10 ** (seed / 10) * errors(deeper(1.5, BASE))(variant, depth, alpha, seed)

    found = claim(make_evidence(test_mse), "7")
    assert found.verdict == "supported"
    assert all(f.estimate.high - f.estimate.low < 0.5 for f in found.findings)  # type: ignore[operator]


def test_the_chosen_networks_are_named() -> None:
    share = lambda variant, depth: 0.05 if (variant, depth) == ("one_cycle", 8) else 0.3  # noqa: E731
    found = claim(make_evidence(errors(share)), "15")
    assert {row[0] for row in contrasts_table(found).rows if row[1] == "pictures"} == {
        "beside the exact one: one-cycle rate, depth 8",
        "beside one fitted on the same signals: one-cycle rate, depth 8",
    }


def test_the_best_network_was_trained_to_denoise_at_that_level_from_as_many_signals() -> None:
    share = of(plain=0.01, noise2noise=0.01, blind=0.01, base_signals=0.01)
    evidence = make_evidence(errors(share), design=DESIGNS["full"])
    assert {"plain", "noise2noise", "blind", "base_signals_30000"} <= set(evidence.results["variant"])
    named = {finding.contrast.networks for finding in claim(evidence, "15").findings}
    assert not any(re.search(r"give back|Noise2Noise|all noise levels|30,000", name) for name in named)


def test_a_network_with_fewer_seeds_is_not_the_best() -> None:
    lost = {("skips", depth, alpha, 0) for depth in (2, 8) for alpha in (0.2, 0.5)}
    found = claim(make_evidence(errors(of(skips=0.01)), failed=lost), "15")
    assert not any(finding.contrast.networks == "skip connections, depth 8" for finding in found.findings)


def test_the_filter_to_beat_is_the_best_that_was_tuned() -> None:
    found = claim(make_evidence(), "19")
    assert all(f.contrast.networks.endswith(", against wavelet shrinkage") for f in found.findings)
    assert {finding.contrast.signals for finding in found.findings} == {"ecg"}


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
    assert set(table[table["claim"] == "17"]["margin_db"]) == {1.0}
    assert set(table[table["claim"] != "17"]["margin_db"]) == {0.5}
    assert (table["low_db"] <= table["effect_db"]).all()
    assert not table.duplicated(["claim", "signals", "alpha", "what"]).any()
    missing = claims_table(judge(make_evidence(failed=None)))
    assert missing["effect_db"].dtype == "float64"


def test_the_answer_turns_round_with_the_claims() -> None:
    def told(share: Share, **others: float) -> str:
        return answer(judge(make_evidence(errors(share), others=others)))

    assert told(of(plain=0.6)).startswith(
        "In part. A linear bottleneck, told the level of white noise, removes it"
    )
    assert told(of(plain=0.1)).startswith(
        "Yes. A linear bottleneck, told the level of white noise, removes it"
    )
    assert told(of(plain=1.4), noisy_pca=1.4).startswith("No. A linear bottleneck by itself removes no more")
    assert "As the original ran it, the deepest network is worse" in told(deeper(1.5, BASE))
    assert "As the original ran it, the deepest network is not worse" in told(deeper(0.7, BASE))
    better = "optimisation is repaired, the deepest network is better"
    assert better in told(repaired(0.7))
    assert better not in told(repaired(1.5))
    mixed = told(lambda variant, depth: 0.45 if (variant, depth) == ("repaired_equal", 8) else 0.3)
    assert re.search(r"the deepest of these is worse in 2 of 6 comparisons \(.* to \+\d\.\d dB\)", mixed)
    assert "does not beat the best linear filter by more than the margin" in told(every(0.3))
    nothing = make_evidence(errors(every(0.3)), failed=None, others={"noisy_pca": 0.0})
    assert answer(judge(nothing)).startswith("What would answer the question was not measured.")


@pytest.mark.parametrize("share", [0.5, 1.6])
def test_what_few_contrasts_say_is_not_said_of_all_networks(share: float) -> None:
    decided = ("base", 4)  # on one family of signals, at two noise levels

    def few(variant: str, depth: int, alpha: float, seed: int) -> float:
        return gain(alpha) * (share if (variant, depth) == decided else 1 + 0.3 * (seed % 3 - 1))

    found = claim(make_evidence(few), "1")
    assert found.verdict == ("partly supported" if share < 1 else "partly refuted")
    assert tally(found).startswith(f"{'supported' if share < 1 else 'refuted'} in 2 of 16 comparisons")


def test_a_study_of_few_seeds_decides_nothing_and_a_full_one_all() -> None:
    quick, full = (judge(make_evidence(design=DESIGNS[size])) for size in ("quick", "full"))  # type: ignore[index]
    assert {claim.verdict for claim in quick} == {"undecided"}
    assert len(full) == len(quick) == len(QUESTIONS)
    assert not {"undecided", "not measured"} & {claim.verdict for claim in full}


def test_a_bottleneck_alone_answers_nothing_where_training_for_it_was_not_measured() -> None:
    assert first_word("supported", "not measured") == first_word("undecided", "supported")
    assert first_word("supported", "undecided") == "In part."
