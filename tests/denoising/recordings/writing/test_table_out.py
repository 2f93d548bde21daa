from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.denoising.recordings.writing.rewritten import channels_in, rewritten

AT = pd.Timestamp("2024-02-29T23:59:59", tz="Europe/Berlin") + pd.to_timedelta(np.arange(4) * 4, unit="ms")
COLUMNS = {
    "start": AT,
    "small": pa.array([1, -2, 3, None], pa.int8()),
    "half": pa.array(np.array([0.5, 1, 2, 4], np.float16)),
    "single": pa.array([0.5, None, float("nan"), 1], pa.float32()),
    "large": pa.array([2**60 + 1, 5, 2**60 + 3, 7], pa.uint64()),
    "label": pa.array(["a", "b", None, "d"]).dictionary_encode(),
    "list": pa.array([[1, 2], [], None, [3]]),
}


def written(path: Path, **how: object) -> Path:
    table = pa.table(COLUMNS)
    fields = [field.with_metadata({"told": field.name}) for field in table.schema]
    table = table.cast(pa.schema(fields, {"subject": "one"}))
    pq.write_table(table, path, **how)
    return path


@pytest.mark.parametrize(
    "how",
    [
        {"compression": "zstd", "row_group_size": 3},
        {"compression": {"small": "gzip", "label": "snappy"}, "version": "1.0"},
        {"compression": "none", "use_deprecated_int96_timestamps": True},
    ],
)
def test_types_metadata_and_other_columns_stay(how: dict[str, object], tmp_path: Path) -> None:
    source = written(tmp_path / "some.parquet", **how)
    new = {
        "small": [1e3, -1e3, np.nan, 2.6],
        "half": [1.5, np.nan, 3, 1e9],
        "single": [1.25, 2.5, np.nan, np.nan],
        "large": [np.nan, -3, np.nan, 1e30],
    }
    copy = rewritten(source, new)
    one, two = (pq.ParquetFile(path) for path in (source, copy))
    assert two.schema_arrow.equals(one.schema_arrow, check_metadata=True)
    assert two.schema.equals(one.schema)
    assert two.num_row_groups == one.num_row_groups
    for i in range(one.metadata.num_columns):
        before, after = (file.metadata.row_group(0).column(i) for file in (one, two))
        assert (after.compression, after.num_values) == (before.compression, before.num_values)
    before, after = one.read(), two.read()
    assert after["small"].to_pylist() == [127, -128, 3, 3]
    assert after["half"].to_pylist() == [1.5, 1, 3, float("inf")]
    single = after["single"].to_pylist()
    assert single[:2] + single[3:] == [1.25, 2.5, 1]
    assert np.isnan(single[2])
    assert after["large"].to_pylist() == [2**60 + 1, 0, 2**60 + 3, 2**64 - 2048]
    assert after.drop_columns([*new]).equals(before.drop_columns([*new]))


def test_a_row_is_the_sample_at_its_time(tmp_path: Path) -> None:
    kept = np.array([i for i in range(100) if not 30 <= i < 47 and i != 80])
    source = tmp_path / "some.parquet"
    pd.DataFrame({"time": kept / 8, "a": kept * 1.0, "b": kept}).to_parquet(source, row_group_size=20)
    assert len(channels_in(source)["a"]) == 100
    copy = rewritten(source, {"a": 1000.0 + np.arange(100)})
    after = pd.read_parquet(copy)
    assert after["a"].tolist() == (1000.0 + kept).tolist()
    assert after["b"].tolist() == kept.tolist()
