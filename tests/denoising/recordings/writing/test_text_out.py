from math import nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.denoising.recordings.writing.rewritten import channels_in, refusal, rewritten
from tests.denoising.recordings.written import PHYSIONET, text


def copied(folder: Path, before: str | bytes, new: dict[str, list[float]], encoding: str = "utf-8") -> str:
    copy = rewritten(text(folder, before, encoding=encoding), new)
    return copy.read_bytes().decode(encoding)


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("5\n9\n-3\n", {"channel": [1.4, 2.6, -0.2]}, "1\n3\n0\n"),
        ("a,b\r\n5,1\r\n9,2\r\n3,1", {"b": [70, 8, 9]}, "a,b\r\n5,70\r\n9,8\r\n3,9"),
        ("a,b\r5,1\r9,2\r3,1\r", {"b": [70, 8, 9]}, "a,b\r5,70\r9,8\r3,9\r"),
        ("# me\n%x\n\na,b\n5,1\n\n9,2\n3,1\n \n", {"a": [7, 8, 9]}, "# me\n%x\n\na,b\n7,1\n\n8,2\n9,1\n \n"),
        (
            '"a";"b";"who"\n"0,50";"1";"x;y"\n"7,25";"2,5";""\n"-2,00";"4,0";"a ""b"""\n',
            {"a": [-1, 10.125, 2]},
            '"a";"b";"who"\n"-1,0000";"1";"x;y"\n"10,1250";"2,5";""\n"2,0000";"4,0";"a ""b"""\n',
        ),
        ("a,b\nmV,-\n5,1\n7,2\n-2,4\n", {"a": [1, 2, 3]}, "a,b\nmV,-\n1,1\n2,2\n3,4\n"),
        ("'a', 'b'\n5, 1\n7, 2\n-2, 4\n", {"b": [6, 7, 8]}, "'a', 'b'\n5, 6\n7, 7\n-2, 8\n"),
        ("a b\n 5   1\n 7   2.5\n-2   4.0\n", {"b": [1, 9, 9]}, "a b\n 5   1\n 7   9.0000\n-2   9.0000\n"),
        ("a,b\n5,1,\n7,2,\n-2,4,\n", {"b": [6, 7, 8]}, "a,b\n5,6,\n7,7,\n-2,8,\n"),
        ("a\n1\n\n3\n\n\n", {"a": [7, nan, 9]}, "a\n7\n\n9\n\n\n"),
        ("a\n1\n\n3\n\n\n", {"a": [7, 8, 9]}, "a\n7\n8\n9\n\n\n"),
        ('a\n""\n1\n""\n3\n', {"a": [5, 6, nan, 8]}, 'a\n"5"\n6\n""\n8\n'),
        ("a,b\n1,NA\nNA,2\n3,1\n", {"a": [nan, nan, 9], "b": [5, 6, 7]}, "a,b\n1,5\nNA,6\n9,7\n"),
        ("a,b\n5,2\n3\n6,7\n", {"a": [1, 2, 3], "b": [8, 9, 1]}, "a,b\n1,8\n2\n3,1\n"),
        (PHYSIONET, {"V5": [-0.065, nan, 0, 7, nan]}, PHYSIONET.replace("-0.080", "0.0000")),
        ("t\ta\tb\n0\t\t1\n1\t5\t2\n2\t6\t\n", {"b": [7, 8, nan]}, "t\ta\tb\n0\t\t7\n1\t5\t8\n2\t6\t\n"),
        ("a,note\n1,\"two\nlines\"\n2,x\n1,\n", {"a": [7, 8, 9]}, "a,note\n7,\"two\nlines\"\n8,x\n9,\n"),
        ('a,note\n1,5" pipe\n2,x\n1,6"\n', {"a": [7, 8, 9]}, 'a,note\n7,5" pipe\n8,x\n9,6"\n'),
    ],
)  # fmt: skip
def test_only_the_numbers_of_changed_channels_are_replaced(
    before: str, new: dict[str, list[float]], after: str, tmp_path: Path
) -> None:
    assert copied(tmp_path, before, new) == after


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff"), ("latin-1", "")],
)
@pytest.mark.parametrize("heading", ["Strömung;µ;wo\r\n", ""])
def test_encodings_and_their_marks_stay(encoding: str, mark: str, heading: str, tmp_path: Path) -> None:
    name = "Strömung" if heading else "channel1"
    before = mark + heading + "5;1;ä\r\n9;2;ö\r\n3;1;ü\r\n"
    after = copied(tmp_path, before, {name: [70, 8, 9]}, encoding)
    assert after == mark + heading + "70;1;ä\r\n8;2;ö\r\n9;1;ü\r\n"


