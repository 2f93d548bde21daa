"""Stage 2: part the signals of one noise level into train, validation and test."""

from denoising.settings import DatasetSettings
from tasks.keys import Key, dataset_name, split_key
from tasks.records import Made, Record
from tasks.stage import stage
from tasks.store import Store


@stage(split_key, run_name="split alpha={alpha}")
def split(key: Key, dataset: DatasetSettings, alpha: float, generated: Record, store: Store) -> Made:
    """Part the pool into train and validation, beside the test signals, a Parquet file each."""
    from denoising.dataset import split_pool

    signals = store.read_signals(generated["outputs"]["signals"])
    splits = split_pool(signals["pool"], dataset.data_seed)
    splits["test"] = signals["test"]
    folder = f"data/{dataset_name(dataset)}/alpha={alpha:g}"
    settings = key.ingredients["settings"]
    return Made(
        {
            str(name): store.write_signals(f"{folder}/{name}.parquet", {name: part}, settings)
            for name, part in splits.items()
        }
    )
