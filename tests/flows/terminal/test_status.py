"""Commands are told as they are typed where the project runs."""

import sys

import pytest

from flows.terminal.status import as_called, called

LINE = "denoise FILES --output-dir denoised"


@pytest.mark.parametrize(
    ("typed", "name", "line"),
    [
        ("flows/sweep.py", "sweep.py", "python flows/denoise.py FILES --output-dir denoised"),
        ("/venv/bin/denoise-sweep", "denoise-sweep", LINE),
        ("/venv/bin/denoise", "denoise", LINE),
    ],
)
def test_a_checkout_has_files_and_an_installation_programs(
    monkeypatch: pytest.MonkeyPatch, typed: str, name: str, line: str
) -> None:
    monkeypatch.setattr(sys, "argv", [typed])
    assert called("sweep.py") == name
    assert as_called(LINE) == line
