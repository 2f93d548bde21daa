"""The command that tells what is in recordings."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from flows.recordings import main
from flows.terminal.status import Status
from tests.flows.recorded import ECG, electrocardiogram, write_csv


def test_a_line_a_channel_tells_rate_unit_length_gaps_windows_and_noise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([str(ECG), "--rate", "360"]) == Status.DONE
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.lstrip().startswith("ecg.csv ")]
    assert line.split()[:7] == ["ecg.csv", "MLII", "mV", "360", "300", "0", "421"]


def test_what_cannot_be_used_is_told_beside_what_can(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = electrocardiogram()[:5000]
    write_csv(tmp_path / "a.csv", np.r_[samples[:300], [np.nan] * 10, samples[300:]])
    wavfile.write(tmp_path / "b.wav", 500, np.column_stack([samples, np.zeros(5000)]).astype(np.float32))
    (tmp_path / "c.npy").write_bytes(b"no array")
    assert main([str(tmp_path), "--json"]) == Status.NOT_ALL_DONE
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert [(one["file"], one["rate"], one["n_missing"]) for one in told["channels"]] == [
        ("a.csv", None, 10), ("b.wav", 500.0, 0),
    ]  # fmt: skip
    assert told["channels"][0]["n_windows"] == 5010 // 256 - 1
    assert len(told["problems"]) == 2
    assert "b.wav: channel channel2 is flat" in told["problems"][0]
    assert told["problems"][1].startswith("c.npy: ")
    assert err.splitlines() == [f"recordings.py: {problem}" for problem in told["problems"]]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.csv"], "nowhere.csv: there is no such file or folder"),
        ([], "the following arguments are required: paths"),
        ([str(ECG), "--rate", "x"], "rate x: must be a valid number"),
        ([str(ECG), "--rate", "-1"], "rate -1"),
        ([str(ECG), "--signal-length", "0"], "signal_length 0"),
    ],
)
def test_bad_parameters_are_told_in_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status: object = main(arguments)
    except SystemExit as error:
        status = error.code
    assert status == Status.BAD_PARAMETERS
    line = capsys.readouterr().err
    assert line.startswith("recordings.py: ")
    assert told in line
    assert line.count("\n") == 1
