"""Beside the cells: the limits of a noise level."""

from dataclasses import asdict

from threadpoolctl import threadpool_limits

from denoising.signals.settings import DatasetSettings
from tasks.cache.key import Key, limits_key
from tasks.cache.record import Made
from tasks.cache.store import Store
from tasks.run.stage import stage


@stage(limits_key, run_name="limits alpha={alpha}")
def limits(key: Key, dataset: DatasetSettings, alpha: float, store: Store) -> Made:
    """Compute what no denoiser can do better than at a noise level."""
    from denoising.theory import limits as limiting

    threadpool_limits(1, "blas")  # noise levels run side by side
    found = asdict(limiting.limits(dataset, alpha))
    return Made({"limits": store.write_json(f"{key.folder}/limits.json", found)}, {"mmse": found["mmse"]})
