"""Processes of this machine that run the bodies of stages."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar

from flows.runners.elsewhere import OVER, Elsewhere
from tasks.cache.files import CancelledError
from tasks.cache.record import Made
from tasks.cache.stage import Input, Step
from tasks.run.bodies import Bodies
from tasks.run.child import KilledError
from tasks.run.work import Work


class Processes(Elsewhere):
    """Processes that run the bodies of stages; a process that dies affects no other and is replaced.

    Args:
        number: how many are started ahead; more are when they are needed.
        codes: the modules of each stage, which those import meanwhile.
    """

    def __init__(self, number: int = 0, codes: Iterable[tuple[str, ...]] = ()) -> None:
        super().__init__()
        self.idle = [Bodies() for _ in range(number)]
        self.busy: set[Bodies] = set()
        for process in self.idle:
            process.prepare([*codes])

    def run(self, inputs: Mapping[str, Input], work: Work, code: str) -> Made:
        """Run a stage's body in an idle process, or in a new one; see `perform`.

        Raises:
            KilledError: the process was killed.
            CancelledError: the processes are closed.
        """
        with self.changed:
            self.require_open()
            process = self.idle.pop() if self.idle else Bodies()
            self.busy.add(process)
        answered = False  # else its answer may still come, and be taken for that of the next body
        try:
            answer = process.perform(inputs, work, code)
            answered = True
        except KilledError as error:
            if self.closed:
                raise CancelledError(OVER) from error
            raise KilledError(
                "the process it ran in was killed, perhaps because the machine ran out of memory; "
                "if it happens again, use fewer workers"
            ) from error
        finally:
            with self.changed:
                self.busy.remove(process)
                if answered:
                    self.idle.append(process)
                self.changed.notify()
            if not answered:
                process.end()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        """End every process; those that are busy are killed."""
        for process in (*self.idle, *self.busy):
            process.end()


chosen: ContextVar[Processes | None] = ContextVar("chosen", default=None)


@contextlib.contextmanager
def processes_for(steps: Sequence[Step], workers: int) -> Iterator[Processes]:
    """Yield processes for the steps that a run has to do, of which some are started ahead if there are any.

    A command enters this before it imports Prefect. Its flow finds the same in `chosen`.
    """
    trainings = sum(step.cost > 0 for step in steps)
    ahead = min(workers, max(trainings, 1 if steps else 0))
    pool = Processes(ahead, dict.fromkeys(step.code for step in steps))
    token = chosen.set(pool)
    try:
        yield pool
    finally:
        chosen.reset(token)
        pool.close()
