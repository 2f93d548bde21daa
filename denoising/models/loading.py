"""Loads a denoiser from its file, or the denoisers of a study from its folder."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from denoising.models.card import Card
from denoising.models.model import Model, Models
from denoising.models.model_file import FOLDER, SUFFIX, ModelError, Tensors, digest_of, from_bytes
from denoising.models.overlapping import Array

if TYPE_CHECKING:
    from denoising.denoisers.network import Network


def load(path: str | Path, snr: float | Literal["auto"] = "auto") -> Model | Models:
    """Load a denoiser.

    Args:
        path: a model's file, or the folder of a study, such as artifacts/latest.
        snr: the signal-to-noise ratio in dB for which a study's denoiser is loaded; the nearest level counts.
            With `auto`, one is chosen for each signal.

    Returns:
        A denoiser, or those of all levels of a study, from which one is chosen for each signal. Both have the
        same methods.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    models = models_at(Path(path))
    if snr != "auto":
        from denoising.models.choosing import nearest

        return nearest(models, float(snr))
    return models[0] if len(models) == 1 else Models(models)


def models_at(path: Path) -> tuple[Model, ...]:
    """Return the denoiser in a file, or those of a study's folder, the one for the strongest noise first.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    path = path.expanduser()
    if path.is_file():
        return (model_at(path),)
    folder = path if path.name == FOLDER else path / FOLDER
    found = [model_at(file) for file in sorted(folder.glob(f"*{SUFFIX}"))]
    if not found:
        there = "the study has no finished denoiser" if path.is_dir() else "there is no such file or study"
        raise ModelError(f"{path}: {there}; run python flows/sweep.py first")
    return ordered(found)


def ordered(models: Sequence[Model]) -> tuple[Model, ...]:
    """Return denoisers, the one for the strongest noise first."""
    return tuple(sorted(models, key=lambda model: (model.card.snr is None, model.card.snr or 0)))


def model_at(path: Path) -> Model:
    """Return the denoiser in a file.

    Raises:
        ModelError: it cannot be used. The message names it.
    """
    try:
        return model_of(path.read_bytes(), str(path))
    except OSError as error:
        raise ModelError(f"{path}: it cannot be read ({error.strerror})") from error


def model_of(content: bytes, name: str) -> Model:
    """Return the denoiser in the content of a file of this name.

    Raises:
        ModelError: it cannot be used. The message names it.
    """
    try:
        card, tensors = from_bytes(content)
        return Model(card, denoiser_of(card, tensors), digest_of(card, tensors))
    except ModelError as error:
        raise ModelError(f"{name}: {error}") from error
    except (ValueError, TypeError, KeyError, RuntimeError) as error:
        raise ModelError(f"{name}: it does not fit this version of the project ({error})") from error


def denoiser_of(card: Card, tensors: Tensors) -> Any:
    """Return a network that runs on the CPU, or a classical denoiser as it was fitted.

    Raises:
        ValueError: there is no denoiser of this name.
    """
    if card.kind == "network":
        return on_demand(card, tensors)
    from denoising.denoisers.catalogue import BASELINES, FOR_RECORDINGS

    if card.denoiser not in {*BASELINES.values(), *FOR_RECORDINGS.values()}:
        raise ValueError(f"there is no denoiser {card.denoiser}")
    return resolve_name(card.denoiser)(**card.design, **tensors)


def on_demand(card: Card, tensors: Tensors) -> Callable[[Array], NDArray[Any]]:
    """Return a network that is made when it is first called, since PyTorch takes seconds to import."""

    @cache
    def network() -> "Network":
        from denoising.denoisers.network import Network
        from denoising.models.networks_made import network_of

        return Network(network_of(card, tensors).eval())

    return lambda windows: network()(windows)
