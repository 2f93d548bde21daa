"""The design of the controlled study: what is changed from the original's network, one cause at a time.

Importing this module imports no torch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Literal

from denoising.signals.dataset import split_sizes

Size = Literal["quick", "default", "full"]

BASE = "base"
FORMULA = "formula"
BLIND = "blind"
RECIPE = "recipe"
SHORT_RECIPE = "recipe_without_budget"
SHORT_RECIPE_FORMULA = "recipe_without_budget_formula"
WIDE = "channels_16"
WIDE_RECIPE = "channels_16_recipe_without_budget"
WIDE_RECIPE_FORMULA = "channels_16_recipe_without_budget_formula"

SHALLOW, DEEP = 2, 8  # the depths between which the effect of depth is measured
AXIS_DEPTHS = (2, 6)  # of the latent axis

# What an optimisation without faults is taken to be, cause by cause.
CAUSES = ("normalisation", "one_cycle", "budget")
BUDGET = 10  # times the base's steps
PEAK = 10  # times the base's learning rate, of a one-cycle rate, which is meant to rise high

LABELS: Mapping[str, str] = {
    BASE: "as the original ran it",
    FORMULA: "the same on formula signals",
    "plain": "plain autoencoder, noisy to noisy",
    "plain_on_clean": "plain autoencoder, clean to clean",
    "noise2noise": "Noise2Noise",
    "skips": "with skip connections",
    "normalisation": "batch normalisation",
    "orthogonal": "orthogonal initialisation",
    "delta_orthogonal": "delta-orthogonal initialisation",
    "one_cycle": "one-cycle rate",
    "budget": f"{BUDGET} times the steps",
    RECIPE: "normalisation, one-cycle rate and budget",
    "recipe_without_normalisation": "the three without normalisation",
    "recipe_without_one_cycle": "the three without one-cycle rate",
    SHORT_RECIPE: "the three without budget",
    SHORT_RECIPE_FORMULA: "the three without budget on formula signals",
    WIDE: "16 channels",
    WIDE_RECIPE: "16 channels, normalisation and one-cycle rate",
    WIDE_RECIPE_FORMULA: "16 channels, normalisation and one-cycle rate, on formula signals",
    "latent_64": "64 numbers in the bottleneck",
    "equal_parameters": "equal numbers of parameters",
    "kernel_9": "kernel of 9 samples",
    "kernel_33": "kernel of 33 samples",
    "no_bottleneck": "no bottleneck: stride 1",
    BLIND: "one model for all noise levels",
    "fewer_signals": "a tenth of the signals",
    "more_signals": "ten times the signals",
}
EQUAL_WIDTHS: Mapping[int, int] = {2: 16, 4: 9, 6: 7, 8: 6}  # 1,681, 1,576, 1,590 and 1,639 parameters
MATCHED = {4: "kernel_9", 6: "kernel_33"}  # the variant of depth 2 that sees as far as the base of a depth


@dataclass(frozen=True)
class Arm:
    """A part of the study's grid: a variant, what it changes of the base's settings, and where it is run."""

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
        depths: those of the arms that compare all depths.
        alphas: noise levels of the claims.
        levels: further noise levels, for models that are tested at others than their own.
        seeds: reported ones.
        tuning_seeds: on which learning rates are chosen, and nothing else.
        rates: times the base's learning rate.
        latents: sizes on the latent axis.
        recipe_depths: at which the full recipe is trained.
    """

    base: Mapping[str, Any] = field(default_factory=dict)
    depths: tuple[int, ...] = (2, 4, 6, 8)
    alphas: tuple[float, ...] = (0.2, 0.5)
    levels: tuple[float, ...] = (0.1, 0.3, 0.4)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    tuning_seeds: tuple[int, ...] = (100, 101)
    rates: tuple[float, ...] = (3, 10, 30)
    latents: tuple[int, ...] = (2, 4, 16, 64, 256, 1024)
    recipe_depths: tuple[int, ...] = (2, 8)


