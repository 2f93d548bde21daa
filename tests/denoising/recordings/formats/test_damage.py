from pathlib import Path

import pytest

from denoising.recordings.finding import find
from denoising.recordings.formats.catalogue import FORMATS
from denoising.recordings.opening import open_recording
from denoising.recordings.settings import RecordingError
from denoising.recordings.survey import survey
from tests.denoising.recordings.written import RATE, WRITTEN, ecg, fault, text, to_wfdb

BINARY = [kind for kind in FORMATS if kind not in (".csv", ".tsv", ".txt")]
FILLS = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"9999", b"    ", b"-1  ")


def whole(folder: Path, kind: str) -> tuple[Path, bytes]:
    path = folder / f"some{kind}"
    WRITTEN[kind].write(path, ecg()[: 10 * RATE, None], ("I",), 8000 if kind == ".ogg" else RATE)
    return path, path.read_bytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_file_is_refused(kind: str, tmp_path: Path) -> None:
    if kind != ".hea":
        assert fault(text(tmp_path, "", f"some{kind}")) == f"some{kind}: it is empty"
    assert "some" in fault(text(tmp_path, "\n", f"some{kind}"), rate=RATE)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.97])
@pytest.mark.parametrize("kind", sorted({*BINARY} - {".wav", ".hea"}))
def test_a_file_that_is_cut_off_is_refused(kind: str, share: float, tmp_path: Path) -> None:
    path, data = whole(tmp_path, kind)
    path.write_bytes(data[: int(share * len(data))])
    assert fault(path, rate=RATE if kind in (".npy", ".parquet") else None).startswith(f"some{kind}: ")


def test_of_a_wav_file_that_is_cut_off_the_rest_is_used_and_that_is_told(tmp_path: Path) -> None:
    path, data = whole(tmp_path, ".wav")
    assert open_recording(path).notes == ()
    path.write_bytes(data[: len(data) // 4 * 2])
    recording = open_recording(path)
    assert recording.notes == ("it is cut off: its header tells of more samples",)
    assert recording.channels[0].n_samples < 6 * RATE
    path.write_bytes(data[:40])
    assert fault(path).startswith("some.wav: ")


@pytest.mark.parametrize("fmt", ["16", "212", "24"])
def test_a_record_whose_samples_are_cut_off_or_gone_is_refused(fmt: str, tmp_path: Path) -> None:
    to_wfdb(tmp_path / "some.hea", ecg()[:3000, None] / 2, ("I",), RATE, fmt)
    samples = tmp_path / "some.dat"
    samples.write_bytes(samples.read_bytes()[:1001])
    assert fault(tmp_path / "some.hea").startswith("some.hea: it is no whole .hea file")
    samples.unlink()
    assert fault(tmp_path / "some.hea").endswith("its file some.dat is not there; put it beside it")


@pytest.mark.parametrize("fill", FILLS, ids=repr)
@pytest.mark.parametrize("kind", BINARY)
def test_a_wrong_header_raises_nothing_but_a_recording_error(
    kind: str, fill: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, data = whole(tmp_path, kind)
    messages = []
    for offset in range(0, min(256, len(data)), 12):
        path.write_bytes(data[:offset] + fill + data[offset + 4 :])
        try:
            survey(find([str(path)]), 256, RATE if kind in (".npy", ".parquet") else None)
        except RecordingError as error:
            messages.append(str(error))
    assert messages
    assert all("some" in message and "\n" not in message for message in messages)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", BINARY)
def test_a_file_of_another_format_is_refused(kind: str, tmp_path: Path) -> None:
    assert fault(text(tmp_path, "time,a\n0,1\n1,2\n", f"some{kind}")).startswith(("some", f"{tmp_path}/some"))
    assert "some" in fault(text(tmp_path, bytes(range(256)) * 8, f"some{kind}"))
