"""Stage 2: part the signals of one noise level into train, validation and test."""

from denoising.dataset import split_pool
from denoising.settings import DatasetSettings
from tasks.keys import dataset_name, split_key
from tasks.stage import stage
from tasks.store import Record, Store


@stage(split_key, run_name="split alpha={alpha}")
def split(dataset: DatasetSettings, alpha: float, generated: Record, store: Store) -> Record:
    """Part the pool into train and validation, beside the test signals, a Parquet file each."""
    key = split_key(dataset, alpha, generated)
    signals = store.read_signals(generated["outputs"]["signals"])
    splits = split_pool(signals["pool"], dataset.data_seed)
    splits["test"] = signals["test"]
    folder = f"data/{dataset_name(dataset)}/alpha={alpha:g}"
    written = {
        str(name): store.write_signals(f"{folder}/{name}.parquet", {name: part}, key.ingredients["settings"])
        for name, part in splits.items()
    }
    return Record(key=str(key), ingredients=key.ingredients, outputs=written, values={})
