"""What holds for every test."""

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import torch
from prefect.testing.utilities import prefect_test_harness
from threadpoolctl import threadpool_limits

import denoising.figures.drawing
from denoising.networks.training import Training
from flows.server.embedded import ENVIRONMENT
from tests.flows.deployed import Deployed
from tests.flows.sweeps import WHOLE, Sweeps

hypothesis.settings.register_profile("project", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("project")


# A script that begins the tests with & lets them ignore Ctrl-C, and so would the commands that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail a run in which a test is skipped")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put whole programs first and arrays last: no worker then ends with a long test, alone."""
    order = {"flows": 1, "browser": 1, "denoising": 2, "tasks": 2}
    items.sort(key=lambda item: order.get(item.path.relative_to(Path(__file__).parent).parts[0], 0))


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")  # none in a worker of pytest-xdist
    if reporter and session.config.getoption("--no-skips") and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """As in the stages: beside the other workers of the tests, more threads only wait for each other."""
    torch.set_num_threads(1)
    with threadpool_limits(1, "blas"):
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[None]:
    """One Prefect server, with a database of its own, for all tests of flows; it records as ours does."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ENVIRONMENT.items():
            if "TASK_RUN_RECORDER" in name:
                environment.setenv(name, value)
        with prefect_test_harness(server_startup_timeout=180):
            environment.undo()
            yield


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """What `docs/prefect-ui.md` sets up, for all tests that try the Prefect UI."""
    made = Deployed(tmp_path_factory.mktemp("deployed") / "home")
    try:
        made.set_up()
        yield made
    finally:
        made.stop()


@pytest.fixture
def sweeps(server: None, tmp_path: Path) -> Sweeps:
    return Sweeps(tmp_path)


@pytest.fixture(scope="session")
def finished(server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of a sweep that has been run; nobody may change them."""
    folder = tmp_path_factory.mktemp("finished")
    assert Sweeps(folder).ran() == WHOLE
    return folder


@pytest.fixture
def done(sweeps: Sweeps, finished: Path) -> Sweeps:
    """A sweep that has been run."""
    shutil.copytree(finished, sweeps.folder, dirs_exist_ok=True, symlinks=True)
    return sweeps


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture is drawn, which takes most of a small sweep's time; for tests of what runs."""
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" />'
    monkeypatch.setattr("denoising.report.inline.to_svg", lambda *_, **__: picture)
    for draw in ("to_svg", "to_png", "preview"):
        monkeypatch.setattr(denoising.figures.drawing, draw, lambda _: picture)


@pytest.fixture
def break_training(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Exception], list[int]]:
    """Let the training of one depth fail; returns the list of depths whose training was begun."""
    import denoising.networks.training

    def make(depth: int, error: Exception) -> list[int]:
        begun: list[int] = []

        def failing(model: Any, *arguments: Any) -> Any:
            begun.append(len(model.encoder))
            if len(model.encoder) == depth:
                raise error
            return Training(model, *arguments)

        monkeypatch.setattr(denoising.networks.training, "Training", failing)
        return begun

    return make
