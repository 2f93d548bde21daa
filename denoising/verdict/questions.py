"""The claims that the study puts to the test, and the contrasts that decide each of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from typing import Literal

import pandas as pd

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
)
from denoising.verdict.contrasts import MARGIN, Contrast
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


def contrast(
    what: str, signals: str, alpha: float, differences: pd.Series | None, networks: str = "",
    margin: float = MARGIN,
) -> Contrast:  # fmt: skip
    """A contrast of these differences in dB by seed; None where there is nothing to compare."""
    found = () if differences is None else tuple(float(db) for db in differences)
    return Contrast(what, networks, alpha, signals, found, margin)


def over_gain(evidence: Evidence) -> Contrasts:
    """Each depth as the original ran it against the best single gain."""
    for signals, variant in NETWORKS.items():
        for depth in evidence.design.depths:
            for alpha in evidence.design.alphas:
                below = below_baseline(evidence, Candidate(variant, depth), "best_gain", signals, alpha)
                yield contrast(f"depth {depth}", signals, alpha, below)


def below_baseline(
    evidence: Evidence, network: Candidate | None, denoiser: str, signals: str, alpha: float
) -> pd.Series | None:
    """By how many dB a network's error lies below that of a denoiser that is none, by seed."""
    if network is None:
        return None
    return -difference(measured(evidence, network, alpha), baseline(evidence, denoiser, signals, alpha))


def plain_over_gain(evidence: Evidence) -> Contrasts:
    """The best plain autoencoder of the latent axis against the best single gain."""
    for depth, alpha in product(AXIS_DEPTHS, evidence.design.alphas):
        plain = best_latent(evidence, depth, alpha, plain=True)
        below = below_baseline(evidence, plain, "best_gain", OWN_FAMILY, alpha)
        yield contrast(f"depth {depth}", OWN_FAMILY, alpha, below, label(plain.variant) if plain else "")


def denoising_over_plain(evidence: Evidence) -> Contrasts:
    """The best denoising against the best plain autoencoder of the latent axis."""
    for depth, alpha in product(AXIS_DEPTHS, evidence.design.alphas):
        plain, denoising = (best_latent(evidence, depth, alpha, plain=plain) for plain in (True, False))
        found = between(evidence, plain, denoising, alpha) if plain and denoising else None
        words = f"{label(denoising.variant)} against {label(plain.variant)}" if plain and denoising else ""
        yield contrast(f"depth {depth}", OWN_FAMILY, alpha, found, words)


def deep_over_shallow(variants: Mapping[FamilyName, str], equal: str = "") -> Callable[[Evidence], Contrasts]:
    """The deepest against the shallowest depth of a variant, named by family of signals."""

    def contrasts(evidence: Evidence) -> Contrasts:
        for signals, variant in variants.items():
            for alpha in evidence.design.alphas:
                found = between(evidence, Candidate(variant, DEEP), Candidate(variant, SHALLOW), alpha)
                place = f"depth {DEEP} over {SHALLOW}" + (f" ({equal})" if equal else "")
                yield contrast(place, signals, alpha, found)

    return contrasts


def deep_over_shallow_trained_well(evidence: Evidence) -> Contrasts:
    """The same with what helps optimisation, at the base's width and four times as wide."""
    yield from deep_over_shallow(RECIPES)(evidence)
    yield from deep_over_shallow(WIDE_RECIPES, "16 channels, without budget")(evidence)


def deep_over_matched(evidence: Evidence) -> Contrasts:
    """Depths against a shallow network whose kernels are wide enough to see as far."""
    yield from deep_over_shallow({OWN_FAMILY: "latent_64"}, "equal latent size")(evidence)
    yield from deep_over_shallow({OWN_FAMILY: "equal_parameters"}, "equal parameters")(evidence)
    for (depth, variant), alpha in product(MATCHED.items(), evidence.design.alphas):
        found = between(evidence, Candidate(BASE, depth), Candidate(variant, SHALLOW), alpha)
        yield contrast(f"depth {depth} over {SHALLOW} (equal receptive field)", OWN_FAMILY, alpha, found)


def gain_by_skips(evidence: Evidence) -> Contrasts:
    """What skip connections gain."""
    for depth, alpha in product((SHALLOW, DEEP), evidence.design.alphas):
        found = between(evidence, Candidate(BASE, depth), Candidate("skips", depth), alpha)
        yield contrast(f"depth {depth}", OWN_FAMILY, alpha, found)


def best_over_linear(evidence: Evidence) -> Contrasts:
    """The best network of a family against the best linear filter."""
    for signals, alpha in product(NETWORKS, evidence.design.alphas):
        network = best_denoising(evidence, signals, alpha)
        below = below_baseline(evidence, network, "linear_mmse", signals, alpha)
        yield contrast("the best network", signals, alpha, below, network.words if network else "")


def best_over_floor(evidence: Evidence) -> Contrasts:
    """The best network of a family against the posterior mean, which no denoiser can beat on average."""
    for signals, alpha in product(NETWORKS, evidence.design.alphas):
        network = best_denoising(evidence, signals, alpha)
        below = below_baseline(evidence, network, "bayes", signals, alpha)
        above, words = None if below is None else -below, network.words if network else ""
        yield contrast("the best network", signals, alpha, above, words, NEAR_FLOOR)


def loss_elsewhere(evidence: Evidence) -> Contrasts:
    """Models tested at a noise level that is not their own, against the one that was trained there."""
    shallow, blind = Candidate(BASE, SHALLOW), Candidate(BLIND, SHALLOW)
    for column, words in (("test_mse", "input as given"), ("rescaled_test_mse", "input rescaled")):
        for trained, tested in permutations(evidence.design.alphas, 2):
            elsewhere = transferred(evidence, shallow, trained, tested, column)
            found = difference(elsewhere, measured(evidence, shallow, tested))
            yield contrast(f"model trained at alpha {trained:g} ({words})", OWN_FAMILY, tested, found)
    for tested in evidence.design.alphas:
        everywhere = transferred(evidence, blind, max(evidence.design.alphas), tested)
        found = difference(everywhere, measured(evidence, shallow, tested))
        yield contrast("model trained at all levels", OWN_FAMILY, tested, found)


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
