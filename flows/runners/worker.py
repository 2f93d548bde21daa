"""What Dask workers run for a study; it imports no Prefect, which they need not have.

What a body says and what becomes of it go to the run as events of Dask, whose order is kept: so lines are
seen while a network trains, and the last event is the answer.
"""

import logging
import pickle
from collections.abc import Iterable, Mapping
from threading import get_ident

import distributed

from tasks.cache.code import code_of
from tasks.cache.key import versions
from tasks.cache.places import place, read
from tasks.cache.record import Made
from tasks.cache.stage import Input
from tasks.run.bodies import Said, answer_to
from tasks.run.work import Work, perform, run_logger

TOPIC = "denoising-autoencoders"  # of all runs, since a scheduler keeps the last events of every topic

CodeOfWorker = dict[tuple[str, ...], tuple[str, dict[str, str]]]  # digest of code and versions, by modules


class ToRun(logging.Handler):
    """Sends what this thread logs to the run, as what the body says whose key this is."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.worker = distributed.get_worker()
        self.thread = get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.send(pickle.dumps(Said(record.levelno, self.format(record))))

    def send(self, content: bytes) -> None:
        """Send a pickled object."""
        self.worker.log_event(TOPIC, (self.key, content))


def work_on(message: bytes) -> None:
    """Run a body, given as the pickled arguments of `perform`, and send what it says and then the answer.

    Dask begins a task again whose worker was killed. A body is not run again: it costs an attempt.
    """
    key = str(distributed.get_worker().get_current_task())

    def run(inputs: Mapping[str, Input], work: Work, code: str) -> Made:
        with work.run.once(key):
            return perform(inputs, work, code)

    logger, to_run = run_logger(), ToRun(key)
    assert isinstance(logger, logging.Logger)
    logger.addHandler(to_run)
    logger.setLevel(logging.DEBUG)  # the run's logger chooses
    try:
        if answer := answer_to(message, run):
            to_run.send(answer)
    finally:
        logger.removeHandler(to_run)


def what_lacks(ours: CodeOfWorker, note: str, content: bytes) -> str | None:
    """Return why a worker's process cannot run a study; None if it can.

    Args:
        ours: the code and library versions of this run.
        note: the full path of a file of the study.
        content: the content of that file.
    """
    if code(tuple(ours)) != ours:
        return (
            "its code or libraries are not those of this run; set it up like this machine and start it again"
        )
    try:
        same = read(place(note)) == content
    except OSError:
        same = False
    if not same:
        return f"it does not see {note}; keep data and artifacts where all machines see them, or in s3://"
    return None


def code(several: Iterable[tuple[str, ...]]) -> CodeOfWorker:
    """Return the digest of this process's code and its library versions, by the modules of each stage."""
    return {modules: (code_of(*modules).digest, versions(*modules)) for modules in several}
