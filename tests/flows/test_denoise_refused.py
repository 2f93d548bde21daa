"""Denoising files: what is refused, before anything is written."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.batch import denoise
from flows.terminal.status import Status
from tests.flows.denoisers import CLEAN, STUDY, N, files_in, run, write_wav
from tests.flows.recorded import RATE, noisy, write_csv


def spoil_input(study: Path) -> None:
    write_wav(study / "new" / "mild.wav", 0.07)


def spoil_output(study: Path) -> None:
    (study / "out" / "mild.wav").write_bytes(b"mine")


def spoil_sidecar(study: Path) -> None:
    (study / "out" / "mild.wav.json").write_text('{"mine": 1}')


def another_setting(study: Path) -> None:
    path = study / "out" / "mild.wav.json"
    note = json.loads(path.read_text())
    path.write_text(json.dumps(note | {"settings": note["settings"] | {"overlap": 0.25}}))


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [spoil_input, spoil_output, spoil_sidecar, another_setting])
def test_what_stands_in_the_way_stays_unless_it_is_to_be_replaced(
    served: None, study: Path, spoil: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = (study / "new" / "mild.wav", "--output-dir", study / "out")
    assert run(study, *arguments) == Status.DONE
    spoil(study)
    before = {name: (study / name).read_bytes() for name in files_in(study)}
    capsys.readouterr()
    assert run(study, *arguments) == Status.BAD_PARAMETERS
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "--force" in error
    assert {name: (study / name).read_bytes() for name in files_in(study)} == before
    assert run(study, *arguments, "--force") == Status.DONE
    assert run(study, *arguments, "--plan") == Status.DONE
    assert "done     mild.wav" in capsys.readouterr().out


def no_study(study: Path) -> list[str]:
    shutil.rmtree(study / "artifacts")
    return [f"study: there is none in {study}/artifacts yet; run a sweep first"]


def no_models(study: Path) -> list[str]:
    shutil.rmtree(study / "artifacts" / STUDY / "models")
    return [f"study {STUDY}: it has no finished denoiser; run its sweep again, or choose another study"]


def damaged_model(study: Path) -> list[str]:
    path = study / "artifacts" / STUDY / "models" / "snr=0.safetensors"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    return [f"{path}: it is not what was written; copy it again"]


def another_rate(study: Path) -> list[str]:
    write_wav(study / "new" / "mild.wav", 0.05, rate=250)
    return [
        "mild.wav: channel channel has 250 samples a second, and the denoiser is for 360; bring it there and "
        "back with --resample, or choose channels with --picks"
    ]


def unknown_format(study: Path) -> list[str]:
    (study / "new" / "mild.wav").rename(study / "new" / "mild.xyz")
    return [f"files {study}/new/mild.wav: there is no such file or folder"]


def no_rate(study: Path) -> list[str]:
    (study / "new" / "mild.wav").unlink()
    write_csv(study / "new" / "mild.wav" / "a.csv", CLEAN[:500])
    return ["a.csv: it does not tell its rate; give it with --rate, in samples a second"]


@pytest.mark.parametrize("spoil", [no_study, no_models, damaged_model, another_rate, unknown_format, no_rate])
def test_bad_input_gets_a_line_before_anything_is_written(
    study: Path, spoil: Callable[[Path], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    expected = spoil(study)
    before = files_in(study)
    status = run(study, study / "new" / "mild.wav", "--output-dir", study / "out")
    assert status == Status.BAD_PARAMETERS
    assert capsys.readouterr().err.splitlines() == [f"denoise.py: {line}" for line in expected]
    assert files_in(study) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--study", "recordings-ffffffff"], "study recordings-ffffffff: there is none in"),
        (["--picks", "V9"], "it has no channel V9; its channels are 1 channel"),
        (["--snr", "loud"], "snr loud: "),
        (["--overlap", "1"], "overlap 1: "),
        (["--suffix", "a/b"], "suffix a/b: "),
        (["--suffix", ""], "it would be written over a recording; give a --suffix"),
        (["--model", "nowhere.safetensors"], "there is no such file or study"),
        (["--rate", "250"], "contradicts the 360 samples a second"),
        (["--output-dir", "s3://bucket/out"], "give a folder of this machine"),
        (["--output-dir", __file__], "output_dir "),
    ],
)
def test_bad_options_get_a_line(
    study: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(study, study / "new" / "mild.wav", *arguments) == Status.BAD_PARAMETERS
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert words in error


def wfdb(folder: Path, record: str, data: str) -> None:
    """Write a record whose samples lie in a file of another name."""
    folder.mkdir(parents=True, exist_ok=True)
    samples = (noisy(CLEAN[:N], 0.05, 1) * 200).astype("<i2")
    (folder / data).write_bytes(samples.tobytes())
    (folder / f"{record}.hea").write_text(f"{record} 1 {RATE} {N}\n{data} 16 200 16 0 0 0 0 ECG\n")


def test_what_a_record_names_is_never_written_over(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wfdb(study / "rec", "r", "shared.dat")
    before = (study / "rec" / "shared.dat").read_bytes()
    for more in ((), ("--force",)):
        assert run(study, study / "rec" / "r.hea", *more) == Status.BAD_PARAMETERS
        assert "shared.dat: it would be written over a recording" in capsys.readouterr().err
    wfdb(study / "rec", "s", "shared.dat")
    assert run(study, study / "rec", "--output-dir", study / "out") == Status.BAD_PARAMETERS
    assert "r.hea and s.hea would both be written there" in capsys.readouterr().err
    assert (study / "rec" / "shared.dat").read_bytes() == before
    assert not (study / "out").exists()


@pytest.mark.parametrize("damage", ["[" * 100_000, '{"made_by": "denoising-autoencoders 1", "outputs": {}}'])
def test_what_looks_like_our_note_is_in_the_way_and_hides_no_recording(
    study: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = study / "out"
    out.mkdir()
    (out / "mild.wav.json").write_text(damage)
    (study / "new" / "mild.wav.json").write_text(damage)
    assert run(study, study / "new" / "mild.wav", "--output-dir", out) == Status.BAD_PARAMETERS
    assert "mild.wav.json: it is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "words"),
    [("x" * 250 + ".wav", "longer than 250 bytes"), (os.fsdecode(b"\xff.wav"), "is not UTF-8")],
)
def test_a_name_that_cannot_be_written_is_refused(
    study: Path, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_wav(study / "odd" / name, 0.05)
    assert run(study, study / "odd", "--output-dir", study / "out") == Status.BAD_PARAMETERS
    assert words in capsys.readouterr().err


def test_the_flow_says_what_is_wrong(served: None, study: Path) -> None:
    state: Any = denoise(
        files=[str(study / "nowhere.wav")], artifacts_dir=str(study / "artifacts"), return_state=True
    )
    assert state.is_failed()
    assert "there is no such file or folder" in state.message
