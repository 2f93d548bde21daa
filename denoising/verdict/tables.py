"""The tables of a verdict, their numbers as text."""

from itertools import pairwise

from denoising.figures.wording import DASH, number
from denoising.report.tables import Table
from denoising.verdict.causes import Effect, shares, tuned
from denoising.verdict.cells import (
    NETWORKS,
    OWN_FAMILY,
    RECIPES,
    SHORT_RECIPES,
    Network,
    baseline,
    between,
    difference,
    measured,
    name,
    values,
)
from denoising.verdict.claims import Claim
from denoising.verdict.contrasts import estimate
from denoising.verdict.design import BASE, DEEP, SHALLOW
from denoising.verdict.evidence import Evidence
from denoising.verdict.practice import advice
from denoising.verdict.wording import effect

OBJECTIVES = (BASE, "plain", "plain_on_clean", "noise2noise")


def claim_table(claim: Claim) -> Table:
    """A row a contrast: what is compared, where, its effect, the number of seeds and its verdict."""
    return Table(
        columns=("compared", "signals", "alpha", "effect (dB)", "seeds", "verdict"),
        rows=tuple(
            (
                finding.contrast.what,
                finding.contrast.signals,
                f"{finding.contrast.alpha:g}",
                effect(finding.estimate),
                str(finding.estimate.n),
                finding.verdict,
            )
            for finding in claim.findings
        ),
    )


def steps_table(evidence: Evidence) -> Table:
    """The effect of each step in depth: a row a kind of network, family of signals and noise level."""
    design = evidence.design
    pairs = list(pairwise(design.depths))
    recipes = RECIPES if set(design.recipe_depths) >= set(design.depths) else SHORT_RECIPES
    return Table(
        columns=("network", "signals", "alpha", *(f"{deep} over {shallow} (dB)" for shallow, deep in pairs)),
        rows=tuple(
            (
                name(variant),
                signals,
                f"{alpha:g}",
                *(step(evidence, variant, deep, shallow, alpha) for shallow, deep in pairs),
            )
            for variants in (NETWORKS, recipes)
            for signals, variant in variants.items()
            for alpha in design.alphas
        ),
    )


def step(evidence: Evidence, variant: str, deep: int, shallow: int, alpha: float) -> str:
    """By how many dB one depth is worse than another."""
    found = between(evidence, Network(variant, deep), Network(variant, shallow), alpha)
    return effect(estimate(values(found)))


def causes_table(evidence: Evidence) -> Table:
    """By how much each change lessens the effect of depth: a column a noise level."""
    alphas = evidence.design.alphas
    cells: dict[tuple[str, str], dict[float, Effect]] = {}
    for share in shares(evidence):
        cells.setdefault((share.group, share.what), {})[share.alpha] = share
    order = list(dict.fromkeys(group for group, _ in cells))
    return Table(
        columns=("change", "how", *(f"alpha {alpha:g} (dB)" for alpha in alphas)),
        rows=tuple(
            (what, group, *(effect(found[alpha].estimate) for alpha in alphas))
            for (group, what), found in sorted(cells.items(), key=lambda item: order.index(item[0][0]))
        ),
    )


def objectives_table(evidence: Evidence) -> Table:
    """What each objective leads to: errors with the network's own output and with it brought to scale."""
    return Table(
        columns=(
            "trained as", "depth", "alpha", "noisy MSE", "as given: test MSE", "denoised: test MSE",
            "below best gain (dB)", "seeds",
        ),
        rows=tuple(
            objective_row(evidence, Network(variant, depth), alpha)
            for variant in OBJECTIVES
            for depth in (SHALLOW, DEEP)
            for alpha in evidence.design.alphas
        ),
    )  # fmt: skip


def objective_row(evidence: Evidence, network: Network, alpha: float) -> tuple[str, ...]:
    """An objective at a depth and noise level."""
    mse = measured(evidence, network, alpha)
    below = -difference(mse, baseline(evidence, "best_gain", OWN_FAMILY, alpha))
    columns = ("noisy_mse", "as_given_test_mse", "test_mse")
    return (
        "to denoise" if network.variant == BASE else name(network.variant),
        str(network.depth),
        f"{alpha:g}",
        *(number(measured(evidence, network, alpha, column).mean()) for column in columns),
        effect(estimate(values(below))),
        str(len(mse)),
    )


def underfitting_table(evidence: Evidence) -> Table:
    """Losses of the last epoch, their gap and the gradient's norm by depth, as the original ran it."""
    return Table(
        columns=("depth", "alpha", "train loss", "validation loss", "gap (dB)", "gradient norm"),
        rows=tuple(
            fit_row(evidence, Network(BASE, depth), alpha)
            for alpha in evidence.design.alphas
            for depth in evidence.design.depths
        ),
    )


def fit_row(evidence: Evidence, network: Network, alpha: float) -> tuple[str, ...]:
    """How a network fits its training signals and others."""
    train, validation, gradient = (
        measured(evidence, network, alpha, column)
        for column in ("train_loss", "validation_loss", "gradient_norm")
    )
    return (
        str(network.depth),
        f"{alpha:g}",
        number(train.mean()),
        number(validation.mean()),
        effect(estimate(values(difference(validation, train)))),
        number(gradient.mean()),
    )


def rates_table(evidence: Evidence) -> Table:
    """Which learning rate was best on the seeds for tuning, and what it leads to on the reported ones."""
    return Table(
        columns=("depth", "alpha", "chosen rate", "test MSE", "test MSE of the original's rate"),
        rows=tuple(
            rate_row(evidence, depth, alpha) for depth in (SHALLOW, DEEP) for alpha in evidence.design.alphas
        ),
    )


def rate_row(evidence: Evidence, depth: int, alpha: float) -> tuple[str, ...]:
    """The rate chosen for a depth and noise level."""
    chosen = tuned(evidence, depth, alpha)
    words = DASH if chosen is None else "the original's" if chosen.variant == BASE else name(chosen.variant)
    mse = DASH if chosen is None else number(measured(evidence, chosen, alpha).mean())
    own = number(measured(evidence, Network(BASE, depth), alpha).mean())
    return str(depth), f"{alpha:g}", words, mse, own


def practice_table(evidence: Evidence) -> Table:
    """The best network, the best other denoiser and the posterior mean, by family and noise level."""
    return Table(
        columns=(
            "signals", "alpha", "best network", "test MSE", "best other denoiser", "test MSE",
            "network below it (dB)", "posterior mean: test MSE",
        ),
        rows=tuple(
            (
                a.signals, f"{a.alpha:g}", a.network.words if a.network else DASH, number(a.network_mse),
                a.other or DASH, number(a.other_mse), effect(a.gain), number(a.bayes_mse),
            )
            for a in advice(evidence)
        ),
    )  # fmt: skip
