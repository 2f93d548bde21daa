"""What the claims compare: makers of contrasts from the study's measurements."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import permutations, product

import pandas as pd

from denoising.signals.settings import SourceName
from denoising.verdict.cells import (
    SYNTHETIC,
    Candidate,
    baseline,
    below,
    best,
    best_denoising,
    between,
    difference,
    lowest,
    measured,
    transferred,
)
from denoising.verdict.contrasts import MARGIN, Contrast
from denoising.verdict.design import (
    AXIS_DEPTHS,
    BASE,
    BLIND,
    BUDGET,
    DEEP,
    LATENT,
    OWN_SIGNALS,
    PLAIN_WITH_LATENT,
    REPAIRED,
    SHALLOW,
    SIGNALS,
    WITH_LATENT,
    label,
)
from denoising.verdict.evidence import Evidence

# The filters that an engineer would tune first, told no more than clean examples.
FIRST_CHOICES = ("savitzky_golay", "local_wiener", "wavelet", "total_variation")

Maker = Callable[[Evidence], Iterator[Contrast]]
Pair = tuple[str, Candidate, Candidate]  # what is compared: the first network's error over the second's


def matched(what: str, deep: str, shallow: str) -> Pair:
    """A deepest network against a shallowest of another variant, so that they are alike in more."""
    return f"depth {DEEP} over {SHALLOW}: {what}", Candidate(deep, DEEP), Candidate(shallow, SHALLOW)


EQUALLY_NARROW = matched("4 numbers in both bottlenecks", BASE, "latent_4")
REPAIRED_EQUALLY_NARROW = matched("repaired, 64 numbers in both bottlenecks", REPAIRED, "repaired_latent")
SKIPS_EQUALLY_LARGE = matched("skip connections, 760 parameters each", "skips", "skips_equal")
EQUALLY_LARGE: tuple[Pair, ...] = (
    matched(
        "repaired, 9,200 parameters, 16 numbers in the bottleneck each", "repaired_equal", "repaired_equal"
    ),
    matched(
        "repaired, 92,000 parameters, 64 numbers in the bottleneck each", REPAIRED, "repaired_equal_to_deep"
    ),
    matched(
        "repaired, 92,000 parameters each, skip connections in the deeper",
        "repaired_skips",
        "repaired_equal_to_deep",
    ),
)
LONGER = matched(
    f"repaired, 92,000 parameters and 64 numbers each, {BUDGET} times the steps",
    "repaired_budget",
    "repaired_equal_budget",
)
# All of them that are not two depths of one variant.
MATCHED: tuple[Pair, ...] = (
    EQUALLY_NARROW,
    SKIPS_EQUALLY_LARGE,
    REPAIRED_EQUALLY_NARROW,
    *(pair for pair in EQUALLY_LARGE if pair[1].variant != pair[2].variant),
    LONGER,
)


def contrast(
    what: str,
    signals: SourceName,
    alpha: float,
    differences: pd.Series | None,
    networks: str = "",
    margin: float = MARGIN,
) -> Contrast:
    """A contrast of these differences in dB by seed; None where there is nothing to compare."""
    found = () if differences is None else tuple(float(db) for db in differences)
    return Contrast(what, networks, alpha, signals, found, margin)


def over_gain(*networks: tuple[str, Candidate]) -> Maker:
    """By how many dB the error of each network lies below that of the best single gain."""

    def contrasts(evidence: Evidence) -> Iterator[Contrast]:
        for (what, network), alpha in product(networks, evidence.design.alphas):
            yield contrast(what, network.signals, alpha, below(evidence, network, "best_gain", alpha))

    return contrasts


def over(*pairs: Pair) -> Maker:
    """By how many dB the error of the first network of each pair lies above that of the second."""

    def contrasts(evidence: Evidence) -> Iterator[Contrast]:
        for (what, network, other), alpha in product(pairs, evidence.design.alphas):
            yield contrast(what, network.signals, alpha, between(evidence, network, other, alpha))

    return contrasts


def deep_over_shallow(
    variant: str, signals: Sequence[SourceName] = (OWN_SIGNALS,), *, told: bool = False
) -> list[Pair]:
    """The deepest against the shallowest network of a variant, which may be told, on each of some signals."""
    what = f"depth {DEEP} over {SHALLOW}" + (f": {label(variant)}" if told else "")
    return [(what, Candidate(variant, DEEP, on), Candidate(variant, SHALLOW, on)) for on in signals]


def shallow_over_deep(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The same networks the other way round: the shallow one's error over the deep one's."""
    for what, deep, shallow in pairs:
        yield what.replace(f"{DEEP} over {SHALLOW}", f"{SHALLOW} over {DEEP}"), shallow, deep


def without_over_with_skips(
    without: str, with_skips: str, signals: Sequence[SourceName] = (OWN_SIGNALS,)
) -> list[Pair]:
    """A variant against the same with skip connections, at both depths, on each of some signals."""
    return [
        (f"depth {depth}", Candidate(without, depth, on), Candidate(with_skips, depth, on))
        for on, depth in product(signals, (SHALLOW, DEEP))
    ]


