"""What is to be denoised, with what, and whether that can be done: looked at before anything is written."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from denoising.addresses import is_remote
from denoising.models.loading import model_of, models_at, together
from denoising.models.model import Model
from denoising.models.model_file import FOLDER, SUFFIX, ModelError
from denoising.models.recorded_channels import Use, usable_channels
from denoising.recordings.finding import digested, named
from denoising.recordings.remote import local
from denoising.recordings.settings import RecordingError, RecordingFile
from tasks.batch.job import SIDECAR, InTheWayError, Job, note_in
from tasks.batch.targets import named_within, obstacles_to, unfit
from tasks.cache.places import read
from tasks.cache.store import Store
from tasks.gather.from_folder import StudyError, name_of

PAGE = "denoised.html"


class BatchError(ValueError):
    """A batch cannot be denoised. Each of the lines says why and what to do."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


@dataclass(frozen=True)
class Request:
    """What is to be denoised, with what, and where the results go.

    Attributes:
        files: paths of recordings, folders or patterns.
        store: where studies are.
        study: the name of one, or `latest`.
        model: the path of a model's file, in place of a study; empty if there is none.
        use: how recordings are denoised.
        output_dir: the folder for the denoised files; empty to put each beside its recording.
        suffix: what is put behind the name of each, before its extension.
        force: whether other files there are to be replaced.
    """

    files: tuple[str, ...]
    store: Store
    study: str
    model: str
    use: Use
    output_dir: str
    suffix: str
    force: bool


@dataclass(frozen=True)
class Batch:
    """Recordings to denoise.

    Attributes:
        jobs: the recordings, and where the denoised ones go.
        done: those of them that are there already.
        models: the denoisers to choose from.
        study: whose they are; empty if they are of none.
        n_left_out: how many files were left out because they are denoised ones.
    """

    jobs: tuple[Job, ...]
    done: frozenset[Job]
    models: tuple[Model, ...]
    study: str
    n_left_out: int

    @property
    def folder(self) -> Path:
        """The folder that holds all denoised files, also in folders below it."""
        return Path(os.path.commonpath([job.target.parent for job in self.jobs]))

    @property
    def page(self) -> Path:
        """The page that shows the files before and after."""
        return self.folder / PAGE

    @property
    def shows(self) -> str:
        """What tells the page of these files, as they are denoised, from that of others."""
        told = [[str(job.target), job.made_from] for job in self.jobs]
        return sha256(json.dumps(told).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return {
            "study": self.study or None,
            "models": [
                {"level": m.card.level, "denoiser": m.card.label, "digest": m.digest} for m in self.models
            ],
            "files": [
                {"input": job.source.path, "output": str(job.target), "status": self.status(job)}
                for job in self.jobs
            ],
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines of the plan."""
        yield f"{self.study or 'model file'}: {'; '.join(model.card.words for model in self.models)}"
        for job in self.jobs:
            yield f"{self.status(job):7}  {job.of} -> {job.target}"
        if self.n_left_out:
            yield f"left out because they are denoised already: {self.n_left_out} files"

    def status(self, job: Job) -> str:
        """Return whether a denoised file is there."""
        return "done" if job in self.done else "missing"


def batch_of(request: Request) -> Batch:
    """Look through recordings that are to be denoised.

    Raises:
        BatchError: something is in the way.
    """
    study, models = models_of(request.store, request.study, request.model)
    try:
        every = named(request.files)
    except RecordingError as error:
        raise BatchError([f"files {error}"]) from error
    found = [file for file in every if note_in(Path(file.path + SIDECAR)) is None]
    if not found:
        raise BatchError([f"files {' '.join(request.files)}: all are denoised files already; give others"])
    digests = tuple(model.digest for model in models)
    jobs, problems = [], []
    for file in named_within(request.files, found):
        try:
            target = target_of(file, request)
            if why := unfit(target):
                raise BatchError([why])
            whole = digested(file)
            use = needed(whole, models[0].card.rate, request.use)
            jobs.append(Job(whole, target, use, digests, study, local(file.path).stat().st_size))
        except (RecordingError, BatchError) as error:
            problems.append(str(error))
    problems += obstacles_to(jobs)
    if problems:
        raise BatchError(problems)
    done = set()
    for job in () if request.force else jobs:
        try:
            if job.is_done():
                done.add(job)
        except InTheWayError as error:
            problems.append(str(error))
    if problems:
        raise BatchError(problems)
    return Batch(tuple(jobs), frozenset(done), models, study, len(every) - len(found))


@lru_cache(maxsize=4096)
def needed(file: RecordingFile, rate: float | None, use: Use) -> Use:
    """Return what of the settings decides how a recording is denoised: no rate that it tells itself.

    It is looked through once for each content: the command and the flow that it calls both plan.

    Raises:
        RecordingError: it cannot be denoised.
    """
    channels, _ = usable_channels(file, rate, use)
    return replace(use, rate=None) if all(channel.tells_rate for channel in channels) else use


def target_of(file: RecordingFile, request: Request) -> Path:
    """Return where the denoised recording goes.

    Raises:
        BatchError: it has to be told.
    """
    output_dir, suffix = request.output_dir, request.suffix
    if not output_dir and is_remote(file.path):
        raise BatchError([f"output_dir: give a folder of this machine for what comes from {file.path}"])
    path = Path(output_dir) / file.name if output_dir else Path(file.path)
    return path.with_name(f"{path.stem}{suffix}{path.suffix}")


def models_of(store: Store, study: str, path: str) -> tuple[str, tuple[Model, ...]]:
    """Return the name of a study and its denoisers, or no name and that in a file.

    Args:
        store: where studies are.
        study: its name, or `latest`.
        path: of a model's file, in place of a study; empty if there is none.

    Raises:
        BatchError: there is none.
    """
    try:
        if path:
            return "", models_at(Path(path))
        name = name_of(store, study)
        return name, of_study(store, name)
    except (ModelError, StudyError) as error:
        raise BatchError([str(error)]) from error
    except OSError as error:
        raise BatchError([f"{error.filename}: it cannot be read ({error.strerror})"]) from error


def of_study(store: Store, study: str) -> tuple[Model, ...]:
    """Return the denoisers of a study, the one for the strongest noise first.

    Raises:
        ModelError: there is none.
    """
    folder = store.artifacts / study / FOLDER
    try:
        found = [model_of(read(file), str(file), at_once=False) for file in folder.glob(f"*{SUFFIX}")]
    except OSError as error:
        raise ModelError(f"{error.filename}: it cannot be read ({error.strerror})") from error
    if not found:
        raise ModelError(
            f"study {study}: it has no finished denoiser; run its sweep again, or choose another study"
        )
    return together(found, f"study {study}")
