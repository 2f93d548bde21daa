import logging
import pickle
from collections.abc import Iterator
from multiprocessing import Pipe
from typing import Any

import pytest

from tasks.cache.record import Made
from tasks.run import bodies
from tasks.run.bodies import Said, serve
from tasks.run.work import run_logger


class UnsendableError(Exception):
    """An error that cannot be pickled, whatever libraries do to pickle errors."""

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("it cannot be pickled")


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The logger outside a task run, as it was before."""
    found = run_logger()
    assert isinstance(found, logging.Logger)
    level = found.level
    yield found
    found.setLevel(level)
    found.handlers.clear()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Made({}, {"done": True}), Made({}, {"done": True})),
        (PermissionError(13, "Permission denied", "x"), "[Errno 13] Permission denied: 'x'"),
        (UnsendableError("this and that"), "UnsendableError: this and that"),
        (Made({}, {"unsendable": lambda: None}), "lambda"),
    ],
)
def test_a_process_sends_what_a_body_says_and_then_what_it_made_or_why_it_failed(
    given: Any, expected: Any, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def perform(inputs: dict[str, int], work: str, code: str) -> Made:
        assert (inputs, work, code) == ({"x": 1}, "work", "code")
        run_logger().info("epoch %d", 2)
        if isinstance(given, Exception):
            raise given
        return given  # type: ignore[no-any-return]

    monkeypatch.setattr(bodies, "perform", perform)
    ours, theirs = Pipe()
    with ours, theirs:
        serve(theirs, iter([pickle.dumps(({"x": 1}, "work", "code"))]))
        assert pickle.loads(ours.recv_bytes()) == Said(logging.INFO, "epoch 2")
        told = pickle.loads(ours.recv_bytes())
    if isinstance(expected, Made):
        assert told == expected
    else:
        assert isinstance(told, OSError if isinstance(given, OSError) else Exception)
        assert expected in str(told)
        assert "Traceback" in told.__notes__[0]
        assert "in answer_to" in told.__notes__[0], "where it failed, in the other process"
