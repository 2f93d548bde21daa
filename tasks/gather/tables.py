"""The tables of a study, read from what its stages wrote."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from denoising.measure.comparison import beside_limits
from denoising.networks.layers import Layer
from denoising.study.cell import BASE
from denoising.study.results import Study, positions
from denoising.study.schema import (
    AXES,
    BASELINES,
    DATASET,
    EXAMPLES,
    HISTORY,
    LIMITS,
    OF_BASELINE,
    PER_SIGNAL,
    RESULTS,
    SAMPLES,
    SPECTRA,
    TRANSFER,
    Columns,
    stack,
    table,
)
from tasks.cache.record import Output, Record, StudyRecords
from tasks.cache.store import Store

N_SAMPLES = 3

Datasets = Mapping[tuple[str, str], Mapping[str, Any]]  # settings, by the digests of two of their files


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
class FinishedCell(Measured):
    """A cell, with the record of its training too."""

    trained: Record

    def settings(self, datasets: Datasets) -> dict[str, Any]:
        """Every setting that decided it."""
        signals = self.trained["ingredients"]["inputs"] | self.evaluated["ingredients"]["inputs"]
        return {**self.trained["ingredients"]["settings"], **dataset_with(signals, datasets)}


def collect(study: str, settings: Mapping[str, Any], records: StudyRecords, store: Store) -> Study:
    """Read what the stages wrote into the tables of a study, those of single signals apart."""
    datasets, done = datasets_of(records), finished(records)
    history = histories(done, store)
    rows = [cell.settings(datasets) | result_row(cell, own, store) for cell, own in of_each(done, history)]
    limits = table([limits_row(record, store) for record in records["limits"]], LIMITS)
    defined = baselines_of(records, datasets)
    baselines = table([one.metrics(store, "denoiser") for one in defined], BASELINES)
    results = table(rows + failed(records), RESULTS).sort_values(list(AXES), ignore_index=True)
    transfers = [transfer_rows(record, records, store) for record in records["transfers"]]
    return Study(
        name=study,
        settings=settings,
        variants=tuple(dict.fromkeys(outcome["axes"]["variant"] for outcome in records["cells"])) or (BASE,),
        results=beside_limits(results, limits, baselines),
        history=history,
        limits=limits,
        baselines=beside_limits(baselines, limits, baselines),
        transfer=stack(transfers, TRANSFER),
    )


def with_signals(study: Study, records: StudyRecords, store: Store) -> Study:
    """A sweep's study with the tables of single signals."""
    done, defined = finished(records), baselines_of(records, datasets_of(records))
    of_depths = {cell.axes["depth"]: cell for cell in done}  # one of each
    return replace(
        study,
        x=positions(study.settings),
        per_signal=parts(done, "per_signal", AXES | PER_SIGNAL, store),
        examples=parts(done, "examples", AXES | EXAMPLES, store),
        spectra=parts(done, "spectra", AXES | SPECTRA, store),
        baseline_signals=parts(defined, "per_signal", OF_BASELINE | PER_SIGNAL, store),
        baseline_examples=parts(defined, "examples", OF_BASELINE | EXAMPLES, store),
        baseline_spectra=parts(defined, "spectra", OF_BASELINE | SPECTRA, store),
        samples=stack([sample_rows(record, store) for record in records["datasets"]], SAMPLES),
        architectures={depth: layers(cell, store) for depth, cell in of_depths.items()},
    )


def signals_of_all(study: Study) -> pd.DataFrame:
    """The metrics of each test signal for every denoiser; the networks go by the name `autoencoder`.

    Beside these, the family of the signals and whichever other settings of the dataset differ between cells.
    """
    networks = study.per_signal.astype({"depth": "Int64", "seed": "Int64"})
    networks.insert(0, "denoiser", "autoencoder")
    alike = [
        name for name in DATASET if name != "signals" and len(study.results[name].dropna().unique()) <= 1
    ]
    datasets = study.results[[*AXES, *DATASET]].drop(columns=alike)
    others = study.baseline_signals.drop(columns=alike)
    return pd.concat([networks.merge(datasets, on=list(AXES)), others], ignore_index=True)


# Records


