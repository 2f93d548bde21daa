"""A sweep in threads of this process that notes when its flow began and when the body of each stage ran.

python -m benchmarks.noted NOTES [OPTIONS OF THE SWEEP]

Leaves the notes as JSON; `note_sweep` runs this command and reads them. Times are those of the system's
monotonic clock, which all processes share.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.contest import Environment, folders_in, run_command, settings_of
from flows.settings.study_settings import PROJECT
from flows.settings.sweep_settings import Settings
from tasks.cache.record import Made
from tasks.cache.stage import Input
from tasks.run.work import Work, execute, perform


@dataclass(frozen=True)
class Body:
    """The body of a stage that ran.

    Attributes:
        began, ended: from when to when.
        cpu_seconds: of its thread.
        idle_before, idle_after: idle seconds of this machine's cores until then, all added up.
    """

    stage: str
    began: float
    ended: float
    cpu_seconds: float
    idle_before: float
    idle_after: float

    @property
    def seconds(self) -> float:
        """What it took."""
        return self.ended - self.began


@dataclass(frozen=True)
class Notes:
    """What was noted of a sweep: when its process began, its flow, every stage's body, and when all ended."""

    began: float
    flow_began: float
    bodies: list[Body]
    ended: float

    def of(self, *stages: str) -> list[Body]:
        """The bodies of some stages."""
        return [body for body in self.bodies if body.stage in stages]


def note_sweep(folder: Path, options: Sequence[str], environment: Environment) -> Notes:
    """Run a sweep over a folder, in a process of its own; what was noted."""
    notes = folder / "notes.json"
    threads = ["--runner", "threads"]  # of which each knows the CPU time of its bodies
    command = [sys.executable, "-m", "benchmarks.noted", str(notes), *options, *threads, *folders_in(folder)]
    began = time.monotonic()
    run_command(command, PROJECT, environment)
    ended = time.monotonic()
    flow_began, bodies = json.loads(notes.read_bytes())
    return Notes(began, flow_began, [Body(**body) for body in bodies], ended)


def run_noted(settings: Settings) -> tuple[float, list[Body]]:
    """Run a sweep here, on the Prefect server that is configured; when its flow began, and its bodies.

    Raises:
        RuntimeError: it did not end well.
    """
    from flows.study import sweep
    from flows.terminal.launch import launch

    bodies: list[Body] = []
    flows_began: list[float] = []

    def note(inputs: Mapping[str, Input], work: Work, code: str) -> Made:
        began, cpu_seconds, idle = time.monotonic(), time.thread_time(), psutil.cpu_times().idle
        made = perform(inputs, work, code)
        cpu_seconds = time.thread_time() - cpu_seconds
        stage = work.step.stage.name
        bodies.append(Body(stage, began, time.monotonic(), cpu_seconds, idle, psutil.cpu_times().idle))
        return made

    sweep.on_running(lambda *_: flows_began.append(time.monotonic()))
    token = execute.set(note)
    try:
        status = launch(settings)
    finally:
        execute.reset(token)
    if status:
        raise RuntimeError(f"the sweep ended with {status}")
    return flows_began[0], bodies


def main(notes: Path, options: Sequence[str]) -> None:
    """Run the sweep and leave the notes."""
    flow_began, bodies = run_noted(settings_of(options))
    notes.write_text(json.dumps([flow_began, list(map(asdict, bodies))]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
