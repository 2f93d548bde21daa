"""The tables of a study, read from what its stages wrote."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from denoising.measure.comparison import beside_baselines
from denoising.networks.layers import Layer
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
from tasks.cache.record import Outcome, Output, Record
from tasks.cache.store import Store
from tasks.formats import frames, signals
from tasks.formats.parquet import table_from_parquet

N_SAMPLES = 3

Outcomes = Mapping[str, Mapping[str, Outcome]]  # of a study's steps, by their stages and labels


@dataclass(frozen=True)
class Measured:
    """A denoiser at a noise level, with the record of its evaluation.

    Attributes:
        axes: what tells its rows from those of others.
        evaluated: the record.
    """

    axes: dict[str, Any]
    evaluated: Record

    def metrics(self, store: Store, *more: str) -> dict[str, Any]:
        """Return its axes, its numbers and what more of its files tell."""
        told = [store.read_json(self.evaluated["outputs"][name]) for name in (*more, "metrics")]
        return self.axes | {name: value for values in told for name, value in values.items()}


@dataclass(frozen=True)
class FinishedCell(Measured):
    """A cell that was trained and measured.

    Attributes:
        settings: every setting that decided it, and its axes.
        trained: the record of its training.
    """

    settings: dict[str, Any]
    trained: Record


def collect(study: str, settings: Mapping[str, Any], outcomes: Outcomes, store: Store) -> Study:
    """Read what the stages wrote into the tables of a study, but for those of single signals."""
    done = finished(outcomes)
    history = histories(done, store)
    rows = [cell.settings | result_row(cell, own, store) for cell, own in of_each(done, history)]
    limits = table([limits_row(*found, store) for found in made(outcomes, "limits")], LIMITS)
    baselines = table([one.metrics(store, "denoiser") for one in baselines_of(outcomes)], BASELINES)
    results = table(rows + failed(outcomes), RESULTS).sort_values(list(AXES), ignore_index=True)
    transfers = [transfer_rows(*found, store) for found in made(outcomes, "transfer")]
    return Study(
        name=study,
        settings=settings,
        results=beside_baselines(results, baselines),
        history=history,
        limits=limits,
        baselines=beside_baselines(baselines, baselines),
        transfer=stack(transfers, TRANSFER),
    )


def with_signals(study: Study, outcomes: Outcomes, store: Store) -> Study:
    """Add the tables of single signals to a sweep's study."""
    done, defined = finished(outcomes), baselines_of(outcomes)
    networks = {(cell.axes["variant"], cell.axes["depth"]): cell for cell in done}  # one of each design
    return replace(
        study,
        x=positions(study.settings),
        per_signal=parts(done, "per_signal", AXES | PER_SIGNAL, store),
        examples=parts(done, "examples", AXES | EXAMPLES, store),
        spectra=parts(done, "spectra", AXES | SPECTRA, store),
        baseline_signals=parts(defined, "per_signal", OF_BASELINE | PER_SIGNAL, store),
        baseline_examples=parts(defined, "examples", OF_BASELINE | EXAMPLES, store),
        baseline_spectra=parts(defined, "spectra", OF_BASELINE | SPECTRA, store),
        samples=stack([sample_rows(*found, store) for found in made(outcomes, "split")], SAMPLES),
        architectures={design: layers(cell, store) for design, cell in networks.items()},
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


# Outcomes


def made(outcomes: Outcomes, stage: str) -> Iterator[tuple[dict[str, Any], Record]]:
    """Yield the axes and the record of each step of a stage that ended well."""
    for outcome in outcomes.get(stage, {}).values():
        if outcome["record"]:
            yield outcome["axes"], outcome["record"]


def finished(outcomes: Outcomes, axes: Iterable[str] = AXES) -> list[FinishedCell]:
    """Return the cells that were trained and measured, sorted by their axes, which have these names."""
    cells = [
        FinishedCell({name: told["axes"][name] for name in axes}, told["record"], told["axes"], trained)
        for label, told in outcomes["evaluate"].items()
        if told["record"] and (trained := outcomes["train"][label]["record"])
    ]
    return sorted(cells, key=lambda cell: tuple(cell.axes.values()))


def failed(outcomes: Outcomes) -> list[dict[str, Any]]:
    """Return the rows of the cells that failed: their settings and the reason."""
    return [
        {**told["axes"], "status": "failed", "failure": told["failure"]}
        for told in outcomes["evaluate"].values()
        if told["failure"]
    ]


def axes_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what tells a cell from all others of its study."""
    return {name: settings[name] for name in AXES}


def baselines_of(outcomes: Outcomes) -> list[Measured]:
    """Return the denoisers that are no network, where they are defined."""
    return [Measured(axes, record) for axes, record in made(outcomes, "baseline") if record["outputs"]]


# Rows


def result_row(cell: FinishedCell, history: pd.DataFrame, store: Store) -> dict[str, Any]:
    """What was measured of a cell."""
    last, best = history.iloc[-1], history.iloc[int(history["validation_mse"].to_numpy().argmin())]
    return {
        **cell.trained["values"],
        "epochs": len(history),
        "train_mse": last["train_mse"],
        "validation_loss": last["validation_mse"],
        "gradient_norm": last["gradient_norm"],
        "best_epoch": best["epoch"],
        "best_validation_mse": best["validation_mse"],
        "status": "done",
        "failure": None,
        **cell.metrics(store),  # which tell the best validation error of recordings in their own unit
    }


def limits_row(axes: Mapping[str, Any], record: Record, store: Store) -> dict[str, Any]:
    """Return the limits at a noise level, with the settings of the test signals."""
    return {**axes, **store.read_json(record["outputs"]["limits"])}


def transfer_rows(axes: Mapping[str, Any], record: Record, store: Store) -> pd.DataFrame:
    """Return the errors of a network at other noise levels than its own."""
    rows = frames.from_parquet(store.read(record["outputs"]["transfer"]))
    return rows.assign(**axes_of(axes))[list(TRANSFER)]


def sample_rows(
    axes: Mapping[str, Any], dataset: Record, store: Store, columns: Iterable[str] = SAMPLES
) -> pd.DataFrame:
    """Return the first training signals of a dataset at its noise level."""
    train = signals.read_split(dataset["outputs"]["train"], store)
    rows = range(min(N_SAMPLES, len(train)))
    return pd.DataFrame(
        {
            "signal_id": train.signal_id[: len(rows)],
            "clean": [train.clean[row] for row in rows],
            "noisy": [train.noisy[row] for row in rows],
        }
    ).assign(**axes)[list(columns)]


def layers(cell: FinishedCell, store: Store) -> list[Layer]:
    """The layers of a cell's network."""
    return [Layer(**layer) for layer in store.read_json(cell.evaluated["outputs"]["architecture"])]


# Files of many denoisers


def parts(measured: Sequence[Measured], name: str, columns: Columns, store: Store) -> pd.DataFrame:
    """A part of every evaluation, one below the other."""
    return read_all(measured, [one.evaluated["outputs"][name] for one in measured], columns, store)


def histories(cells: Sequence[FinishedCell], store: Store, columns: Columns = HISTORY) -> pd.DataFrame:
    """The history of every training, one below the other."""
    return read_all(cells, [cell.trained["outputs"]["history"] for cell in cells], columns, store)


def of_each(
    cells: Sequence[FinishedCell], history: pd.DataFrame
) -> Iterator[tuple[FinishedCell, pd.DataFrame]]:
    """Each cell with its own rows of the histories."""
    if not cells:
        return zip((), (), strict=True)
    rows = (rows for _, rows in history.groupby(list(cells[0].axes), sort=False))
    return zip(cells, rows, strict=True)


def read_all(
    measured: Sequence[Measured], files: Sequence[Output], columns: Columns, store: Store
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
