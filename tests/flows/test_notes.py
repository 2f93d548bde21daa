"""Notes that are damaged, cut or another's: a line or nothing, never a traceback."""

import json
from pathlib import Path
from typing import Any

import pytest

from flows.redraw import redraw
from flows.settings.sweep_settings import Settings
from tasks.batch.job import NAME, note_in

STUDY = "post-01234567"
STEP: dict[str, Any] = {"stage": "train", "label": "x", "axes": {}, "key": None, "failure": None}
WHOLE = {"study": STUDY, "settings": Settings().parameters, "steps": [STEP]}


@pytest.mark.parametrize(
    "note",
    [
        {**WHOLE, "settings": None},
        {**WHOLE, "settings": {"preset": "unknown"}},
        {**WHOLE, "settings": Settings().parameters | {"epochs": 10**400}},
        {"steps": []},
        {**WHOLE, "steps": None},
        {**WHOLE, "steps": [1]},
        {**WHOLE, "steps": [{**STEP, "label": []}]},
        {**WHOLE, "steps": [{"stage": "train"}]},
    ],
)
def test_a_damaged_note_of_a_study_is_told_where_its_report_is_drawn_again(
    tmp_path: Path, note: dict[str, Any]
) -> None:
    (tmp_path / STUDY).mkdir()
    (tmp_path / STUDY / "study.json").write_text(json.dumps(note))
    state: Any = redraw.fn(STUDY, str(tmp_path))
    assert state.message == f"study {STUDY}: its study.json is damaged or outdated; run the sweep again"


CHANNEL: dict[str, Any] = {"channel": "1", "denoiser": "x", "trained": "x", "noise": "x", "warnings": ["x"]}
SIDECAR = {"made_by": f"{NAME} 1", "outputs": {"a.wav": "00"}, "channels": [CHANNEL]}


@pytest.mark.parametrize(
    ("change", "whole"),
    [
        ({}, True),
        ({"outputs": {"a.wav": "00", "/dev/zero": "00"}}, False),
        ({"outputs": {"a.wav": "00", "../b": "00"}}, False),
        ({"outputs": {"a.wav": "00", "b\0": "00"}}, False),
        ({"outputs": ["a.wav"]}, False),
        ({"channels": [{**CHANNEL, "warnings": [1]}]}, False),
        ({"channels": [CHANNEL, 1]}, False),
    ],
)
def test_a_sidecar_counts_if_it_is_whole(tmp_path: Path, change: dict[str, Any], whole: bool) -> None:
    sidecar = tmp_path / "a.wav.json"
    sidecar.write_text(json.dumps({**SIDECAR, **change}))
    assert (note_in(sidecar) is not None) == whole
    for content in (b"", b"[" * 100_000, sidecar.read_bytes()[:-1], b"\xff"):
        sidecar.write_bytes(content)
        assert note_in(sidecar) is None
