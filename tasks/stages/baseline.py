"""The classical denoisers, for comparison: tune and measure one at a noise level."""

from typing import TYPE_CHECKING

from denoising.settings import Group
from tasks.cache.code import load
from tasks.cache.record import Made, Record
from tasks.cache.stage import stage
from tasks.run.work import Work

if TYPE_CHECKING:
    from denoising.measure.metrics import Signals
    from denoising.signals.dataset import SignalSet


class BaselineSettings(Group):
    """A denoiser, by the path of its class (`module:Class`), its signals and their alpha, if any."""

    denoiser: str
    signals: str
    alpha: float | None
    mask_width: int | None = None


@stage("baselines", dataset=("train", "validation", "test"))
def baseline(settings: BaselineSettings, work: Work, dataset: Record) -> Made:
    """Tune a classical denoiser at a noise level and measure it in the same way as the networks.

    If the denoiser is undefined there, the stage writes no files and its value `undefined` says why.
    """
    from threadpoolctl import threadpool_limits

    from denoising.denoisers.denoiser import Known, UndefinedError, describe
    from denoising.measure.evaluation import evaluate_by
    from denoising.models.classical import classical_to_bytes, is_usable
    from denoising.signals.noise import relative_std
    from denoising.signals.sinusoids import FAMILIES
    from tasks.formats.evaluation import write_evaluation
    from tasks.formats.signals import read_split, settings_of

    threadpool_limits(1, "blas")  # denoisers run in parallel
    store, files = work.store, dataset["outputs"]
    train, validation, test = (read_split(files[name], store) for name in ("train", "validation", "test"))
    values, width = dataset["values"], settings.mask_width or 1
    known = Known(
        settings.alpha, FAMILIES.get(settings.signals), train.standardised(), validation.standardised(),
        added_std=relative_std(train, values.get("noise_std", {})), has_clean=values.get("has_clean", True),
        has_second=values.get("has_second", False), mask_width=width,
    )  # fmt: skip
    try:
        denoiser = load(settings.denoiser).fit(known)
    except UndefinedError as error:
        return Made({}, {"undefined": str(error)})

    def denoise(some: "SignalSet") -> "Signals":
        return some.restored(denoiser(some.standardised().noisy))

    result = evaluate_by(values, denoise, validation, test, width)
    outputs = {
        **write_evaluation(work.folder, result, store),
        "denoiser": store.write_json(f"{work.folder}/denoiser.json", describe(denoiser)),
    }
    if is_usable(denoiser):
        made_by = settings_of(files["train"], store)
        model = classical_to_bytes(settings.denoiser, denoiser, train, made_by)
        outputs["model"] = store.write(f"{work.folder}/model.safetensors", model)
    return Made(outputs, {"test_mse": result.metrics.get("test_mse")})
