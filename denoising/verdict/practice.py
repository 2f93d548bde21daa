"""Which denoiser to use at each noise level, by the errors that were measured."""

import numpy as np

from denoising.denoisers.denoiser import Told
from denoising.figures.wording import DASH, number
from denoising.report.blocks import Section, Table
from denoising.verdict.cells import NETWORKS, baseline, best_denoising, measured
from denoising.verdict.contrasts import Estimate, estimate
from denoising.verdict.evidence import Evidence

# What a network is not told. A denoiser that is told any of it is no fair alternative to one.
BEYOND_A_NETWORK: tuple[Told, ...] = ("number of sinusoids", "form", "prior")


def practice(evidence: Evidence) -> Section:
    """The best network, the best other denoiser and the posterior mean, by family and noise level."""
    return Section(
        "practice",
        "What to use",
        Table(
            columns=(
                "signals", "alpha", "use", "best network", "test MSE", "best other denoiser", "test MSE",
                "network below it (dB)", "posterior mean: test MSE",
            ),
            rows=tuple(
                advice(evidence, signals, alpha) for signals in NETWORKS for alpha in evidence.design.alphas
            ),
        ),
        "The network is the best of all that were trained to denoise, the other denoiser the best of "
        "those that are no network and are told no more than a network is: the noise level and examples, "
        "but neither how many sinusoids there are nor their form or distribution. Each is the best by its "
        "error on the validation signals. Either: the 95% t interval over the seeds does not tell them "
        "apart. The posterior mean is told the form and the distribution.",
    )  # fmt: skip


def advice(evidence: Evidence, signals: str, alpha: float) -> tuple[str, ...]:
    """The row of a family of signals at a noise level."""
    network, (other, other_mse) = (
        best_denoising(evidence, signals, alpha),
        best_other(evidence, signals, alpha),
    )
    errors = np.array([]) if network is None else measured(evidence, network, alpha).to_numpy()
    gain = estimate(10 * np.log10(other_mse / errors) if other_mse > 0 else [])
    return (
        signals, f"{alpha:g}", choice(gain, other), network.words if network and len(errors) else DASH,
        number(errors.mean() if len(errors) else None), other or DASH, number(other_mse), gain.words(),
        number(baseline(evidence, "bayes", signals, alpha)),
    )  # fmt: skip


def choice(gain: Estimate, other: str) -> str:
    """What to use: the one with the lower error, either where the interval has both signs."""
    if gain.db is None:
        return DASH
    if gain.low is not None and gain.high is not None and gain.low * gain.high <= 0:
        return "either"
    return "the network" if gain.db > 0 else other


def best_other(evidence: Evidence, signals: str, alpha: float) -> tuple[str, float]:
    """The best denoiser that is told no more than a network: what it is called, and its test MSE."""
    rows = evidence.baselines
    here = rows[(rows["signals"] == signals) & (rows["alpha"] == alpha) & rows["validation_mse"].notna()]
    beyond = here["told"].str.contains("|".join(BEYOND_A_NETWORK))
    known = here[~beyond].sort_values("validation_mse")
    return (str(known["label"].iloc[0]), float(known["test_mse"].iloc[0])) if len(known) else ("", np.nan)