def test_bytes_that_are_no_characters_stay(tmp_path: Path) -> None:
    rows = b"a,label\n" + b"1,ok\n" * 20_000
    copy = rewritten(text(tmp_path, rows + b"2,f\xfcr\n"), {"a": [1] * 20_000 + [3]})
    assert copy.read_bytes() == rows + b"3,f\xfcr\n"


def test_a_row_is_the_sample_at_its_time(tmp_path: Path) -> None:
    kept = [i for i in range(100) if not 30 <= i < 47 and i != 80]
    row = "{:.3f},{},x\n".format
    before = "time,a,b\n" + "".join(row(i / 8, i % 7) for i in kept)
    after = "time,a,b\n" + "".join(row(i / 8, i + 1000) for i in kept)
    assert copied(tmp_path, before, {"a": [1000 + i for i in range(100)]}) == after


@pytest.mark.parametrize(
    ("numbers", "new", "expected"),
    [
        (["0.5", "7", "-2"], [1, 2, 3.25], ["1.0000", "2.0000", "3.2500"]),
        (["0.123456", "7", "-2"], [1, 2, 4], ["1.000000", "2.000000", "4.000000"]),
        (["0.5", "7", "-2"], [1e-6, 2e-6, 3e-6], ["0.0000010000", "0.0000020000", "0.0000030000"]),
        (["0.5", "7", "-2"], [1e6, 2e6, 3e6], ["1000000.0", "2000000.0", "3000000.0"]),
        (["5", "7", "-2"], [1.5, 2.5, -0.1], ["2", "2", "0"]),
        (["1.50e-03", "7.00e+00", "-2.00e+01"], [1, 2, 4], ["1.0000e+00", "2.0000e+00", "4.0000e+00"]),
        (["1.50E-03", "7", "-2"], [0.5, 250, 4], ["0.5", "250", "4"]),
        (["0.5", "7.5", "-2"], [1, 1.01, 1], ["1.0000000", "1.0100000", "1.0000000"]),
    ],
)
def test_numbers_are_written_as_the_others_of_their_column(
    numbers: list[str], new: list[float], expected: list[str], tmp_path: Path
) -> None:
    before, after = ("a\n" + "\n".join(each) for each in (numbers, expected))
    assert copied(tmp_path, before, {"a": new}) == after


@settings(max_examples=60)
@given(
    values=st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=30),
    scale=st.sampled_from([0, 1e-6, -3e-3, 1, 300]),
    form=st.sampled_from(["%.3f", "%.2e", "%g", "%r"]),
    marks=st.sampled_from([(",", "."), (";", ","), ("\t", "."), ("\t", ","), (" ", ".")]),
)
def test_rounding_is_small_beside_a_channels_spread(
    values: list[float],
    scale: float,
    form: str,
    marks: tuple[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    separator, decimal = marks
    columns = [(form % (i % 5 + 0.25)).replace(".", decimal) for i in range(len(values))]
    rows = "".join(f"{c}{separator}x{i}{separator}{c}\n" for i, c in enumerate(columns))
    source = text(tmp_path_factory.mktemp("some"), separator.join(("a", "label", "b")) + "\n" + rows)
    new = scale * np.array(values)
    copy = rewritten(source, {"b": new})
    largest = np.abs(new).max()
    spread = new.std() if new.std() > 1e-12 * largest else largest
    assert np.abs(channels_in(copy)["b"] - new).max() <= 1.001e-4 * spread + 1e-12 * largest
    before, after = (path.read_text().splitlines() for path in (source, copy))
    assert [line.split(separator)[:2] for line in after] == [line.split(separator)[:2] for line in before]


def test_a_file_that_ends_within_a_character_is_refused(tmp_path: Path) -> None:
    data = "a;label\n1;x\n2;y\n1;z".encode("utf-16") + b"\n"
    assert refusal(text(tmp_path, data), {"a": [7, 8, 9]}).startswith("it ends within a character")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "a b\r1 2.5\r3 1\r2 5\r ",
            "its rows cannot be told apart as they are written; save it again without",
        ),
        (
            "\r  \ra\tb\r1\t2.5\r3\t1.5\r2\t5\r4\t1\r",
            "stands where 1.5 was read; save it again without quotes",
        ),
    ],
)
def test_rows_that_pandas_tells_apart_otherwise_are_refused(content: str, told: str, tmp_path: Path) -> None:
    source = text(tmp_path, content)
    assert told in refusal(source, {"b": channels_in(source)["b"] + 1})
