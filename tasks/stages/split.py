"""Stage 2: split the signals of one noise level into train, validation and test."""

from typing import TYPE_CHECKING, Any

from denoising.signals.settings import LevelSettings
from tasks.cache.record import Made, Record
from tasks.cache.stage import stage
from tasks.run.work import Work

if TYPE_CHECKING:
    from denoising.signals.dataset import Split


@stage("datasets", generated=("signals",))
def split(settings: LevelSettings, work: Work, generated: Record) -> Made:
    """Split the pool into train and validation; write these and the test signals to a Parquet file each."""
    from denoising.signals.dataset import split_pool
    from tasks.formats.signals import from_parquet, to_parquet

    signals = from_parquet(work.store.read(generated["outputs"]["signals"]))
    splits = split_pool(signals["pool"], settings)
    splits["test"] = signals["test"]
    folder = f"data/{settings.folder}/alpha={settings.alpha:g}"
    return Made(
        {
            str(name): work.store.write(
                f"{folder}/{name}.parquet", to_parquet({name: part}, deciding(name, settings))
            )
            for name, part in splits.items()
        }
    )


def deciding(split: "Split", settings: LevelSettings) -> dict[str, Any]:
    """Return the settings that decide the signals of a split, without the number of signals in others."""
    return settings.model_dump(exclude={"n_signals" if split == "test" else "n_test"})