def linear_alone(evidence: Evidence) -> Iterator[Contrast]:
    """Linear bottlenecks that saw no clean signal, the exact one and a trained one, against the best gain."""
    for signals, alpha in product(SIGNALS, evidence.design.alphas):
        gain, exact = (baseline(evidence, name, signals, alpha) for name in ("best_gain", "noisy_pca"))
        yield contrast("principal components", signals, alpha, difference(gain, exact))
    yield from over_gain((f"linear autoencoder, {LATENT} numbers", Candidate("plain_linear", 1)))(evidence)


def denoising_adds(evidence: Evidence) -> Iterator[Contrast]:
    """What training to denoise adds: to the same network, and to a linear filter that saw no clean signal."""
    trained = Candidate("linear", 1)
    pairs: list[Pair] = [(f"linear, {LATENT} numbers", Candidate("plain_linear", 1), trained)]
    for depth in AXIS_DEPTHS:
        plain, denoising = (Candidate(name, depth) for name in (PLAIN_WITH_LATENT, WITH_LATENT))
        pairs.append((f"depth {depth}, {LATENT} numbers", plain, denoising))
    yield from over(*pairs)(evidence)
    for alpha in evidence.design.alphas:
        found = below(evidence, trained, "noisy_linear", alpha)
        yield contrast("linear, over a filter of the noisy signals", OWN_SIGNALS, alpha, found)


def original_over_linear(evidence: Evidence) -> Iterator[Contrast]:
    """The original's best depth against a linear bottleneck that saw no clean signal."""
    for signals, alpha in product(SIGNALS, evidence.design.alphas):
        depths = [Candidate(BASE, depth, signals) for depth in evidence.design.depths]
        network = best(evidence, depths, alpha)
        found = -below(evidence, network, "noisy_pca", alpha) if network else None
        words = f"depth {network.depth}" if network else ""
        yield contrast("best depth over principal components", signals, alpha, found, words)


def best_over(
    denoiser: str,
    *,
    sign: int,
    signals: Sequence[SourceName] = SYNTHETIC,
    what: str = "the best network",
    margin: float = MARGIN,
) -> Maker:
    """By how many dB the best network's error lies above (sign 1) or below (-1) that of another denoiser."""

    def contrasts(evidence: Evidence) -> Iterator[Contrast]:
        for on, alpha in product(signals, evidence.design.alphas):
            network = best_denoising(evidence, on, alpha)
            found = -sign * below(evidence, network, denoiser, alpha) if network else None
            words = network.words if network else ""
            yield contrast(what, on, alpha, found, words, margin)

    return contrasts


def best_over_linear(*, sign: int) -> Maker:
    """The same over the best linear filter: that of the prior, and the one that the same signals show."""
    makers = (
        best_over("linear_mmse", sign=sign, what="beside the exact one"),
        best_over("fitted_linear", sign=sign, signals=SIGNALS, what="beside one fitted on the same signals"),
    )

    def contrasts(evidence: Evidence) -> Iterator[Contrast]:
        for maker in makers:
            yield from maker(evidence)

    return contrasts


def below_first_choices(evidence: Evidence) -> Iterator[Contrast]:
    """The original's depth 2 and the best network against the best of the filters that are tuned first."""
    rows = evidence.baselines
    tuned = rows[(rows["signals"] == "ecg") & rows["denoiser"].isin(FIRST_CHOICES)]
    for alpha in evidence.design.alphas:
        name, words = lowest(tuned[tuned["alpha"] == alpha])
        chosen = best_denoising(evidence, "ecg", alpha)
        for what, network in (("original", Candidate(BASE, SHALLOW, "ecg")), ("best network", chosen)):
            found = below(evidence, network, name, alpha) if network else None
            told = f"{network.words}, against {words}" if network and words else ""
            yield contrast(what, "ecg", alpha, found, told)


def loss_elsewhere(evidence: Evidence) -> Iterator[Contrast]:
    """Models tested at a noise level that is not their own, against the one that was trained there."""
    shallow, blind = Candidate(BASE, SHALLOW), Candidate(BLIND, SHALLOW)
    for column, words in (("test_mse", "input as given"), ("rescaled_test_mse", "input rescaled")):
        for trained, tested in permutations(evidence.design.alphas, 2):
            elsewhere = transferred(evidence, shallow, trained, tested, column)
            found = difference(elsewhere, measured(evidence, shallow, tested))
            yield contrast(f"model trained at alpha {trained:g} ({words})", OWN_SIGNALS, tested, found)
    for tested in evidence.design.alphas:
        everywhere = transferred(evidence, blind, max(evidence.design.alphas), tested)
        found = difference(everywhere, measured(evidence, shallow, tested))
        yield contrast("model trained at all levels", OWN_SIGNALS, tested, found)
