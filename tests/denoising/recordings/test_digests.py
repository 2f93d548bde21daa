import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from denoising.recordings.digests import check_unchanged, digest_of
from denoising.recordings.finding import find
from denoising.recordings.settings import RecordingError
from tests.denoising.recordings.written import text, to_wfdb


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return text(tmp_path, "a\n1\n2\n3\n")


def test_a_digest_is_that_of_the_content(path: Path) -> None:
    assert digest_of(path) == hashlib.sha256(b"a\n1\n2\n3\n").hexdigest()
    assert digest_of(text(path.parent, path.read_bytes(), "other.txt")) == digest_of(path)


def test_touching_a_file_changes_nothing(path: Path) -> None:
    files = find([str(path)])
    os.utime(path, ns=(1, 1))
    check_unchanged(files)
    path.rename(path.with_name("kept.csv"))
    text(path.parent, "a\n1\n2\n3\n")
    check_unchanged(files)


def test_a_byte_that_changes_is_seen_also_behind_an_old_time(path: Path) -> None:
    files, before = find([str(path)]), path.stat()
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # the clock of a file system is coarse
        text(path.parent, "a\n1\n2\n4\n")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    with pytest.raises(RecordingError, match="has changed since the run began; start the run again"):
        check_unchanged(files)


def test_a_file_that_is_gone_is_told(path: Path) -> None:
    files = find([str(path)])
    path.unlink()
    with pytest.raises(RecordingError, match=r"some\.csv: it cannot be read \(No such file"):
        check_unchanged(files)


def test_a_headers_digest_includes_its_samples(tmp_path: Path) -> None:
    header, samples = tmp_path / "some.hea", tmp_path / "some.dat"
    to_wfdb(header, np.ones((9, 1)), ("I",), 100)
    before, content = digest_of(header), samples.read_bytes()
    samples.write_bytes(content[:-1] + b"!")
    assert digest_of(header) != before
    samples.write_bytes(content + b"!")
    samples.write_bytes(content)
    assert digest_of(header) == before
    header.write_text(header.read_text() + "# remark\n")
    assert digest_of(header) != before
