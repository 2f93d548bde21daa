"""Studies made of plausible numbers, without any training."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from math import log10, pi
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.networks.layers import Layer
from denoising.study.results import OF_CELLS, OF_DATASETS, Study

Cell = tuple[int, float, int]

FINAL_MSE = {
    2: {0.1: 0.006, 0.2: 0.024, 0.3: 0.058, 0.4: 0.128},
    4: {0.1: 0.014, 0.2: 0.034, 0.3: 0.066, 0.4: 0.130},
    6: {0.1: 0.35, 0.2: 0.34, 0.3: 0.46, 0.4: 0.48},
    8: {0.1: 0.80, 0.2: 0.79, 0.3: 0.84, 0.4: 0.86},
}
DEPTHS = (2, 4, 6, 8)
ALPHAS = (0.1, 0.2, 0.3, 0.4)
REASON = "FloatingPointError: the loss is not finite at epoch 3"
MEASURED = (
    "validation_mse", "test_mse", "input_snr_db", "output_snr_db", "snr_improvement_db",
    "snr_improvement_over_rescaled_db", "snr_improvement_over_best_gain_db", "db_above_mmse", "gap_closed",
    "prd", "cosine_similarity", "noisy_mse", "test_mse_p10", "test_mse_median", "test_mse_p90",
)  # fmt: skip
BASELINES = ("denoiser", "alpha", "label", "told", "parameters", *MEASURED, "dataset")
METRICS = (
    "n_parameters", "epochs", "train_mse", *MEASURED, "best_epoch", "best_validation_mse", "best_test_mse",
    "train_seconds",
)  # fmt: skip
DATASET = ("signals", "n_signals", "n_test", "signal_length", "data_seed")
AXES = ("depth", "alpha", "seed", "variant")
PER_SIGNAL = ("signal_id", "mse")
SPECTRA = ("frequency", "clean", "noise", "removed", "error")
LABELS = {"identity": "noisy signal as given", "bayes": "Bayes (posterior mean)"}
TOLD = {"identity": "nothing", "bayes": "noise level, form, prior"}
BASELINE_MSE = {
    "identity": 2.0, "rescaled": 1.2, "best_gain": 1.0, "wavelet": 0.3, "linear_mmse": 0.15, "bayes": 0.02,
}  # fmt: skip
N_SIGNALS = 40
GIVEN = {"epochs": "epochs", "signals": "signals", "signal_length": "length"}  # settings of `make_study`
UNBOUNDED = {"rescaled_mse": float, "crb": float, "crb_free": float}  # null at alpha 1
HISTORY = (*AXES, "epoch", "train_mse", "validation_mse")
EXAMPLES = ("rule", "percentile", "signal_id", "clean", "noisy", "denoised")
SAMPLES = ("alpha", "signal_id", "clean", "noisy", "dataset")


def make_study(
    depths: Sequence[int] = DEPTHS,
    alphas: Sequence[float] = ALPHAS,
    seeds: Sequence[int] = (0,),
    epochs: int = 50,
    length: int = 256,
    failed: Collection[Cell] | None = (),
    reason: str = REASON,
    baselines: Collection[str] = tuple(BASELINE_MSE),
    signals: str = "formula",
) -> Study:
    """A study in which these cells failed (None: all of them), with these baselines and signals."""
    x = np.linspace(0, 4 * pi, length, endpoint=False)
    cells = [(depth, alpha, seed) for depth in depths for alpha in alphas for seed in seeds]
    lost = set(cells) if failed is None else set(failed)
    done = [cell for cell in cells if cell not in lost]
    beside = [(name, alpha) for name in baselines for alpha in alphas]
    rows = [result_row(cell, epochs) if cell in done else failed_row(cell, reason) for cell in cells]
    settings = {
        "preset": "post", "signals": signals, "n_signals": 2000, "n_test": 1000,
        "signal_length": length, "alphas": list(alphas), "depths": list(depths), "seeds": list(seeds),
        "data_seed": 0, "channels": 16, "kernel_size": 3, "skips": False, "epochs": epochs,
        "batch_size": 64, "learning_rate": 1e-3, "schedule": "constant", "fresh": False, "device": "cpu",
        "objective": "denoising",
    }  # fmt: skip
    dataset = dataset_of(settings)
    of_dataset = ("denoiser", "alpha", "dataset")
    limits = pd.DataFrame([limits_row(alpha) for alpha in alphas]).astype(UNBOUNDED)
    return Study(
        name="post-1a2b3c4d",
        settings=settings,
        x=x,
        results=pd.DataFrame(rows).assign(dataset=dataset),
        history=frame([row for cell in done for row in history_rows(cell, epochs)], HISTORY),
        limits=limits.assign(dataset=dataset),
        baselines=frame([{**baseline_row(*where), "dataset": dataset} for where in beside], BASELINES),
        per_signal=stack([labelled(cell, signal_errors(cell)) for cell in done], (*AXES, *PER_SIGNAL)),
        examples=stack([labelled(cell, example_rows(cell, x)) for cell in done], (*AXES, *EXAMPLES)),
        spectra=stack([labelled(cell, spectrum(cell)) for cell in done], (*AXES, *SPECTRA)),
        baseline_signals=frame([], (*of_dataset, *PER_SIGNAL)),
        baseline_examples=stack(
            [
                example_rows((0, alpha, 0), x).assign(denoiser=name, alpha=alpha, dataset=dataset)
                for name, alpha in beside
            ],
            (*of_dataset, *EXAMPLES),
        ),
        baseline_spectra=stack(
            [
                spectrum((0, alpha, 0)).assign(denoiser=name, alpha=alpha, dataset=dataset)
                for name, alpha in beside
            ],
            (*of_dataset, *SPECTRA),
        ),
        samples=frame([sample_row(x, i, alpha, dataset) for alpha in alphas for i in range(3)], SAMPLES),
        architectures={("base", depth): layers(depth, length) for depth in {cell[0] for cell in done}},
    )


def make_variants(
    changes: Mapping[str, Mapping[str, Any]],
    scales: Mapping[str, float] | None = None,
    failed: Collection[str] = (),
    **grid: Any,
) -> Study:
    """A study of several variants of one grid.

    Args:
        changes: the settings that each variant changes of the base, by the variants' names.
        scales: a factor on the errors of each variant; those left out stay near the base's.
        failed: variants of which every cell failed.
        grid: of `make_study`.
    """
    parts = []
    for index, (name, changed) in enumerate(changes.items()):
        given = {GIVEN[setting]: value for setting, value in changed.items() if setting in GIVEN}
        one = make_study(**{**grid, **given, **({"failed": None} if name in failed else {})})
        factor = (scales or {}).get(name, 1 + 0.05 * index)
        scaled = one if name in failed else scale_errors(one, factor)
        parts.append(named(scaled, name, {**one.settings, **changed}))
    datasets = {part.limits["dataset"].iloc[0]: part for part in reversed(parts)}
    tables: dict[str, Any] = {
        **{name: joined([getattr(part, name) for part in parts]) for name in OF_CELLS},
        **{name: joined([getattr(part, name) for part in datasets.values()]) for name in OF_DATASETS},
    }
    return replace(
        make_study(**grid),
        **tables,
        architectures={at: found for part in parts for at, found in part.architectures.items()},
    )


def scale_errors(study: Study, factor: float) -> Study:
    """The study with all errors of its networks changed by a factor."""
    scaled = with_mse(study, (study.results["test_mse"] * factor).tolist())
    errors = ("train_mse", "validation_mse")
    changed = {name: scaled.results[name] * factor for name in errors}
    return replace(
        scaled,
        results=scaled.results.assign(**changed),
        history=study.history.assign(**{name: study.history[name] * factor for name in errors}),
        spectra=study.spectra.assign(error=study.spectra["error"] * factor),
    )


def named(study: Study, variant: str, settings: Mapping[str, Any]) -> Study:
    """A study's tables as those of a variant with these settings."""
    dataset = dataset_of(settings)
    tables: dict[str, Any] = {name: getattr(study, name).assign(variant=variant) for name in OF_CELLS}
    tables |= {name: getattr(study, name).assign(dataset=dataset) for name in OF_DATASETS}
    told = {name: value for name, value in settings.items() if not isinstance(value, list)}
    tables["results"] = tables["results"].assign(**told, dataset=dataset)
    return replace(
        study,
        settings=settings,
        **tables,
        architectures={
            (variant, depth): widened(found, settings["channels"])
            for (_, depth), found in study.architectures.items()
        },
    )


