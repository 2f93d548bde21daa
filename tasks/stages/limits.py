"""The limits of a noise level: errors that no denoiser can beat."""

from dataclasses import asdict

from denoising.signals.settings import DatasetSettings, SourceSettings
from tasks.cache.record import Made
from tasks.cache.stage import stage
from tasks.run.work import Work


class LimitsSettings(SourceSettings):
    """The settings that decide the limits; the number of training signals is none of them."""

    n_test: int
    alpha: float


@stage("limits")
def limits(settings: LimitsSettings, work: Work) -> Made:
    """Compute the limits at one noise level and write them to a JSON file."""
    from threadpoolctl import threadpool_limits

    from denoising.theory import limits as limiting

    threadpool_limits(1, "blas")  # noise levels run in parallel
    dataset = DatasetSettings(**settings.model_dump(exclude={"alpha"}))
    found = asdict(limiting.limits(dataset, settings.alpha))
    written = work.store.write_json(f"{work.folder}/limits.json", found)
    return Made({"limits": written}, {"mmse": found["mmse"]})
