"""The tables of the verdict, read from what the stages of the controlled study wrote."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from denoising.verdict.design import DESIGNS, arms
from denoising.verdict.evidence import Evidence
from tasks.cache.record import Record
from tasks.cache.store import Store
from tasks.formats import frames
from tasks.gather.probe import TABLES, probe
from tasks.gather.tables import (
    AXES,
    LIMITS,
    Cell,
    StudyRecords,
    failed,
    finished,
    histories,
    of_each,
    result_row,
    stack,
    table,
)

RESULTS = (
    AXES
    | {"signals": "str"}
    | dict.fromkeys(("n_parameters", "latent_size", "receptive_field", "epochs"), "Int64")
    | dict.fromkeys(
        (
            "train_loss", "validation_loss", "gradient_norm", "validation_mse", "test_mse",
            "as_given_test_mse", "noisy_mse", "train_seconds",
        ),
        "float64",
    )
    | {"status": "str", "failure": "str"}
)  # fmt: skip
OF_FAMILY = {"signals": "str"}
BASELINES = (
    OF_FAMILY
    | {"denoiser": "str", "alpha": "float64", "label": "str"}
    | dict.fromkeys(("validation_mse", "test_mse"), "float64")
)
TRANSFER = AXES | dict.fromkeys(("tested_alpha", "test_mse", "rescaled_test_mse"), "float64")


def gather(study: str, settings: Mapping[str, Any], records: StudyRecords, store: Store) -> Evidence:
    """Read what the stages wrote into the tables of the controlled study, and look at its best networks.

    Args:
        study: its name.
        settings: what it is made from: `preset`, `base` and `arms`.
        records: what its stages left.
        store: where that lies.
    """
    design, base = DESIGNS[settings["preset"]], settings["base"]
    families = {arm.variant: arm.changes.get("signals", base["signals"]) for arm in arms(design, base)}
    done = finished(records)
    history = histories(done, store)
    rows = [row(cell, own, store) for cell, own in of_each(done, history)]
    results = table(rows + failed(records), RESULTS).sort_values(list(AXES), ignore_index=True)
    evidence = Evidence(
        name=study,
        settings=settings,
        design=design,
        results=results.assign(signals=results["variant"].map(families)),
        history=history,
        limits=table(
            [family_of(r) | store.read_json(r["outputs"]["limits"]) for r in records["limits"]],
            OF_FAMILY | LIMITS,
        ),
        baselines=table([baseline(r, store) for r in records["baselines"] if r["outputs"]], BASELINES),
        transfer=stack([transfer(r, records, store) for r in records["transfers"]], TRANSFER),
        **{name: table([], columns) for name, columns in TABLES.items()},
    )
    return probe(evidence, records, store)


def row(cell: Cell, history: pd.DataFrame, store: Store) -> dict[str, Any]:
    """A cell's row of the results."""
    last = history.iloc[-1]
    losses: dict[str, Any] = {
        "train_loss": last["train_mse"],
        "validation_loss": last["validation_mse"],
        "gradient_norm": last["gradient_norm"],
    }
    return result_row(cell, history, store) | losses


def family_of(record: Record) -> dict[str, Any]:
    """The family of signals that a record is of."""
    return {"signals": record["ingredients"]["settings"]["signals"]}


def baseline(record: Record, store: Store) -> dict[str, Any]:
    """A baseline's row."""
    settings, files = record["ingredients"]["settings"], record["outputs"]
    told: dict[str, Any] = store.read_json(files["denoiser"]) | store.read_json(files["metrics"])
    return family_of(record) | {"denoiser": settings["name"], "alpha": settings["alpha"]} | told


def transfer(record: Record, records: StudyRecords, store: Store) -> pd.DataFrame:
    """The rows of a network at other noise levels than its own."""
    label = record["key"].split("/")[1]
    [axes] = [outcome["axes"] for outcome in records["cells"] if outcome["label"] == label]
    rows = frames.from_parquet(store.read(record["outputs"]["transfer"]))
    return rows.assign(**axes)[list(TRANSFER)]
