"""The classical denoisers, for comparison: tune and measure one at a noise level."""

from threadpoolctl import threadpool_limits

from denoising.settings import Group
from denoising.signals.settings import SourceName
from tasks.cache.code import load
from tasks.cache.record import Made, Record
from tasks.cache.stage import stage
from tasks.run.work import Work


class BaselineSettings(Group):
    """A denoiser, by the path of its class (`module:Class`), and its signals and noise level."""

    denoiser: str
    signals: SourceName
    alpha: float


@stage("baselines", dataset=("train", "validation", "test"))
def baseline(settings: BaselineSettings, work: Work, dataset: Record) -> Made:
    """Tune a classical denoiser at a noise level and measure it in the same way as the networks.

    If the denoiser is undefined there, the stage writes no files and its value `undefined` says why.
    """
    from denoising.denoisers.denoiser import Known, UndefinedError, describe
    from denoising.measure.evaluation import evaluate
    from denoising.signals.sinusoids import FAMILIES
    from tasks.formats.evaluation import write_evaluation
    from tasks.formats.signals import from_parquet

    threadpool_limits(1, "blas")  # denoisers run in parallel
    store, files = work.store, dataset["outputs"]
    signals = {split: from_parquet(store.read(files[split]))[split] for split in files}
    family = FAMILIES.get(settings.signals)
    known = Known(settings.alpha, family, signals["train"], signals["validation"])
    try:
        denoiser = load(settings.denoiser).fit(known)
    except UndefinedError as error:
        return Made({}, {"undefined": str(error)})
    result = evaluate(denoiser, known.validation, signals["test"])
    outputs = {
        **write_evaluation(work.folder, result, store),
        "denoiser": store.write_json(f"{work.folder}/denoiser.json", describe(denoiser)),
    }
    return Made(outputs, {"test_mse": result.metrics["test_mse"]})
