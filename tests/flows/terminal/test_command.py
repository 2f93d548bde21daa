"""The command line's refusals: exit status 2, a line for each problem, and nothing written or started."""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from denoising.study.variants import in_words
from flows import automations, cache, denoise, export, recordings
from flows.cache import main
from flows.settings.study_settings import PROJECT, store_of
from flows.sweep import SWEEP
from flows.verdict import VERDICT
from tests.flows.settings.test_sweep_settings import BAD


def inner(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers of a command's own commands."""
    actions = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return [each for action in actions for each in action.choices.values()]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    return ["--data-dir", str(tmp_path / "data"), "--artifacts-dir", str(tmp_path / "artifacts")]


def arguments(given: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for name, value in given.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, dict):
            found += [t for n, values in value.items() for t in (option, f"{n}={','.join(map(str, values))}")]
        else:
            found += [option, *map(in_words, value if isinstance(value, list) else [value])]
    return found


# On the command line, signals that are no family are recordings.
COMMANDS = [(arguments(given), line) for given, line in BAD if not {"colour", "signals"} & given.keys()]
COMMANDS.append((["--signals", "speech"], "speech: there is no such file or folder"))


@pytest.mark.parametrize(("command", "line"), COMMANDS, ids=[line.partition(":")[0] for _, line in COMMANDS])
def test_bad_parameters_end_with_status_2_and_a_line(
    command: list[str], line: str, folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = [] if {"--data-dir", "--artifacts-dir"} & {*command} else folders
    assert SWEEP.main([*others, *command]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("sweep.py: ")
    assert line.replace("-0.0", "0.0") in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["--colour", "red"], "sweep.py: unrecognized arguments: --colour red; see sweep.py --help\n"),
        (["--epoch", "3"], "sweep.py: unrecognized arguments: --epoch 3; see sweep.py --help\n"),
        (["--epochs"], "sweep.py: argument --epochs: expected one argument; see sweep.py --help\n"),
        (["--vary"], "sweep.py: argument --vary: expected at least one argument; see sweep.py --help\n"),
    ],
)
def test_bad_usage_ends_with_status_2_and_a_line(
    command: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        SWEEP.main(command)
    assert caught.value.code == 2
    assert capsys.readouterr().err == line


PARSERS = {
    "sweep": SWEEP.parser, "verdict": VERDICT.parser, "denoise": denoise.parser(), "export": export.parser(),
    "recordings": recordings.parser(), "cache": cache.parser(), "automations": automations.parser(),
}  # fmt: skip
OPTIONS = [
    (command, parser, action)
    for command, outer in PARSERS.items()
    for parser in (outer, *inner(outer))
    for action in parser._actions
    if action.option_strings and action.dest != "help"
]


@pytest.mark.parametrize(
    ("parser", "action"),
    [(parser, action) for _, parser, action in OPTIONS],
    ids=[f"{command} {action.dest}" for command, _, action in OPTIONS],
)
def test_no_option_is_taken_twice_but_those_that_add_up(
    parser: argparse.ArgumentParser, action: argparse.Action, capsys: pytest.CaptureFixture[str]
) -> None:
    first, last = action.option_strings[0], action.option_strings[-1]
    twice = [first, last] if action.nargs == 0 else [first, "a=1", f"{last}=b=2"]
    if action.dest == "vary":
        assert parser.parse_known_args(twice)[0].vary == ["a=1", "b=2"]
        return
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(twice)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert f"argument {'/'.join(action.option_strings)}: it is given twice; give it once; see" in said
    assert said.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert (
        SWEEP.main(["--data-dir", str(tmp_path / "file" / "data"), "--artifacts-dir", "/proc/artifacts"]) == 2
    )
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"sweep.py: data_dir {tmp_path}/file/data: cannot be written")
    assert second.startswith("sweep.py: artifacts_dir /proc/artifacts: cannot be written")
    assert "choose another folder" in first
    assert "choose another folder" in second


def test_a_folder_that_cannot_be_one_is_refused(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "gone").symlink_to("nowhere")
    for name, why in (
        ("x" * 300, "File name too long"),
        ("circle", "levels of symbolic links"),
        ("gone", "No"),
    ):
        assert SWEEP.main([*folders[:2], "--artifacts-dir", name]) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith(f"sweep.py: artifacts_dir {tmp_path / name}: cannot be written (")
        assert why in line
        assert main(["--artifacts-dir", name, "--data-dir", str(tmp_path), "list"]) == 2
        assert capsys.readouterr().err.startswith(f"cache.py: artifacts_dir {name}: ")


def test_what_stands_where_the_link_to_the_last_study_goes_is_refused(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    latest = tmp_path / "artifacts" / "latest"
    latest.parent.mkdir()
    for make in (Path.mkdir, Path.touch):
        make(latest)
        assert SWEEP.main(folders) == 2
        assert f"{latest} is no link to the last study, which goes there; move it away" in (
            capsys.readouterr().err
        )
        latest.rmdir() if latest.is_dir() else latest.unlink()


def test_cuda_is_refused_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch, folders: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert SWEEP.main(["--device", "cuda", *folders]) == 2
    assert capsys.readouterr().err == (
        "sweep.py: device cuda: this machine offers no CUDA device; use cpu or auto\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_api_that_does_not_answer_is_refused(folders: list[str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, str(PROJECT / "flows" / "sweep.py"), *folders],
        env={**os.environ, "PREFECT_API_URL": "http://me:secret@127.0.0.1:9/api", "PREFECT_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith(
        "sweep.py: PREFECT_API_URL http://***@127.0.0.1:9/api: no Prefect API answers there"
    )
    assert "unset" in line
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "artifacts").exists()
    assert not (home / "prefect.db").exists()


def test_options_override_their_preset_and_paths_are_taken_from_where_one_is(tmp_path: Path) -> None:
    command = ["--preset", "quick", "--epochs", "3", "--alphas", "0.5", "--data-dir", "mine"]
    settings = SWEEP.settings(SWEEP.parser.parse_args(command))
    assert not isinstance(settings, list)
    assert (settings.preset, settings.epochs, settings.alphas) == ("quick", 3, (0.5,))
    assert store_of(settings).data == tmp_path / "mine"
    assert store_of(settings).artifacts == PROJECT / "artifacts"


def test_help_names_every_option_with_its_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        SWEEP.main(["--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "--runner {threads,processes,dask}" in text
    assert "Noise levels: 0 is clean, 1 is noise only. Each from 0 to 1. Default: 0.1 0.2 0.3 0.4." in text
    assert "Default: 0." in text
