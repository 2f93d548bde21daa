"""What the runners share whose bodies run outside of the process of the run."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping

from tasks.cache.files import CancelledError
from tasks.cache.record import Made
from tasks.cache.stage import Input
from tasks.run.work import Work

STOP_SECONDS = 5.0
OVER = "the run is over"


class Elsewhere(ABC):
    """Runs bodies elsewhere, until it is closed.

    Attributes:
        busy: what the bodies run in now, or are known by.
        closed: whether the run is over.
        changed: to be held where these are looked at or changed, and notified of a body's end.
    """

    busy: Collection[object]

    def __init__(self) -> None:
        self.closed = False
        self.changed = threading.Condition()

    @abstractmethod
    def run(self, inputs: Mapping[str, Input], work: Work, code: str) -> Made:
        """Run a body there; see `perform`."""

    @abstractmethod
    def end(self) -> None:
        """End everything there; what is busy is not waited for any more."""

    def require_open(self) -> None:
        """Make sure that the run goes on.

        Raises:
            CancelledError: it is over.
        """
        if self.closed:
            raise CancelledError(OVER)

    def close(self) -> None:
        """Wait some seconds for the bodies that are running, which see that the run is over, then end all."""
        with self.changed:
            self.closed = True
            try:
                self.changed.wait_for(lambda: not self.busy, STOP_SECONDS)
            finally:
                self.end()
