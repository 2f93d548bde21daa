"""The tables of a study, read from what its stages wrote."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from denoising.measure.comparison import beside_limits
from denoising.networks.layers import Layer
from denoising.signals.sinusoids import FAMILIES
from denoising.study.results import Study
from tasks.cache.record import Output, Record, StudyRecords
from tasks.cache.store import Store
from tasks.gather.datasets import Datasets, name_of

N_SAMPLES = 3

AXES = {"depth": "int64", "alpha": "float64", "seed": "int64", "variant": "str"}
BASELINE_AXES = {"denoiser": "str", "alpha": "float64"}
DATASET = {"dataset": "str"}
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
SAMPLES = {"alpha": "float64", "signal_id": "int64", "clean": "object", "noisy": "object"} | DATASET
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


def collect(study: str, settings: Mapping[str, Any], records: StudyRecords, store: Store) -> Study:
    """Read what the stages wrote into the tables of a study."""
    done = finished(records)
    datasets = Datasets.of(records, settings)
    defined = [
        Measured(axes_of(r) | {"dataset": datasets.behind(r, r)}, r)
        for r in records["baselines"]
        if r["outputs"]
    ]
    history = histories(done, store)
    rows = [
        result_row(cell, own, store) | {"dataset": datasets.behind(cell.trained, cell.evaluated)}
        for cell, own in of_each(done, history)
    ]
    networks = {(cell.axes["variant"], cell.axes["depth"]): cell for cell in done}  # one of each
    limits = table(
        [
            store.read_json(record["outputs"]["limits"]) | {"dataset": name}
            for record in records["limits"]
            for name in datasets.limited_by(record)
        ],
        LIMITS | DATASET,
    )
    baselines = table([one.metrics(store, "denoiser") for one in defined], BASELINES | DATASET)
    results = table(rows + failed(records), RESULTS | DATASET).sort_values(list(AXES), ignore_index=True)
    results = results.assign(dataset=datasets.with_failed(results))
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
        baseline_signals=parts(defined, "per_signal", BASELINE_AXES | PER_SIGNAL | DATASET, store),
        baseline_examples=parts(defined, "examples", BASELINE_AXES | EXAMPLES | DATASET, store),
        baseline_spectra=parts(defined, "spectra", BASELINE_AXES | SPECTRA | DATASET, store),
        samples=stack([sample_rows(record, store) for record in records["datasets"]], SAMPLES),
        architectures={where: layers(cell, store) for where, cell in networks.items()},
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
    train = store.read_signals(dataset["outputs"]["train"])["train"]
    rows = range(min(N_SAMPLES, len(train)))
    return pd.DataFrame(
        {
            "dataset": name_of(dataset),
            "alpha": [dataset["ingredients"]["settings"]["alpha"]] * len(rows),
            "signal_id": train.signal_id[: len(rows)],
            "clean": [train.clean[row] for row in rows],
            "noisy": [train.noisy[row] for row in rows],
        }
    )


def signals_of_all(study: Study) -> pd.DataFrame:
    """The metrics of each test signal for every denoiser; the networks go by the name `autoencoder`."""
    of_variants = study.results.groupby("variant")["dataset"].first()
    networks = study.per_signal.astype({"depth": "Int64", "seed": "Int64"})
    networks = networks.assign(dataset=networks["variant"].map(of_variants))
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
    tables = [store.read_table(file) for file in files]
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
