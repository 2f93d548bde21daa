from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from denoising.recordings.opening import open_recording
from tests.denoising.recordings.written import fault, samples_of, text


def table(heading: str, times: list[str]) -> str:
    return "\n".join([f"{heading},a", *(f"{time},{i % 7}.5" for i, time in enumerate(times))])


def every(step: float, n: int = 50, start: float = 0, digits: int = 6) -> list[str]:
    return [f"{start + step * i:.{digits}f}" for i in range(n)]


@pytest.mark.parametrize(
    ("heading", "times", "rate"),
    [
        ("time", every(0.004), 250),
        ("Time (s)", every(0.004, start=1.7e9), 250),
        ("t", every(1 / 360, digits=3), 360),
        ("time [ms]", every(4), 250),
        ("time_msec", every(4), 250),
        ("timestamp_us", every(4000), 250),
        ("Time (µs)", every(4000), 250),
        ("Time (μs)", every(4000), 250),
        ("t_ns", every(4e6), 250),
        ("time (min)", every(1 / 60, digits=9), 1),
        ("seconds", every(1), 1),
        ("x (ms)", every(4), 250),
        ("whatever", every(0.5), 2),
        ("date", [f"2024-02-29 23:59:59.{4 * i:03d}" for i in range(50)], 250),
        ("when", [f"2024-02-29T23:59:{i:02d}Z" for i in range(50)], 1),
        ("timestamp_ms", [f"2024-02-29 23:59:59.{4 * i:03d}" for i in range(50)], 250),
        (
            "clock",
            [f"0:{59 + i // 60}:{i % 60:02d}" if i < 60 else f"1:00:{i - 60:02d}" for i in range(90)],
            1,
        ),
        ("clock", [f"0:{i / 8:06.3f}" for i in range(50)], 8),
    ],
)
def test_a_column_of_times_tells_the_rate(
    heading: str, times: list[str], rate: float, tmp_path: Path
) -> None:
    (channel,) = open_recording(text(tmp_path, table(heading, times))).channels
    assert (channel.name, channel.n_samples) == ("a", len(times))
    assert channel.rate == pytest.approx(rate, rel=2e-3 if heading == "t" else 1e-9)


def test_a_units_row_tells_the_unit_of_times_and_channels(tmp_path: Path) -> None:
    path = text(tmp_path, "time,a (raw),b\nms,mV,\n0,1,2\n4,3,5\n8,2,1\n")
    assert [(c.name, c.unit, c.rate) for c in open_recording(path).channels] == [
        ("a (raw)", "mV", 250), ("b", "", 250),
    ]  # fmt: skip


@pytest.mark.parametrize("seconds", [True, False])
def test_samples_are_missing_where_the_time_leaps(seconds: bool, tmp_path: Path) -> None:
    kept = [i for i in range(100) if not 30 <= i < 47 and i != 80]
    times = [f"{i / 8:.3f}" if seconds else f"0:00:{i / 8:06.3f}" for i in kept]
    path = text(tmp_path, "time,a\n" + "".join(f"{t},{i}\n" for t, i in zip(times, kept, strict=True)))
    assert samples_of(path)["a"] == pytest.approx([i if i in kept else nan for i in range(100)], nan_ok=True)
    note = "its column time tells the time in s: 8 samples a second, with 18 samples missing where it leaps"
    assert open_recording(path).notes[1] == note


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (["0", "1", "0.5", "2"], "does not rise at row 3; mend it there"),
        (["0", "1", "1", "2"], "does not rise at row 3; mend it there"),
        (["0", "1", "nan", "2"], "does not rise at row 3; mend it there"),
        ([f"{i**2 / 100:.2f}" for i in range(1, 100)], "is not even at row"),
        ([*every(1), "100000", "100001"], "leaps far at row 51; split it there"),
        ([*every(1), "1e300", "2e300"], "leaps far at row"),
    ],
)
def test_times_that_do_not_rise_evenly_are_refused(times: list[str], told: str, tmp_path: Path) -> None:
    message = fault(text(tmp_path, table("time", times)), length=8)
    assert message.startswith("some.csv: its column time tells the time and ")
    assert told in message


