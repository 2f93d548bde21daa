"""The answer to the study's question, made from the verdicts on its claims."""

from collections.abc import Mapping, Sequence

from denoising.figures.wording import decibels, extent, listing
from denoising.verdict.claims import VERDICTS, Claim, Finding, Overall

QUESTION = "Are autoencoders fundamentally denoisers?"

# What a decided claim says, by whether it is supported; the range of its effects follows.
SAID: Mapping[str, tuple[str, str]] = {
    "1": (
        "Trained to denoise, every network as the original ran it removes noise",
        "Trained to denoise, no network as the original ran it removes more noise than a single gain "
        "does, by more than the margin",
    ),
    "3": (
        "As the original ran it, the deepest network is worse than the shallowest",
        "As the original ran it, the deepest network is not worse than the shallowest by more than "
        "the margin",
    ),
    "4": (
        "Once optimisation is fixed, the deepest network is worse than the shallowest",
        "Once optimisation is fixed, the deepest network is not worse than the shallowest by more than the "
        "margin",
    ),
    "7": (
        "The best network beats the best linear filter",
        "Not even the best network beats the best linear filter by more than the margin",
    ),
    "7b": (
        "The best network comes within 1 dB of the Bayes floor",
        "The best network stays more than 1 dB above the Bayes floor",
    ),
}


def answer(claims: Sequence[Claim]) -> str:
    """The answer in a paragraph."""
    by_number = {claim.number: claim for claim in claims}
    parts = [verdict_on_the_question(by_number["2"], by_number["2b"])]
    return " ".join([*parts, *(part(by_number[number]) for number in SAID)])


def verdict_on_the_question(bottleneck: Claim, objective: Claim) -> str:
    """Whether the bottleneck denoises by itself, or the objective does."""
    alone, added = found_in(bottleneck), found_in(objective)
    if alone == "refuted":
        start = (
            "No: an autoencoder trained to give back its noisy input removes no more noise than a single "
            f"gain does, by more than the margin ({effects(bottleneck)})"
        )
        if added == "supported":
            return f"{start}; training it to denoise brings {effects(objective)}."
        return f"{start}. {case_by_case(objective)}"
    if alone == added == "not measured":
        return "What would answer the question was not measured."
    if alone != "supported":
        return f"This study gives no single answer. {case_by_case(bottleneck)} {case_by_case(objective)}"
    found = f"the bottleneck alone removes more noise than a single gain does ({effects(bottleneck)})"
    if added == "supported":
        return f"In part: {found}, but training for it removes more still ({effects(objective)})."
    if added == "refuted":
        return f"Yes: {found}, and training for it adds nothing beyond the margin ({effects(objective)})."
    return f"{found[0].upper()}{found[1:]}. {case_by_case(objective)}"


def part(claim: Claim) -> str:
    """What a claim adds to the answer; a sentence on all networks only where all contrasts agree."""
    supported, refuted = SAID[claim.number]
    if claim.verdict == "supported":
        return f"{supported} ({effects(claim)})."
    if claim.verdict == "refuted":
        return f"{refuted} ({effects(claim)})."
    return case_by_case(claim)


def found_in(claim: Claim) -> Overall:
    """The verdict on a claim; supported, too, if some contrasts support it and none refutes it."""
    return "supported" if claim.verdict == "partly supported" else claim.verdict


def case_by_case(claim: Claim) -> str:
    """How many contrasts of a claim say what."""
    return f"“{claim.statement}” is {tally(claim)}."


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
    """The range of the means that were measured."""
    means = sorted(finding.estimate.db for finding in findings if finding.estimate.db is not None)
    return f"{extent(decibels(means[0]), decibels(means[-1]))} dB"


def effects(claim: Claim) -> str:
    """The range of the effects that agree with what was found, and how many they are where not all."""
    agreeing = claim.with_verdict("supported") or list(claim.findings)
    told, total = span(agreeing), len(claim.findings)
    return told if len(agreeing) == total else f"{told}, in {len(agreeing)} of {total} comparisons"
