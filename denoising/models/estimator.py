"""A denoiser that learns from arrays, with the conventions of scikit-learn."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from denoising.denoisers.catalogue import FOR_RECORDINGS
from denoising.models.conventions import Transformer
from denoising.models.model_file import ModelError
from denoising.models.overlapping import Array
from denoising.models.portrait import noise_in
from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.networks.usual import NETWORK, TRAINING
from denoising.signals.dataset import SignalSet, split_sizes
from denoising.signals.scaling import robust

OF_NETWORK = "network"


@dataclass(eq=False)
class Estimator(Transformer):
    """A denoiser for windows of recordings, which is fitted to examples of them.

    With clean signals it is tuned, or trained, by the squared error. Without, it is by how well it tells
    samples that are hidden from it from their neighbours; see `j_invariant_loss` and `hide`. That is for
    noise which neighbouring samples do not share.

    All windows are made relative to one median and one spread, those of the noisy ones that it is fitted to.
    Of these, the first 70% are for training, and the others for validation.

    Args:
        denoiser: a name in `denoising.denoisers.catalogue.FOR_RECORDINGS`, or `network`.
        mask_width: how many neighbouring samples are hidden together where no clean signals are given. For
            noise that samples share up to a distance, use more than twice that distance.
        depth: encoder layers of a network.
        skips: whether a network has skip connections.
        epochs: passes of its training over the signals.
        seed: of its initial weights and of the order of the signals.

    Attributes:
        centre_, scale_: the median and the spread of the noisy signals that it was fitted to.
        denoiser_: takes and returns windows of shape (n, length), less that median and over that spread.
        n_features_in_: the length.
    """

    denoiser: str = "wavelet"
    mask_width: int = 1
    depth: int = 4
    skips: bool = True
    epochs: int = TRAINING["epochs"]
    seed: int = 0

    def fit(self, noisy: NDArray[Any], clean: NDArray[Any] | None = None) -> Self:
        """Learn from signals.

        Args:
            noisy: shape (n, length), 2 or more windows of recordings.
            clean: the clean ones, of the same shape. Labels of shape (n,), which a pipeline hands to all of
                its steps, are left alone.

        Raises:
            ModelError: the signals have another shape, or the denoiser does not exist or is not for them.
        """
        signals = windows_in("noisy", noisy)
        if len(signals) < 2:
            raise ModelError("noisy: give 2 signals or more, to train on and to choose by")
        target = None if clean is None or np.ndim(clean) == 1 else windows_in("clean", clean)
        if target is not None and target.shape != signals.shape:
            raise ModelError(f"clean: its shape is {target.shape}, and that of noisy is {signals.shape}")
        if self.denoiser not in (*FOR_RECORDINGS, OF_NETWORK):
            known = ", ".join((*FOR_RECORDINGS, OF_NETWORK))
            raise ModelError(f"denoiser {self.denoiser}: there is none of this name; there are {known}")
        centre, spread = robust(signals)
        scale = spread or 1.0
        relative = (signals - centre) / scale
        examples = SignalSet(
            signal_id=np.arange(len(signals)),
            covariates={},
            noisy=relative.astype(np.float32),
            clean=(relative if target is None else (target - centre) / scale).astype(np.float32),
        )
        n_train, _ = split_sizes(len(signals))
        train, validation = (examples.take(rows) for rows in np.split(np.arange(len(signals)), [n_train]))
        learn = self.trained if self.denoiser == OF_NETWORK else self.tuned
        self.denoiser_ = learn(train, validation, target is not None)
        self.centre_, self.scale_, self.n_features_in_ = centre, scale, signals.shape[1]
        return self

    def transform(self, noisy: NDArray[Any]) -> NDArray[Any]:
        """Denoise signals of shape (n, length), each by itself.

        Returns:
            The denoised signals, in double precision unless the noisy ones are in single.

        Raises:
            ModelError: it is not fitted, or the signals have another shape.
        """
        if not hasattr(self, "denoiser_"):
            raise ModelError("the denoiser is not fitted; call fit first")
        signals = windows_in("noisy", noisy)
        if signals.shape[1] != self.n_features_in_:
            raise ModelError(
                f"noisy: signals of {signals.shape[1]} samples; the denoiser was fitted to those of "
                f"{self.n_features_in_}"
            )
        relative = (signals - self.centre_) / self.scale_
        denoised = self.centre_ + self.scale_ * self.denoiser_(relative).astype(np.float64)
        single = np.asarray(noisy).dtype == np.float32
        found: NDArray[Any] = denoised.astype(np.float32 if single else np.float64)
        return found

    def tuned(self, train: SignalSet, validation: SignalSet, has_clean: bool) -> Callable[[Array], Any]:
        """Return a classical denoiser, fitted."""
        from pkgutil import resolve_name

        from denoising.denoisers.denoiser import Known, UndefinedError

        noise = float((train.noisy - train.clean).std()) if has_clean else noise_in(train.noisy)
        known = Known(
            None, None, train, validation, added_std=noise, has_clean=has_clean, mask_width=self.mask_width
        )  # fmt: skip
        try:
            denoiser: Callable[[Array], Any] = resolve_name(FOR_RECORDINGS[self.denoiser]).fit(known)
        except UndefinedError as error:
            raise ModelError(f"denoiser {self.denoiser}: {error}; give them, or choose another") from error
        return denoiser

    def trained(self, train: SignalSet, validation: SignalSet, has_clean: bool) -> Callable[[Array], Any]:
        """Return a network, trained on the CPU."""
        from denoising.denoisers.network import Network
        from denoising.networks.autoencoder import Autoencoder
        from denoising.networks.training import Training, torch_generator

        try:
            design = NetworkSettings(**{**NETWORK, "skips": self.skips})
            settings = TrainingSettings(
                **{**TRAINING, "epochs": self.epochs}, mask_width=self.mask_width,
                objective="denoising" if has_clean else "blind_spot",
            )  # fmt: skip
            network = Autoencoder(
                depth=self.depth, signal_length=train.noisy.shape[1],
                generator=torch_generator("initialisation", self.seed),
                **design.model_dump(),
            )  # fmt: skip
        except ValidationError as error:
            first = error.errors()[0]
            raise ModelError(f"{first['loc'][0]} {first['input']}: {first['msg']}") from error
        except ValueError as error:
            raise ModelError(str(error)) from error
        shuffling = torch_generator("shuffling", self.seed)
        for _ in Training(network, train, validation, settings, shuffling).run():
            pass
        return Network(network)

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """Return the parameters by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def set_params(self, **given: Any) -> Self:
        """Change parameters and return the estimator; what was learned stays until it is fitted again.

        Raises:
            ModelError: there is no such parameter.
        """
        if unknown := given.keys() - self.get_params().keys():
            known = ", ".join(self.get_params())
            raise ModelError(f"{min(unknown)}: there is no such parameter; there are {known}")
        for name, value in given.items():
            setattr(self, name, value)
        return self


def windows_in(name: str, given: NDArray[Any]) -> Array:
    """Return signals of shape (n, length) in double precision.

    Raises:
        ModelError: they have another shape or type, or samples are missing. The message names them.
    """
    signals = np.asarray(given)
    if signals.ndim != 2 or not signals.size:
        raise ModelError(f"{name}: its shape is {signals.shape}; give (n, length)")
    if signals.dtype.kind not in "iuf":
        raise ModelError(f"{name}: it is of type {signals.dtype}; give integers or real numbers")
    if not np.isfinite(signals).all():
        raise ModelError(f"{name}: samples are nan or infinite; leave out the signals that have such")
    return signals.astype(np.float64)
