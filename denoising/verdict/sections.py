"""What the page of a verdict tells beside the claims."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from denoising.figures.wording import cell_name, count, decibels, levels, listing
from denoising.report.sections import Section
from denoising.report.summary import Failure
from denoising.report.tables import Table
from denoising.verdict.causes import of_depth
from denoising.verdict.cells import NETWORKS, OWN_FAMILY, Network, difference, measured, values
from denoising.verdict.claims import Claim, Overall
from denoising.verdict.conduct_sections import conduct_sections
from denoising.verdict.contrasts import FAMILY_WISE, MARGIN, estimate
from denoising.verdict.design import BASE, DEEP, RECIPE, SHALLOW, label
from denoising.verdict.evidence import Evidence
from denoising.verdict.practice import advice
from denoising.verdict.sentences import sentences
from denoising.verdict.tables import (
    causes_table,
    claim_table,
    objectives_table,
    practice_table,
    rates_table,
    steps_table,
    underfitting_table,
)
from denoising.verdict.wording import effect

PLAIN = "Intervals are 95% t intervals over the seeds, not adjusted for their number: none is a claim."


@dataclass(frozen=True)
class ClaimSection:
    """A claim as it is told.

    Attributes:
        name: for links to it.
        number, statement, verdict: of the claim.
        measure: what its contrasts measure, and which side supports it.
        sentences: what was found.
        table: a row a contrast.
    """

    name: str
    number: str
    statement: str
    verdict: Overall
    measure: str
    sentences: tuple[str, ...]
    table: Table


def claim_section(claim: Claim) -> ClaimSection:
    """A claim as it is told."""
    question = claim.question
    side = "More" if question.supported_by == "above" else "Less"
    margins = listing(sorted({f"{finding.contrast.margin:g}" for finding in claim.findings}))
    return ClaimSection(
        name=f"claim-{claim.number}",
        number=claim.number,
        statement=claim.statement,
        verdict=claim.verdict,
        measure=f"{question.measure}. {side} than {margins} dB supports the claim.",
        sentences=tuple(sentences(claim)),
        table=claim_table(claim),
    )


def method(evidence: Evidence, claims: tuple[Claim, ...]) -> str:
    """How the claims were decided."""
    design = evidence.design
    n = sum(len(claim.findings) for claim in claims)
    return (
        f"Every contrast is a mean over {count(len(design.seeds), 'seed')} of differences in dB, 10 log10 of "
        "the ratio of two errors at equal seed on the same test signals. A claim speaks of differences that "
        f"matter: of more than {MARGIN:g} dB, where no other margin is told. All {n} contrasts are tested "
        f"together, so that the chance of any false decision among them stays below {FAMILY_WISE:.0%} (Holm "
        "1979, on Student’s t tests against the margin); in square brackets is the interval of a contrast’s "
        f"step in it. Noise levels: {levels(design.alphas)}; signals: {listing(NETWORKS)}. What was chosen, "
        "was chosen on validation signals or on seeds that are not reported."
    )


def failures(evidence: Evidence) -> list[Failure]:
    """The failed cells in the order of the results."""
    failed = evidence.results[evidence.results["status"] == "failed"]
    return [
        Failure(f"{label(str(row.variant))}, {cell_name(row.depth, row.alpha, row.seed)}", str(row.failure))
        for row in failed.itertuples()
    ]


@lru_cache(maxsize=1)
def sections_of(evidence: Evidence) -> tuple[tuple[Section, tuple[str, ...]], ...]:
    """The sections with a table, each with what is said first; the page and the Markdown ask for the same."""
    return tuple(make_sections(evidence))


def make_sections(evidence: Evidence) -> Iterator[tuple[Section, tuple[str, ...]]]:
    """See `sections_of`."""
    yield (
        Section(
            "practice",
            "What to use",
            practice_table(evidence),
            "The network is the best of all that were trained to denoise, the other denoiser the best of "
            "those that are no network and need not know how the clean signals are distributed, each by its "
            "error on the validation signals. The posterior mean knows that distribution.",
        ),
        tuple(found.sentence for found in advice(evidence)),
    )
    yield from conduct_sections(evidence)
    yield (
        Section(
            "steps",
            "Depth, step by step",
            steps_table(evidence),
            "10 log10 of the ratio of test MSEs of neighbouring depths, paired by seed; above 0 the deeper "
            f"network is worse. {PLAIN}",
        ),
        (),
    )
    yield (
        Section(
            "causes",
            "What the effect of depth goes with",
            causes_table(evidence),
            f"By how many dB each change lessens the effect of depth {DEEP} over {SHALLOW}, paired by seed. "
            "Added alone: the effect as the original ran it less that with the change; left out of the "
            "three: the effect with the two others less that with all three. The parts need not add up to "
            f"the whole. {PLAIN}",
        ),
        causes_sentences(evidence),
    )
    yield (
        Section(
            "rates",
            "The learning rate of each depth",
            rates_table(evidence),
            f"Chosen by the validation error of {count(len(evidence.design.tuning_seeds), 'seed')} that are "
            "used for nothing else; errors are means over the reported seeds.",
        ),
        (),
    )
    yield (
        Section(
            "fit",
            "Does depth underfit?",
            underfitting_table(evidence),
            "Losses of the last epoch, means over the seeds, as the original ran it. The gap is 10 log10 of "
            "validation over training loss: near 0 where both are high, a network fails to fit, not to "
            f"generalise. The gradient’s norm is a mean over the last epoch’s steps. {PLAIN}",
        ),
        fit_sentences(evidence),
    )
    yield (
        Section(
            "objectives",
            "What the network is trained for",
            objectives_table(evidence),
            "Errors against the clean test signals, means over the seeds. As given: of the network’s output "
            "as it is, fed with the noisy signal as it is; denoised: with input and output brought to the "
            f"scale that it was trained for. Signals: {OWN_FAMILY}. {PLAIN}",
        ),
        (),
    )


def causes_sentences(evidence: Evidence) -> tuple[str, ...]:
    """The effect of depth as the original ran it, and with the three causes changed together."""
    return tuple(
        f"{name} the effect of depth {DEEP} over {SHALLOW} at alpha {alpha:g} is {effect(found, ' dB')}."
        for alpha in evidence.design.alphas
        for variant, name in ((BASE, "As the original ran it,"), (RECIPE, f"With {label(RECIPE)},"))
        if (found := estimate(values(of_depth(evidence, variant, alpha)))).db is not None
    )


def fit_sentences(evidence: Evidence) -> tuple[str, ...]:
    """How far the deepest network is from fitting its training signals, and from generalising."""
    deep, shallow = Network(BASE, DEEP), Network(BASE, SHALLOW)
    told = []
    for alpha in evidence.design.alphas:
        train = measured(evidence, deep, alpha, "train_loss")
        over = estimate(values(difference(train, measured(evidence, shallow, alpha, "train_loss"))))
        gap = estimate(values(difference(measured(evidence, deep, alpha, "validation_loss"), train)))
        if over.db is not None and gap.db is not None:
            told.append(
                f"At alpha {alpha:g} the training loss of depth {DEEP} lies {effect(over, ' dB')} above that "
                f"of depth {SHALLOW}, and its validation loss {effect(gap, ' dB')} above its training loss."
            )
    return tuple(told)


def limitations(evidence: Evidence) -> tuple[str, ...]:
    """What the study does not tell."""
    design = evidence.design
    return (
        "One kind of network: convolutions of one width. What changes, changes one at a time and, in the "
        "recipe, three at once; other combinations were not trained.",
        "One kind of signal: the sum of two sinusoids with random frequencies, in two families. Recordings "
        "have structure that these lack.",
        f"Claims are made at {levels(design.alphas)} alone, with white Gaussian noise.",
        f"{count(len(design.seeds), 'seed').capitalize()} of initialisation and shuffling, on one data set a "
        "family: the intervals speak of training again, not of drawing other signals.",
        "Budgets are fixed in steps, not in time; what trains longer may rank otherwise.",
        f"The margin of {decibels(MARGIN).removeprefix('+')} dB is a judgement of what matters, made before "
        "the numbers were known.",
    )
