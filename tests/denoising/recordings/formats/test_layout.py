from math import nan
from pathlib import Path

import pytest

from denoising.recordings.opening import open_recording
from tests.denoising.recordings.written import PHYSIONET, fault, samples_of, text

ONE, TWO = {"channel": [0.5, 7.0, -2.0]}, {"a": [0.5, 7.0, -2.0], "b": [1.0, 2.5, 4.0]}
UNNAMED = {f"channel{i}": values for i, values in enumerate(TWO.values(), 1)}


def read_as(expected: dict[str, list[float]]) -> object:
    return {name: pytest.approx(values, nan_ok=True) for name, values in expected.items()}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("0.5\n7\n-2\n", ONE),
        (".5\r\n+7.\r\n-2e0", ONE),
        ("0.5\r7\r-2\r", ONE),
        ("a\n0,5\n7,0\n-2,0\n", {"a": ONE["channel"]}),
        ("a,b\n0.5,1\n7,2.5\n-2,4\n", TWO),
        ("0.5,1\n7,2.5\n-2,4\n", UNNAMED),
        ('"a","b"\n"0.5","1"\n"7","2.5"\n"-2","4"\n', TWO),
        ("'a', 'b'\n0.5, 1\n7, 2.5\n-2, 4\n", TWO),
        ("a;b\n0,5;1\n7;2,5\n-2;4,0\n", TWO),
        ("a;b\n0.5;1\n7;2.5\n-2;4.0\n", TWO),
        ("a\tb\n0,5\t1\n7\t2,5\n-2\t4\n", TWO),
        ("a|b\n0.5|1\n7|2.5\n-2|4\n", TWO),
        ("a b\n  0.5   1\n  7   2.5\n -2   4.0\n", TWO),
        ("0,5 1\n7,0 2,5\n-2,0 4,0\n", UNNAMED),
        ("# made by hand\n% twice\n\na,b\n0.5,1\n7,2.5\n-2,4\n", TWO),
        ("# made, by hand\n#a,b\n0.5,1\n7,2.5\n-2,4\n", TWO),
        ("Device: X1\nSubject: 7\na,b\n0.5,1\n7,2.5\n-2,4\n", TWO),
        ("a,b\nof\nboth\n0.5,1\n7,2.5\n-2,4\n", TWO),
        ("a,b\nmV,-\n0.5,1\n7,2.5\n-2,4\n", TWO),
        ("a,b\n-,-\n0.5,1\n7,2.5\n-2,4\n", TWO),
        ("a,b\n0.5,1,\n7,2.5,\n-2,4,\n", TWO),
        ("a,b,\n0.5,1,\n7,2.5,\n-2,4,\n", TWO),
        ("a,b\n0.5,1\n\n7,2.5\n-2,4\n\n\n", TWO),
        (",a,b\n0,0.5,1\n1,7,2.5\n2,-2,4\n", TWO),
        ("'sample #',a,b\n5,0.5,1\n6,7,2.5\n7,-2,4\n", TWO),
    ],
)  # fmt: skip
def test_every_layout_tells_the_same(content: str, expected: dict[str, list[float]], tmp_path: Path) -> None:
    assert samples_of(text(tmp_path, content)) == read_as(expected)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings_are_recognised(encoding: str, tmp_path: Path) -> None:
    path = text(tmp_path, "Strömung;µ\n0,5;1\n7;2,5\n-2;4\n", encoding=encoding)
    assert samples_of(path) == dict(zip(("Strömung", "µ"), TWO.values(), strict=True))


def test_another_encoding_far_below_leaves_numbers_alone(tmp_path: Path) -> None:
    path = text(tmp_path, b"a,label\n" + b"1.5,ok\n" * 20_000 + "2.5,für\n".encode("latin-1"))
    (channel, _) = open_recording(path).channels
    assert channel.read(19_999, 20_001).tolist() == [1.5, 2.5]


@pytest.mark.parametrize("missing", ["", "NaN", "nan", "NA", "N/A", "null", "None", "-", "?"])
def test_what_stands_for_nothing_is_missing(missing: str, tmp_path: Path) -> None:
    path = text(tmp_path, f"a,b\n0.5,{missing}\n{missing},1\n7,2\n{missing},{missing}\n")
    assert samples_of(path) == read_as({"a": [0.5, nan, 7, nan], "b": [nan, 1, 2, nan]})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a\nNA\nNA\n1\n2\n", [nan, nan, 1, 2]),
        ('a\n""\n1.0\n""\n3.0\n', [nan, 1, nan, 3]),  # as pandas writes it
        ("a\n1\n\n3\n\n\n", [1, nan, 3]),  # as Excel writes it; what follows the last row is nothing
        ("nan\n1\n3\n", [nan, 1, 3]),
    ],
)
def test_samples_are_missing_at_both_ends_and_between(
    content: str, expected: list[float], tmp_path: Path
) -> None:
    assert list(samples_of(text(tmp_path, content)).values()) == [pytest.approx(expected, nan_ok=True)]


