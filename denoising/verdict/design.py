"""The design of the controlled study: which networks are trained, on which signals, how often.

Importing this module imports no torch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Literal, get_args

from denoising.signals.dataset import split_sizes
from denoising.signals.settings import SourceName

Size = Literal["quick", "default", "full"]

BASE = "base"
REPAIRED = "repaired"
STRONG = "strong"
BLIND = "blind"
KERNEL = "kernel_9"
PLAIN = "plain"

SHALLOW, MIDDLE, DEEP = 2, 4, 8  # the effect of depth is that of DEEP over SHALLOW
AXIS_DEPTHS = (2, 6)  # of convolutional networks with a latent of a set size
STRONG_DEPTH = 6
LATENT = 32  # numbers in the bottleneck of the networks that claims on the bottleneck compare
WITH_LATENT, PLAIN_WITH_LATENT = f"latent_axis_{LATENT}", f"plain_latent_axis_{LATENT}"
WIDE = 256  # as many as a signal has samples: a latent that is no bottleneck
PLAIN_AS_WIDE = f"plain_latent_axis_{WIDE}"
PEAK = 10  # times the base's learning rate, of a one-cycle rate, which is meant to rise high
BUDGET = 5  # times the base's steps
RATES = (3, 10, 30)  # times the base's learning rate
EQUAL_WIDTHS: Mapping[int, int] = {2: 16, 8: 6}  # 1,681 and 1,639 parameters
# Depth 2 beside a repaired depth 8. With a low cap, that has 9,265 parameters and 16 numbers in the
# bottleneck: 9,249 and 16. As it is, it has 91,777 and 64: 92,488 and 65.
LOW_CAP: Mapping[str, int] = {"max_channels": 16}
EQUAL_TO_CAPPED: Mapping[str, int] = {"channels": 4, "kernel_size": 25, "latent_size": 16}
EQUAL_TO_SKIPS: Mapping[str, int] = {"kernel_size": 19}  # 773 parameters at depth 2, beside 757 at depth 8
EQUAL_TO_DEEP: Mapping[str, int] = {"channels": 11, "latent_size": 65}

OWN_SIGNALS: SourceName = "pictures"  # of the variants whose name says nothing of the signals
SIGNALS: tuple[SourceName, ...] = ("pictures", "formula", "ecg")

LABELS: Mapping[str, str] = {
    BASE: "as the original ran it",
    "growth": "channels that grow with depth",
    "normalisation": "batch normalisation",
    "one_cycle": "one-cycle rate",
    "skips": "skip connections",
    "optimisation": "normalisation and one-cycle rate",
    "growth_normalisation": "growing channels and normalisation",
    "growth_one_cycle": "growing channels and one-cycle rate",
    REPAIRED: "repaired: growing channels, normalisation, one-cycle rate",
    "repaired_skips": "repaired, with skip connections",
    "repaired_latent": "repaired, 64 numbers in the bottleneck",
    "repaired_equal": "repaired, equal parameters and bottlenecks",
    "repaired_equal_to_deep": "repaired, 11 channels, 65 numbers in the bottleneck",
    STRONG: "repaired, with skip connections, twice as wide",
    "latent_64": "64 numbers in the bottleneck, and no layer with fewer",
    "latent_4": "4 numbers in the bottleneck",
    "skips_equal": "skip connections, kernel of 19 samples",
    "equal_parameters": "equal numbers of parameters",
    KERNEL: "kernel of 9 samples",
    PLAIN: "trained to give back its noisy input",
    "plain_repaired": "repaired, trained to give back its noisy input",
    "plain_no_bottleneck": "normalisation, one-cycle rate, stride 1, trained to give back its noisy input",
    "linear": f"linear, {LATENT} numbers in the bottleneck",
    "plain_linear": f"linear, {LATENT} numbers in the bottleneck, trained to give back its noisy input",
    BLIND: "one model for all noise levels",
    "plain_on_clean": "trained to give back clean signals",
    "noise2noise": "Noise2Noise",
    "orthogonal": "orthogonal initialisation",
    "delta_orthogonal": "delta-orthogonal initialisation",
    "budget": f"{BUDGET} times the steps",
    "repaired_budget": f"repaired, {BUDGET} times the steps",
    "repaired_equal_budget": f"repaired, 11 channels, 65 numbers in the bottleneck, {BUDGET} times the steps",
    "kernel_33": "kernel of 33 samples",
    "no_bottleneck": "no bottleneck: stride 1",
}


@dataclass(frozen=True)
class Arm:
    """A part of the study's grid: a variant, what it changes of the base's settings, and where it is run.

    Attributes:
        variant: its name; `named` adds the signals to it where they are not the base's.
    """

    variant: str
    depths: tuple[int, ...]
    alphas: tuple[float, ...]
    seeds: tuple[int, ...]
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Design:
    """How large a study is.

    Attributes:
        base: changes to the settings of preset `reproduction`, for every arm.
        depths: those that the original compares.
        alphas: noise levels of the claims.
        seeds: of initialisation and shuffling; each also draws its own signals, noise and test set.
        levels: further noise levels, for models that are tested at others than their own.
        further_seeds: those of the arms that decide no claim; without any, these are left out.
        latents: sizes on the latent axis.
        sizes: numbers of signals to learn from, on the axis from memorising to generalising.
    """

    base: Mapping[str, Any] = field(default_factory=dict)
    depths: tuple[int, ...] = (2, 4, 6, 8)
    alphas: tuple[float, ...] = (0.2, 0.5)
    seeds: tuple[int, ...] = tuple(range(13))
    levels: tuple[float, ...] = ()
    further_seeds: tuple[int, ...] = ()
    latents: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()


DESIGNS: Mapping[Size, Design] = {
    "quick": Design(
        base={"epochs": 2, "n_signals": 60, "n_test": 100},
        seeds=(0, 1),
        levels=(0.3,),
        further_seeds=(0,),
        latents=(2, 64),
        sizes=(10,),
    ),
    "default": Design(),
    "full": Design(
        levels=(0.1, 0.3, 0.4),
        further_seeds=tuple(range(6)),
        latents=(2, 8, 16, 64, WIDE),
        sizes=(10, 30, 100, 300, 1000, 10_000, 30_000),
    ),
}


def named(variant: str, signals: SourceName) -> str:
    """The name of a variant on some signals."""
    return variant if signals == OWN_SIGNALS else f"{variant}_{signals}"


def parted(name: str) -> tuple[str, SourceName]:
    """The inverse of `named`."""
    for signals in get_args(SourceName):
        if name.endswith(f"_{signals}"):
            return name.removesuffix(f"_{signals}"), signals
    return name, OWN_SIGNALS


def latent_name(latent_size: int, *, plain: bool) -> str:
    """The variant with a latent of this size; plain, it is trained to give back its noisy input."""
    return f"{'plain_' if plain else ''}latent_axis_{latent_size}"


def rate_name(factor: float) -> str:
    """The variant whose fixed learning rate is the base's times a factor."""
    return f"rate_times_{factor:g}"


