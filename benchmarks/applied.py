"""How fast denoisers are in use: seconds of signal a second, on recordings of ten minutes.

python -m benchmarks.applied [ROUNDS]

Denoises ten minutes of an electrocardiogram at 360 samples a second with white noise, by networks as the
preset `recordings` makes them, a wavelet of ours and, if it is installed, noisereduce. All take the same
array in turns, on all cores of this machine; networks have random weights, which does not change their speed.
Prints a row a denoiser: the median and the range of the time, and seconds of signal a second.
"""

import importlib.util
import platform
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import torch

from denoising.denoisers.network import Network
from denoising.denoisers.wavelet import WaveletShrinkage
from denoising.measure.metrics import Signals
from denoising.models.card import Card
from denoising.models.model import Model
from denoising.networks.autoencoder import Autoencoder
from denoising.signals.recording import recording
from flows.settings.recordings_settings import PRESETS
from tasks.run.facts import processor

RATE, SECONDS, WINDOW = 360, 600, 256
DEPTHS = (2, 4, 6, 8)
ROUNDS = 5

Denoise = Callable[[Signals], Signals]


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    signal = np.tile(recording(), 2)[: RATE * SECONDS]
    signal = signal + 0.3 * np.random.default_rng(0).standard_normal(len(signal))
    denoisers = dict(contestants())
    times: dict[str, list[float]] = {name: [] for name in denoisers}
    for _ in range(rounds + 1):
        for name, denoise in denoisers.items():
            began = time.perf_counter()
            assert denoise(signal).shape == signal.shape
            times[name].append(time.perf_counter() - began)
    print("| denoiser | median | range | seconds of signal a second |\n|---|---:|---:|---:|")
    for name, (_, *taken) in times.items():  # the first round warms up
        middle, speed = median(taken), SECONDS / median(taken)
        print(f"| {name} | {middle:.2f} s | {min(taken):.2f}–{max(taken):.2f} s | {speed:,.0f} |")
    print(f"\n{SECONDS} s at {RATE} Hz, {rounds} rounds, {torch.get_num_threads()} threads, {processor()},")
    print(f"Python {platform.python_version()}, torch {torch.__version__}")


def contestants() -> Iterator[tuple[str, Denoise]]:
    """Yield each denoiser by its name."""
    design = {name: PRESETS["recordings"][name] for name in ("channels", "growth", "kernel_size")}
    for depth in DEPTHS:
        network = Autoencoder(
            depth=depth, signal_length=WINDOW, skips=True, generator=torch.Generator(), **design
        )
        yield f"network of depth {depth} with skips", in_use(Network(network.eval()))
    yield "wavelet shrinkage", in_use(WaveletShrinkage(1.0, 0.3, "sym8", 5))
    if importlib.util.find_spec("noisereduce"):
        import noisereduce

        spectral = {"n_fft": WINDOW, "time_mask_smooth_ms": 500, "freq_mask_smooth_hz": 10}
        yield "noisereduce", lambda signal: noisereduce.reduce_noise(y=signal, sr=RATE, **spectral)


def in_use(denoiser: Denoise) -> Denoise:
    """Return a denoiser as it is applied to a signal of any length."""
    card = Card(
        kind="network",
        label="",
        design={},
        window=WINDOW,
        level="",
        snr=None,
        signals="",
        rate=RATE,
        unit="",
        portrait={},
    )
    model = Model(card, denoiser)
    return lambda signal: model.denoise(signal, RATE)


if __name__ == "__main__":
    main()
