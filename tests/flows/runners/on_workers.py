"""Bodies of stages that tests run on Dask workers, which import them from here."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from denoising.settings import Group
from tasks.cache.record import Made
from tasks.cache.stage import Stage, Step, stage
from tasks.cache.store import Store
from tasks.run.progress import Run
from tasks.run.work import Work, run_logger


@dataclass(frozen=True, eq=False)
class StepOfTests(Step):
    """A step whose code is taken to be that of a stage of the project, since only such code counts."""

    @property
    def code(self) -> tuple[str, ...]:
        return ("tasks.stages.generate",)


@stage("results")
def wait_for_file(_: Group, __: Work, name: str, file: Path) -> Made:
    """Say what it is called, and wait for a file, whether the run is over or not."""
    run_logger().info("%s waits", name)
    while not file.exists():
        time.sleep(0.02)
    return Made({}, {"name": name, "process": os.getpid()})


@stage("results")
def kill(_: Group, __: Work, file: Path) -> Made:
    """Add a line to a file, and kill the worker."""
    with file.open("a") as begun:
        begun.write("begun\n")
    os._exit(1)


def work_of(body: Stage, run: Run) -> Work:
    """What a worker is given to run a body."""
    store = Store(run.folder.parent / "data", run.folder.parent / "artifacts")
    return Work(StepOfTests(body, "x", "alpha=0.2", Group()), store, "artifacts/cells/x", run)