def widened(network: Sequence[Layer], channels: int) -> list[Layer]:
    """A network of other channels."""
    return [replace(layer, channels=channels) if layer.channels > 1 else layer for layer in network]


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables one below the other."""
    filled = [table for table in frames if len(table)]
    return pd.concat(filled, ignore_index=True).infer_objects() if filled else frames[0]


def dataset_of(settings: Mapping[str, Any]) -> str:
    """A name for the dataset that some settings ask for."""
    return "-".join(str(settings[name]) for name in DATASET)


def sample_row(x: NDArray[np.float64], signal_id: int, alpha: float, dataset: str) -> dict[str, Any]:
    """A training signal at a noise level."""
    signals = (clean_signal(x, signal_id), noisy_signal(x, signal_id, alpha))
    return dict(zip(SAMPLES, (alpha, signal_id, *signals, dataset), strict=True))


def with_mse(study: Study, mse: Sequence[float]) -> Study:
    """The study with other test errors, a value a row of the results, and signals that agree with them."""
    results = study.results.assign(test_mse=list(mse))
    factor = results["test_mse"].astype(float) / study.results["test_mse"].astype(float)
    results["db_above_mmse"] = study.results["db_above_mmse"].astype(float) + 10 * np.log10(factor)
    scale = results.assign(scale=factor).set_index(list(AXES))["scale"]
    signals = study.per_signal.merge(scale.reset_index(), on=list(AXES))
    signals = signals.assign(mse=signals["mse"] * signals["scale"]).drop(columns="scale")
    return replace(study, results=results, per_signal=signals)


def with_history(study: Study, errors: Callable[[Cell], NDArray[np.float64]]) -> Study:
    """The study with other validation errors, an array over the epochs for each cell."""
    parts = [
        rows.assign(validation_mse=errors((depth, alpha, seed)))
        for (depth, alpha, seed, _), rows in study.history.groupby(list(AXES), sort=False)
    ]
    return replace(study, history=pd.concat(parts, ignore_index=True))


def labelled(cell: Cell, rows: pd.DataFrame) -> pd.DataFrame:
    """A cell's rows with its axes."""
    depth, alpha, seed = cell
    return rows.assign(depth=depth, alpha=alpha, seed=seed, variant="base")


