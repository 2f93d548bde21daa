"""What the tests of flows share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL

from tests.flows.commands import Command


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
