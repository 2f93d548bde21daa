"""The tables of a study, read from what its stages wrote."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
import pandas as pd
import pyarrow as pa

from denoising.measure.comparison import beside_limits
from denoising.networks.layers import Layer
from denoising.signals.sinusoids import FAMILIES
from denoising.study.results import Study
from tasks.cache.record import Outcome, Output, Record
from tasks.cache.store import Store
from tasks.formats import signals
from tasks.formats.parquet import table_from_parquet

N_SAMPLES = 3

AXES = {"depth": "int64", "alpha": "float64", "seed": "int64", "variant": "str"}
BASELINE_AXES = {"denoiser": "str", "alpha": "float64"}
HISTORY = {"epoch": "int64"} | dict.fromkeys(("train_mse", "validation_mse", "gradient_norm"), "float64")
EXAMPLES = {
    "rule": "str", "percentile": "int64", "signal_id": "int64",
    "clean": "object", "noisy": "object", "denoised": "object",
}  # fmt: skip
SPECTRA = dict.fromkeys(("frequency", "clean", "noise", "removed", "error"), "float64")
PER_SIGNAL = {"signal_id": "int64"} | dict.fromkeys(
    ("f1", "f2", "noisy_mse", "mse", "output_snr_db", "snr_improvement_db", "prd", "cosine_similarity"),
    "float64",
)
SAMPLES = {"alpha": "float64", "signal_id": "int64", "clean": "object", "noisy": "object"}
MEASURED = dict.fromkeys(
    ("validation_mse", "test_mse", "input_snr_db", "output_snr_db", "snr_improvement_db"), "float64"
)
MORE = dict.fromkeys(
    (
        "snr_improvement_over_rescaled_db", "snr_improvement_over_best_gain_db", "db_above_mmse",
        "gap_closed", "prd", "cosine_similarity", "noisy_mse", "test_mse_p10", "test_mse_median",
        "test_mse_p90",
    ),
    "float64",
)  # fmt: skip
BASELINES = BASELINE_AXES | {"label": "str", "parameters": "str"} | MEASURED | MORE
RESULTS = (
    AXES
    | {"n_parameters": "Int64", "epochs": "Int64", "train_mse": "float64"}
    | MEASURED
    | {"train_seconds": "float64", "status": "str"}
    | MORE
    | {
        "best_epoch": "Int64", "best_validation_mse": "float64", "best_test_mse": "float64",
        "latent_size": "Int64", "receptive_field": "Int64", "as_given_test_mse": "float64", "failure": "str",
    }
)  # fmt: skip
LIMITS = {
    **dict.fromkeys(
        (
            "alpha", "noisy_mse", "rescaled_mse", "best_gain_mse", "linear_mmse", "mmse",
            "mmse_standard_error", "crb",
        ),
        "float64",
    ),
    "n_inputs": "int64",
    "prior_variance": "float64",
}  # fmt: skip


class CellOutcome(TypedDict):
    label: str
    axes: dict[str, Any]
    failure: str | None
    trained: Record | None
    evaluated: Record | None


class StudyRecords(TypedDict):
    datasets: list[Record]
    limits: list[Record]
    baselines: list[Record]
    transfers: list[Record]
    cells: list[CellOutcome]


def study_records(outcomes: Mapping[str, Mapping[str, Outcome]]) -> StudyRecords:
    def of(stage: str) -> list[Record]:
        return [o["record"] for o in outcomes.get(stage, {}).values() if o["record"]]

    cells = [
        CellOutcome(
            label=label,
            axes=o["axes"],
            failure=o["failure"],
            trained=outcomes["train"][label]["record"],
            evaluated=o["record"],
        )
        for label, o in outcomes["evaluate"].items()
    ]
    return StudyRecords(
        datasets=of("split"),
        limits=of("limits"),
        baselines=[
            {**o["record"], "ingredients": {"settings": o["axes"] | {"name": o["axes"]["denoiser"]}}}
            for o in outcomes["baseline"].values()
            if o["record"]
        ],
        transfers=of("transfer"),
        cells=cells,
    )


def collect(study: str, settings: Mapping[str, Any], records: StudyRecords, store: Store) -> Study:
    """Read what the stages wrote into the tables of a study."""
    done = finished(records)
    defined = [Measured(axes_of(r), r) for r in records["baselines"] if r["outputs"]]
    history = histories(done, store)
    rows = [result_row(cell, own, store) for cell, own in of_each(done, history)]

    of_depths = {cell.axes["depth"]: cell for cell in done}  # one of each
    limits = table([store.read_json(record["outputs"]["limits"]) for record in records["limits"]], LIMITS)
    baselines = table([one.metrics(store, "denoiser") for one in defined], BASELINES)
    results = table(rows + failed(records), RESULTS).sort_values(list(AXES), ignore_index=True)
    return Study(
        name=study,
        settings=settings,
        x=FAMILIES[settings["signals"]].positions(settings["signal_length"]),
        results=beside_limits(results, limits, baselines),
        history=history,
        limits=limits,
        baselines=beside_limits(baselines, limits, baselines),
        per_signal=parts(done, "per_signal", AXES | PER_SIGNAL, store),
        examples=parts(done, "examples", AXES | EXAMPLES, store),
        spectra=parts(done, "spectra", AXES | SPECTRA, store),
        baseline_signals=parts(defined, "per_signal", BASELINE_AXES | PER_SIGNAL, store),
        baseline_examples=parts(defined, "examples", BASELINE_AXES | EXAMPLES, store),
        baseline_spectra=parts(defined, "spectra", BASELINE_AXES | SPECTRA, store),
        samples=stack([sample_rows(record, store) for record in records["datasets"]], SAMPLES),
        architectures={depth: layers(cell, store) for depth, cell in of_depths.items()},
    )


@dataclass(frozen=True)
class Measured:
    """A denoiser at a noise level, with the record of its evaluation."""

    axes: dict[str, Any]
    evaluated: Record

    def metrics(self, store: Store, *more: str) -> dict[str, Any]:
        """Its axes, its numbers and what more of its files tell."""
        told = [store.read_json(self.evaluated["outputs"][name]) for name in (*more, "metrics")]
        return self.axes | {name: value for values in told for name, value in values.items()}


@dataclass(frozen=True)
class Cell(Measured):
    """A cell, with the record of its training too."""

    trained: Record


def finished(records: StudyRecords) -> list[Cell]:
    """The cells that were trained and measured, by their axes."""
    outcomes = sorted(records["cells"], key=lambda outcome: tuple(outcome["axes"].values()))
    return [
        Cell(outcome["axes"], evaluated, trained)
        for outcome in outcomes
        if (trained := outcome["trained"]) and (evaluated := outcome["evaluated"])
    ]


def failed(records: StudyRecords) -> list[dict[str, Any]]:
    """The rows of those that were not."""
    return [
        {**outcome["axes"], "status": "failed", "failure": outcome["failure"]}
        for outcome in records["cells"]
        if outcome["failure"]
    ]


def axes_of(record: Record) -> dict[str, Any]:
    """The axes of a baseline."""
    settings = record["ingredients"]["settings"]
    return {"denoiser": settings["name"], "alpha": settings["alpha"]}


def result_row(cell: Cell, history: pd.DataFrame, store: Store) -> dict[str, Any]:
    """A cell's row of the results."""
    best = history.iloc[int(history["validation_mse"].to_numpy().argmin())]
    return {
        **cell.metrics(store),
        **cell.trained["values"],
        "epochs": len(history),
        "train_mse": history["train_mse"].iloc[-1],
        "best_epoch": best["epoch"],
        "best_validation_mse": best["validation_mse"],
        "status": "done",
        "failure": None,
    }


