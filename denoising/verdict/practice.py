"""What to use at each noise level, by the errors that were measured."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from denoising.figures.wording import DASH
from denoising.verdict.cells import NETWORKS, Candidate, baseline, best_denoising, measured
from denoising.verdict.contrasts import Estimate, estimate
from denoising.verdict.evidence import Evidence

NEED_THE_PRIOR = ("linear_mmse", "bayes")  # how the clean signals are distributed must be known


@dataclass(frozen=True)
class Advice:
    """The best of each kind for a family of signals at a noise level, chosen on the validation signals.

    Attributes:
        signals, alpha: where.
        network, network_mse: of those trained to denoise, with its mean test MSE over the seeds.
        other, other_mse: of the denoisers that are no network and need no prior, with its test MSE.
        bayes_mse: of the posterior mean, for whom the prior is known.
        gain: by how many dB the network's error lies below the other's, with a 95% interval over the seeds.
    """

    signals: str
    alpha: float
    network: Candidate | None
    network_mse: float
    other: str
    other_mse: float
    bayes_mse: float
    gain: Estimate

    @property
    def choice(self) -> str:
        """What to use: the one with the lower error, either where the interval has both signs."""
        if self.network is None or np.isnan(self.other_mse):
            return DASH
        if self.gain.low is not None and self.gain.high is not None and self.gain.low * self.gain.high <= 0:
            return "either"
        return "the network" if (self.gain.db or 0) > 0 else self.other


def advice(evidence: Evidence) -> Iterator[Advice]:
    """Advice for each family of signals and noise level."""
    for signals in NETWORKS:
        for alpha in evidence.design.alphas:
            other, other_mse = best_other(evidence, signals, alpha)
            network = best_denoising(evidence, signals, alpha)
            errors = np.array([]) if network is None else measured(evidence, network, alpha).to_numpy()
            yield Advice(
                signals=signals,
                alpha=alpha,
                network=network if len(errors) else None,
                network_mse=float(errors.mean()) if len(errors) else np.nan,
                other=other,
                other_mse=other_mse,
                bayes_mse=baseline(evidence, "bayes", signals, alpha),
                gain=estimate(tuple(10 * np.log10(other_mse / errors)) if other_mse > 0 else ()),
            )


def best_other(evidence: Evidence, signals: str, alpha: float) -> tuple[str, float]:
    """The denoiser that is no network and needs no prior: what it is called, and its test MSE."""
    rows = evidence.baselines
    here = rows[(rows["signals"] == signals) & (rows["alpha"] == alpha) & rows["validation_mse"].notna()]
    known = here[~here["denoiser"].isin(NEED_THE_PRIOR)].sort_values("validation_mse")
    return (str(known["label"].iloc[0]), float(known["test_mse"].iloc[0])) if len(known) else ("", np.nan)
