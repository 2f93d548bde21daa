"""The tables of a study, read from what its stages wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from denoising.architecture import Layer
from denoising.signals import FAMILIES
from denoising.study import Study
from tasks.records import Outcome, Record
from tasks.store import Store

N_SAMPLES = 3

AXES = {"depth": "int64", "alpha": "float64", "seed": "int64", "variant": "str"}
HISTORY = AXES | {"epoch": "int64", "train_mse": "float64", "validation_mse": "float64"}
EXAMPLES = AXES | {
    "rule": "str", "percentile": "int64", "signal_id": "int64",
    "clean": "object", "noisy": "object", "denoised": "object",
}  # fmt: skip
SAMPLES = {"alpha": "float64", "signal_id": "int64", "clean": "object", "noisy": "object"}
RESULTS = AXES | {
    "n_parameters": "Int64", "epochs": "Int64",
    "train_mse": "float64", "validation_mse": "float64", "test_mse": "float64",
    "input_snr_db": "float64", "output_snr_db": "float64", "snr_improvement_db": "float64",
    "train_seconds": "float64", "status": "str",
    "noisy_mse": "float64",
    "test_mse_p10": "float64", "test_mse_median": "float64", "test_mse_p90": "float64",
    "best_epoch": "Int64", "best_validation_mse": "float64", "best_test_mse": "float64", "failure": "str",
}  # fmt: skip


def collect(
    study: str,
    settings: Mapping[str, Any],
    datasets: Sequence[Record],
    outcomes: Sequence[Outcome],
    store: Store,
) -> Study:
    """Read what the stages wrote into the tables of a study."""
    ordered = sorted(outcomes, key=lambda outcome: tuple(outcome["axes"].values()))
    done = [
        Finished(outcome["axes"], trained, evaluated)
        for outcome in ordered
        if (trained := outcome["trained"]) and (evaluated := outcome["evaluated"])
    ]
    failed = [{**o["axes"], "status": "failed", "failure": o["failure"]} for o in ordered if o["failure"]]
    histories = [cell.frame(store.read_frame(cell.trained["outputs"]["history"])) for cell in done]
    examples = [cell.frame(store.read_frame(cell.evaluated["outputs"]["examples"])) for cell in done]
    rows = [result_row(cell, history, store) for cell, history in zip(done, histories, strict=True)]
    return Study(
        name=study,
        settings=settings,
        x=FAMILIES[settings["signals"]].positions(settings["signal_length"]),
        results=table(rows + failed, RESULTS).sort_values(list(AXES), ignore_index=True),
        history=stack(histories, HISTORY),
        examples=stack(examples, EXAMPLES),
        samples=stack([sample_rows(record, store) for record in datasets], SAMPLES),
        architectures={cell.axes["depth"]: layers(cell, store) for cell in done},
    )


@dataclass(frozen=True)
class Finished:
    """A cell with the records of its stages."""

    axes: dict[str, Any]
    trained: Record
    evaluated: Record

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A table of this cell, with the cell's axes as its first columns."""
        return pd.DataFrame({**{name: [value] * len(frame) for name, value in self.axes.items()}, **frame})


def result_row(cell: Finished, history: pd.DataFrame, store: Store) -> dict[str, Any]:
    """A cell's row of the results."""
    best = history.iloc[int(history["validation_mse"].to_numpy().argmin())]
    return {
        **cell.axes,
        **store.read_json(cell.evaluated["outputs"]["metrics"]),
        **cell.trained["values"],
        "epochs": len(history),
        "train_mse": history["train_mse"].iloc[-1],
        "best_epoch": best["epoch"],
        "best_validation_mse": best["validation_mse"],
        "status": "done",
        "failure": None,
    }


def layers(cell: Finished, store: Store) -> list[Layer]:
    """The layers of a cell's network."""
    return [Layer(**layer) for layer in store.read_json(cell.evaluated["outputs"]["architecture"])]


def sample_rows(dataset: Record, store: Store) -> pd.DataFrame:
    """The first training signals of a dataset at its noise level."""
    train = store.read_signals(dataset["outputs"]["train"])["train"]
    rows = range(min(N_SAMPLES, len(train)))
    return pd.DataFrame(
        {
            "alpha": [dataset["ingredients"]["settings"]["alpha"]] * len(rows),
            "signal_id": train.signal_id[: len(rows)],
            "clean": [train.clean[row] for row in rows],
            "noisy": [train.noisy[row] for row in rows],
        }
    )


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Rows as a data frame with exactly these columns and types; what a row lacks is null."""
    return pd.DataFrame(rows, columns=list(columns)).astype(dict(columns))


def stack(frames: Sequence[pd.DataFrame], columns: Mapping[str, str]) -> pd.DataFrame:
    """Tables one below the other, with these columns and types even where there is none."""
    return pd.concat([table([], columns), *frames], ignore_index=True).astype(dict(columns))
