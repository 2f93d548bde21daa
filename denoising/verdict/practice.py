"""Which denoiser to use at each noise level, by the errors that were measured."""

from itertools import product

from denoising.denoisers.denoiser import Told
from denoising.figures.wording import DASH, number
from denoising.report.blocks import Section, Table
from denoising.signals.settings import SourceName
from denoising.verdict.cells import baseline, below, best_denoising, lowest, measured
from denoising.verdict.contrasts import Estimate, estimate
from denoising.verdict.design import SIGNALS
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
                advice(evidence, signals, alpha)
                for signals, alpha in product(SIGNALS, evidence.design.alphas)
            ),
        ),
        "The network is the best of those that were trained to denoise and have all seeds. The other "
        "denoiser is the best of those that are no network and are told no more than a network is: the "
        "noise level and examples, but neither how many sinusoids there are nor their form or distribution. "
        "Each is the best by its median error on the validation signals; test errors are medians over the "
        "seeds. Either: no 95% interval over the seeds tells them apart. The posterior mean is told the form "
        "and the distribution.",
    )  # fmt: skip


def advice(evidence: Evidence, signals: SourceName, alpha: float) -> tuple[str, ...]:
    """The row of a family of signals at a noise level."""
    network, (other, words) = best_denoising(evidence, signals, alpha), best_other(evidence, signals, alpha)
    gain = estimate(below(evidence, network, other, alpha) if network else [])
    errors = measured(evidence, network, alpha) if network else None
    return (
        signals, f"{alpha:g}", choice(gain, words), network.words if network else DASH,
        number(None if errors is None else errors.median()), words or DASH,
        number(baseline(evidence, other, signals, alpha).median()), gain.words(),
        number(baseline(evidence, "bayes", signals, alpha).median()),
    )  # fmt: skip


def choice(gain: Estimate, other: str) -> str:
    """What to use: the one with the lower error, either where no interval tells them apart."""
    if gain.db is None:
        return DASH
    if gain.low is None or gain.high is None or gain.low * gain.high <= 0:
        return "either"
    return "the network" if gain.db > 0 else other


def best_other(evidence: Evidence, signals: SourceName, alpha: float) -> tuple[str, str]:
    """The best denoiser that is told no more than a network: its name, and what it is called."""
    rows = evidence.baselines
    here = rows[(rows["signals"] == signals) & (rows["alpha"] == alpha)]
    return lowest(here[~here["told"].str.contains("|".join(BEYOND_A_NETWORK))])
