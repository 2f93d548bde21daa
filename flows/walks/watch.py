"""Follows the trainings of a run and reports to observers: the terminal and the Prefect UI."""

import time
from collections.abc import Callable, Iterable, Mapping, Sized
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from prefect.futures import PrefectFuture

from tasks.run.progress import Progress, Run

POLL_SECONDS = 0.25
END_SECONDS = 0.02  # the end of the last training is noticed so late at most


class Watched(Protocol):
    """What is watched: a training, or a recording that is denoised.

    Attributes:
        label: its name in the progress of the run.
        of: its name for people.
        cost: the time that it takes, in arbitrary units.
    """

    @property
    def label(self) -> str: ...

    @property
    def of(self) -> str: ...

    @property
    def cost(self) -> float: ...


W = TypeVar("W", bound=Watched)


@dataclass(frozen=True)
class Trained:
    """A training that has ended: found in the cache, done in this run, or failed."""

    step: Watched
    cached: bool
    failed: bool


@dataclass(frozen=True)
class Snapshot:
    """The progress of a run's trainings.

    Attributes:
        total: number of trainings.
        ended: the trainings that have ended.
        running: the progress of those that are running.
        elapsed: seconds since the run was first watched.
        seconds_left: estimated time to the end of the last training; None if there is no estimate yet.
    """

    total: int
    ended: list[Trained] = field(default_factory=list)
    running: list[Progress] = field(default_factory=list)
    elapsed: float = 0.0
    seconds_left: float | None = None


Observer = Callable[[Snapshot], None]

# Further observers of the flow that is called in this context.
observers: ContextVar[tuple[Observer, ...]] = ContextVar("observers", default=())


def watch(futures: Mapping[W, PrefectFuture[Any]], run: Run, *own: Observer) -> None:
    """Wait until every training has ended, and call the observers meanwhile.

    Each look goes through all cells, so there are only a few per second, however fast cells end.

    Args:
        futures: the futures of the trainings, by step.
        run: the run, which knows the progress of its trainings.
        own: called at every look, as are the `observers` of this context.
    """
    tell = (*own, *observers.get())
    began = time.monotonic()
    ended: dict[W, Trained] = {}
    waiting = dict(futures)
    just_ended: SimpleQueue[W] = SimpleQueue()
    for step, future in futures.items():
        future.add_done_callback(partial(note_end, just_ended, step))
    while True:
        while not just_ended.empty():
            step = just_ended.get()
            ended_future = waiting.pop(step)
            ended_future.wait()
            state = ended_future.state
            ended[step] = Trained(step, cached=state.name == "Cached", failed=not state.is_completed())
        running = run.running()
        elapsed = time.monotonic() - began
        left = seconds_left(waiting, ended, running, elapsed)
        snapshot = Snapshot(len(futures), list(ended.values()), running, elapsed, left)
        for observe in tell:
            observe(snapshot)
        if not waiting:
            return
        wait_for_some(waiting, just_ended, run.look_seconds or POLL_SECONDS)


def note_end(just_ended: "SimpleQueue[W]", step: W, _: PrefectFuture[Any]) -> None:
    """Put a step whose future is done into a queue."""
    just_ended.put(step)


def wait_for_some(waiting: Sized, just_ended: "SimpleQueue[W]", seconds: float) -> None:
    """Wait for some seconds, or until all waiting steps have ended."""
    over = time.monotonic() + seconds
    while just_ended.qsize() < len(waiting) and (left := over - time.monotonic()) > 0:
        time.sleep(min(left, END_SECONDS))


def seconds_left(
    waiting: Iterable[W],
    ended: Mapping[W, Trained],
    running: list[Progress],
    elapsed: float,
) -> float | None:
    """Estimate the seconds to the end of the last training from the pace so far; None if nothing is done."""
    by_label = {step.label: step.cost for step in waiting}
    under_way = sum(by_label[p.label] * p.epoch / p.epochs for p in running if p.label in by_label)
    trained = sum(e.step.cost for e in ended.values() if not (e.cached or e.failed))
    remaining = sum(by_label.values()) - under_way
    done = trained + under_way
    return elapsed * remaining / done if done else None