def layers(cell: Cell, store: Store) -> list[Layer]:
    """The layers of a cell's network."""
    return [Layer(**layer) for layer in store.read_json(cell.evaluated["outputs"]["architecture"])]


def sample_rows(dataset: Record, store: Store) -> pd.DataFrame:
    """The first training signals of a dataset at its noise level."""
    train = signals.from_parquet(store.read(dataset["outputs"]["train"]))["train"]
    rows = range(min(N_SAMPLES, len(train)))
    return pd.DataFrame(
        {
            "alpha": [dataset["ingredients"]["settings"]["alpha"]] * len(rows),
            "signal_id": train.signal_id[: len(rows)],
            "clean": [train.clean[row] for row in rows],
            "noisy": [train.noisy[row] for row in rows],
        }
    )


def signals_of_all(study: Study) -> pd.DataFrame:
    """The metrics of each test signal for every denoiser; the networks go by the name `autoencoder`."""
    networks = study.per_signal.astype({"depth": "Int64", "seed": "Int64"})
    networks.insert(0, "denoiser", "autoencoder")
    return pd.concat([networks, study.baseline_signals], ignore_index=True)


def parts(measured: Sequence[Measured], name: str, columns: Mapping[str, str], store: Store) -> pd.DataFrame:
    """A part of every evaluation, one below the other."""
    return read_all(measured, [one.evaluated["outputs"][name] for one in measured], columns, store)


def histories(cells: Sequence[Cell], store: Store) -> pd.DataFrame:
    """The history of every training, one below the other."""
    return read_all(cells, [cell.trained["outputs"]["history"] for cell in cells], AXES | HISTORY, store)


def of_each(cells: Sequence[Cell], history: pd.DataFrame) -> Iterator[tuple[Cell, pd.DataFrame]]:
    """Each cell with its own rows of the histories."""
    rows = (rows for _, rows in history.groupby(list(AXES), sort=False))
    return zip(cells, rows, strict=True)


def read_all(
    measured: Sequence[Measured], files: Sequence[Output], columns: Mapping[str, str], store: Store
) -> pd.DataFrame:
    """A Parquet file of each denoiser, one below the other, beside its axes.

    They become one data frame together: for a thousand of them that takes seconds less.
    """
    if not files:
        return table([], columns)
    tables = [table_from_parquet(store.read(file)) for file in files]
    lengths = [len(part) for part in tables]
    axes = {name: np.repeat([one.axes[name] for one in measured], lengths) for name in measured[0].axes}
    rows = pa.concat_tables(tables, promote_options="permissive").replace_schema_metadata().to_pandas()
    return stack([pd.DataFrame({**axes, **rows})], columns)


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Rows as a data frame with exactly these columns and types; what a row lacks is null."""
    return pd.DataFrame(rows, columns=list(columns)).astype(dict(columns))


def stack(frames: Sequence[pd.DataFrame], columns: Mapping[str, str]) -> pd.DataFrame:
    """Tables one below the other, with these columns and types even where there is none."""
    return pd.concat([table([], columns), *frames], ignore_index=True).astype(dict(columns))
