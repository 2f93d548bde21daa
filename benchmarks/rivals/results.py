"""What rivals leave of a study: a table and a figure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Result:
    """What became of a cell: a row of the table, and its validation error after every epoch."""

    depth: int
    alpha: float | None
    seed: int
    test_mse: float
    validation_mse: list[float]


def write(results: Sequence[Result], folder: Path) -> None:
    """Leave the table of the cells and a figure: learning curves, and test errors over the noise level."""
    folder.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame(map(asdict, results)).sort_values(["depth", "alpha", "seed"], ignore_index=True)
    table.drop(columns="validation_mse").to_csv(folder / "results.csv", index=False)
    figure = Figure(figsize=(12, 5), layout="constrained")
    curves, errors = figure.subplots(1, 2)
    for result in results:
        curves.plot(result.validation_mse, label=f"depth {result.depth}, alpha {result.alpha:g}")
    for depth, rows in table.groupby("depth"):
        errors.plot(rows["alpha"], rows["test_mse"], marker="o", label=f"depth {depth}")
    curves.set(xlabel="epoch", ylabel="validation MSE", yscale="log")
    errors.set(xlabel="alpha", ylabel="test MSE", yscale="log")
    curves.legend(fontsize="x-small", ncols=2)
    errors.legend()
    figure.savefig(folder / "errors.png", dpi=150)