def stack(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Tables one below the other, with these columns even where there is none."""
    return pd.concat(frames, ignore_index=True)[list(columns)] if frames else frame([], columns)


def signal_errors(cell: Cell) -> pd.DataFrame:
    """Errors of single signals whose mean is the cell's; a signal that is hard for one cell is so for all."""
    hardness = np.random.default_rng(0).gamma(4, size=N_SIGNALS)
    own = hardness * np.random.default_rng(cell[0]).uniform(0.9, 1.1, N_SIGNALS)
    return pd.DataFrame({"signal_id": range(N_SIGNALS), "mse": final_mse(cell) * own / own.mean()})


def spectrum(cell: Cell) -> pd.DataFrame:
    """Spectra that fall with the frequency."""
    frequency = np.linspace(0, 0.5, 33)
    noise = 2 * cell[1] ** 2
    clean = 40 * np.exp(-40 * frequency)
    error = final_mse(cell) * np.exp(-8 * frequency) if cell[0] else 0.1 * noise * np.exp(-8 * frequency)
    return pd.DataFrame(
        {
            "frequency": frequency,
            "clean": clean,
            "noise": noise,
            "removed": noise + 0.1 * error,
            "error": error,
        }
    )


def limits_row(alpha: float) -> dict[str, Any]:
    """Plausible limits for clean signals of variance 1."""
    s = alpha / (1 - alpha) if alpha < 1 else None
    gain = s**2 / (1 + s**2) if s is not None else 1.0
    return {
        "alpha": alpha, "noisy_mse": noisy_error(alpha), "rescaled_mse": None if s is None else s**2,
        "best_gain_mse": gain, "linear_mmse": 0.15 * gain, "mmse": 0.02 * gain if alpha < 1 else 0.15,
        "mmse_standard_error": 1e-4 * gain, "crb": None if s is None else 0.02 * s**2,
        "crb_free": None if s is None else 0.06 * s**2, "n_inputs": 1000, "prior_variance": 1.0,
    }  # fmt: skip


def baseline_row(name: str, alpha: float) -> dict[str, Any]:
    """A plausible row of a baseline."""
    mse = BASELINE_MSE[name] * limits_row(alpha)["best_gain_mse"]
    return {
        "denoiser": name,
        "alpha": alpha,
        "label": LABELS.get(name, name),
        "told": TOLD.get(name, "noise level, clean examples"),
        "parameters": "",
        **measured(mse, alpha),
    }


def measured(mse: float, alpha: float) -> dict[str, Any]:
    """The metrics that go with an error at a noise level."""
    defined = 0 < alpha < 1
    input_snr = 10 * log10(1 / noisy_error(alpha)) if defined else None
    output_snr = 10 * log10(1 / mse) if defined else None
    gain = output_snr - input_snr if input_snr is not None and output_snr is not None else None
    beside = {name: factor * limits_row(alpha)["best_gain_mse"] for name, factor in BASELINE_MSE.items()}
    gap = beside["linear_mmse"] - beside["bayes"]
    return {
        "validation_mse": 1.01 * mse, "test_mse": mse, "input_snr_db": input_snr, "output_snr_db": output_snr,
        "snr_improvement_db": gain, "snr_improvement_over_rescaled_db": gain,
        "snr_improvement_over_best_gain_db": gain,
        "db_above_mmse": 10 * log10(mse / beside["bayes"]) if defined else None,
        "gap_closed": (beside["linear_mmse"] - mse) / gap if defined else None, "prd": 100 * mse**0.5,
        "cosine_similarity": 1 - mse / 2, "noisy_mse": noisy_error(alpha), "test_mse_p10": 0.4 * mse,
        "test_mse_median": 0.9 * mse, "test_mse_p90": 1.9 * mse,
    }  # fmt: skip


def frame(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Rows as a table that has its columns even when empty."""
    return pd.DataFrame(rows, columns=list(columns))


def final_mse(cell: Cell) -> float:
    """A plausible test MSE: the original's at seed 0, a little off at other seeds."""
    depth, alpha, seed = cell
    known = FINAL_MSE.get(depth, {}).get(alpha)
    base = known if known is not None else 0.006 * 1.75**depth * (0.2 + 4 * alpha) ** 2 / 2
    return base * float(1 + 0.12 * np.sin(7 * seed + depth) * (seed > 0))


def noisy_error(alpha: float) -> float:
    """The noisy signals' own MSE, for clean signals of variance 1."""
    return 2 * alpha**2


def result_row(cell: Cell, epochs: int) -> dict[str, Any]:
    """The row of a finished cell."""
    depth, alpha, seed = cell
    mse = final_mse(cell)
    return {
        "depth": depth, "alpha": alpha, "seed": seed, "variant": "base", "n_parameters": 800 * depth,
        "epochs": epochs, "train_mse": 0.95 * mse, **measured(mse, alpha), "train_seconds": 12.3,
        "status": "done", "best_epoch": epochs - 1, "best_validation_mse": mse, "best_test_mse": mse,
        "failure": None,
    }  # fmt: skip


def failed_row(cell: Cell, reason: str) -> dict[str, Any]:
    """The row of a failed cell."""
    depth, alpha, seed = cell
    axes = {"depth": depth, "alpha": alpha, "seed": seed, "variant": "base"}
    return {**axes, **dict.fromkeys(METRICS), "status": "failed", "failure": reason}


def history_rows(cell: Cell, epochs: int) -> list[dict[str, Any]]:
    """Losses that decay to the final MSE, later for deeper networks."""
    depth, alpha, seed = cell
    final = final_mse(cell)
    generator = np.random.default_rng([depth, seed, round(1000 * alpha)])
    epoch = np.arange(epochs)
    decay = np.exp(-epoch / (0.4 * depth)) * (1.05 - final if final < 1 else 0)
    loss = (final + decay) * np.exp(0.005 * generator.standard_normal(epochs))
    return [
        {
            "depth": depth, "alpha": alpha, "seed": seed, "variant": "base", "epoch": int(e),
            "train_mse": 0.9 * loss[e], "validation_mse": loss[e],
        }
        for e in epoch
    ]  # fmt: skip


def example_rows(cell: Cell, x: NDArray[np.float64]) -> pd.DataFrame:
    """Examples whose denoised signal is the clean one, shrunk, with some smooth and some rough error."""
    depth, alpha, seed = cell
    mse = final_mse(cell)
    rows = []
    for rule, base in (("denoised", 100 * depth), ("noisy", 0)):
        for percentile in (10, 50, 90):
            signal_id = base + percentile
            clean, noisy = clean_signal(x, signal_id), noisy_signal(x, signal_id, alpha)
            generator = np.random.default_rng([depth, signal_id, seed])
            size = np.sqrt(mse * percentile / 50)
            shrunk = (1 - min(0.95, size)) * clean
            denoised = shrunk + 0.3 * size * generator.standard_normal(len(x))
            rows.append(
                {
                    "rule": rule, "percentile": percentile, "signal_id": signal_id, "clean": clean,
                    "noisy": noisy, "denoised": denoised,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def clean_signal(x: NDArray[np.float64], signal_id: int) -> NDArray[np.float64]:
    """A sum of two sinusoids."""
    f1, f2 = np.random.default_rng(signal_id).uniform(0.5, 2.5, 2)
    return np.asarray(np.sin(f1 * x) + np.cos(2 * f2 * x))


def noisy_signal(x: NDArray[np.float64], signal_id: int, alpha: float) -> NDArray[np.float64]:
    """The same with white noise mixed in."""
    noise = np.random.default_rng([signal_id, round(1000 * alpha)]).standard_normal(len(x))
    return np.asarray((1 - alpha) * clean_signal(x, signal_id) + alpha * noise)


def layers(depth: int, length: int) -> list[Layer]:
    """The layers of the study's autoencoder."""
    lengths = [length]
    for _ in range(depth):
        lengths.append((lengths[-1] + 1) // 2)
    return [
        Layer("input", 1, length),
        *(Layer("encoder", 16, n) for n in lengths[1:]),
        *(Layer("decoder", 16, n) for n in reversed(lengths[1:-1])),
        Layer("decoder", 1, length),
    ]
