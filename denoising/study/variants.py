"""Variants of a study: named changes of its base settings, each for some of its cells."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import inf
from typing import Any

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.settings import Group
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import BASE, Cell
from denoising.study.level import Level, SinusoidLevel

GROUPS: tuple[type[Group], ...] = (DatasetSettings, NetworkSettings, TrainingSettings)
FIELDS = tuple(name for group in GROUPS for name in group.model_fields)  # every setting that decides a cell


def cross(vary: Mapping[str, Sequence[Any]], base: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return all combinations of the values of some settings, each by its variant name.

    Args:
        vary: the values of each setting, by its name.
        base: the base value of every setting that can be varied, in the order of their names.
    """
    names = [name for name in base if name in vary]
    combinations = [
        dict(zip(names, values, strict=True)) for values in product(*map(vary.__getitem__, names))
    ]
    return {variant_name(changes, base): changes for changes in combinations}


def variant_name(changes: Mapping[str, Any], base: Mapping[str, Any]) -> str:
    """Return the name of a variant, such as `channels=8,skips=true`; `base` if nothing differs from it."""
    told = [f"{name}={in_words(value)}" for name, value in changes.items() if value != base[name]]
    return ",".join(told) or BASE


def in_words(value: Any) -> str:
    """Return a setting's value as the command line takes it; no two values read alike."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def cells_of(
    values: Mapping[str, Any],
    depths: Iterable[int],
    levels: Iterable[Level],
    seeds: Iterable[int],
    variant: str = BASE,
) -> list[Cell]:
    """Return the cells of a grid over depths, noise levels and seeds, with all other settings the same.

    Args:
        values: the value of every setting of network and training, and others.
        depths, levels, seeds: the axes of the grid.
        variant: the name of the variant.

    Raises:
        ValidationError: a setting is out of its bounds, or two contradict each other.
    """
    network = NetworkSettings(**{name: values[name] for name in NetworkSettings.model_fields})
    training = TrainingSettings(**{name: values[name] for name in TrainingSettings.model_fields})
    several = list(levels)
    return [
        Cell(depth, level, seed, network, training, variant)
        for depth in depths
        for seed in seeds
        for level in several
    ]


def levels_of(values: Mapping[str, Any], alphas: Iterable[float]) -> list[SinusoidLevel]:
    """Return a dataset of sinusoids at some noise levels.

    Args:
        values: the value of every setting of the dataset, and others.
        alphas: the noise levels.

    Raises:
        ValidationError: a setting is out of its bounds.
    """
    dataset = DatasetSettings(**{name: values[name] for name in DatasetSettings.model_fields})
    return [SinusoidLevel(dataset, alpha) for alpha in alphas]


def natural_order(variant: str) -> tuple[bool, list[tuple[str, float, str]]]:
    """Return what variants are sorted by: the base comes first, and numbers in names are sorted by size."""
    changes = (change.partition("=") for change in variant.split(","))
    return variant != BASE, [(name, size_of(value), value) for name, _, value in changes]


def size_of(value: str) -> float:
    """Return a number that is written as text; infinity for other text."""
    try:
        return float(value)
    except ValueError:
        return inf