DESIGNS: Mapping[Size, Design] = {
    "quick": Design(
        base={"epochs": 2, "n_signals": 60, "n_test": 100},
        levels=(0.3,),
        seeds=(0, 1),
        tuning_seeds=(100,),
        rates=(10,),
        latents=(2, 64),
    ),
    "default": Design(),
    "full": Design(
        seeds=tuple(range(10)),
        tuning_seeds=(100, 101, 102, 103),
        rates=(0.3, 3, 10, 30),
        latents=(2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
        recipe_depths=(2, 4, 6, 8),
    ),
}


def rate_name(factor: float) -> str:
    """The variant whose fixed learning rate is the base's times a factor."""
    return f"rate_times_{factor:g}"


def latent_name(latent_size: int, *, plain: bool) -> str:
    """The variant with a latent of this size; plain, it is trained to give back its noisy input."""
    return f"{'plain_' if plain else ''}latent_axis_{latent_size}"


def label(variant: str) -> str:
    """What a variant is, in words."""
    if variant in LABELS:
        return LABELS[variant]
    name, _, value = variant.rpartition("_")
    return {
        "rate_times": f"learning rate times {value}",
        "latent_axis": f"latent of {value} numbers",
        "plain_latent_axis": f"plain autoencoder, latent of {value} numbers",
    }[name]


def recipe(base: Mapping[str, Any], without: str | None = None) -> dict[str, Any]:
    """The changes of the full recipe, one cause left out."""
    causes: dict[str, dict[str, Any]] = {
        "normalisation": {"normalisation": "batch"},
        "one_cycle": {"schedule": "one_cycle", "learning_rate": PEAK * base["learning_rate"]},
        "budget": {"epochs": BUDGET * base["epochs"]},
    }
    return {name: value for cause in CAUSES if cause != without for name, value in causes[cause].items()}


def arms(design: Design, base: Mapping[str, Any]) -> Iterator[Arm]:
    """The parts of the study's grid, no cell twice.

    Args:
        design: the study's.
        base: the settings of the base by name, of which the arms tell what they change.
    """
    two = (SHALLOW, DEEP)
    alphas, seeds, every = design.alphas, design.seeds, design.depths

    def arm(variant: str, depths: tuple[int, ...], **changes: Any) -> Arm:
        return Arm(variant, depths, alphas, seeds, changes)

    yield arm(BASE, every)
    yield Arm(BASE, (SHALLOW,), design.levels, seeds)
    yield Arm(BASE, two, alphas, design.tuning_seeds)
    yield arm(FORMULA, every, signals="formula")
    for objective in ("plain", "plain_on_clean", "noise2noise"):
        yield arm(objective, two, objective=objective)
    yield arm("skips", two, skips=True)
    for initialisation in ("orthogonal", "delta_orthogonal"):
        yield arm(initialisation, two, initialisation=initialisation)
    for factor in design.rates:
        rate = factor * base["learning_rate"]
        yield Arm(rate_name(factor), two, alphas, (*seeds, *design.tuning_seeds), {"learning_rate": rate})
    for cause in CAUSES:
        others = recipe(base, without=cause)
        yield arm(cause, two, **{name: value for name, value in recipe(base).items() if name not in others})
    yield arm(RECIPE, design.recipe_depths, **recipe(base))
    for cause in CAUSES:
        variant = f"{RECIPE}_without_{cause}"
        yield arm(variant, every if variant == SHORT_RECIPE else two, **recipe(base, without=cause))
    yield arm(SHORT_RECIPE_FORMULA, every, signals="formula", **recipe(base, without="budget"))
    yield arm(WIDE, two, channels=16)
    yield arm(WIDE_RECIPE, two, channels=16, **recipe(base, without="budget"))
    yield arm(WIDE_RECIPE_FORMULA, two, channels=16, signals="formula", **recipe(base, without="budget"))
    yield arm("latent_64", every, latent_size=64)
    for depth in every:
        yield arm("equal_parameters", (depth,), channels=EQUAL_WIDTHS[depth])
    yield arm("kernel_9", (SHALLOW,), kernel_size=9)
    yield arm("kernel_33", (SHALLOW,), kernel_size=33)
    yield arm("no_bottleneck", two, stride=1)
    for size in design.latents:
        for plain in (False, True):
            aim = {"objective": "plain"} if plain else {}
            yield arm(latent_name(size, plain=plain), AXIS_DEPTHS, latent_size=size, **aim)
    yield Arm(BLIND, two, (max(alphas),), seeds, {"blind": True})
    yield arm("fewer_signals", two, **resized(base, 0.1))
    yield arm("more_signals", two, **resized(base, 10))


def resized(base: Mapping[str, Any], factor: float) -> dict[str, int]:
    """Another number of signals, in as many steps as whole epochs come near to."""
    n_signals = max(2, round(factor * base["n_signals"]))
    steps = base["epochs"] * steps_of_an_epoch(base["n_signals"], base["batch_size"])
    return {
        "n_signals": n_signals,
        "epochs": max(1, round(steps / steps_of_an_epoch(n_signals, base["batch_size"]))),
    }


def steps_of_an_epoch(n_signals: int, batch_size: int) -> int:
    """Batches that those of a number of signals make that train."""
    n_train, _ = split_sizes(n_signals)
    return ceil(n_train / batch_size)
