"""Beside the cells: tune and measure a denoiser that is no network."""

from pkgutil import resolve_name

from threadpoolctl import threadpool_limits

from denoising.signals.settings import DatasetSettings
from tasks.cache.key import Key, baseline_key
from tasks.cache.record import Made, Record
from tasks.cache.store import Store
from tasks.run.stage import stage


@stage(baseline_key, run_name="baseline {name} alpha={alpha}")
def baseline(key: Key, name: str, dataset: DatasetSettings, alpha: float, data: Record, store: Store) -> Made:
    """Tune a baseline at a noise level and measure it as the networks are; none where it is undefined."""
    from denoising.denoisers.catalogue import BASELINES
    from denoising.denoisers.denoiser import Known, UndefinedError, describe
    from denoising.measure.evaluation import evaluate
    from denoising.signals.sinusoids import FAMILIES
    from tasks.formats import signals
    from tasks.formats.evaluation import write_evaluation

    threadpool_limits(1, "blas")  # denoisers run side by side
    parts = {split: signals.from_parquet(store.read(file))[split] for split, file in data["outputs"].items()}
    known = Known(alpha, FAMILIES[dataset.signals], parts["train"], parts["validation"])
    try:
        denoiser = resolve_name(BASELINES[name]).fit(known)
    except UndefinedError as error:
        return Made({}, {"undefined": str(error)})
    result = evaluate(denoiser, known.validation, parts["test"])
    outputs = {
        **write_evaluation(key.folder, result, store),
        "denoiser": store.write_json(f"{key.folder}/denoiser.json", describe(denoiser)),
    }
    return Made(outputs, {"test_mse": result.metrics["test_mse"]})