def sized_name(variant: str, n_signals: int) -> str:
    """The variant that learns from another number of signals."""
    return f"{variant}_signals_{n_signals}"


def label(name: str) -> str:
    """What a variant is, in words; its signals are told apart from it."""
    variant, _ = parted(name)
    if variant in LABELS:
        return LABELS[variant]
    kind, _, value = variant.rpartition("_")
    narrow = f"normalisation, one-cycle rate, {value} numbers in the bottleneck"
    words = {
        "rate_times": f"learning rate times {value}",
        "latent_axis": narrow,
        "plain_latent_axis": f"{narrow}, trained to give back its noisy input",
    }
    return words.get(kind) or f"{label(kind.removesuffix('_signals'))}, {int(value):,} signals"


def repairs(base: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What each repair changes, alone and together, by the name of its variant."""
    growth, normalisation, skips = {"growth": 2}, {"normalisation": "batch"}, {"skips": True}
    one_cycle = {"schedule": "one_cycle", "learning_rate": PEAK * base["learning_rate"]}
    optimisation = normalisation | one_cycle
    together = growth | optimisation
    return {
        "growth": growth,
        "normalisation": normalisation,
        "one_cycle": one_cycle,
        "skips": skips,
        "optimisation": optimisation,
        REPAIRED: together,
        "repaired_skips": together | skips,
    }


def arms(design: Design, base: Mapping[str, Any]) -> Iterator[Arm]:
    """The parts of the study's grid, no cell twice.

    Args:
        design: the study's.
        base: the settings of the base by name, of which the arms tell what they change.
    """
    yield from registered(design, base)
    if design.further_seeds:
        yield from further(design, base)


def registered(design: Design, base: Mapping[str, Any]) -> Iterator[Arm]:
    """The arms that the claims rest on."""
    two, known = (SHALLOW, DEEP), repairs(base)
    latent, plain = {"latent_size": LATENT}, {"objective": "plain"}

    def arm(
        variant: str, depths: tuple[int, ...], *changes: Mapping[str, Any], on: SourceName = OWN_SIGNALS
    ) -> Arm:
        source = {} if on == OWN_SIGNALS else {"signals": on}
        merged = {name: value for some in (source, *changes) for name, value in some.items()}
        return Arm(named(variant, on), depths, design.alphas, design.seeds, merged)

    yield arm(BASE, design.depths)
    yield arm(BASE, design.depths, on="formula")
    yield arm(BASE, two, on="ecg")
    for variant, changes in known.items():
        yield arm(variant, two, changes)
    yield arm(REPAIRED, two, known[REPAIRED], on="formula")
    yield arm(REPAIRED, two, known[REPAIRED], on="ecg")
    yield arm("skips", two, known["skips"], on="ecg")
    yield arm("repaired_latent", (SHALLOW,), known[REPAIRED], {"latent_size": 64})
    yield arm("repaired_equal", (SHALLOW,), known["optimisation"], EQUAL_TO_CAPPED)
    yield arm("repaired_equal", (DEEP,), known[REPAIRED], LOW_CAP)
    yield arm("repaired_equal_to_deep", (SHALLOW,), known["optimisation"], EQUAL_TO_DEEP)
    yield arm("latent_64", two, {"latent_size": 64})
    yield arm("latent_4", (SHALLOW,), {"latent_size": 4})
    for depth, channels in EQUAL_WIDTHS.items():
        yield arm("equal_parameters", (depth,), {"channels": channels})
    yield arm("skips_equal", (SHALLOW,), known["skips"], EQUAL_TO_SKIPS)
    yield arm(KERNEL, (SHALLOW,), {"kernel_size": 9})
    twice_as_wide = {"channels": 2 * base["channels"]}
    for signals in SIGNALS:
        yield arm(STRONG, (STRONG_DEPTH,), known["repaired_skips"], twice_as_wide, on=signals)
    yield arm(PLAIN, (SHALLOW,), plain)
    yield arm("plain_repaired", (SHALLOW,), known[REPAIRED], plain)
    yield arm("plain_no_bottleneck", (STRONG_DEPTH,), known["optimisation"], {"stride": 1}, plain)
    linear = latent | {"activation": "none"}
    yield arm("linear", (1,), linear)
    yield arm("plain_linear", (1,), linear, plain)
    yield arm(WITH_LATENT, AXIS_DEPTHS, known["optimisation"], latent)
    yield arm(PLAIN_WITH_LATENT, AXIS_DEPTHS, known["optimisation"], latent, plain)
    yield arm(PLAIN_AS_WIDE, AXIS_DEPTHS, known["optimisation"], {"latent_size": WIDE}, plain)
    yield Arm(BLIND, (SHALLOW,), (max(design.alphas),), design.seeds, {"blind": True})


def further(design: Design, base: Mapping[str, Any]) -> Iterator[Arm]:
    """The arms that decide no claim: they show more of what lies behind one."""
    two, alphas, seeds = (SHALLOW, DEEP), design.alphas, design.further_seeds
    known, between = repairs(base), tuple(depth for depth in design.depths if depth not in (SHALLOW, DEEP))
    longer = {"epochs": BUDGET * base["epochs"]}
    yield Arm(BASE, (SHALLOW,), design.levels, design.seeds)
    yield Arm(REPAIRED, between, alphas, seeds, known[REPAIRED])
    for name in ("normalisation", "one_cycle"):
        yield Arm(f"growth_{name}", two, alphas, seeds, known["growth"] | known[name])
    yield Arm("budget", two, alphas, seeds, longer)
    yield Arm("repaired_budget", two, alphas, seeds, known[REPAIRED] | longer)
    equal = known["optimisation"] | dict(EQUAL_TO_DEEP) | longer
    yield Arm("repaired_equal_budget", (SHALLOW,), alphas, seeds, equal)
    for factor in RATES:
        yield Arm(rate_name(factor), two, alphas, seeds, {"learning_rate": factor * base["learning_rate"]})
    for initialisation in ("orthogonal", "delta_orthogonal"):
        yield Arm(initialisation, two, alphas, seeds, {"initialisation": initialisation})
    yield Arm("no_bottleneck", two, alphas, seeds, {"stride": 1})
    yield Arm("kernel_33", (SHALLOW,), alphas, seeds, {"kernel_size": 33})
    for objective in ("plain_on_clean", "noise2noise"):
        yield Arm(objective, two, alphas, seeds, {"objective": objective})
    yield Arm(PLAIN, (DEEP,), alphas, seeds, {"objective": "plain"})
    for size in design.latents:
        for plain in (False, True):
            changes = known["optimisation"] | {"latent_size": size}
            changes |= {"objective": "plain"} if plain else {}
            if (name := latent_name(size, plain=plain)) != PLAIN_AS_WIDE:
                yield Arm(name, AXIS_DEPTHS, alphas, seeds, changes)
    for size in design.sizes:
        for variant, depth, changes in ((BASE, SHALLOW, {}), (REPAIRED, DEEP, known[REPAIRED])):
            resized = changes | of_as_many_steps(base, size)
            yield Arm(sized_name(variant, size), (depth,), (min(alphas),), seeds, resized)


def of_as_many_steps(base: Mapping[str, Any], n_signals: int) -> dict[str, int]:
    """Another number of signals, in as many steps as whole epochs come near to."""
    steps = base["epochs"] * steps_of_an_epoch(base["n_signals"], base["batch_size"])
    return {
        "n_signals": n_signals,
        "epochs": max(1, round(steps / steps_of_an_epoch(n_signals, base["batch_size"]))),
    }


def steps_of_an_epoch(n_signals: int, batch_size: int) -> int:
    """Batches that those of a number of signals make that train."""
    n_train, _ = split_sizes(n_signals)
    return ceil(n_train / batch_size)
