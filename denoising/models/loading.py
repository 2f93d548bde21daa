"""Loads a denoiser from its file, or the denoisers of a study from its folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan, nan
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Literal

from numpy.typing import NDArray

from denoising.addresses import is_address, masked
from denoising.models.card import Card
from denoising.models.model import Model, Models
from denoising.models.model_file import FOLDER, SUFFIX, ModelError, Tensors, digest_of, from_bytes
from denoising.models.overlapping import Array


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
        ModelError: there is none, or it is damaged, or the ratio is no number.
    """
    wanted = None if snr == "auto" else ratio(snr)
    models = models_at(Path(path))
    if wanted is not None:
        from denoising.models.choosing import nearest

        return nearest(models, wanted)
    return models[0] if len(models) == 1 else Models(models)


def ratio(snr: float | str) -> float:
    """Return a signal-to-noise ratio in dB as a number.

    Raises:
        ModelError: it is none.
    """
    try:
        found = float(snr)
    except (ValueError, TypeError):
        found = nan
    if isnan(found):
        raise ModelError(f"snr {snr!r}: give a ratio in dB, or 'auto'")
    return found


def models_at(path: Path) -> tuple[Model, ...]:
    """Return the denoiser in a file, or those of a study's folder, the one for the strongest noise first.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    try:
        is_address(str(path))
    except ValueError as error:
        raise ModelError(f"{masked(str(path))}: give a file or a folder of this machine") from error
    path = path.expanduser()
    if path.is_file():
        return (model_at(path),)
    folder = path if path.name == FOLDER else path / FOLDER
    found = [model_at(file) for file in sorted(folder.glob(f"*{SUFFIX}"))]
    if not found:
        there = "the study has no finished denoiser" if path.is_dir() else "there is no such file or study"
        raise ModelError(f"{path}: {there}; run a sweep first")
    return together(found, str(path))


def together(models: Sequence[Model], name: str) -> tuple[Model, ...]:
    """Return the denoisers of a study of this name, the one for the strongest noise first.

    Raises:
        ModelError: they do not go together.
    """
    if len({(model.card.window, model.card.rate) for model in models}) > 1:
        raise ModelError(
            f"{name}: its models are for windows of different lengths, or for different rates; give one file "
            f"of its folder '{FOLDER}'"
        )
    return tuple(sorted(models, key=lambda model: (model.card.snr is None, model.card.snr or 0)))


def model_at(path: Path) -> Model:
    """Return the denoiser in a file.

    Raises:
        ModelError: it cannot be used. The message names it.
    """
    if path.suffix == ".onnx":
        raise ModelError(f"{path}: an ONNX file is for other programs; export it as {SUFFIX}")
    if path.exists() and not path.is_file():
        raise ModelError(f"{path}: it cannot be read (it is no plain file)")
    try:
        return model_of(path.read_bytes(), str(path))
    except OSError as error:
        raise ModelError(f"{path}: it cannot be read ({error.strerror})") from error


def model_of(content: bytes, name: str, *, at_once: bool = True) -> Model:
    """Return the denoiser in the content of a file.

    Args:
        content: of the file.
        name: of the file.
        at_once: whether the denoiser is made now or when it is first used, since PyTorch takes seconds to
            import.

    Raises:
        ModelError: it cannot be used. The message names it.
    """
    try:
        card, tensors = from_bytes(content)
    except ModelError as error:
        raise ModelError(f"{name}: {error}") from error

    found = OnDemand(name, card, tensors)
    return Model(card, found.denoiser if at_once else found, digest_of(card.as_json(), tensors), tensors)


@dataclass(frozen=True)
class OnDemand:
    """The denoiser in a file of this name, made when it is first used."""

    name: str
    card: Card
    tensors: Tensors

    @cached_property
    def denoiser(self) -> Callable[[Array], NDArray[Any]]:
        """The denoiser.

        Raises:
            ModelError: it cannot be made. The message names the file.
        """
        try:
            return denoiser_of(self.card, self.tensors)
        except Exception as error:  # whatever a card can ask for that its denoiser does not know
            why = " ".join(f"{type(error).__name__}: {error}".split())
            raise ModelError(f"{self.name}: it does not fit this version of the project ({why})") from error

    def __call__(self, windows: Array) -> NDArray[Any]:
        """Denoise windows of shape (n, window)."""
        return self.denoiser(windows)


def denoiser_of(card: Card, tensors: Tensors) -> Callable[[Array], NDArray[Any]]:
    """Return a network that runs on the CPU, or a classical denoiser as it was fitted.

    Raises:
        ValueError: there is no denoiser of this name.
    """
    if card.kind == "network":
        from denoising.denoisers.network import Network
        from denoising.models.networks_made import network_of

        return Network(network_of(card, tensors).eval())
    from denoising.denoisers.catalogue import BASELINES, FOR_RECORDINGS

    if card.denoiser not in {*BASELINES.values(), *FOR_RECORDINGS.values()}:
        raise ValueError(f"there is no denoiser {card.denoiser}")
    found: Callable[[Array], NDArray[Any]] = resolve_name(card.denoiser)(**card.design, **tensors)
    return found
