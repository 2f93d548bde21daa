"""How long it takes to find the limits of a noise level.

python -m benchmarks.limits [ROUNDS]

Times the limits of the default dataset, on one core, for both families of signals at noise levels from 0.05
to 0.95, and prints the median of a few rounds beside the standard error that it buys.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import platform
import sys
import time
from statistics import median

from denoising.signals.settings import DatasetSettings
from denoising.signals.sinusoids import FAMILIES
from denoising.theory.limits import limits
from tasks.run.facts import processor

ALPHAS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def main(rounds: int) -> None:
    """Print the table."""
    print("| signals | alpha | median | noisy signals | standard error |\n|---|---:|---:|---:|---:|")
    for settings in (DatasetSettings.model_validate({"signals": name}) for name in FAMILIES):
        limits(settings, 0.5)  # what is imported and laid out once
        for alpha in ALPHAS:
            seconds = []
            for _ in range(rounds):
                began = time.process_time()
                found = limits(settings, alpha)
                seconds.append(time.process_time() - began)
            share = (found.mmse_standard_error or 0) / (found.mmse or 1)
            numbers = f"{median(seconds):.2f} s | {found.n_inputs:,} | {share:.2%}"
            print(f"| {settings.signals} | {alpha:g} | {numbers} |")
    print(f"\n{rounds} rounds on one core, {processor()}, Python {platform.python_version()}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
