"""Variants of a study: what some of its cells change of its base settings."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.settings import Group
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import BASE, Cell

GROUPS: tuple[type[Group], ...] = (DatasetSettings, NetworkSettings, TrainingSettings)
FIELDS = tuple(name for group in GROUPS for name in group.model_fields)  # every setting that decides a cell


def cross(vary: Mapping[str, Sequence[Any]], base: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every combination of the values of some settings, by a name that says what it changes of the base.

    Args:
        vary: values by the name of a setting.
        base: the value that each of these settings has otherwise.
    """
    names = [name for name in FIELDS if name in vary]
    combinations = [
        dict(zip(names, values, strict=True)) for values in product(*map(vary.__getitem__, names))
    ]
    return {variant_name(changes, base): changes for changes in combinations}


def variant_name(changes: Mapping[str, Any], base: Mapping[str, Any]) -> str:
    """Such as `channels=8,skips=true`; `base` where nothing differs from the base."""
    told = [f"{name}={in_words(value)}" for name, value in changes.items() if value != base[name]]
    return ",".join(told) or BASE


def in_words(value: Any) -> str:
    """A setting's value as the command line takes it; other values read otherwise."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def cells_of(
    values: Mapping[str, Any],
    depths: Iterable[int],
    alphas: Iterable[float],
    seeds: Iterable[int],
    variant: str = BASE,
) -> list[Cell]:
    """The cells of a grid in which every setting is the same but depth, noise level and seed.

    Args:
        values: the value of every setting of `FIELDS`.
        depths, alphas, seeds: the axes of the grid.
        variant: what the settings are called.

    Raises:
        ValidationError: the settings do not go together.
    """
    dataset, network, training = (
        group(**{name: values[name] for name in group.model_fields}) for group in GROUPS
    )
    return [
        Cell(depth, alpha, seed, dataset, network, training, variant)  # type: ignore[arg-type]
        for depth in depths
        for seed in seeds
        for alpha in alphas
    ]