def test_a_first_column_that_does_not_rise_evenly_is_a_channel(tmp_path: Path) -> None:
    assert samples_of(text(tmp_path, "a,b\n1,2\n2,5\n9,1\n4,4\n")).keys() == {"a", "b"}


@pytest.mark.parametrize(
    ("heading", "name", "unit"),
    [
        ("MLII (mV)", "MLII", "mV"),
        ("ECG [µV]", "ECG", "µV"),
        ("x(m/s^2)", "x", "m/s^2"),
        ("level [%]", "level", "%"),
        ("air (left) [°C]", "air (left)", "°C"),
        ("ECG_mV", "ECG_mV", ""),
        ("channel (1)", "channel (1)", ""),
        ("ECG (lead two)", "ECG (lead two)", ""),
        ("(mV)", "(mV)", ""),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_brackets_in_a_heading_tell_the_unit(
    kind: str, heading: str, name: str, unit: str, tmp_path: Path
) -> None:
    path, columns = tmp_path / f"some.{kind}", pd.DataFrame({heading: [1.0, 3, 2], "other": [1.0, 4, 2]})
    columns.to_csv(path, index=False) if kind == "csv" else columns.to_parquet(path)
    assert [(c.name, c.unit) for c in open_recording(path).channels] == [(name, unit), ("other", "")]


def test_headings_that_differ_in_brackets_alone_stay_whole(tmp_path: Path) -> None:
    path = text(tmp_path, "EEG (Fz),EEG (Cz),EOG (mV)\n1,5,2\n3,1,2.5\n2,4,1\n")
    assert list(samples_of(path)) == ["EEG (Fz)", "EEG (Cz)", "EOG"]


def test_channels_of_one_name_are_told_apart(tmp_path: Path) -> None:
    names = list(samples_of(text(tmp_path, "a,a,a1,,b\n1,5,2,3,4\n3,1,2.5,6,1\n2,4,1,3,3\n")))
    assert len(set(names)) == 5
    assert names[2:] == ["a1", "channel4", "b"]


def test_a_parquet_file_has_channels_of_every_kind_of_number_and_times(tmp_path: Path) -> None:
    at = pd.Timestamp("2024-02-29T23:59:59", tz="Europe/Berlin") + pd.to_timedelta(
        np.arange(4) * 4, unit="ms"
    )
    columns = {
        "start": at,
        "small": np.array([1, -2, 3, 0], np.int8),
        "single": np.array([0.5, nan, 2, 1], np.float32),
        "some": pd.array([1, None, 3, 2], dtype="Int64"),
        "label": ["a", "b", "c", "d"],
        "flag": [True, False, True, True],
    }
    pd.DataFrame(columns).to_parquet(tmp_path / "some.parquet")
    channels = {c.name: c for c in open_recording(tmp_path / "some.parquet").channels}
    assert channels.keys() == columns.keys() - {"start"}
    assert {c.rate for c in channels.values()} == {250}
    assert channels["small"].read(1, 3).tolist() == [-2, 3]
    assert channels["single"].read(0, 4).tolist() == pytest.approx([0.5, nan, 2, 1], nan_ok=True)
    assert channels["some"].read(0, 4).tolist() == pytest.approx([1, nan, 3, 2], nan_ok=True)
    assert channels["label"].problem == "it holds text, not real numbers"
    assert channels["flag"].problem == "it holds bool, not real numbers"


def test_a_parquet_file_without_rows_is_refused(tmp_path: Path) -> None:
    pd.DataFrame({"a": np.zeros(0)}).to_parquet(tmp_path / "some.parquet")
    assert fault(tmp_path / "some.parquet") == "some.parquet: it has no row"
