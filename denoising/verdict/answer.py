"""The answer to the study's question, made from the verdicts on its claims."""

from collections.abc import Mapping, Sequence

from denoising.figures.wording import decibels, extent, listing
from denoising.verdict.claims import VERDICTS, Claim, Finding, Overall

QUESTION = "Are autoencoders fundamentally denoisers?"
LINEAR, OBJECTIVE = "2", "5"  # the claims that decide the first word

# What a decided claim says, by whether it is supported; the range of its effects follows.
SAID: Mapping[str, tuple[str, str]] = {
    LINEAR: (
        "A linear bottleneck, told the level of white noise, removes it without ever seeing a clean signal",
        "A linear bottleneck by itself removes no more noise than a single gain does, by more than the "
        "margin",
    ),
    OBJECTIVE: (
        "Training to denoise adds to what the bottleneck does",
        "Training to denoise adds nothing beyond the margin",
    ),
    "7": (
        "As the original ran it, the deepest network is worse than the shallowest",
        "As the original ran it, the deepest network is not worse than the shallowest by more than the "
        "margin",
    ),
    "9": (
        "Where channels grow with depth and optimisation is repaired, the deepest network is better than "
        "the shallowest",
        "Where channels grow with depth and optimisation is repaired, the deepest network is not better than "
        "the shallowest by more than the margin",
    ),
    "10": (
        "With as many parameters and as narrow a bottleneck in both, the deepest of these is worse",
        "With as many parameters and as narrow a bottleneck in both, the deepest of these is not worse by "
        "more than the margin",
    ),
    "15": (
        "The best network beats the best linear filter",
        "The best network does not beat the best linear filter by more than the margin",
    ),
    "17": (
        "The best network stays more than 1 dB above the posterior mean, which no denoiser beats",
        "It does not stay more than 1 dB above the posterior mean, which no denoiser beats",
    ),
}


def answer(claims: Sequence[Claim]) -> str:
    """The answer in a paragraph."""
    by_number = {claim.number: claim for claim in claims}
    if found_in(by_number[LINEAR]) == found_in(by_number[OBJECTIVE]) == "not measured":
        return "What would answer the question was not measured."
    first = first_word(found_in(by_number[LINEAR]), found_in(by_number[OBJECTIVE]))
    return " ".join([first, *(part(by_number[number]) for number in SAID)])


def first_word(bottleneck: Overall, objective: Overall) -> str:
    """Yes, if a bottleneck denoises and training for it adds nothing; in part, if it may add something."""
    if bottleneck == "supported" and objective != "not measured":
        return "Yes." if objective == "refuted" else "In part."
    return "No." if bottleneck == "refuted" else "This study gives no single answer."


def part(claim: Claim) -> str:
    """What a claim adds to the answer; in how many comparisons, unless all agree."""
    supported, refuted = SAID[claim.number]
    if claim.verdict == "refuted":
        return f"{refuted} ({span(claim.findings)})."
    if not (n := len(claim.with_verdict("supported"))):
        return f"{supported}: {tally(claim)}."
    where = "" if claim.verdict == "supported" else f" in {n} of {len(claim.findings)} comparisons"
    return f"{supported}{where} ({span(claim.findings)})."


def found_in(claim: Claim) -> Overall:
    """The verdict on a claim; supported, too, if some contrasts support it and none refutes it."""
    return "supported" if claim.verdict == "partly supported" else claim.verdict


def tally(claim: Claim) -> str:
    """How many comparisons have which verdict, with the range of their effects."""
    total, counted = len(claim.findings), list[str]()
    for verdict in VERDICTS:
        if found := claim.with_verdict(verdict):
            of = f" of {total} comparisons" if not counted else ""
            how_many = "" if len(found) == total else f" in {len(found)}{of}"
            counted.append(f"{verdict}{how_many}{in_brackets(found)}")
    return listing(counted)


def in_brackets(findings: Sequence[Finding]) -> str:
    """The range of their effects in brackets; empty where none was measured."""
    known = [finding for finding in findings if finding.estimate.db is not None]
    return f" ({span(known)})" if known else ""


def span(findings: Sequence[Finding]) -> str:
    """The range of the medians that were measured."""
    medians = sorted(finding.estimate.db for finding in findings if finding.estimate.db is not None)
    return f"{extent(decibels(medians[0]), decibels(medians[-1]))} dB"
