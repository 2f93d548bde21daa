"""The second stage of a study of recordings: add noise to their windows."""

from math import sqrt

from denoising.recordings.settings import NoiseSettings
from tasks.cache.record import Made, Record
from tasks.cache.stage import EVERYTHING, stage
from tasks.run.work import Work


class MixSettings(NoiseSettings):
    """The settings that decide the noisy signals of a level; `folder` is that of the dataset."""

    folder: str


@stage("datasets", cut=EVERYTHING)
def mix(settings: MixSettings, work: Work, cut: Record) -> Made:
    """Add noise to windows of recordings; write train, validation and test signals to a Parquet file each."""
    from denoising.recordings.mixing import mixed, own_stds, sizes
    from tasks.formats import windows
    from tasks.formats.signals import to_parquet

    parts = windows.from_parquet(work.store.read(cut["outputs"]["windows"]))
    rate, alpha = cut["values"]["rate"], None
    if settings.snr is None:
        stds = own_stds(parts["train"], settings.has_clean)
    else:
        ratio = 10 ** (settings.snr / 20)
        stds, alpha = {name: size / ratio for name, size in sizes(parts["train"]).items()}, 1 / (1 + ratio)
    noise = cut["outputs"].get("noise")
    recorded = windows.noise_from_parquet(work.store.read(noise)) if noise else {}
    folder = f"data/{settings.folder}/{settings.level}"
    told = settings.model_dump() | {"noise_std": stds, "rate": rate, "unit": cut["values"]["unit"]}
    outputs = {
        str(name): work.store.write(
            f"{folder}/{name}.parquet",
            to_parquet({name: mixed(part, settings, name, stds, rate, recorded.get(name))}, told),
        )
        for name, part in parts.items()
    }
    total = {name: sqrt(2) * std for name, std in stds.items()} if settings.doubled else stds
    values = {"noise_std": total, "alpha": alpha, "rate": rate}
    has_second = parts["train"].partner is not None and not settings.has_clean
    known = {"has_clean": settings.has_clean, "has_second": has_second, "doubled": settings.doubled}
    return Made(outputs, values | known)
