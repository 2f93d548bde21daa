"""Stage 1: draw the signals of one noise level."""

from denoising import dataset as datasets
from denoising.settings import DatasetSettings
from tasks.keys import dataset_name, generate_key
from tasks.stage import stage
from tasks.store import Record, Store


@stage(generate_key, run_name="generate alpha={alpha}")
def generate(dataset: DatasetSettings, alpha: float, store: Store) -> Record:
    """Draw the pool and the test signals at one noise level and keep them as Parquet."""
    key = generate_key(dataset, alpha)
    parts = {
        "pool": datasets.generate(dataset, alpha, "pool"),
        "test": datasets.generate(dataset, alpha, "test"),
    }
    path = f"data/generated/{dataset_name(dataset)}/alpha={alpha:g}/signals.parquet"
    written = store.write_signals(path, parts, key.ingredients["settings"])
    return Record(key=str(key), ingredients=key.ingredients, outputs={"signals": written}, values={})
