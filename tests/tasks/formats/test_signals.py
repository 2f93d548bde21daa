import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest

from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings
from tasks.cache.sources import ROOT
from tasks.formats import signals
from tasks.formats.parquet import table_from_parquet

DATASET = DatasetSettings(n_signals=6, n_test=4, signal_length=16)


def test_signals_come_back_bit_for_bit_with_their_settings() -> None:
    pool, test = generate(DATASET, 0.2, "pool"), generate(DATASET, 0.2, "test")
    content = signals.to_parquet({"pool": pool, "test": test}, {"alpha": 0.2})
    back = signals.from_parquet(content)
    assert list(back) == ["pool", "test"]
    for name, drawn in {"pool": pool, "test": test}.items():
        same = {**vars(back[name]), **back[name].covariates}
        for part, ours in {**vars(drawn), **drawn.covariates}.items():
            if isinstance(ours, np.ndarray):
                assert np.array_equal(ours, same[part])
                assert ours.dtype == same[part].dtype
        assert drawn.covariates.keys() == back[name].covariates.keys() == {"f1", "f2"}
    assert json.loads(table_from_parquet(content).schema.metadata[b"denoising"]) == {"alpha": 0.2}


DOCUMENT = (ROOT / "docs/datasets.md").read_text()
READING = dict(re.findall(r"^(\w+):\n\n```python\n(.*?)```", DOCUMENT, re.DOTALL | re.MULTILINE))


def write_dataset(folder: Path, levels: dict[str, float]) -> None:
    for name, alpha in levels.items():
        (folder / name).mkdir(parents=True)
        for part in ("pool", "test"):
            content = signals.to_parquet({part: generate(DATASET, alpha, part)}, {})
            (folder / name / f"{part}.parquet").write_bytes(content)


@pytest.mark.parametrize("library", ["pyarrow", "pandas", "Polars", "DuckDB"])
@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("alpha", {"alpha=0.1": 0.1, "alpha=0.2": 0.2}),
        ("alpha", {"alpha=0.1": 0.1, "alpha=0": 0.0, "alpha=1": 1.0, "alpha=1e-05": 1e-5}),
        ("snr", {"snr=0.1": 0.2, "snr=-5": 0.5, "snr=10": 0.1}),
    ],
)
def test_a_dataset_is_one_table_to_whoever_reads_it_as_the_document_tells(
    library: str, name: str, levels: dict[str, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_dataset(tmp_path / "data/DATASET", levels)
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    exec(READING[library].replace("alpha", name), found)
    rows = found["rows"]
    frame = rows if isinstance(rows, pd.DataFrame) else rows.to_pandas()
    assert frame[name].dtype == "float64"
    assert frame[name].tolist() == [0.1] * (6 + 4)
    drawn = generate(DATASET, levels[f"{name}=0.1"], "test")
    test = frame[frame["split"] == "test"].sort_values("signal_id")
    assert np.array_equal(np.stack(test["noisy"].tolist()), drawn.noisy)


def test_a_level_without_a_number_is_read_by_itself(tmp_path: Path) -> None:
    write_dataset(tmp_path, {"as-recorded": 0.1, "noise-doubled": 0.2})
    assert len(pd.read_parquet(tmp_path / "as-recorded")) == 6 + 4


def test_signals_are_lists_of_one_length(tmp_path: Path) -> None:
    write_dataset(tmp_path, {"alpha=0.1": 0.1})
    schema = ds.dataset(tmp_path, partitioning="hive").schema
    assert str(schema.field("clean").type) == "fixed_size_list<element: float>[16]"


def test_the_same_signals_give_the_same_bytes() -> None:
    drawn = generate(DATASET, 0.2, "pool")
    assert signals.to_parquet({"pool": drawn}, {"a": 1}) == signals.to_parquet({"pool": drawn}, {"a": 1})
