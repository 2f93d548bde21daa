"""The claims that the study puts to the test, and the contrasts that decide each of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from denoising.signals.settings import FamilyName
from denoising.verdict.cells import (
    NETWORKS,
    OWN_FAMILY,
    RECIPES,
    WIDE_RECIPES,
    Candidate,
    baseline,
    best_denoising,
    best_latent,
    between,
    difference,
    measured,
    transferred,
    values,
)
from denoising.verdict.contrasts import Contrast
from denoising.verdict.design import AXIS_DEPTHS, BASE, BLIND, DEEP, MATCHED, SHALLOW, label
from denoising.verdict.evidence import Evidence

NEAR_FLOOR = 1.0  # dB above the Bayes floor

Contrasts = Iterator[Contrast]


@dataclass(frozen=True)
class Question:
    """A claim before it is judged.

    Attributes:
        number: its number.
        statement: what it claims, a sentence without its full stop.
        measure: what its contrasts measure, and which side of the margin supports it, in words.
        supported_by: that side.
        contrasts: makes its contrasts.
    """

    number: str
    statement: str
    measure: str
    supported_by: Literal["above", "below"]
    contrasts: Callable[[Evidence], Contrasts]


def over_gain(evidence: Evidence) -> Contrasts:
    """Each depth as the original ran it against the best single gain."""
    for signals, variant in NETWORKS.items():
        for depth in evidence.design.depths:
            for alpha in evidence.design.alphas:
                errors = measured(evidence, Candidate(variant, depth), alpha)
                gain = baseline(evidence, "best_gain", signals, alpha)
                yield Contrast(f"depth {depth}", "", alpha, signals, values(-difference(errors, gain)))


def plain_over_gain(evidence: Evidence) -> Contrasts:
    """The best plain autoencoder of the latent axis against the best single gain."""
    for depth in AXIS_DEPTHS:
        for alpha in evidence.design.alphas:
            plain = best_latent(evidence, depth, alpha, plain=True)
            gain = baseline(evidence, "best_gain", OWN_FAMILY, alpha)
            found = () if plain is None else values(-difference(measured(evidence, plain, alpha), gain))
            yield Contrast(f"depth {depth}", label(plain.variant) if plain else "", alpha, OWN_FAMILY, found)


def denoising_over_plain(evidence: Evidence) -> Contrasts:
    """The best denoising against the best plain autoencoder of the latent axis."""
    for depth in AXIS_DEPTHS:
        for alpha in evidence.design.alphas:
            plain = best_latent(evidence, depth, alpha, plain=True)
            denoising = best_latent(evidence, depth, alpha, plain=False)
            if plain is None or denoising is None:
                yield Contrast(f"depth {depth}", "", alpha, OWN_FAMILY, ())
                continue
            found = values(between(evidence, plain, denoising, alpha))
            words = f"{label(denoising.variant)} against {label(plain.variant)}"
            yield Contrast(f"depth {depth}", words, alpha, OWN_FAMILY, found)


def deep_over_shallow(variants: Mapping[FamilyName, str], equal: str = "") -> Callable[[Evidence], Contrasts]:
    """The deepest against the shallowest depth of a variant, named by family of signals."""

    def contrasts(evidence: Evidence) -> Contrasts:
        for signals, variant in variants.items():
            for alpha in evidence.design.alphas:
                found = between(evidence, Candidate(variant, DEEP), Candidate(variant, SHALLOW), alpha)
                place = f"depth {DEEP} over {SHALLOW}" + (f" ({equal})" if equal else "")
                yield Contrast(place, "", alpha, signals, values(found))

    return contrasts


def deep_over_shallow_trained_well(evidence: Evidence) -> Contrasts:
    """The same with what helps optimisation, at the base's width and four times as wide."""
    yield from deep_over_shallow(RECIPES)(evidence)
    yield from deep_over_shallow(WIDE_RECIPES, "16 channels, without budget")(evidence)


def deep_over_matched(evidence: Evidence) -> Contrasts:
    """Depths against a shallow network whose kernels are wide enough to see as far."""
    yield from deep_over_shallow({OWN_FAMILY: "latent_64"}, "equal latent size")(evidence)
    yield from deep_over_shallow({OWN_FAMILY: "equal_parameters"}, "equal parameters")(evidence)
    for depth, variant in MATCHED.items():
        for alpha in evidence.design.alphas:
            found = between(evidence, Candidate(BASE, depth), Candidate(variant, SHALLOW), alpha)
            place = f"depth {depth} over {SHALLOW} (equal receptive field)"
            yield Contrast(place, "", alpha, OWN_FAMILY, values(found))


