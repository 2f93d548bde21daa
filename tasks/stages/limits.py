"""Beside the cells: the limits of a noise level."""

from dataclasses import asdict

from threadpoolctl import threadpool_limits

from denoising.signals.settings import DatasetSettings, SourceSettings
from tasks.cache.record import Made
from tasks.cache.stage import stage
from tasks.run.work import Work


class LimitsSettings(SourceSettings):
    """Test signals at a noise level; how many there are to learn from decides no limit."""

    n_test: int
    alpha: float


@stage("limits")
def limits(settings: LimitsSettings, work: Work) -> Made:
    """Compute what no denoiser can do better than at a noise level."""
    from denoising.theory import limits as limiting

    threadpool_limits(1, "blas")  # noise levels run side by side
    dataset = DatasetSettings(**settings.model_dump(exclude={"alpha"}))
    found = asdict(limiting.limits(dataset, settings.alpha))
    written = work.store.write_json(f"{work.folder}/limits.json", found)
    return Made({"limits": written}, {"mmse": found["mmse"]})
