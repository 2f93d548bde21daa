"""The key of a stage: what decides its result, and nothing else.

A key is made from the stage's own settings (only those it reads), the content digests of its inputs, a
fingerprint of the code it can reach and the versions of the libraries that decide its numbers. Everything
that asks "is this done?" asks with a key from here.
"""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Literal, get_args

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from tasks.cache.record import FORMAT, Made, Record, StudyRecords
from tasks.fingerprint import Fingerprint, fingerprints

SweepStage = Literal["generate", "split", "limits", "baseline", "train", "evaluate", "report"]
Stage = Literal[SweepStage, "transfer", "verdict"]
STAGES: tuple[Stage, ...] = get_args(Stage)
UPSTREAM: dict[Stage, tuple[Stage, ...]] = {
    "generate": (),
    "split": ("generate",),
    "limits": (),
    "baseline": ("split",),
    "train": ("split",),
    "evaluate": ("split", "train"),
    "report": ("split", "limits", "baseline", "train", "evaluate"),
    "transfer": ("split", "train"),
    "verdict": ("limits", "baseline", "train", "evaluate", "transfer"),
}  # what each stage reads what was made by
FUNCTIONS: dict[Stage, str] = {stage: f"tasks.stages.{stage}.{stage}" for stage in STAGES}


@dataclass(frozen=True)
class Key:
    """The name under which a stage's result is kept, and what it was made from."""

    stage: Stage
    name: str
    ingredients: dict[str, Any]

    @property
    def digest(self) -> str:
        """16 hex digits that depend on every ingredient."""
        return digest(self.ingredients)[:16]

    @property
    def folder(self) -> str:
        """A folder for what one run of the stage makes, of its own."""
        return f"artifacts/cells/{self.name}/{self.stage}-{self.digest}"

    def record(self, made: Made) -> Record:
        """The record of what the stage made."""
        return Record(
            format=FORMAT,
            key=str(self),
            ingredients=self.ingredients,
            definitions=code_of(self.stage).definitions,
            outputs=made.outputs,
            values=made.values,
        )

    def __str__(self) -> str:
        return f"{self.stage}/{self.name}/{self.digest}"


def digest(value: Any) -> str:
    """The SHA-256 of a JSON value, whatever the order of its names."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, allow_nan=False).encode()).hexdigest()


def make_key(stage: Stage, name: str, settings: Mapping[str, Any], inputs: Mapping[str, str]) -> Key:
    """The key of one run of a stage: `inputs` are content digests by name."""
    ingredients = {
        "settings": dict(settings),
        "inputs": dict(inputs),
        "code": code_of(stage).digest,
        "versions": versions(stage),
    }
    return Key(stage, name, ingredients)


def code_of(stage: Stage) -> Fingerprint:
    """The code that a stage can reach."""
    return code_of_all()[FUNCTIONS[stage]]


@cache
def code_of_all() -> dict[str, Fingerprint]:
    """The code that the stages can reach, by their functions; as it was when it was first asked for."""
    return fingerprints(FUNCTIONS.values())


@cache
def versions(stage: Stage) -> dict[str, str]:
    """The versions of Python and of the libraries that a stage uses."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **{library: version(library) for library in code_of(stage).libraries}}


def dataset_name(dataset: DatasetSettings) -> str:
    """The folder of a dataset: its family, its size and 8 hex digits of its settings."""
    return f"{dataset.signals}-n{dataset.n_signals}-{digest(dataset.model_dump())[:8]}"


def generate_key(dataset: DatasetSettings, alpha: float) -> Key:
    """The key of generating a dataset at one noise level."""
    settings = {**dataset.model_dump(), "alpha": alpha}
    return make_key("generate", f"{dataset.signals},alpha={alpha:g}", settings, {})


def split_key(dataset: DatasetSettings, alpha: float, generated: Record) -> Key:
    """The key of splitting a dataset at one noise level."""
    settings = {**dataset.model_dump(), "alpha": alpha}
    return make_key("split", f"{dataset.signals},alpha={alpha:g}", settings, digests(generated, "signals"))


