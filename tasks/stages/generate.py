"""Stage 1: draw the signals of one noise level."""

from denoising.signals.settings import DatasetSettings
from tasks.cache.key import Key, dataset_name, generate_key
from tasks.cache.record import Made
from tasks.cache.store import Store
from tasks.run.stage import stage


@stage(generate_key, run_name="generate alpha={alpha}")
def generate(key: Key, dataset: DatasetSettings, alpha: float, store: Store) -> Made:
    """Draw the pool and the test signals at one noise level and keep them as Parquet."""
    from denoising.signals import dataset as datasets
    from tasks.formats import signals

    parts = {
        "pool": datasets.generate(dataset, alpha, "pool"),
        "test": datasets.generate(dataset, alpha, "test"),
    }
    path = f"data/generated/{dataset_name(dataset)}/alpha={alpha:g}/signals.parquet"
    return Made({"signals": store.write(path, signals.to_parquet(parts, key.ingredients["settings"]))})
