from pathlib import Path

import pytest

from tasks.cache.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data", tmp_path / "artifacts")
