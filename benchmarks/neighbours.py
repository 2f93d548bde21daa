"""What other libraries gain on the project's electrocardiogram, each tuned on the same examples as ours.

python -m benchmarks neighbours

White noise at 5 dB is added. The first four fifths are the examples, with their clean version; the last fifth
is denoised. Of noisereduce and scikit-image, those that are installed. Each gets the settings that have the
lowest error on the examples, out of some that its documentation names.
"""

import importlib.util
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.metadata import version
from itertools import product
from typing import Any

import numpy as np

from denoising.measure.metrics import mse, snr_improvement_db
from denoising.models.estimator import Estimator
from denoising.signals.recording import recording
from denoising.signals.sinusoids import Array

SHARE, SNR, RATE, WINDOW = 0.8, 5, 360.0, 256
Denoise = Callable[[Array], Array]  # shape (n,) in and out


def main() -> None:
    """Print a line a denoiser."""
    samples = recording()
    seen, unseen = np.split(samples, [round(SHARE * len(samples))])
    unseen = unseen[: len(unseen) // WINDOW * WINDOW]
    std = float(unseen.std()) / 10 ** (SNR / 20)
    noisy = unseen + std * np.random.default_rng(7).standard_normal(len(unseen))
    examples = seen + std * np.random.default_rng(8).standard_normal(len(seen))
    for name, denoise in (*ours(examples, seen), *best_of_each(examples, seen, std, RATE)):
        signals = (each[None] - unseen.mean() for each in (denoise(noisy), noisy, unseen))
        print(f"{name}: gained {snr_improvement_db(*signals):.1f} dB")


def ours(noisy: Array, clean: Array) -> Iterator[tuple[str, Denoise]]:
    """Yield two of ours, which are tuned on windows of the examples."""

    def windows(signal: Array) -> Array:
        return signal[: len(signal) // WINDOW * WINDOW].reshape(-1, WINDOW)

    for name in ("wavelet", "total_variation"):
        fitted = Estimator(name).fit(windows(noisy), windows(clean))
        yield f"ours, {name}", partial(by_windows, fitted, windows)


def by_windows(fitted: Estimator, windows: Denoise, signal: Array) -> Array:
    """Denoise a signal of whole windows."""
    return fitted.transform(windows(signal)).ravel()


def best_of_each(noisy: Array, clean: Array, std: float, rate: float) -> Iterator[tuple[str, Denoise]]:
    """Yield the best denoiser of each kind, with its name and settings.

    Args:
        noisy, clean: shape (n,), the examples.
        std: of the noise.
        rate: samples a second.
    """
    for name, candidates in (*of_noisereduce(std, rate, noisy), *of_scikit_image(std)):
        errors = {told: mse(denoise(noisy)[None], clean[None]) for told, denoise in candidates.items()}
        told = min(errors, key=lambda one: errors[one])
        yield f"{name} ({told})", candidates[told]


def of_noisereduce(std: float, rate: float, noisy: Array) -> Iterator[tuple[str, dict[str, Denoise]]]:
    """Yield spectral gating, without smoothing over time, which it refuses at the rates of slow signals."""
    if importlib.util.find_spec("noisereduce"):
        reduce_noise: Any = import_module("noisereduce").reduce_noise
        name = f"noisereduce {version('noisereduce')}"
        noise = std * np.random.default_rng(0).standard_normal(len(noisy))
        unsmoothed = {"time_mask_smooth_ms": None, "freq_mask_smooth_hz": None}
        kinds: dict[str, dict[str, Any]] = {
            "stationary": {"stationary": True, "y_noise": noise},
            "non-stationary": {"stationary": False},
        }
        yield name, {
            f"{kind}, n_fft {n_fft}, prop_decrease {share}": partial(
                lambda signal, **more: reduce_noise(y=signal, sr=rate, **unsmoothed, **more),
                n_fft=n_fft, prop_decrease=share, **more,
            )
            for (kind, more), n_fft, share in product(kinds.items(), (64, 128, 256, 512), (0.5, 0.8, 1.0))
        }  # fmt: skip


def of_scikit_image(std: float) -> Iterator[tuple[str, dict[str, Denoise]]]:
    """Yield wavelet shrinkage and total variation."""
    if importlib.util.find_spec("skimage"):
        restoration = import_module("skimage.restoration")
        name = f"scikit-image {version('scikit-image')}"
        wavelet, variation = restoration.denoise_wavelet, restoration.denoise_tv_chambolle
        choices = product(("db4", "sym4", "sym8"), ("soft", "hard"), ("BayesShrink", "VisuShrink"))
        yield (
            f"{name}, denoise_wavelet",
            {
                f"{basis}, {mode}, {method}": partial(
                    wavelet, sigma=std, wavelet=basis, mode=mode, method=method, rescale_sigma=True
                )
                for basis, mode, method in choices
            },
        )
        yield (
            f"{name}, denoise_tv_chambolle",
            {
                f"weight {factor:g} times the noise's": partial(variation, weight=factor * std)
                for factor in (0.25, 0.5, 1, 1.5, 2, 3)
            },
        )


if __name__ == "__main__":
    main()
