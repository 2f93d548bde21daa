"""Evidence made of plausible numbers, without any training."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from denoising.signals.settings import SourceName
from denoising.verdict.cells import SYNTHETIC
from denoising.verdict.design import BASE, BLIND, DESIGNS, REPAIRED, SIGNALS, Arm, Design, arms, parted
from denoising.verdict.evidence import Evidence

Cell = tuple[str, int, float, int]  # variant, depth, alpha, seed
Errors = Callable[[str, int, float, int], float]

ORIGINAL = {"learning_rate": 7.5e-4, "epochs": 50, "n_signals": 3000, "batch_size": 32, "channels": 4}
SHAPE = {"n_test": 1000, "signal_length": 256, "stride": 2}
OF_CELL = {"signals": "pictures", "objective": "denoising", "blind": False, "n_signals": 3000}
REASON = "FloatingPointError: the loss is not finite at epoch 3"
SPREAD_DB = 0.2  # of a cell's error over the seeds
EPOCHS = 6
LINEAR, BAYES = 0.2, 0.02  # times the best gain's error
MEASURED = (
    "n_parameters", "latent_size", "receptive_field", "epochs", "train_mse", "validation_loss",
    "gradient_norm", "validation_mse", "test_mse", "as_given_test_mse", "noisy_mse", "train_seconds",
)  # fmt: skip
# The denoisers that are no network: what they are called, what they are told, their error in the best gain's.
OTHERS: Mapping[str, tuple[str, str, float]] = {
    "best_gain": ("best gain", "clean examples", 1.0),
    "wavelet": ("wavelet shrinkage", "noise level, clean examples", 0.4),
    "noisy_pca": ("PCA of the noisy signals", "noise level, noisy examples", 0.25),
    "noisy_linear": ("linear filter of noisy signals", "noise level, noisy examples", 0.22),
    "fitted_linear": ("fitted linear filter", "noise level, clean examples", LINEAR),
    "linear_mmse": ("linear MMSE (Wiener)", "noise level, prior", LINEAR),
    "bayes": ("Bayes (posterior mean)", "noise level, form, prior", BAYES),
}


def study_arms(design: Design) -> Iterator[Arm]:
    """The arms of the study."""
    return arms(design, ORIGINAL)


def gain(alpha: float) -> float:
    """The best gain's error at any noise level."""
    s = alpha / (1 - alpha)
    return s**2 / (1 + s**2)


def wobble(variant: str, depth: int, alpha: float, seed: int, spread_db: float = SPREAD_DB) -> float:
    """A factor that differs from cell to cell by about a spread in dB."""
    key = [sum(variant.encode()), depth, round(1000 * alpha), seed]
    return float(10 ** (spread_db * np.random.default_rng(key).standard_normal() / 10))


def plausible(variant: str, depth: int, alpha: float, seed: int) -> float:
    """Errors as they may turn out: deeper is worse unless the network is repaired."""
    own, _ = parted(variant)
    share = {1: 0.2, 2: 0.12, 4: 0.2, 6: 0.6, 8: 1.2}[depth]
    if own.startswith((REPAIRED, "strong")):
        share = {2: 0.09, 4: 0.06, 6: 0.045, 8: 0.04}[depth]
    elif own == "skips":
        share = 0.1
    elif "latent_axis" in own or "linear" in own:
        share = 0.15 + (2 / int(own.rpartition("_")[2]) ** 0.5 if "axis" in own else 0)
        share = share * 1.6 if own.startswith("plain") else share
    elif own.startswith("plain"):
        share = 1.6
    elif own in ("normalisation", "one_cycle", "budget", "rate_times_10"):
        share *= 0.5
    return share * gain(alpha) * wobble(variant, depth, alpha, seed)


