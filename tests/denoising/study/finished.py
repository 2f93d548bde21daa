"""Finished studies with known errors, as they are read to be compared."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from denoising.study.results import Study
from denoising.study.schema import BASELINES, HISTORY, LIMITS, PER_SIGNAL, RESULTS, table
from flows.settings.kinds import deciding
from flows.settings.sweep_settings import Settings

Cell = tuple[int, float, int]  # depth, alpha, seed


def finished(errors: Mapping[Cell, float], variant: str = "base", **given: Any) -> Study:
    """A study whose cells have these test errors; a cell whose error is nan has failed.

    Args:
        errors: test MSE of each cell.
        variant: the name of their variant.
        given: settings that are not the default's.
    """
    depths, alphas, seeds = (sorted(set(axis)) for axis in zip(*errors, strict=True))
    settings = Settings(depths=depths, alphas=alphas, seeds=seeds, **given)
    told = {name: getattr(settings, name) for name in settings.deciding}
    dataset = settings.compared[0].dataset.folder
    rows = []
    for (depth, alpha, seed), mse in errors.items():
        level = f"alpha={alpha:g}"
        axes = {"depth": depth, "alpha": alpha, "seed": seed, "variant": variant, "level": level}
        done = not np.isnan(mse)
        numbers = {"test_mse": mse, "noisy_mse": 2 * alpha**2, "db_above_mmse": 10 * np.log10(mse / 1e-4)}
        known = {**told, "dataset": dataset, "status": "done" if done else "failed"}
        rows.append({**axes, **known, **(numbers if done else {})})
    limits = [
        {
            "alpha": alpha, "dataset": dataset, "noisy_mse": 2 * alpha**2, "linear_mmse": 1e-3, "mmse": 1e-4,
            "prior_variance": 1.0, "n_inputs": 1000, "crb": 1e-4, "crb_free": 2e-4,
        }
        for alpha in alphas
    ]  # fmt: skip
    return Study(
        name=settings.study,
        settings=deciding(settings.parameters),
        results=table(rows, RESULTS),
        history=table([], HISTORY),
        limits=table(limits, LIMITS),
        baselines=table([], BASELINES),
        per_signal=table([], PER_SIGNAL),
    )


def recorded(errors: Sequence[float], epochs: int) -> Study:
    """A study of recordings whose seeds have these errors."""
    axes = {"depth": 2, "variant": "base", "level": "snr=5", "snr": 5.0}
    known = {"noisy_mse": 1.0, "epochs": epochs, "status": "done"}
    rows = [{**axes, **known, "seed": seed, "test_mse": mse} for seed, mse in enumerate(errors)]
    return Study(
        name="recordings-01234567", settings={"snr": [5.0], "epochs": epochs}, results=table(rows, RESULTS),
        history=table([], HISTORY), limits=table([], LIMITS), baselines=pd.DataFrame(),
        per_signal=pd.DataFrame(),
    )  # fmt: skip
