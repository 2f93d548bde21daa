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

    threadpool_limits(1, "blas")  # denoisers run side by side
    signals = {split: store.read_signals(data["outputs"][split])[split] for split in data["outputs"]}
    known = Known(alpha, FAMILIES[dataset.signals], signals["train"], signals["validation"])
    try:
        denoiser = resolve_name(BASELINES[name]).fit(known)
    except UndefinedError as error:
        return Made({}, {"undefined": str(error)})
    result = evaluate(denoiser, known.validation, signals["test"])
    outputs = {
        **store.write_evaluation(key.folder, result),
        "denoiser": store.write_json(f"{key.folder}/denoiser.json", describe(denoiser)),
    }
    return Made(outputs, {"test_mse": result.metrics["test_mse"]})
