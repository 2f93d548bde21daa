"""What the tests of flows share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL

from tests.flows.commands import Command
from tests.flows.denoisers import write_study, write_wav


@pytest.fixture
def url(server: None) -> str:
    """The API of the tests' server."""
    return str(PREFECT_API_URL.value())


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
