"""The claims that the study puts to the test. A claim is a sentence, its contrasts and their margin."""

from dataclasses import dataclass
from typing import Literal

from denoising.verdict.cells import Candidate
from denoising.verdict.comparisons import (
    Maker,
    below_first_choices,
    best_over,
    deep_over_shallow,
    linear_alone,
    loss_elsewhere,
    original_over_linear,
    over,
    over_gain,
    without_over_with_skips,
)
from denoising.verdict.design import (
    AXIS_DEPTHS,
    BASE,
    DEEP,
    KERNEL,
    LATENT,
    MIDDLE,
    OWN_SIGNALS,
    PLAIN,
    PLAIN_WITH_LATENT,
    REPAIRED,
    SHALLOW,
    SIGNALS,
    WITH_LATENT,
)

NEAR_FLOOR = 1.0  # dB above the posterior mean

BELOW_GAIN = "By how many dB the error lies below that of the best single gain"
DEEPER = "By how many dB the deeper network’s error lies above the shallower one’s"
PARTIAL_CHANGES = ("growth", "normalisation", "one_cycle", "optimisation", "latent_64", "equal_parameters")


@dataclass(frozen=True)
class Question:
    """A claim before it is judged.

    Attributes:
        number: its number.
        statement: what it claims, a sentence without its full stop.
        measure: what its contrasts measure, in words.
        supported_by: the side of the margin that supports it; the other one refutes it.
        contrasts: makes its contrasts.
    """

    number: str
    statement: str
    measure: str
    supported_by: Literal["above", "below"]
    contrasts: Maker


QUESTIONS = (
    Question(
        "1",
        "Trained to denoise, every network as the original ran it removes noise",
        BELOW_GAIN,
        "above",
        over_gain(
            *((f"depth {depth}", Candidate(BASE, depth)) for depth in (2, 4, 6, 8)),
            *((f"depth {depth}", Candidate(BASE, depth, "formula")) for depth in (SHALLOW, DEEP)),
            *((f"depth {depth}", Candidate(BASE, depth, "ecg")) for depth in (SHALLOW, DEEP)),
        ),
    ),
    Question(
        "2",
        "A linear bottleneck denoises by itself: it never sees a clean signal",
        f"{BELOW_GAIN}. Principal components are those of the noisy signals",
        "above",
        linear_alone,
    ),
    Question(
        "3",
        "A convolutional bottleneck denoises by itself: it never sees a clean signal",
        f"{BELOW_GAIN}. The bottleneck holds {LATENT} numbers, and no layer holds fewer",
        "above",
        over_gain(*((f"depth {depth}", Candidate(PLAIN_WITH_LATENT, depth)) for depth in AXIS_DEPTHS)),
    ),
    Question(
        "4",
        "Without a bottleneck, the same training does no better than a single gain",
        f"{BELOW_GAIN}. Every layer holds at least as many numbers as the signal",
        "below",
        over_gain((f"depth {SHALLOW}", Candidate(PLAIN, SHALLOW))),
    ),
    Question(
        "5",
        "Training to denoise adds to what the bottleneck does",
        "By how many dB the error of the network that is trained to give back its noisy input lies above "
        "that of the same network trained to denoise",
        "above",
        over(
            (f"linear, {LATENT} numbers", Candidate("plain_linear", 1), Candidate("linear", 1)),
            *(
                (
                    f"depth {depth}, {LATENT} numbers",
                    Candidate(PLAIN_WITH_LATENT, depth),
                    Candidate(WITH_LATENT, depth),
                )
                for depth in AXIS_DEPTHS
            ),
        ),
    ),
    Question(
        "6",
        "A linear bottleneck that never saw a clean signal beats the original’s best depth",
        "By how many dB the error of the best depth as the original ran it, trained to denoise, lies above "
        "that of the noisy signals’ own principal components",
        "above",
        original_over_linear,
    ),
    Question(
        "7",
        "Deeper is worse as the original ran it",
        DEEPER,
        "above",
        over(*deep_over_shallow(BASE, SIGNALS)),
    ),
    Question(
        "8",
        "Deeper is worse with a part of the repairs alone, or with one thing made equal",
        f"{DEEPER}, with the same change to both",
        "above",
        over(
            *(pair for variant in PARTIAL_CHANGES for pair in deep_over_shallow(variant, told=True)),
            (
                f"depth {MIDDLE} over {SHALLOW}: equal receptive field",
                Candidate(BASE, MIDDLE),
                Candidate(KERNEL, SHALLOW),
            ),
        ),
    ),
    Question(
        "9",
        "Deeper is worse even where channels grow with depth and optimisation is repaired",
        f"{DEEPER}, with all three repairs to both",
        "above",
        over(
            *deep_over_shallow(REPAIRED, SIGNALS),
            (
                f"depth {DEEP} over {SHALLOW}, 64 numbers in both bottlenecks",
                Candidate(REPAIRED, DEEP),
                Candidate("repaired_latent", SHALLOW),
            ),
        ),
    ),
    Question(
        "10",
        "Deeper is worse where all three are repaired and parameters are equally many",
        f"{DEEPER}. Both have 9,200 parameters, which leaves fewer numbers in the deeper one’s bottleneck",
        "above",
        over(*deep_over_shallow("repaired_equal")),
    ),
    Question(
        "11",
        f"Depth {DEEP}, repaired, beats depth {SHALLOW} as the original ran it",
        f"By how many dB the error of depth {DEEP} lies below that of depth {SHALLOW}",
        "above",
        over(
            *(
                (
                    f"depth {SHALLOW} over repaired {DEEP}",
                    Candidate(BASE, SHALLOW, on),
                    Candidate(REPAIRED, DEEP, on),
                )
                for on in SIGNALS
            )
        ),
    ),
    Question(
        "12",
        "Skip connections are unnecessary as the original ran it",
        "By how many dB skip connections lower the error",
        "below",
        over(*without_over_with_skips(BASE, "skips", (OWN_SIGNALS, "ecg"))),
    ),
    Question(
        "13",
        "Skip connections are unnecessary once all three are repaired",
        "By how many dB skip connections lower the error of the repaired network",
        "below",
        over(*without_over_with_skips(REPAIRED, "repaired_skips")),
    ),
    Question(
        "14",
        "Deeper is worse with skip connections, nothing else repaired",
        DEEPER,
        "above",
        over(*deep_over_shallow("skips", (OWN_SIGNALS, "ecg"))),
    ),
    Question(
        "15",
        "The best network beats the best linear filter",
        "By how many dB the error of the best network lies below that of the best linear filter",
        "above",
        best_over("linear_mmse", sign=-1),
    ),
    Question(
        "16",
        "The best network is at least as good as the best linear filter",
        "By how many dB the error of the best network lies above that of the best linear filter",
        "below",
        best_over("linear_mmse", sign=1),
    ),
    Question(
        "17",
        f"The best network comes within {NEAR_FLOOR:g} dB of the posterior mean, which no denoiser beats",
        "By how many dB the error of the best network lies above that of the posterior mean",
        "below",
        best_over("bayes", sign=1, margin=NEAR_FLOOR),
    ),
    Question(
        "18",
        "A model trained at one noise level works at others",
        "By how many dB the model’s error lies above that of the one trained at the level that is tested; "
        "this is the alpha told here",
        "below",
        loss_elsewhere,
    ),
    Question(
        "19",
        "On a real recording, networks beat the filters that an engineer would tune first",
        "By how many dB the error of the network lies below that of the best of Savitzky-Golay, local "
        "Wiener, wavelet shrinkage and total variation, tuned on the same clean signals",
        "above",
        below_first_choices,
    ),
)
