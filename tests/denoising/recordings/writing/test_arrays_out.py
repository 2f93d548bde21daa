import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from numpy.typing import NDArray

from tests.denoising.recordings.writing.rewritten import channels_in, refusal, rewritten

FOUR = np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [2.5, 8.0]])
MATLABS = Path(scipy.io.matlab.__file__).parent / "tests" / "data"


@pytest.mark.parametrize("kind", ["<f8", ">f4", "<f2", ">i2", "u1", "i8", "u8", "?"])
@pytest.mark.parametrize(
    "array", [FOUR, FOUR.T, np.asfortranarray(FOUR), FOUR[:, 0], FOUR[:, :1], FOUR[:, 0][None]], ids=repr
)
def test_type_shape_and_order_of_an_array_stay(array: NDArray[Any], kind: str, tmp_path: Path) -> None:
    source = tmp_path / "some.npy"
    np.save(source, array.astype(kind))
    before = channels_in(source)
    name = list(before)[-1]
    new = np.array([1.4, np.nan, -1e30, 1e30])
    copy = rewritten(source, {name: new})
    one, two = np.load(source), np.load(copy)
    assert (two.dtype, two.shape, two.flags.f_contiguous) == (one.dtype, one.shape, one.flags.f_contiguous)
    after = channels_in(copy)
    ends = {"f": 1e30, "i": 2.0**63, "u": 2.0**64, "b": 1.0}
    assert after[name][1] == before[name][1]
    if kind in ("i8", "u8", "?"):
        assert after[name][3] == pytest.approx(ends[np.dtype(kind).kind])
        assert after[name][0] == 1
    elif kind in (">i2", "u1"):
        info = np.iinfo(kind)
        assert after[name][[0, 2, 3]].tolist() == [1, info.min, info.max]
    for other in before.keys() - {name}:
        assert np.array_equal(after[other], before[other])
    assert rewritten(copy, before).read_bytes() == source.read_bytes()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_other_arrays_of_a_file_stay(save: Any, tmp_path: Path) -> None:
    source = tmp_path / "some.npz"
    others = {"fs": 250, "label": np.array(["a", "b"]), "empty": np.zeros((0, 3)), "events": np.eye(3) > 0}
    save(source, ecg=FOUR.astype(np.float32), **others, resp=np.arange(2000, dtype=np.int16))
    copy = rewritten(source, {"ecg2": [9, 8, np.nan, 6], "resp": np.full(2000, 1e6)})
    found = np.load(copy)
    assert list(found) == list(np.load(source))
    assert found["ecg"].tolist() == [[1, 9], [2, 8], [3, 7], [2.5, 6]]
    assert found["ecg"].dtype == np.float32
    assert found["resp"].dtype == np.int16
    assert set(found["resp"]) == {2**15 - 1}
    for name, value in others.items():
        assert np.array_equal(found[name], value)
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(copy) as after:
        one, two = (
            [(i.filename, i.compress_type, i.date_time) for i in z.infolist()] for z in (before, after)
        )
    assert one == two


def test_an_array_of_objects_beside_stays(tmp_path: Path) -> None:
    source = tmp_path / "some.npz"
    np.savez(source, ecg=FOUR, more=np.array(["x", "y"]))
    with zipfile.ZipFile(source, "a") as archive:
        archive.comment = b"by hand"
    copy = rewritten(source, {"ecg1": [4, 3, 2, 1]})
    with zipfile.ZipFile(copy) as archive:
        assert archive.comment == b"by hand"
    assert np.load(copy)["more"].tolist() == ["x", "y"]


@pytest.mark.parametrize("packed", [True, False])
def test_other_variables_stay_byte_for_byte(packed: bool, tmp_path: Path) -> None:
    source = tmp_path / "some.mat"
    beside = {"info": {"age": 60, "drug": ["x", 1.5]}, "who": "someone", "cells": np.array([1, "a"], object)}
    arrays = {"ecg": FOUR, "counts": FOUR.astype(np.int16), "Fs": 250.0}
    scipy.io.savemat(source, {**beside, **arrays}, do_compression=packed)
    copy = rewritten(source, {"ecg2": [9, 8, 7.5, 6], "counts1": [1e6, 1.6, np.nan, -1e6]})
    with source.open("rb") as one, copy.open("rb") as two:
        before, after = (dict(scipy.io.matlab.varmats_from_mat(file)) for file in (one, two))
    assert list(before) == list(after)
    for name in before.keys() - {"ecg", "counts"}:
        assert before[name].getvalue() == after[name].getvalue()
    found = scipy.io.loadmat(copy)
    assert found["ecg"].tolist() == [[1, 9], [2, 8], [3, 7.5], [2.5, 6]]
    assert found["counts"].tolist() == [[2**15 - 1, 5], [2, 6], [3, 7], [-(2**15), 8]]
    assert found["counts"].dtype == np.int16
    assert rewritten(copy, channels_in(source)).read_bytes() == source.read_bytes()


@pytest.mark.parametrize("version", ["6.5.1_GLNX86", "7.1_GLNX86", "7.4_GLNX86"])
def test_whole_numbers_that_matlab_packs_are_written_as_doubles(version: str, tmp_path: Path) -> None:
    source = tmp_path / "some.mat"
    source.write_bytes((MATLABS / f"testmatrix_{version}.mat").read_bytes())
    [*names] = channels_in(source)
    copy = rewritten(source, {names[0]: channels_in(source)[names[0]] + 0.25})
    before, after = (scipy.io.loadmat(path)["testmatrix"] for path in (source, copy))
    assert after.shape == before.shape
    assert np.sort((after - before).reshape(-1))[-1] == 0.25


def test_files_of_version_4_stay_such(tmp_path: Path) -> None:
    source = tmp_path / "some.mat"
    scipy.io.savemat(source, {"ecg": FOUR, "who": "me", "n": FOUR.astype(np.int16)}, format="4")
    copy = rewritten(source, {"ecg1": [9, 8, 7, 6.5]})
    assert scipy.io.matlab.matfile_version(copy)[0] == 0
    found = scipy.io.loadmat(copy)
    assert found["ecg"].tolist() == [[9, 5], [8, 6], [7, 7], [6.5, 8]]
    assert (found["who"].tolist(), found["n"].dtype) == (["me"], np.int16)
    assert rewritten(copy, channels_in(source)).read_bytes() == source.read_bytes()


def test_what_matlab_tells_elsewhere_is_not_lost(tmp_path: Path) -> None:
    source = tmp_path / "some.mat"
    scipy.io.savemat(source, {"ecg": FOUR})
    data = bytearray(source.read_bytes())
    source.write_bytes(data[:116] + (256).to_bytes(8, "little") + data[124:])
    assert refusal(source, {"ecg1": np.ones(4)}).startswith("it holds objects of MATLAB")
    data[145] |= 4  # the flag of a global variable
    source.write_bytes(data)
    assert refusal(source, {"ecg1": np.ones(4)}) == "its variable ecg is global; save it again as a local one"
    source.write_bytes((MATLABS / "testmatrix_6.1_SOL2.mat").read_bytes())
    name, *_ = channels_in(source)
    assert refusal(source, {name: channels_in(source)[name]}).startswith(
        "its numbers begin with their highest"
    )