def test_rows_of_two_channels_may_lead_with_missing_samples(tmp_path: Path) -> None:
    path = text(tmp_path, "a,b\n,\nnan,\n1,5\n3,2\n2,1\n")
    assert samples_of(path) == read_as({"a": [nan, nan, 1, 3, 2], "b": [nan, nan, 5, 2, 1]})


def test_physionets_export_is_read_with_time_units_and_gaps(tmp_path: Path) -> None:
    path = text(tmp_path, PHYSIONET)
    assert [(c.name, c.unit, c.rate) for c in open_recording(path).channels] == [
        ("MLII", "mV", 250), ("V5", "mV", 250),
    ]  # fmt: skip
    assert samples_of(path) == read_as(
        {"MLII": [-0.145, -0.145, -0.12, nan, -0.1], "V5": [-0.065, nan, -0.08, nan, -0.09]}
    )


def test_what_was_recognised_is_told(tmp_path: Path) -> None:
    notes = open_recording(text(tmp_path, "t;a\n0,00;1\n0,25;3\n0,50;2\n")).notes
    assert notes == (
        "it has 2 columns, with semicolons between them; the decimal mark is a comma",
        "its column t tells the time in s: 4 samples a second",
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a,b,c\n", "there is no number in it"),
        ("# nothing\n\n", "there is no number in it"),
        ("dear diary\nnothing happened today\n", "there is no number in it"),
        ("a\nnan\nnan\nnan\n", "a holds no number, only missing ones; leave it or its file out"),
        ("a\n1\n2\noops\n3\n", "channel a: line 4 is no number: oops; mend it"),
        ("a\n1\n2\n# remark\n3\n", "channel a: line 4 is no number: # remark; mend it"),
        ("a\n" + "1\n" * 70_000 + "oops\n", "channel a: line 70002 is no number: oops; mend it"),
        ('a,b\n1,2\n"3\n4",5\n1,2\n1,3\n', "line 3 is no number: 3 4; leave it out with --picks b"),
        ("1,2\n3,4,5\n6,7\n8,9\n", "its rows are not all alike (Expected 2 fields in line 2, saw 3)"),
        ("a;b\n1.000,5;2\n1.000,7;3\n", "line 2 is no number: 1.000,5; leave it out with --picks b"),
        ("1.25," * 20_000, "its first line is longer than 65,536 bytes; write a line for each sample"),
    ],
)
def test_a_text_file_that_cannot_be_used_is_refused(content: str, told: str, tmp_path: Path) -> None:
    message = fault(text(tmp_path, content), length=2, rate=1)
    assert message.startswith("some.csv: ")
    assert told in message


def test_a_row_that_is_cut_off_lacks_its_last_samples(tmp_path: Path) -> None:
    assert samples_of(text(tmp_path, "a,b\n5,2\n3\n6,7\n")) == read_as({"a": [5, 3, 6], "b": [2, nan, 7]})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("0,1\n0.5,0.25\n1.5,0.75\n", ["0", "1"]),
        (",0,1\n0,0.5,0.25\n1,1.5,\n2,2.5,0.25\n", ["0", "1"]),
        (",0\n0,0.5\n1,1.5\n2,0.25\n", ["0"]),
        ("1,2,3\n0.5,0.25,1e-3\n1.5,0.75,2e-3\n", ["1", "2", "3"]),
    ],
)
def test_the_numbers_of_columns_are_no_samples(tmp_path: Path, text: str, names: list[str]) -> None:
    file = tmp_path / "pandas.csv"
    file.write_text(text)
    found = open_recording(file)
    assert [channel.name for channel in found.channels] == names
    assert {channel.n_samples for channel in found.channels} == {text.count("\n") - 1}


@pytest.mark.parametrize("text", ["0,1\n0.004,5\n0.008,3\n", "0,1\n1,5\n2,3\n", "0\n0.5\n0.25\n", "1\n2\n"])
def test_samples_that_may_be_whole_numbers_are_samples(tmp_path: Path, text: str) -> None:
    file = tmp_path / "whole.csv"
    file.write_text(text)
    assert open_recording(file).channels[0].n_samples == text.count("\n")
