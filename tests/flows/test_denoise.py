"""Denoising files: what comes out, and what is done already."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import wavfile

import denoising
import tasks.batch.apply
from denoising.models.model_file import from_bytes, to_bytes
from flows.terminal.status import Status
from tests.flows.commands import Command, wait_for
from tests.flows.denoisers import CLEAN, STUDY, N, files_in, run, write_wav
from tests.flows.recorded import RATE, noisy


def denoised(folder: Path, path: Path, snr: float) -> Any:
    """What a file is to become."""
    rate, samples = wavfile.read(path)
    return denoising.load(folder / "artifacts" / "latest", snr=snr).denoise(samples, rate)


def test_files_come_out_as_they_came_in_each_by_the_denoiser_for_its_noise(
    served: None, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new, out = study / "new", study / "out"
    assert run(study, new, "--output-dir", out) == Status.DONE
    assert files_in(out) == {
        "mild.wav", "mild.wav.json", "sub/strong.wav", "sub/strong.wav.json", "denoised.html",
    }  # fmt: skip
    for name, snr in {"mild.wav": 10, "sub/strong.wav": 0}.items():
        before, after = (wavfile.read(folder / name) for folder in (new, out))
        assert before[0] == after[0]
        assert before[1].dtype == after[1].dtype
        assert np.abs(after[1] - denoised(study, new / name, snr).astype(int)).max() <= 1, name
        told = json.loads((out / f"{name}.json").read_text())
        assert told["study"] == STUDY
        assert [channel["level"] for channel in told["channels"]] == [f"snr={snr}"]
    printed = capsys.readouterr().out
    assert "mild.wav: channel: estimated signal-to-noise ratio" in printed
    assert "Savitzky–Golay, trained at 10 dB" in printed
    assert f"report: {out / 'denoised.html'}" in printed


def test_what_is_done_is_known_and_not_done_again(
    served: None, study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new, out = study / "new", study / "out"
    assert run(study, new, "--output-dir", out) == Status.DONE
    before = {path: (out / path).stat().st_mtime_ns for path in files_in(out)}
    with monkeypatch.context() as idle:
        idle.setattr("flows.terminal.launch.Launch.run", lambda *_: pytest.fail("nothing is to be run"))
        assert run(study, new, "--output-dir", out) == Status.DONE
    assert "nothing to do: 2 files are denoised already" in capsys.readouterr().out
    assert {path: (out / path).stat().st_mtime_ns for path in files_in(out)} == before
    (out / "mild.wav").unlink()
    assert run(study, new, "--output-dir", out) == Status.DONE
    after = {path: (out / path).stat().st_mtime_ns for path in files_in(out)}
    assert {path for path in before if after[path] != before[path]} == {
        "mild.wav", "mild.wav.json", "denoised.html",
    }  # fmt: skip


def test_a_plan_tells_what_would_be_done_and_writes_nothing(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_in(study)
    assert run(study, study / "new", "--output-dir", study / "out", "--plan") == Status.DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{STUDY}: network of depth 2, trained at 0 dB; Savitzky–Golay, trained at 10 dB"
    assert lines[1] == f"missing  mild.wav -> {study / 'out' / 'mild.wav'}"
    assert run(study, study / "new", "--output-dir", study / "out", "--plan", "--json") == Status.DONE
    plan = json.loads(capsys.readouterr().out)
    assert [file["status"] for file in plan["files"]] == ["missing", "missing"]
    assert files_in(study) == before


def test_beside_their_recordings_denoised_files_have_a_suffix_and_are_no_recordings(
    served: None, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = study / "new"
    assert run(study, new, "--no-report") == Status.DONE
    assert {"mild-denoised.wav", "sub/strong-denoised.wav.json"} < files_in(new)
    assert "denoised.html" not in files_in(new)
    assert run(study, new, "--no-report", "--plan") == Status.DONE
    assert "left out because they are denoised already: 2 files" in capsys.readouterr().out


def test_a_level_can_be_asked_for(served: None, study: Path) -> None:
    new, out = study / "new", study / "out"
    assert run(study, new / "mild.wav", "--output-dir", out, "--snr", "2", "--no-report") == Status.DONE
    assert json.loads((out / "mild.wav.json").read_text())["channels"][0]["level"] == "snr=0"


def test_other_rates_are_brought_there_and_back(served: None, study: Path) -> None:
    write_wav(study / "fast.wav", 0.05, rate=1000)
    assert run(study, study / "fast.wav", "--output-dir", study / "out", "--resample") == Status.DONE
    rate, samples = wavfile.read(study / "out" / "fast.wav")
    assert (rate, len(samples)) == (1000, N)
    assert np.ptp(samples.astype(int)) > 0


def test_gaps_and_text_stay_as_they_are(served: None, study: Path) -> None:
    values = [f"{value:.3f}" for value in noisy(CLEAN[:400], 0.05, 2)]
    values[100:103] = ["NA", "", "nan"]
    lines = ["time;ECG (mV);note", *(f"{i / RATE:.6f};{v};x{i}" for i, v in enumerate(values))]
    (study / "gaps.csv").write_text("\n".join(lines) + "\n")
    assert run(study, study / "gaps.csv", "--picks", "ECG", "--output-dir", study / "out") == Status.DONE
    found = (study / "out" / "gaps.csv").read_text().splitlines()
    assert found[101:104] == lines[101:104]
    rows = [(one.split(";"), other.split(";")) for one, other in zip(lines, found, strict=True)]
    assert all(one[0] == other[0] and one[2] == other[2] for one, other in rows)
    assert sum(one[1] != other[1] for one, other in rows) > 300


def test_a_file_that_fails_leaves_the_others_alone_and_no_draft(
    served: None, study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_like = tasks.batch.apply.write_like

    def failing(source: Path, target: Path, channels: Any) -> list[Path]:
        if source.name == "mild.wav":
            target.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        return write_like(source, target, channels)

    out = study / "out"
    with monkeypatch.context() as full:
        full.setattr(tasks.batch.apply, "write_like", failing)
        assert run(study, study / "new", "--output-dir", out) == Status.NOT_ALL_DONE
    assert "1 of 2 files failed: mild.wav: OSError" in capsys.readouterr().out
    assert files_in(out) == {"sub/strong.wav", "sub/strong.wav.json", "denoised.html"}
    assert run(study, study / "new", "--output-dir", out) == Status.DONE


def test_a_folder_keeps_its_names_whatever_else_it_holds(
    served: None, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = study / "new"
    (new / "mild.wav").unlink()
    for _ in range(2):
        assert run(study, new, "--output-dir", new / "out", "--no-report") == Status.DONE
        assert {name for name in files_in(new / "out") if name.endswith(".wav")} == {"sub/strong.wav"}
    assert "nothing to do: 1 file is denoised already" in capsys.readouterr().out


def test_a_rate_that_a_file_tells_itself_decides_nothing(served: None, study: Path) -> None:
    arguments = (study / "new" / "mild.wav", "--output-dir", study / "out", "--no-report")
    assert run(study, *arguments) == Status.DONE
    assert run(study, *arguments, "--rate", str(RATE)) == Status.DONE


def test_a_denoiser_that_gives_no_number_fails_its_file(
    served: None, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = study / "artifacts" / STUDY / "models" / "snr=0.safetensors"
    card, tensors = from_bytes(path.read_bytes())
    broken = study / "broken.safetensors"
    broken.write_bytes(
        to_bytes(card, {name: np.full_like(tensor, np.nan) for name, tensor in tensors.items()})
    )
    arguments = (study / "new" / "mild.wav", "--output-dir", study / "out", "--model", broken)
    assert run(study, *arguments) == Status.NOT_ALL_DONE
    assert "gives no finite number" in capsys.readouterr().out
    assert files_in(study / "out") == set()


@pytest.mark.slow
def test_the_page_is_of_these_files_and_takes_no_other_files_place(
    served: None, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new, out = study / "new", study / "out"
    first = (new / "mild.wav", "--output-dir", out)
    assert run(study, *first) == Status.DONE
    assert run(study, new / "sub" / "strong.wav", "--output-dir", out) == Status.DONE
    assert "mild.wav" not in (out / "denoised.html").read_text()
    assert run(study, *first) == Status.DONE
    assert "mild.wav" in (out / "denoised.html").read_text(), "it is drawn again"
    (out / "denoised.html").write_text("mine")
    capsys.readouterr()
    assert run(study, *first) == Status.BAD_PARAMETERS
    assert "none of ours" in capsys.readouterr().err
    assert (out / "denoised.html").read_text() == "mine"


@pytest.mark.slow
def test_a_killed_batch_goes_on_with_the_same_result(served: None, url: str, study: Path) -> None:
    new, out, expected = study / "many", study / "out", study / "undisturbed"
    for number in range(6):
        write_wav(new / f"{number}.wav", 0.6, n=100 * N)
    arguments = [str(new), "--workers", "2", "--output-dir"]
    assert run(study, *arguments, expected) == Status.DONE
    process = Command(study, url, name="denoise.py").start([*arguments, str(out)])
    wait_for(lambda: len(finished_in(out)) > 1 or process.poll() is not None)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    whole = finished_in(out)
    assert 1 < len(whole) < 6, "it was killed in the middle"
    assert run(study, *arguments, out) == Status.DONE
    assert finished_in(out).items() > whole.items(), "what was finished is not made again"
    assert files_in(out) == files_in(expected), "nothing temporary stays"
    for path in new.iterdir():
        assert (out / path.name).read_bytes() == (expected / path.name).read_bytes()


def finished_in(out: Path) -> dict[str, int]:
    """The files that are whole, and what tells whether they are made again."""
    return {path.name: path.stat().st_ino for path in out.glob("[0-9].wav")}


@pytest.mark.slow
def test_ctrl_c_ends_a_batch_which_can_go_on(served: None, url: str, study: Path) -> None:
    for number in range(4):
        write_wav(study / "many" / f"{number}.wav", 0.6, n=300 * N)
    arguments = [str(study / "many"), "--output-dir", str(study / "out")]
    process = Command(study, url, name="denoise.py").start(arguments)
    wait_for(lambda: any((study / "artifacts" / "runs").glob("*/*.progress")))
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert process.returncode == 128 + signal.SIGINT
    assert error.splitlines()[-1].startswith("interrupted: run the same command again")
    assert not [path for path in files_in(study) if "/.denoising" in path]
    assert run(study, *arguments) == Status.DONE
