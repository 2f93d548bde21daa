"""How often the verdict's intervals cover, beside Student's, where some trainings are stuck on a plateau.

Differences of a contrast are drawn as a normal spread of 0.3 dB, of which a share lies 15 dB higher: runs
that are stuck. An interval is of as many seeds as the default design has. By itself it is to cover its
median, and Student's its mean, with 95%. Those of a whole study are to cover all medians at once with 95%;
half of its contrasts share their stuck runs.
"""

import numpy as np
from scipy.stats import norm, t

from denoising.verdict.contrasts import FAMILY_WISE, rank
from denoising.verdict.design import DESIGNS

N_CONTRASTS = 148
TRIALS = 20_000
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4)
SPREAD, PLATEAU = 0.3, 15.0  # dB


def draw(generator: np.random.Generator, share: float, *shape: int) -> np.ndarray:
    """Differences whose true median is 0, stuck with a chance; the last axis is that of the seeds."""
    stuck = generator.random(shape) < share
    stuck[..., : shape[-2] // 2, :] = stuck[..., :1, :]  # contrasts with the same network share its fate
    return SPREAD * (generator.standard_normal(shape) - norm.ppf(0.5 / (1 - share))) + PLATEAU * stuck


def main() -> None:
    """Print a table."""
    n = len(DESIGNS["default"].seeds)
    single, joint = rank(n), rank(n, N_CONTRASTS)
    generator = np.random.default_rng(0)
    print(f"{n} seeds, {N_CONTRASTS} contrasts, {TRIALS:,} trials, nominal {1 - FAMILY_WISE:.0%}")
    print("stuck  Student, mean  median, one interval  all intervals at once  Student's all at once")
    for share in SHARES:
        mean = SPREAD * -norm.ppf(0.5 / (1 - share)) + PLATEAU * share
        singly = draw(generator, share, TRIALS, 2, n)[:, 1]
        student = covers(*student_interval(singly, FAMILY_WISE), mean).mean()
        ordered = np.sort(singly, axis=-1)
        median = covers(ordered[:, single - 1], ordered[:, -single], 0).mean()
        together, students = [], []
        for _ in range(TRIALS // 100):
            values = draw(generator, share, 10, N_CONTRASTS, n)
            ordered = np.sort(values, axis=-1)
            together.append(covers(ordered[..., joint - 1], ordered[..., -joint], 0).all(axis=1).mean())
            low, high = student_interval(values, FAMILY_WISE / N_CONTRASTS)
            students.append(covers(low, high, mean).all(axis=1).mean())
        row = (student, median, float(np.mean(together)), float(np.mean(students)))
        print(
            f"{share:5.1f}"
            + "".join(f"{value:>{w}.3f}" for value, w in zip(row, (15, 22, 23, 23), strict=True))
        )


def student_interval(values: np.ndarray, miss: float) -> tuple[np.ndarray, np.ndarray]:
    """Student's interval of the mean, which misses it with this chance where values are normal."""
    n = values.shape[-1]
    mean, error = values.mean(axis=-1), values.std(axis=-1, ddof=1) / n**0.5
    margin = t.ppf(1 - miss / 2, n - 1) * error
    return mean - margin, mean + margin


def covers(low: np.ndarray, high: np.ndarray, value: float) -> np.ndarray:
    """Whether each interval holds the value."""
    return (low <= value) & (value <= high)


if __name__ == "__main__":
    main()
