"""The evaluation of a denoiser, learned or classical, on validation and test signals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.measure.j_invariance import j_invariant_loss
from denoising.measure.metrics import (
    Energies,
    Signals,
    cosine_similarity,
    mse,
    per_signal,
    prd,
    snr_db,
    snr_improvement_db,
)
from denoising.signals.dataset import SignalSet
from denoising.signals.noise import std_of

PERCENTILES = (10, 50, 90)

Rule = Literal["denoised", "noisy"]


@dataclass(frozen=True)
class Evaluation:
    """The measurements of one denoiser.

    Attributes:
        metrics: numbers by name; undefined ones are None.
        per_signal: one row per test signal: signal_id, its covariates and what `metrics.per_signal` returns.
        examples: the signals that `choose_examples` picks.
        spectra: the result of `power_spectra`.
    """

    metrics: dict[str, float | None]
    per_signal: pd.DataFrame
    examples: pd.DataFrame
    spectra: pd.DataFrame


def evaluate(denoise: Callable[[SignalSet], Signals], validation: SignalSet, test: SignalSet) -> Evaluation:
    """Measure a denoiser on the test signals, and its `validation_mse` on the validation signals.

    The energy of recordings is counted about the mean of the clean ones. That concerns ratios, and no error.

    Args:
        denoise: returns what the denoiser makes of the noisy ones of some signals, at their own scale.
        validation, test: the signals.
    """
    denoised = denoise(test)
    level = test.level(test.clean)
    own, noisy, clean = (signals - level for signals in (denoised, test.noisy, test.clean))
    each = per_signal(own, noisy, clean)
    p10, median, p90 = np.percentile(each["mse"], PERCENTILES)
    metrics = {
        "validation_mse": mse(denoise(validation), validation.clean),
        "test_mse": mse(own, clean),
        "noisy_mse": mse(noisy, clean),
        "input_snr_db": snr_db(noisy, clean),
        "output_snr_db": snr_db(own, clean),
        "snr_improvement_db": snr_improvement_db(own, noisy, clean),
        "prd": prd(own, clean),
        "cosine_similarity": cosine_similarity(own, clean),
        "test_mse_p10": float(p10),
        "test_mse_median": float(median),
        "test_mse_p90": float(p90),
    }
    known = pd.DataFrame({"signal_id": test.signal_id, **test.covariates})
    return Evaluation(
        metrics=metrics,
        per_signal=pd.concat([known, each], axis="columns"),
        examples=choose_examples(test, denoised, each["mse"].to_numpy(), each["noisy_mse"].to_numpy()),
        spectra=power_spectra(own, noisy, clean),
    )


def evaluate_by(
    known: Mapping[str, Any],
    denoise: Callable[[SignalSet], Signals],
    validation: SignalSet,
    test: SignalSet,
    width: int,
) -> Evaluation:
    """Measure a denoiser by the clean signals or, where they are not known, without them.

    Args:
        known: what the record of a dataset tells: `has_clean`; `has_second`, whether `clean` is a second
            noisy recording; `doubled`, whether noise was doubled, and `noise_std` by channels.
        denoise, validation, test: see `evaluate`.
        width: see `evaluate_blindly`.
    """
    if known.get("has_clean", True):
        return evaluate(denoise, validation, test)
    denoised = denoise(test)
    result = evaluate_blindly(denoise, denoised, validation, test, width)
    if known["has_second"]:
        each = np.square(denoised - test.clean).mean(axis=1)
        result.metrics["validation_second_mse"] = mse(denoise(validation), validation.clean)
        result.metrics["second_mse"] = float(each.mean())
        result.per_signal["second_mse"] = each
    if known["doubled"]:
        excess = np.square(std_of(test.covariates["channel"], known["noise_std"])).mean()
        result.metrics["check_mse"] = mse(denoised, test.clean) - float(excess)
    return result


def evaluate_blindly(
    denoise: Callable[[SignalSet], Signals],
    denoised: Signals,
    validation: SignalSet,
    test: SignalSet,
    width: int,
) -> Evaluation:
    """Measure a denoiser of recordings whose clean signals are not known, by its J-invariant loss.

    Nothing else is measured: errors, ratios and spectra of what is not known are null.

    Args:
        denoise: see `evaluate`.
        denoised: what it makes of the test signals.
        validation, test: the signals, of which only the noisy ones are looked at.
        width: how many neighbouring samples are hidden together.
    """
    on_test, on_validation = (losses(denoise, some, width) for some in (test, validation))
    known = pd.DataFrame({"signal_id": test.signal_id, **test.covariates})
    level = test.level(test.noisy)
    noisy, own = test.noisy - level, denoised - level
    unknown = replace(test, clean=np.full_like(test.noisy, np.nan))
    return Evaluation(
        metrics={
            "validation_j_invariant_loss": float(on_validation.mean()),
            "j_invariant_loss": float(on_test.mean()),
        },
        per_signal=known.assign(j_invariant_loss=on_test),
        examples=choose_examples(unknown, denoised, on_test, np.square(noisy).mean(axis=1)),
        spectra=power_spectra(own, noisy, noisy).assign(clean=np.nan, noise=np.nan, error=np.nan),
    )


def losses(denoise: Callable[[SignalSet], Signals], signals: SignalSet, width: int) -> Energies:
    """Return the J-invariant loss of each signal."""
    return j_invariant_loss(lambda noisy: denoise(replace(signals, noisy=noisy)), signals.noisy, width)


def power_spectra(denoised: Signals, noisy: Signals, clean: Signals) -> pd.DataFrame:
    """Return one-sided power spectral densities, averaged over the signals.

    They are periodograms without a window. The sum of a density times the frequency step is the mean square
    of its signals.

    Returns:
        One row per frequency (cycles per sample, 0 to 0.5) with the densities of clean, noise (noisy -
        clean), removed (noisy - denoised) and error (denoised - clean).
    """
    noisy, clean = noisy.astype(np.float64, copy=False), clean.astype(np.float64, copy=False)
    return pd.DataFrame(
        {
            "frequency": np.fft.rfftfreq(clean.shape[1]),
            "clean": mean_density(clean),
            "noise": mean_density(noisy - clean),
            "removed": mean_density(noisy - denoised),
            "error": mean_density(denoised - clean),
        }
    )


def mean_density(signals: Signals) -> NDArray[np.float64]:
    """Return the one-sided power spectral density of signals of shape (n, length), averaged over them."""
    length = signals.shape[1]
    by_frequency = np.fft.rfft(signals).T
    density: NDArray[np.float64] = np.vecdot(by_frequency, by_frequency).real / signals.size
    density[1 : (length + 1) // 2] *= 2  # every frequency but 0 and 0.5 has a negative twin
    return density


def choose_examples(test: SignalSet, denoised: Signals, errors: Energies, noise: Energies) -> pd.DataFrame:
    """Choose the test signals at the 10th, 50th and 90th percentile of two measures.

    Rule "denoised" sorts by the denoiser's own error, so each denoiser has its own examples. Rule "noisy"
    sorts by the error of the noisy signal, so all denoisers at a noise level have the same ones. Where no
    clean signal is known, the loss stands for the one, and the power of the noisy signal for the other.

    Args:
        test: the signals.
        denoised: what the denoiser makes of them.
        errors: of the denoiser, shape (n,).
        noise: how strong the noise is, shape (n,).

    Returns:
        One row per rule and percentile, with rule, percentile, signal_id and the arrays clean, noisy and
        denoised.
    """
    rules: dict[Rule, Energies] = {"denoised": errors, "noisy": noise}
    chosen = [
        (rule, percentile, row)
        for rule, measured in rules.items()
        for percentile, row in zip(PERCENTILES, rows_at_percentiles(measured), strict=True)
    ]
    return pd.DataFrame(
        [
            (
                rule,
                percentile,
                int(test.signal_id[row]),
                test.clean[row],
                test.noisy[row],
                denoised[row].astype(test.noisy.dtype),
            )
            for rule, percentile, row in chosen
        ],
        columns=["rule", "percentile", "signal_id", "clean", "noisy", "denoised"],
    )


def rows_at_percentiles(errors: NDArray[np.float64]) -> list[int]:
    """Return the row whose rank is nearest to each percentile; equal errors are ranked by position."""
    order = np.argsort(errors, kind="stable")
    return [int(order[round(percentile / 100 * (len(errors) - 1))]) for percentile in PERCENTILES]