def gain_by_skips(evidence: Evidence) -> Contrasts:
    """What skip connections gain."""
    for depth in (SHALLOW, DEEP):
        for alpha in evidence.design.alphas:
            found = between(evidence, Candidate(BASE, depth), Candidate("skips", depth), alpha)
            yield Contrast(f"depth {depth}", "", alpha, OWN_FAMILY, values(found))


def best_over_linear(evidence: Evidence) -> Contrasts:
    """The best network of a family against the best linear filter."""
    for signals, alpha, network in chosen(evidence):
        linear = baseline(evidence, "linear_mmse", signals, alpha)
        found = () if network is None else values(-difference(measured(evidence, network, alpha), linear))
        yield Contrast("the best network", network.words if network else "", alpha, signals, found)


def best_over_floor(evidence: Evidence) -> Contrasts:
    """The best network of a family against the posterior mean, which no denoiser can beat on average."""
    for signals, alpha, network in chosen(evidence):
        bayes = baseline(evidence, "bayes", signals, alpha)
        found = () if network is None else values(difference(measured(evidence, network, alpha), bayes))
        words = network.words if network else ""
        yield Contrast("the best network", words, alpha, signals, found, NEAR_FLOOR)


def chosen(evidence: Evidence) -> Iterator[tuple[str, float, Candidate | None]]:
    """The best network of each family of signals at each noise level."""
    for signals in NETWORKS:
        for alpha in evidence.design.alphas:
            yield signals, alpha, best_denoising(evidence, signals, alpha)


def loss_elsewhere(evidence: Evidence) -> Contrasts:
    """Models tested at a noise level that is not their own, against the one that was trained there."""
    shallow, blind = Candidate(BASE, SHALLOW), Candidate(BLIND, SHALLOW)
    for column, words in (("test_mse", "input as given"), ("rescaled_test_mse", "input rescaled")):
        for trained, tested in permutations(evidence.design.alphas, 2):
            elsewhere = transferred(evidence, shallow, trained, tested, column)
            found = difference(elsewhere, measured(evidence, shallow, tested))
            place = f"model trained at alpha {trained:g} ({words})"
            yield Contrast(place, "", tested, OWN_FAMILY, values(found))
    for tested in evidence.design.alphas:
        everywhere = transferred(evidence, blind, max(evidence.design.alphas), tested)
        found = difference(everywhere, measured(evidence, shallow, tested))
        yield Contrast("model trained at all levels", "", tested, OWN_FAMILY, values(found))


QUESTIONS = (
    Question(
        "1",
        "Autoencoders of this kind remove noise",
        "By how many dB the network’s error lies below that of the best single gain",
        "above",
        over_gain,
    ),
    Question(
        "2",
        "The bottleneck alone denoises",
        "By how many dB the error of the best plain autoencoder, trained to give back its noisy input, lies "
        "below that of the best single gain",
        "above",
        plain_over_gain,
    ),
    Question(
        "2b",
        "It is the denoising objective that does",
        "By how many dB the error of the best autoencoder trained to denoise lies below that of the best "
        "plain one",
        "above",
        denoising_over_plain,
    ),
    Question(
        "3",
        "Deeper is worse, as the original ran it",
        "By how many dB the deeper network’s error lies above the shallower one’s",
        "above",
        deep_over_shallow(NETWORKS),
    ),
    Question(
        "4",
        "Deeper is worse, once optimisation is fixed",
        "By how many dB the deeper network’s error lies above the shallower one’s, both with normalisation, "
        "one-cycle rate and, where nothing else is said, budget",
        "above",
        deep_over_shallow_trained_well,
    ),
    Question(
        "5",
        "Deeper is worse at equal latent size, equal parameters and equal receptive field",
        "By how many dB the deeper network’s error lies above the shallower one’s that equals it",
        "above",
        deep_over_matched,
    ),
    Question(
        "6",
        "Skip connections are unnecessary for this task",
        "By how many dB skip connections lower the error",
        "below",
        gain_by_skips,
    ),
    Question(
        "7",
        "The best of them beats the best linear filter",
        "By how many dB the error of the best network lies below that of the best linear filter",
        "above",
        best_over_linear,
    ),
    Question(
        "7b",
        "The best of them comes within 1 dB of the Bayes floor",
        "By how many dB the error of the best network lies above that of the posterior mean",
        "below",
        best_over_floor,
    ),
    Question(
        "8",
        "A model trained at one noise level works at others",
        "By how many dB the model’s error lies above that of the one trained at the level that is tested; "
        "this is the alpha told here",
        "below",
        loss_elsewhere,
    ),
)
