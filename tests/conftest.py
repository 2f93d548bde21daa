"""What holds for every test."""

import gc
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import torch
from filelock import FileLock
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness
from threadpoolctl import threadpool_limits
from xdist.scheduler import LoadFileScheduling

import denoising.figures.drawing
from denoising.networks.training import Training
from flows.server.embedded import ENVIRONMENT
from tasks.run.garbage import look_seldom
from tests.flows.deployed import Deployed
from tests.flows.sweeps import WHOLE, Sweeps

# The files whose tests share a server, deployments and a worker, which take long to set up.
DEPLOYED = ("tests/browser/test_ui.py", "tests/flows/test_deployments.py", "tests/flows/test_life.py")

hypothesis.settings.register_profile("project", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("project")


# A script that begins the tests with & lets them ignore Ctrl-C, as nohup does SIGHUP, and so would the
# commands that they start.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail a run in which a test is skipped")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put whole programs first and arrays last: no worker then ends with a long test, alone."""
    here = Path(__file__).parents[1]
    order = {"flows": 2, "browser": 2, "denoising": 3, "tasks": 3}

    def place(item: pytest.Item) -> int:
        file = item.path.relative_to(here)
        return 0 if file.as_posix() in DEPLOYED else order.get(file.parts[1], 1)

    items.sort(key=place)


class ByServer(LoadFileScheduling):
    """Gives a worker a file whole, and the files whose tests share a deployed server to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "deployed" if file in DEPLOYED else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByServer | None:
    return ByServer(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not among all that was imported: it took a seventh of the time."""
    gc.collect()
    gc.freeze()
    look_seldom()


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


@pytest.fixture
def url(server: None) -> str:
    """The API of that server."""
    return str(PREFECT_API_URL.value())


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Prefect home whose database has its tables, which take seconds to make, and no run.

    The first worker of the tests that asks for it makes it for all; nobody may change it.
    """
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    home, made = folder / "migrated", folder / "migrated.done"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with FileLock(folder / "migrated.lock"):
        if not made.exists():
            subprocess.run(
                [Path(sys.executable).with_name("prefect"), "server", "database", "upgrade", "--yes"],
                env={**clean, "PREFECT_HOME": str(home)},
                stdout=subprocess.DEVNULL,
                check=True,
            )
            made.touch()
    return home


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Deployed]:
    """What `docs/prefect-ui.md` sets up, for all tests that try the Prefect UI."""
    made = Deployed(tmp_path_factory.mktemp("deployed") / "home")
    shutil.copytree(migrated, made.home)
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
