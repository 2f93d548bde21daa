"""What was measured of a denoiser, as files."""

from denoising.measure.evaluation import Evaluation
from tasks.cache.record import Output
from tasks.cache.store import Store
from tasks.formats import frames


def write_evaluation(folder: str, result: Evaluation, store: Store) -> dict[str, Output]:
    """Write what was measured into a folder, a file a part."""
    tables = {"per_signal": result.per_signal, "examples": result.examples, "spectra": result.spectra}
    return {
        "metrics": store.write_json(f"{folder}/metrics.json", result.metrics),
        **{
            name: store.write(f"{folder}/{name}.parquet", frames.to_parquet(table))
            for name, table in tables.items()
        },
    }
