"""Evidence made of plausible numbers, without any training."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from denoising.verdict.design import (
    BASE,
    BLIND,
    DESIGNS,
    FORMULA,
    RECIPE,
    SHORT_RECIPE_FORMULA,
    WIDE_RECIPE_FORMULA,
    Arm,
    Design,
    arms,
)
from denoising.verdict.evidence import Evidence

Cell = tuple[str, int, float, int]  # variant, depth, alpha, seed
Errors = Callable[[str, int, float, int], float]

ORIGINAL = {"learning_rate": 7.5e-4, "epochs": 50, "n_signals": 3000, "batch_size": 32}
SHAPE = {"n_test": 1000, "signal_length": 256, "channels": 4, "stride": 2}
REASON = "FloatingPointError: the loss is not finite at epoch 3"
SPREAD_DB = 0.2  # of a cell's error over the seeds
EPOCHS = 6
LINEAR, BAYES = 0.2, 0.02  # times the best gain's error
MEASURED = (
    "n_parameters", "latent_size", "receptive_field", "epochs", "train_mse", "validation_loss",
    "gradient_norm", "validation_mse", "test_mse", "as_given_test_mse", "noisy_mse", "train_seconds",
)  # fmt: skip
LABELS = {
    "best_gain": "best gain", "wavelet": "wavelet shrinkage", "free_sinusoids": "two free sinusoids",
    "least_squares": "least-squares fit", "linear_mmse": "linear MMSE (Wiener)",
    "bayes": "Bayes (posterior mean)",
}  # fmt: skip
SHARES = {
    "best_gain": 1.0, "wavelet": 0.4, "free_sinusoids": 0.03, "least_squares": 0.011, "linear_mmse": LINEAR,
    "bayes": BAYES,
}  # fmt: skip
BEYOND = {
    "free_sinusoids": "number of sinusoids",
    "least_squares": "form",
    "linear_mmse": "prior",
    "bayes": "prior",
}
FORMULAS = (FORMULA, SHORT_RECIPE_FORMULA, WIDE_RECIPE_FORMULA)


def study_arms(design: Design) -> Iterator[Arm]:
    """The arms of the study."""
    return arms(design, ORIGINAL)


def gain(alpha: float) -> float:
    """The best gain's error at any noise level."""
    s = alpha / (1 - alpha)
    return s**2 / (1 + s**2)


def signals_of(variant: str) -> str:
    """The family of signals of a variant."""
    return "formula" if variant in FORMULAS else "pictures"


def wobble(variant: str, depth: int, alpha: float, seed: int, spread_db: float = SPREAD_DB) -> float:
    """A factor that differs from cell to cell by about a spread in dB."""
    key = [sum(variant.encode()), depth, round(1000 * alpha), seed]
    return float(10 ** (spread_db * np.random.default_rng(key).standard_normal() / 10))


def plausible(variant: str, depth: int, alpha: float, seed: int) -> float:
    """Errors as they may turn out: deeper is worse unless the optimisation is good."""
    share = {2: 0.12, 4: 0.2, 6: 0.6, 8: 1.2}[depth]
    if variant.startswith(RECIPE):
        share = {2: 0.09, 4: 0.06, 6: 0.045, 8: 0.04}[depth] * (
            1 if variant in (RECIPE, SHORT_RECIPE_FORMULA) else 2
        )
    elif variant == "skips":
        share = 0.1
    elif "latent_axis" in variant:
        share = 0.1 + 2 / int(variant.rpartition("_")[2]) ** 0.5
        share = share * 2 if variant.startswith("plain") else share
    elif variant in ("plain", "plain_on_clean"):
        share = 1.6
    elif variant in ("normalisation", "one_cycle", "budget", "rate_times_10"):
        share *= 0.5
    return share * gain(alpha) * wobble(variant, depth, alpha, seed)