def limits_key(dataset: DatasetSettings, alpha: float) -> Key:
    """The key of the limits at a noise level, which are those of the test signals."""
    settings = {**dataset.model_dump(exclude={"n_signals"}), "alpha": alpha}
    return make_key("limits", f"{dataset.signals},alpha={alpha:g}", settings, {})


def baseline_key(name: str, dataset: DatasetSettings, alpha: float, data: Record) -> Key:
    """The key of tuning and measuring a baseline at a noise level."""
    settings = {"name": name, "signals": dataset.signals, "alpha": alpha}
    inputs = digests(data, "train", "validation", "test")
    return make_key("baseline", f"{dataset.signals},alpha={alpha:g},{name}", settings, inputs)


def train_key(cell: Cell, network: NetworkSettings, training: TrainingSettings, dataset: Record) -> Key:
    """The key of training a cell; of its dataset it reads the signals to train and validate on."""
    settings = {
        **(source_of(dataset) if training.reads_source else {}),
        "depth": cell.depth,
        "seed": cell.seed,
        "variant": cell.variant,
        **network.model_dump(),
        **training.model_dump(),
    }
    return make_key("train", cell.label, settings, digests(dataset, "train", "validation"))


def source_of(dataset: Record) -> dict[str, Any]:
    """The settings that a dataset's signals were drawn with, but for how many they are."""
    settings = dataset["ingredients"]["settings"]
    return {name: settings[name] for name in ("signals", "signal_length", "data_seed")}


def evaluate_key(cell: Cell, training: TrainingSettings, dataset: Record, trained: Record) -> Key:
    """The key of evaluating a cell."""
    inputs = digests(dataset, "validation", "test") | digests(trained, "network", "last", "best")
    return make_key("evaluate", cell.label, of_denoiser(cell, training), inputs)


def transfer_key(cell: Cell, training: TrainingSettings, tested: Sequence[Record], trained: Record) -> Key:
    """The key of testing a cell's network at the noise levels of some datasets."""
    inputs = {f"alpha={alpha_of(dataset):g}": dataset["outputs"]["test"]["sha256"] for dataset in tested}
    inputs |= digests(trained, "network", "last")
    return make_key("transfer", cell.label, of_denoiser(cell, training), inputs)


def of_denoiser(cell: Cell, training: TrainingSettings) -> dict[str, Any]:
    """The settings that make a denoiser of a cell's network."""
    return {"device": training.device, "objective": training.objective, "alpha": cell.alpha}


def alpha_of(dataset: Record) -> float:
    """The noise level of a dataset."""
    alpha: float = dataset["ingredients"]["settings"]["alpha"]
    return alpha


def report_key(study: str, settings: Mapping[str, Any], records: StudyRecords) -> Key:
    """The key of a study's report, which depends on every result and on every failure."""
    samples = {
        without_digest(record["key"]): record["outputs"]["train"]["sha256"] for record in records["datasets"]
    }
    settings = {**settings, "failures": failures(records)}
    return make_key("report", study, settings, results_of(records) | samples)


def verdict_key(study: str, settings: Mapping[str, Any], records: StudyRecords) -> Key:
    """The key of the verdict's report, which depends on every result and on every failure."""
    return make_key("verdict", study, {**settings, "failures": failures(records)}, results_of(records))


def results_of(records: StudyRecords) -> dict[str, str]:
    """The content digests of all results of a study, by what they are of."""
    results = [
        *records["limits"],
        *records["baselines"],
        *records["transfers"],
        *(r for cell in records["cells"] for r in (cell["trained"], cell["evaluated"]) if r is not None),
    ]
    return {
        f"{without_digest(record['key'])}/{name}": sha256
        for record in results
        for name, sha256 in digests(record, *record["outputs"]).items()
    }


def failures(records: StudyRecords) -> dict[str, str]:
    """Why cells failed, by their labels."""
    return {cell["label"]: cell["failure"] for cell in records["cells"] if cell["failure"]}


def digests(record: Record, *names: str) -> dict[str, str]:
    """The content digests of some of a record's files, by name."""
    return {name: record["outputs"][name]["sha256"] for name in names}


def without_digest(key: str) -> str:
    """What a key is of: its stage and name."""
    return key.rpartition("/")[0]
