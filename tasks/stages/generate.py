"""Stage 1: draw the signals of one noise level."""

from denoising.signals.settings import LevelSettings
from tasks.cache.record import Made
from tasks.cache.stage import stage
from tasks.run.work import Work


@stage("generated datasets")
def generate(settings: LevelSettings, work: Work) -> Made:
    """Draw the pool and the test signals at one noise level and write them to a Parquet file."""
    from denoising.signals import dataset
    from tasks.formats.signals import to_parquet

    parts = {
        "pool": dataset.generate(settings, settings.alpha, "pool"),
        "test": dataset.generate(settings, settings.alpha, "test"),
    }
    path = f"data/generated/{settings.folder}/alpha={settings.alpha:g}/signals.parquet"
    return Made({"signals": work.store.write(path, to_parquet(parts, settings.model_dump()))})
