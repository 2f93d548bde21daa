"""What the tests of flows share."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.cache import main
from flows.settings.study_settings import store_of
from tests.flows.commands import Command
from tests.flows.denoisers import write_study, write_wav
from tests.flows.sweeps import Sweeps

Cache = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(tmp_path: Path, url: str) -> Iterator[Command]:
    made = Command(tmp_path, url)
    yield made
    for process in made.processes():
        process.kill()


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with its denoisers; nobody may change it."""
    return write_study(tmp_path_factory.mktemp("study"))


@pytest.fixture
def served(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' server is the one that is configured."""
    monkeypatch.setenv("PREFECT_API_URL", url)


@pytest.fixture
def study(written: Path, tmp_path: Path) -> Path:
    """A copy of it, with recordings beside it."""
    folder = tmp_path / "study"
    shutil.copytree(written, folder, symlinks=True)
    write_wav(folder / "new" / "mild.wav", 0.05)
    write_wav(folder / "new" / "sub" / "strong.wav", 0.6)
    return folder


@pytest.fixture
def cache(done: Sweeps, capsys: pytest.CaptureFixture[str]) -> Cache:
    """Runs the command over the folders of a sweep that has been run."""
    settings = done.read()
    folders = [
        "--data-dir",
        str(store_of(settings).data),
        "--artifacts-dir",
        str(store_of(settings).artifacts),
    ]

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([*folders, *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run
