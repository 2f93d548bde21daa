import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings
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


def test_a_dataset_is_one_table_to_other_programs(tmp_path: Path) -> None:
    for alpha in (0.1, 0.2):
        folder = tmp_path / f"alpha={alpha:g}"
        folder.mkdir()
        for part in ("pool", "test"):
            content = signals.to_parquet({part: generate(DATASET, alpha, part)}, {})
            (folder / f"{part}.parquet").write_bytes(content)
    frame = pd.read_parquet(tmp_path)
    assert len(frame) == 2 * (6 + 4)
    assert sorted(frame["alpha"].astype(float).unique()) == [0.1, 0.2]
    assert len(frame["noisy"].iloc[0]) == 16
    schema = ds.dataset(tmp_path, partitioning="hive").schema
    assert str(schema.field("clean").type) == "fixed_size_list<element: float>[16]"


def test_the_same_signals_give_the_same_bytes() -> None:
    drawn = generate(DATASET, 0.2, "pool")
    assert signals.to_parquet({"pool": drawn}, {"a": 1}) == signals.to_parquet({"pool": drawn}, {"a": 1})
