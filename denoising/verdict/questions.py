"""The claims that the study puts to the test. A claim is a sentence, its contrasts and their margin."""

from dataclasses import dataclass
from typing import Literal

from denoising.verdict.cells import Candidate
from denoising.verdict.comparisons import (
    EQUALLY_LARGE,
    EQUALLY_NARROW,
    REPAIRED_EQUALLY_NARROW,
    SKIPS_EQUALLY_LARGE,
    Maker,
    below_first_choices,
    best_over,
    best_over_linear,
    deep_over_shallow,
    denoising_adds,
    linear_alone,
    loss_elsewhere,
    original_over_linear,
    over,
    over_gain,
    shallow_over_deep,
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
    PLAIN_AS_WIDE,
    PLAIN_WITH_LATENT,
    REPAIRED,
    SHALLOW,
    SIGNALS,
    STRONG_DEPTH,
    WIDE,
)

NEAR_FLOOR = 1.0  # dB above the posterior mean

BELOW_GAIN = "By how many dB the error lies below that of the best single gain"
DEEPER = "By how many dB the deeper network’s error lies above the shallower one’s"
SHALLOWER = "By how many dB the deeper network’s error lies below the shallower one’s"
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
        "A linear bottleneck removes white noise by itself: it never sees a clean signal",
        f"{BELOW_GAIN}. Principal components are those of the noisy signals that white noise of this level "
        "alone would not have",
        "above",
        linear_alone,
    ),
    Question(
        "3",
        "A convolutional bottleneck removes white noise by itself: it never sees a clean signal",
        f"{BELOW_GAIN}. The bottleneck holds {LATENT} numbers, and no layer holds fewer; trained with "
        "normalisation and a one-cycle rate",
        "above",
        over_gain(*((f"depth {depth}", Candidate(PLAIN_WITH_LATENT, depth)) for depth in AXIS_DEPTHS)),
    ),
    Question(
        "4",
        "Without a bottleneck, the same training does no better than a single gain",
        f"{BELOW_GAIN}. Every layer holds at least as many numbers as the signal",
        "below",
        over_gain(
            (f"depth {SHALLOW}", Candidate(PLAIN, SHALLOW)),
            (f"depth {SHALLOW}, repaired", Candidate("plain_repaired", SHALLOW)),
            (f"depth {STRONG_DEPTH}, stride 1", Candidate("plain_no_bottleneck", STRONG_DEPTH)),
            *((f"depth {depth}, {WIDE} numbers", Candidate(PLAIN_AS_WIDE, depth)) for depth in AXIS_DEPTHS),
        ),
    ),
    Question(
        "5",
        "Training to denoise adds to what the bottleneck does",
        "By how many dB the error of the network that is trained to give back its noisy input lies above "
        "that of the same network trained to denoise. The last rows hold the linear one against the Wiener "
        "filter of the noisy signals’ own covariance, which saw no clean signal either",
        "above",
        denoising_adds,
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
        f"Depth {DEEP} is worse than depth {SHALLOW} as the original ran it",
        DEEPER,
        "above",
        over(*deep_over_shallow(BASE, SIGNALS)),
    ),
    Question(
        "8",
        "Deeper is worse with a part of the repairs, or with one thing made equal",
        f"{DEEPER}, with the same change to both",
        "above",
        over(
            *(pair for variant in PARTIAL_CHANGES for pair in deep_over_shallow(variant, told=True)),
            EQUALLY_NARROW,
            (
                f"depth {MIDDLE} over {SHALLOW}: equal receptive field",
                Candidate(BASE, MIDDLE),
                Candidate(KERNEL, SHALLOW),
            ),
        ),
    ),
    Question(
        "9",
        f"Depth {DEEP} beats depth {SHALLOW} where channels grow with depth and optimisation is repaired",
        f"{SHALLOWER}, with all three repairs to both",
        "above",
        over(
            *shallow_over_deep(
                [
                    *deep_over_shallow(REPAIRED, SIGNALS),
                    REPAIRED_EQUALLY_NARROW,
                    *deep_over_shallow("repaired_skips", told=True),
                ]
            )
        ),
    ),
    Question(
        "10",
        f"Depth {DEEP} is worse than depth {SHALLOW} where both are repaired, with equally many parameters "
        "and as narrow a bottleneck",
        f"{DEEPER}. Channels grow in the deeper one; the shallower one has as many as it takes. Kernels "
        "differ, and skip connections lead past the bottleneck",
        "above",
        over(*EQUALLY_LARGE),
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
        "Skip connections lower the error as the original ran it",
        "By how many dB they do. They also lead past the bottleneck",
        "above",
        over(*without_over_with_skips(BASE, "skips", (OWN_SIGNALS, "ecg"))),
    ),
    Question(
        "13",
        "Skip connections lower the error once all three are repaired",
        "By how many dB they lower that of the repaired network",
        "above",
        over(*without_over_with_skips(REPAIRED, "repaired_skips")),
    ),
    Question(
        "14",
        f"Depth {DEEP} beats depth {SHALLOW} with skip connections, nothing else repaired",
        SHALLOWER,
        "above",
        over(*shallow_over_deep([*deep_over_shallow("skips", (OWN_SIGNALS, "ecg")), SKIPS_EQUALLY_LARGE])),
    ),
    Question(
        "15",
        "The best network tried beats the best linear filter",
        "By how many dB the error of the best network lies below that of the best linear filter. Of those "
        "trained to denoise that have all seeds, it is the best on the validation signals",
        "above",
        best_over_linear(sign=-1),
    ),
    Question(
        "16",
        "The best network tried is worse than the best linear filter",
        "By how many dB the error of the best network lies above that of the best linear filter",
        "above",
        best_over_linear(sign=1),
    ),
    Question(
        "17",
        f"The best network tried stays over {NEAR_FLOOR:g} dB above the posterior mean",
        "By how many dB the error of the best network lies above that of the posterior mean",
        "above",
        best_over("bayes", sign=1, margin=NEAR_FLOOR),
    ),
    Question(
        "18",
        f"Depth {SHALLOW} as the original ran it is worse than one trained for the tested noise level alone",
        "By how many dB the model’s error lies above that of the one trained at the level that is tested; "
        "this is the alpha told here",
        "above",
        loss_elsewhere,
    ),
    Question(
        "19",
        "On a real recording, networks beat the filters that an engineer would tune first",
        "By how many dB the error of the network lies below that of the best of Savitzky-Golay, local "
        "Wiener, wavelet shrinkage and total variation, tuned on the same clean signals: an earlier part of "
        "the same recording",
        "above",
        below_first_choices,
    ),
)
