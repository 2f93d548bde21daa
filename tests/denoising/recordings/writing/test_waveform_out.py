import re
import shutil
import warnings
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denoising.recordings.formats.waveform import library
from denoising.recordings.writing.catalogue import write_like
from tests.denoising.recordings.made_up import channel_of
from tests.denoising.recordings.writing.rewritten import channels_in, refusal, rewritten
from tests.denoising.recordings.written import text, to_wfdb

N = 501  # samples, an odd number


def raw(path: Path) -> Any:
    """Return a record as wfdb reads it, in the numbers of its files."""
    return library().rdrecord(str(path.with_suffix("")), physical=False)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A record of two files: one of two channels of format 212, one of three of format 16."""
    signals = np.random.default_rng(0).uniform(-1, 1, (N, 5))
    to_wfdb(tmp_path / "a.hea", signals[:, :2], ("I", "II"), 250, "212")
    to_wfdb(tmp_path / "b.hea", signals[:, 2:], ("V1", "V2", "V3"), 250, "16")
    shutil.move(tmp_path / "a.dat", tmp_path / "rec.dat")
    shutil.move(tmp_path / "b.dat", tmp_path / "rec-2.dat")
    one, two = ((tmp_path / f"{name}.hea").read_text().splitlines() for name in "ab")
    one = [line.replace("a.dat 212 1000.0(0)/mV", "rec.dat 212 1000(20)/mV") for line in one[1:]]
    two = [line.replace("b.dat ", "rec-2.dat ") for line in two[1:]]
    for name in "ab":
        (tmp_path / f"{name}.hea").unlink()
    lines = [f"rec 5 250 {N} 12:00:00", *one, "# between", *two, "# <age>: 60", "#last\tone"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of how wfdb calls pandas
        library().wrann("rec", "atr", np.array([10, 400]), ["N", "V"], write_dir=str(tmp_path))
    text(tmp_path, "no annotations", "rec.txt")
    text(tmp_path, "none either", "rec.xws")
    return text(tmp_path, "\r\n".join(lines) + "\r\n", "rec.hea", "latin-1")


@pytest.mark.parametrize("name", ["I", "II", "V1", "V2", "V3"])
def test_only_a_channels_samples_and_what_the_header_tells_of_them_differ(name: str, source: Path) -> None:
    before, numbers = channels_in(source), raw(source)
    new = before[name][::-1].copy()
    new[7:9] = nan
    copy = rewritten(source, {name: new})
    assert sorted(one.name for one in copy.parent.iterdir()) == ["rec-2.dat", "rec.atr", "rec.dat", "rec.hea"]
    after = raw(copy)
    i = numbers.sig_name.index(name)
    expected = numbers.d_signal.copy()
    expected[:, i] = expected[::-1, i]
    expected[7:9, i] = numbers.d_signal[7:9, i]
    assert np.array_equal(after.d_signal, expected)
    assert after.init_value == expected[0].tolist()
    assert [c % 2**16 for c in after.checksum] == (expected.sum(axis=0) % 2**16).tolist()
    assert (copy.parent / "rec.atr").read_bytes() == (source.parent / "rec.atr").read_bytes()
    lines = [path.read_bytes().decode("latin-1").split("\r\n") for path in (source, copy)]
    one, two = ([line for line in each if not line.endswith(f" {name}")] for each in lines)
    assert one == two
    shapes = [
        re.sub(r"-?\d+ -?\d+ 0 " + name, "", *(li for li in each if li.endswith(f" {name}")))
        for each in lines
    ]
    assert shapes[0] == shapes[1]
    back = rewritten(copy, before)
    for file in copy.parent.iterdir():
        if file.is_file() and file.suffix != ".hea":
            assert (back.parent / file.name).read_bytes() == (source.parent / file.name).read_bytes()


@pytest.mark.parametrize(("fmt", "bits"), [("80", 8), ("212", 12), ("16", 16), ("24", 24), ("32", 32)])
def test_samples_are_clipped_and_never_marked_as_missing(fmt: str, bits: int, tmp_path: Path) -> None:
    to_wfdb(tmp_path / "rec.hea", np.array([[0.1, 0.02], [nan, 0.05], [0, 0.01]]), ("I", "II"), 250, fmt)
    copy = rewritten(tmp_path / "rec.hea", {"I": [-1e9, nan, 1e9]})
    most = 2 ** (bits - 1) - 1
    assert raw(copy).d_signal[:, 0].tolist() == [-most, -most - 1, most]
    assert np.array_equal(channels_in(copy)["II"], channels_in(tmp_path / "rec.hea")["II"])


@pytest.mark.parametrize(("fmt", "order", "zero"), [("61", ">i2", 0), ("160", "<u2", 32768)])
def test_formats_that_wfdb_only_reads_are_written_too(
    fmt: str, order: str, zero: int, tmp_path: Path
) -> None:
    numbers = np.arange(-300, 300).reshape(-1, 2)
    text(tmp_path, b"head" + (numbers + zero).astype(order).tobytes(), "rec.dat")
    header = f"rec 2 250 300\nrec.dat {fmt}+4 200\nrec.dat {fmt}+4 200\n"
    source = text(tmp_path, header, "rec.hea")
    assert np.array_equal(raw(source).d_signal, numbers)
    new = np.linspace(-1, 1, 300)
    copy = rewritten(source, {"channel2": new})
    assert np.array_equal(raw(copy).d_signal, np.stack([numbers[:, 0], np.rint(new * 200)], 1))
    assert copy.read_text() == header
    assert (copy.parent / "rec.dat").read_bytes()[:4] == b"head"


def test_files_called_like_the_record_are_called_like_its_copy(source: Path) -> None:
    (source.parent / "rec-2.dat").rename(source.parent / "record.dat")
    source.write_bytes(source.read_bytes().replace(b"rec-2.dat", b"record.dat"))
    copy = rewritten(source, {"V2": channels_in(source)["V2"] / 2}, "better_1.hea")
    files = sorted(one.name for one in copy.parent.iterdir())
    assert files == ["better_1.atr", "better_1.dat", "better_1.hea", "record.dat"]
    assert copy.read_bytes().startswith(b"better_1 5 250 501 12:00:00\r\nbetter_1.dat 212 ")
    assert channels_in(copy)["V2"] == pytest.approx(channels_in(source)["V2"] / 2, abs=0.0006)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rec.dat 16 200 16 0 -5 0 0 ECG, lead one", "rec.dat 16 200 16 0 7 -32768 0 ECG, lead one"),
        ("rec.dat 16 200 16 0 -5 40000 0 I", "rec.dat 16 200 16 0 7 32768 0 I"),
        ("rec.dat 16 200 16 0 -5", "rec.dat 16 200 16 0 7"),
        ("rec.dat 16 200 16 0", "rec.dat 16 200 16 0"),
        ("rec.dat 16", "rec.dat 16"),
    ],
)
def test_initial_value_and_checksum_are_told_where_they_were(
    line: str, expected: str, tmp_path: Path
) -> None:
    values = np.array([-5, 3, 2, 1])
    text(tmp_path, values.astype("<i2").tobytes(), "rec.dat")
    source = text(tmp_path, f"rec 1 250 4\n{line}\n# end", "rec.hea")
    [name] = channels_in(source)
    copy = rewritten(source, {name: np.array([7, 32700, 30, 31]) / 200})
    assert copy.read_text() == f"rec 1 250 4\n{expected}\n# end"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("310", "channel I has format 310, which cannot be written back; bring the record to format 16"),
        ("16x2", "channel I has several samples a frame or a skew, and cannot be written back"),
        ("16:3", "channel I has several samples a frame or a skew, and cannot be written back"),
    ],
)
def test_what_cannot_be_written_back_is_refused(told: str, reason: str, tmp_path: Path) -> None:
    text(tmp_path, bytes(4000), "rec.dat")
    source = text(tmp_path, f"rec 1 250 500\nrec.dat {told} 200 16 0 0 0 0 I\n", "rec.hea")
    assert reason in refusal(source, {"I": np.ones(500)})


def test_a_copy_beside_its_source_takes_no_files_place(source: Path) -> None:
    new = {"V1": channel_of(np.zeros(N))}
    assert write_like(source, source.with_name("other.hea"), new)[1:] == [
        source.with_name(name) for name in ("other.dat", "other-2.dat", "other.atr")
    ]
    assert refusal(source, {"V1": np.zeros(N)}, "a b.hea") == (
        "its copy a b needs a name of letters, digits, hyphens and underscores"
    )
    shared = text(source.parent, source.read_bytes().replace(b"rec 5", b"more 5"), "more.hea")
    with pytest.raises(ValueError, match=r"the copy of rec.dat would take its place"):
        write_like(shared, shared.with_name("most.hea"), new)