def datasets_of(records: StudyRecords) -> Datasets:
    """The settings of each dataset, by the digests of its signals to train and to test on."""
    return {
        (record["outputs"]["train"]["sha256"], record["outputs"]["test"]["sha256"]): settings_of(record)
        for record in records["datasets"]
    }


def settings_of(record: Record) -> dict[str, Any]:
    """The settings of its dataset that a record tells."""
    settings = record["ingredients"]["settings"]
    return {name: settings[name] for name in DATASET if name in settings}


def dataset_with(inputs: Mapping[str, str], datasets: Datasets) -> Mapping[str, Any]:
    """The settings of the dataset whose signals these inputs are; none where its record is lost."""
    return datasets.get((inputs["train"], inputs["test"]), {})


def finished(records: StudyRecords) -> list[FinishedCell]:
    """The cells that were trained and measured, by their axes."""
    outcomes = sorted(records["cells"], key=lambda outcome: tuple(outcome["axes"].values()))
    return [
        FinishedCell(outcome["axes"], evaluated, trained)
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


def baselines_of(records: StudyRecords, datasets: Datasets) -> list[Measured]:
    """The denoisers that are no network, where they are defined."""
    defined = [record for record in records["baselines"] if record["outputs"]]
    return [Measured(baseline_axes(record["ingredients"], datasets), record) for record in defined]


def baseline_axes(ingredients: Mapping[str, Any], datasets: Datasets) -> dict[str, Any]:
    """What a baseline's rows are of: see `OF_BASELINE`."""
    settings = ingredients["settings"]
    axes = {"denoiser": settings["name"], "alpha": settings["alpha"]}
    return axes | dict.fromkeys(DATASET) | dict(dataset_with(ingredients["inputs"], datasets))


# Rows


def result_row(cell: FinishedCell, history: pd.DataFrame, store: Store) -> dict[str, Any]:
    """What was measured of a cell."""
    last, best = history.iloc[-1], history.iloc[int(history["validation_mse"].to_numpy().argmin())]
    return {
        **cell.metrics(store),
        **cell.trained["values"],
        "epochs": len(history),
        "train_mse": last["train_mse"],
        "validation_loss": last["validation_mse"],
        "gradient_norm": last["gradient_norm"],
        "best_epoch": best["epoch"],
        "best_validation_mse": best["validation_mse"],
        "status": "done",
        "failure": None,
    }


def limits_row(record: Record, store: Store) -> dict[str, Any]:
    """The limits at a noise level, with the settings of the test signals."""
    return {**settings_of(record), **store.read_json(record["outputs"]["limits"])}


def transfer_rows(record: Record, records: StudyRecords, store: Store) -> pd.DataFrame:
    """The rows of a network at other noise levels than its own."""
    label = record["key"].split("/")[1]
    [axes] = [outcome["axes"] for outcome in records["cells"] if outcome["label"] == label]
    rows = store.read_frame(record["outputs"]["transfer"])
    return rows.assign(**axes)[list(TRANSFER)]


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
    ).assign(**settings_of(dataset))


def layers(cell: FinishedCell, store: Store) -> list[Layer]:
    """The layers of a cell's network."""
    return [Layer(**layer) for layer in store.read_json(cell.evaluated["outputs"]["architecture"])]


# Files of many denoisers


def parts(measured: Sequence[Measured], name: str, columns: Columns, store: Store) -> pd.DataFrame:
    """A part of every evaluation, one below the other."""
    return read_all(measured, [one.evaluated["outputs"][name] for one in measured], columns, store)


def histories(cells: Sequence[FinishedCell], store: Store) -> pd.DataFrame:
    """The history of every training, one below the other."""
    return read_all(cells, [cell.trained["outputs"]["history"] for cell in cells], HISTORY, store)


def of_each(
    cells: Sequence[FinishedCell], history: pd.DataFrame
) -> Iterator[tuple[FinishedCell, pd.DataFrame]]:
    """Each cell with its own rows of the histories."""
    rows = (rows for _, rows in history.groupby(list(AXES), sort=False))
    return zip(cells, rows, strict=True)


def read_all(
    measured: Sequence[Measured], files: Sequence[Output], columns: Columns, store: Store
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
