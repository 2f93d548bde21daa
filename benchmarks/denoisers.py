"""How far the classical denoisers stay above the Bayes floor, and how long they take.

python -m benchmarks.denoisers

Tunes and measures every denoiser of the catalogue on the default number of signals, on one core, for both
families of signals at four noise levels. Prints a row a denoiser: what it is told, the distance of its test
error from the floor in dB, and the time of a noise level in a study: to fit it and to denoise the validation
and the test signals.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import platform
import time
from collections.abc import Iterator
from math import log10
from pkgutil import resolve_name

from denoising.denoisers.catalogue import BASELINES
from denoising.denoisers.denoiser import Known, describe
from denoising.measure.metrics import mse
from denoising.signals.dataset import generate, split_pool
from denoising.signals.settings import DatasetSettings
from denoising.signals.sinusoids import FAMILIES
from denoising.theory.limits import limits
from tasks.run.facts import processor

ALPHAS = (0.1, 0.2, 0.4, 0.5)


def main() -> None:
    """Print a table for each family of signals."""
    for settings in (DatasetSettings.model_validate({"signals": name}) for name in FAMILIES):
        columns = " | ".join(f"alpha {alpha:g}" for alpha in ALPHAS)
        print(f"| {settings.signals} | told | {columns} | a level |\n|---|---|{'---:|' * (len(ALPHAS) + 1)}")
        for row in rows(settings):
            print(f"| {' | '.join(row)} |")
        print()
    print(
        f"dB above the floor, {settings.n_signals:,} signals to learn from and {settings.n_test:,} to test."
    )
    print(f"One core, {processor()}, Python {platform.python_version()}")


def rows(settings: DatasetSettings) -> Iterator[tuple[str, ...]]:
    """The bounds' row and one of each denoiser, on one family of signals."""
    family = FAMILIES[settings.signals]
    floors = {alpha: limits(settings, alpha) for alpha in ALPHAS}
    known, test = {}, {}
    for alpha in ALPHAS:
        parts = split_pool(generate(settings, alpha, "pool"), settings)
        known[alpha] = Known(alpha, family, parts["train"], parts["validation"])
        test[alpha] = generate(settings, alpha, "test")
    bound = (
        f"{10 * log10((floors[alpha].crb_free or 1) / (floors[alpha].mmse or 1)):.2f}" for alpha in ALPHAS
    )
    yield "*bound of two free sinusoids*", "", *bound, ""
    for path in BASELINES.values():
        seconds, errors = 0.0, []
        for alpha in ALPHAS:
            began = time.process_time()
            denoiser = resolve_name(path).fit(known[alpha])
            denoiser(known[alpha].validation.noisy)
            denoised = denoiser(test[alpha].noisy)
            seconds += time.process_time() - began
            errors.append(10 * log10(mse(denoised, test[alpha].clean) / (floors[alpha].mmse or 1)))
        told = describe(denoiser)
        words = (f"{error:.2f}" for error in errors)
        yield told["label"], told["told"], *words, f"{seconds / len(ALPHAS):.2f} s"


if __name__ == "__main__":
    main()
