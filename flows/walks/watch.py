"""Follows a run's trainings and tells whoever observes: the terminal, the Prefect UI."""

import time
from collections.abc import Callable, Iterable, Mapping, Sized
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue

from prefect.futures import PrefectFuture

from tasks.cache.record import Record
from tasks.cache.stage import Step
from tasks.run.progress import Progress, Run

POLL_SECONDS = 0.25
END_SECONDS = 0.02  # by which the end of the last training may be noticed late


@dataclass(frozen=True)
class Trained:
    """A training that ended: from the cache, done now, or failed for a reason."""

    step: Step
    cached: bool
    failed: bool


@dataclass(frozen=True)
class Snapshot:
    """How far a run is."""

    total: int
    ended: list[Trained] = field(default_factory=list)
    running: list[Progress] = field(default_factory=list)
    elapsed: float = 0.0
    seconds_left: float | None = None


Observer = Callable[[Snapshot], None]

# Who else wants to know, for the flow that is called in this context.
observers: ContextVar[tuple[Observer, ...]] = ContextVar("observers", default=())


def watch(futures: Mapping[Step, PrefectFuture[Record]], run: Run, observer: Observer) -> None:
    """Return when every training has ended, telling the observers meanwhile.

    Each look goes through all cells; there are a few a second, however fast cells end.

    Args:
        futures: of the trainings.
        run: where those tell how far they are.
        observer: is told, beside those of this context.
    """
    tell = (observer, *observers.get())
    began = time.monotonic()
    ended: dict[Step, Trained] = {}
    waiting = dict(futures)
    just_ended: SimpleQueue[Step] = SimpleQueue()
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


def note_end(just_ended: "SimpleQueue[Step]", step: Step, _: PrefectFuture[Record]) -> None:
    """Append the step whose future is done."""
    just_ended.put(step)


def wait_for_some(waiting: Sized, just_ended: "SimpleQueue[Step]", seconds: float) -> None:
    """Wait for so long, and no longer than until all have ended."""
    over = time.monotonic() + seconds
    while just_ended.qsize() < len(waiting) and (left := over - time.monotonic()) > 0:
        time.sleep(min(left, END_SECONDS))


def seconds_left(
    waiting: Iterable[Step],
    ended: Mapping[Step, Trained],
    running: list[Progress],
    elapsed: float,
) -> float | None:
    """The time that the remaining epochs will take at the pace so far; None before there is a pace."""
    by_label = {step.label: step.cost for step in waiting}
    under_way = sum(by_label[p.label] * p.epoch / p.epochs for p in running if p.label in by_label)
    trained = sum(e.step.cost for e in ended.values() if not (e.cached or e.failed))
    remaining = sum(by_label.values()) - under_way
    done = trained + under_way
    return elapsed * remaining / done if done else None
