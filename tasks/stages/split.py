"""Stage 2: part the signals of one noise level into train, validation and test."""

from typing import TYPE_CHECKING, Any

from denoising.signals.settings import DatasetSettings
from tasks.cache.key import Key, dataset_name, split_key
from tasks.cache.record import Made, Record
from tasks.cache.store import Store
from tasks.run.stage import stage

if TYPE_CHECKING:
    from denoising.signals.dataset import Split


@stage(split_key, run_name="split alpha={alpha}")
def split(key: Key, dataset: DatasetSettings, alpha: float, generated: Record, store: Store) -> Made:
    """Part the pool into train and validation, beside the test signals, a Parquet file each."""
    from denoising.signals.dataset import split_pool
    from tasks.formats import signals

    drawn = signals.from_parquet(store.read(generated["outputs"]["signals"]))
    splits = split_pool(drawn["pool"], dataset.data_seed)
    splits["test"] = drawn["test"]
    folder = f"data/{dataset_name(dataset)}/alpha={alpha:g}"
    return Made(
        {
            str(name): store.write(
                f"{folder}/{name}.parquet", signals.to_parquet({name: part}, deciding(name, key))
            )
            for name, part in splits.items()
        }
    )


def deciding(split: "Split", key: Key) -> dict[str, Any]:
    """The settings that decide the signals of a split: the number of others is not among them."""
    other = "n_signals" if split == "test" else "n_test"
    return {name: value for name, value in key.ingredients["settings"].items() if name != other}