def make_evidence(
    test_mse: Errors = plausible,
    design: Design = DESIGNS["default"],
    failed: Collection[Cell] | None = (),
    transfer: Callable[[Cell, float], float] | None = None,
) -> Evidence:
    """Evidence with these errors, in which these cells failed (None: all of them); see `probed` for more.

    Args:
        transfer: the error of a cell as given at another noise level; left out, twice as bad for each tenth
            of alpha.
    """
    cells: list[Cell] = [
        (arm.variant, depth, alpha, seed)
        for arm in study_arms(design)
        for depth in arm.depths
        for alpha in arm.alphas
        for seed in arm.seeds
    ]
    lost = set(cells) if failed is None else set(failed)
    rows = [failed_row(cell) if cell in lost else result_row(cell, test_mse(*cell)) for cell in cells]
    done = [cell for cell in cells if cell not in lost]
    levels = sorted({*design.alphas, *design.levels})
    elsewhere = transfer or (lambda cell, tested: test_mse(*cell) * 2 ** (10 * abs(tested - cell[2])))
    sources = [c for c in done if c[1] == 2 and c[0] in (BASE, BLIND) and c[3] in design.seeds]
    return Evidence(
        name="verdict-1a2b3c4d",
        settings={"preset": "default", "base": {**ORIGINAL, **SHAPE}, "arms": []},
        design=design,
        results=pd.DataFrame(rows),
        history=frame(
            [row for cell in done if cell[0] == BASE for row in history_rows(cell, test_mse(*cell))],
            (*AXES, "epoch", "train_mse", "validation_mse", "gradient_norm"),
        ),
        limits=pd.DataFrame([limits_row(s, alpha) for s in ("pictures", "formula") for alpha in levels]),
        baselines=pd.DataFrame(
            [baseline_row(n, s, a) for n in SHARES for s in ("pictures", "formula") for a in levels]
        ),
        transfer=frame(
            [transfer_row(cell, level, elsewhere(cell, level)) for cell in sources for level in levels],
            (*AXES, "tested_alpha", "test_mse", "rescaled_test_mse"),
        ),
    )


AXES = ("variant", "depth", "alpha", "seed")


def noisier(evidence: Evidence, spread_db: float) -> Evidence:
    """The evidence with much more spread over the seeds, of networks and of where they are tested."""

    def scaled(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
        cells = zip(*(table[name] for name in AXES), strict=True)
        factors = np.array([wobble(v, d, a, s, spread_db) for v, d, a, s in cells])
        return table.assign(**{name: table[name] * factors for name in names})

    return replace(
        evidence,
        results=scaled(evidence.results, ["test_mse"]),
        transfer=scaled(evidence.transfer, ["test_mse", "rescaled_test_mse"]),
    )


def frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows as a table that has its columns even when empty."""
    return pd.DataFrame(rows, columns=list(columns))


def result_row(cell: Cell, mse: float) -> dict[str, Any]:
    """The row of a finished cell."""
    _, depth, alpha, _ = cell
    known = {
        "n_parameters": 800 * depth, "latent_size": 4096 // 2**depth, "receptive_field": 2 ** (depth + 2),
        "epochs": EPOCHS, "train_mse": 0.9 * mse, "validation_loss": mse, "gradient_norm": 0.1 / depth,
        "validation_mse": mse, "test_mse": mse, "as_given_test_mse": 1.1 * mse, "noisy_mse": 2 * alpha**2,
        "train_seconds": 3.0, "status": "done", "failure": None,
    }  # fmt: skip
    return {**dict(zip(AXES, cell, strict=True)), "signals": signals_of(cell[0]), **known}


def failed_row(cell: Cell) -> dict[str, Any]:
    """The row of a failed cell."""
    lost = {**dict.fromkeys(MEASURED), "status": "failed", "failure": REASON}
    return {**dict(zip(AXES, cell, strict=True)), "signals": None, **lost}


def history_rows(cell: Cell, mse: float) -> list[dict[str, Any]]:
    """Losses that fall to the final error."""
    return [
        {
            **dict(zip(AXES, cell, strict=True)), "epoch": epoch, "train_mse": mse * (EPOCHS - epoch) ** 0.5,
            "validation_mse": 1.1 * mse * (EPOCHS - epoch) ** 0.5, "gradient_norm": 1 / (1 + epoch) / cell[1],
        }
        for epoch in range(EPOCHS)
    ]  # fmt: skip


def limits_row(signals: str, alpha: float) -> dict[str, Any]:
    """Plausible limits for clean signals of variance 1."""
    return {
        "signals": signals, "alpha": alpha, "noisy_mse": 2 * alpha**2, "rescaled_mse": 1.0,
        "best_gain_mse": gain(alpha), "linear_mmse": LINEAR * gain(alpha), "mmse": BAYES * gain(alpha),
        "mmse_standard_error": 1e-4, "crb": 0.01 * gain(alpha), "crb_free": 0.03 * gain(alpha),
        "n_inputs": 1000, "prior_variance": 1.0,
    }  # fmt: skip


def baseline_row(name: str, signals: str, alpha: float) -> dict[str, Any]:
    """The row of a denoiser that is no network."""
    mse = SHARES[name] * gain(alpha)
    axes = {"signals": signals, "denoiser": name, "alpha": alpha, "label": LABELS[name]}
    told = f"noise level, {BEYOND.get(name, 'clean examples')}"
    return {**axes, "told": told, "validation_mse": mse, "test_mse": mse}


def transfer_row(cell: Cell, tested: float, mse: float) -> dict[str, Any]:
    """A cell's errors at another noise level."""
    axes = dict(zip(AXES, cell, strict=True))
    return {**axes, "tested_alpha": tested, "test_mse": mse, "rescaled_test_mse": 0.9 * mse}
