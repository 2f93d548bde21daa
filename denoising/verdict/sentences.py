"""The claims in sentences made from the numbers."""

from collections.abc import Iterable, Sequence

from denoising.figures.wording import count, decibels, extent, levels, listing
from denoising.verdict.claims import VERDICTS, Claim, Finding, Verdict

MOST_GIVEN = 2  # contrasts of one verdict whose numbers are all given

Where = tuple[str, tuple[float, ...]]  # a family of signals and noise levels


def sentences(claim: Claim) -> list[str]:
    """What is supported, refuted and undecided, where the families differ, and which networks were chosen."""
    said = [verdict_sentence(claim, verdict) for verdict in VERDICTS]
    return list(filter(None, [*said, disagreement(claim), seeds_note(claim), choice(claim)]))


def verdict_sentence(claim: Claim, verdict: Verdict) -> str:
    """For which contrasts the verdict is this one; empty for none."""
    findings = claim.with_verdict(verdict)
    if not findings:
        return ""
    if verdict == "not measured":
        return f"Not measured for {places(claim, findings)}."
    return f"{verdict.capitalize()} for {places(claim, findings)}: {numbers(findings)}."


def places(claim: Claim, findings: Sequence[Finding]) -> str:
    """What is compared and where: contrasts that are found in the same places are told together."""
    alphas: dict[str, dict[str, list[float]]] = {}
    for finding in findings:
        contrast = finding.contrast
        alphas.setdefault(contrast.what, {}).setdefault(contrast.signals, []).append(contrast.alpha)
    together: dict[tuple[Where, ...], list[str]] = {}
    for what, families in alphas.items():
        where = tuple((signals, tuple(found)) for signals, found in families.items())
        together.setdefault(where, []).append(what)
    several = len({finding.contrast.signals for finding in claim.findings}) > 1
    return "; ".join(f"{gathered(what)} {at(where, several)}" for where, what in together.items())


def gathered(whats: Sequence[str]) -> str:
    """Things compared in a list; depths under one word."""
    depths = [what.removeprefix("depth ") for what in whats]
    return (
        f"depths {listing(depths)}" if len(depths) > 1 and all(map(str.isdigit, depths)) else listing(whats)
    )


def at(where: Iterable[Where], several: bool) -> str:
    """Noise levels with the families of signals, where there are several."""
    families: dict[tuple[float, ...], list[str]] = {}
    for signals, found in where:
        families.setdefault(found, []).append(signals)
    return listing(
        f"at {levels(found)}" + (f" on {listing(signals)} signals" if several else "")
        for found, signals in families.items()
    )


def numbers(findings: Sequence[Finding]) -> str:
    """Means with their intervals; of many the range, and the one nearest to its margin."""
    if len(findings) <= MOST_GIVEN:
        return listing(finding.estimate.words(" dB") for finding in findings)
    return f"{span(findings)}; nearest to the margin of {nearest_in_words(findings)}"


def span(findings: Sequence[Finding]) -> str:
    """The range of the means."""
    means = sorted(finding.estimate.db for finding in findings if finding.estimate.db is not None)
    return f"{extent(decibels(means[0]), decibels(means[-1]))} dB"


def nearest_in_words(findings: Sequence[Finding]) -> str:
    """The finding nearest to its margin."""
    nearest = min(findings, key=lambda f: abs((f.estimate.db or 0) - f.contrast.margin))
    contrast = nearest.contrast
    where = f"{contrast.what}, {levels([contrast.alpha])}, {contrast.signals}"
    return f"{contrast.margin:g} dB: {nearest.estimate.words(' dB')} ({where})"


def disagreement(claim: Claim) -> str:
    """Where the two families of signals lead to different verdicts; empty where nowhere."""
    by_place: dict[tuple[str, float], list[Finding]] = {}
    for finding in claim.findings:
        by_place.setdefault((finding.contrast.what, finding.contrast.alpha), []).append(finding)
    parts = {True: list[str](), False: list[str]()}
    for (what, alpha), findings in by_place.items():
        verdicts = {finding.verdict for finding in findings}
        if len(verdicts) > 1:
            told = listing(f"{f.verdict} on {f.contrast.signals} signals" for f in findings)
            parts[{"supported", "refuted"} <= verdicts].append(f"{what} at {levels([alpha])} ({told})")
    opposed = f"The two families of signals disagree on {listing(parts[True])}." if parts[True] else ""
    open_in_one = f"Not the same for both families: {listing(parts[False])}." if parts[False] else ""
    return " ".join(filter(None, [opposed, open_in_one]))


def seeds_note(claim: Claim) -> str:
    """That some contrasts rest on fewer seeds than others, or on too few to tell."""
    ns = {finding.estimate.n for finding in claim.findings} - {0}
    if ns == {1}:
        return "One seed alone decides nothing."
    return f"The contrasts rest on {min(ns)} to {count(max(ns), 'seed')}." if len(ns) > 1 else ""


def choice(claim: Claim) -> str:
    """Which networks the validation signals chose; empty where there was no choice."""
    chosen: dict[str, list[Finding]] = {}
    for finding in claim.findings:
        if finding.contrast.networks:
            chosen.setdefault(finding.contrast.networks, []).append(finding)
    if not chosen:
        return ""
    told = "; ".join(f"{networks} ({places(claim, found)})" for networks, found in chosen.items())
    return f"Chosen by their error on the validation signals: {told}."