def make_evidence(
    test_mse: Errors = plausible,
    design: Design = DESIGNS["default"],
    failed: Collection[Cell] | None = (),
    transfer: Callable[[Cell, float], float] | None = None,
    others: Mapping[str, float] | None = None,
) -> Evidence:
    """Evidence with these errors, in which these cells failed (None: all of them); see `probed` for more.

    Args:
        transfer: the error of a cell as given at another noise level; left out, twice as bad for each tenth
            of alpha.
        others: the errors of denoisers that are no network, in the best gain's, instead of those in `OTHERS`.
    """
    every = list(study_arms(design))
    cells: dict[Cell, Arm] = {
        (arm.variant, depth, alpha, seed): arm
        for arm in every
        for depth in arm.depths
        for alpha in arm.alphas
        for seed in arm.seeds
    }
    lost = set(cells) if failed is None else set(failed)
    rows = [
        {**result_row(cell, test_mse(*cell)), **OF_CELL, **settings_of(arm)}
        if cell not in lost
        else failed_row(cell)
        for cell, arm in cells.items()
    ]
    done = [cell for cell in cells if cell not in lost]
    levels = sorted({*design.alphas, *design.levels})
    elsewhere = transfer or (lambda cell, tested: test_mse(*cell) * 2 ** (10 * abs(tested - cell[2])))
    sources = [c for c in done if c[1] == 2 and c[0] in (BASE, BLIND)]
    places = [(signals, alpha, seed) for signals in SIGNALS for alpha in levels for seed in design.seeds]
    return Evidence(
        name="verdict-1a2b3c4d",
        settings={
            "preset": "default",
            "base": {**ORIGINAL, **SHAPE},
            "arms": [
                [a.variant, list(a.depths), list(a.alphas), list(a.seeds), dict(a.changes)] for a in every
            ],
        },
        design=design,
        results=pd.DataFrame(rows),
        history=frame(
            [row for cell in done if cell[0] == BASE for row in history_rows(cell, test_mse(*cell))],
            (*AXES, "epoch", "train_mse", "validation_mse", "gradient_norm"),
        ),
        limits=pd.DataFrame([limits_row(s, alpha) for s in SYNTHETIC for alpha in levels]),
        baselines=pd.DataFrame(
            [
                baseline_row(name, *place, share)
                for name, share in {**{n: s for n, (*_, s) in OTHERS.items()}, **(others or {})}.items()
                for place in places
                if place[0] != "ecg" or name not in ("linear_mmse", "bayes")
            ]
        ),
        transfer=frame(
            [transfer_row(cell, level, elsewhere(cell, level)) for cell in sources for level in levels],
            (*AXES, "tested_alpha", "test_mse", "rescaled_test_mse"),
        ),
    )


def settings_of(arm: Arm) -> dict[str, Any]:
    """What an arm changes of the settings that its rows tell."""
    return {name: value for name, value in arm.changes.items() if name in OF_CELL}


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
    return {**dict(zip(AXES, cell, strict=True)), **known}


def failed_row(cell: Cell) -> dict[str, Any]:
    """The row of a failed cell."""
    lost = {**dict.fromkeys((*MEASURED, *OF_CELL)), "status": "failed", "failure": REASON}
    return {**dict(zip(AXES, cell, strict=True)), **lost}


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
        "mmse_standard_error": 1e-4, "crb": 0.01 * gain(alpha), "n_inputs": 1000, "prior_variance": 1.0,
    }  # fmt: skip


def baseline_row(name: str, signals: SourceName, alpha: float, seed: int, share: float) -> dict[str, Any]:
    """The row of a denoiser that is no network."""
    label, told, _ = OTHERS[name]
    mse = share * gain(alpha)
    return {
        "signals": signals, "denoiser": name, "alpha": alpha, "data_seed": seed, "n_signals": 3000,
        "label": label, "told": told, "validation_mse": mse, "test_mse": mse,
    }  # fmt: skip


def transfer_row(cell: Cell, tested: float, mse: float) -> dict[str, Any]:
    """A cell's errors at another noise level."""
    axes = dict(zip(AXES, cell, strict=True))
    return {**axes, "tested_alpha": tested, "test_mse": mse, "rescaled_test_mse": 0.9 * mse}
