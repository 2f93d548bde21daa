"""A study in odd surroundings: whatever a user's environment holds, the run is the same."""

import json
import subprocess
from pathlib import Path

import pytest

from flows.settings.study_settings import PROJECT
from tests.flows.commands import SMALL, Command

# A user without a home and a name, as in a container that runs under a number.
NOBODY = """
import pwd
def unknown(*_): raise KeyError("no such user")
pwd.getpwuid = pwd.getpwnam = unknown
"""
ODD = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "NO_PROXY": "example.org",
    "GIT_DIR": "/nowhere",
    "GIT_WORK_TREE": "/",
    "PREFECT_SERVER_API_AUTH_STRING": "admin:pass",
    "PREFECT_SERVER_API_BASE_PATH": "/behind/a/proxy",
    "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
    "PREFECT_API_KEY": "pnu_1234",
    "PYTHONIOENCODING": "ascii",
    "COLUMNS": "20",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "LC_ALL": "C",
    "TZ": "Pacific/Kiritimati",
}


@pytest.mark.slow
def test_a_study_is_the_same_in_odd_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(NOBODY)
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    command = Command(tmp_path, default=True)
    command.server = ODD | {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{tmp_path}/db?timeout=61"
    }
    status, out, err = command.run(SMALL)
    assert (status, err) == (0, "")
    assert out.startswith("first run")
    assert "[4/4] trained" in out
    note = json.loads((tmp_path / "artifacts" / "latest" / "study.json").read_text())
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True)
    assert note["code"]["git_commit"].removesuffix("-dirty") == head.stdout.strip()
    status, out, err = command.run([*SMALL, "--refresh", "report"])
    assert (status, err) == (0, "")
    assert "first run" not in out
