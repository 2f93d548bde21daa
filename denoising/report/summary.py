"""What a sweep found, in a sentence made from the numbers."""

from collections.abc import Sequence

from denoising.figures.grid import depths, over_seeds, seeds
from denoising.figures.ranking import Ranking, rank
from denoising.figures.wording import count, decibels, extent, levels, listing, number
from denoising.report.cautions import harmful
from denoising.study.results import Study

MOST_TOLD = 4  # headlines of variants that are given in full
MOST_ASKED = 250  # variants of which the headlines are compared


def answer(study: Study) -> str:
    """Whether the networks removed noise, in a sentence."""
    noisy = study.results[study.results["alpha"] > 0]
    n, worse = int(noisy["test_mse"].notna().sum()), len(harmful(study))
    if n == 0:
        return "No network was measured."
    if n == 1:
        return "No, not here: it did worse than doing nothing." if worse else "Yes, here: it removed noise."
    if worse in (0, n):
        found = "removed noise" if worse == 0 else "did worse than doing nothing"
        return f"{'No, not' if worse else 'Yes,'} here: all {n:,} autoencoders that were trained {found}."
    return (
        f"Not all: of the {n:,} autoencoders that were trained here, {n - worse:,} removed noise and "
        f"{worse:,} did worse than doing nothing."
    )


def nearest(study: Study) -> str:
    """How far the best networks lie above the posterior mean, in a sentence; empty if that is not known."""
    above = study.results.groupby("alpha")["db_above_mmse"].min().dropna()
    if above.empty:
        return ""
    low, high = decibels(above.min()), decibels(above.max())
    far = extent(low.removeprefix("+"), high.removeprefix("+"))
    return f"The lowest errors lie {far} dB above the exact answer’s, which no denoiser can beat on average."


def best(study: Study) -> str:
    """The best depth over all noise levels, in one sentence; of several variants each one's, and the best."""
    told: dict[str, list[str]] = {}
    if len(study.variants) > MOST_ASKED:
        return lowest_of_all(study)
    for variant, own in study.by_variant.items():
        told.setdefault(headline_of(own), []).append(variant)
    if len(study.variants) == 1:
        return next(iter(told))
    if len(told) > MOST_TOLD:
        return f"The best depth differs between the {len(study.variants)} variants. {lowest_of_all(study)}"
    parts = [f"{listing(variants)}: {said}" for said, variants in told.items()]
    if len(told) == 1:
        parts = [f"{next(iter(told)).removesuffix('.')}, in each of the {len(study.variants)} variants."]
    return " ".join(filter(None, [*parts, lowest_of_all(study)]))


def lowest_of_all(study: Study) -> str:
    """Which variant and depth have the lowest error; empty where none was measured."""
    medians = over_seeds(study.results, "test_mse", ["alpha", "variant", "depth"])["median"].dropna()
    lowest = medians.sort_values(kind="stable").reset_index().drop_duplicates("alpha").sort_values("alpha")
    where: dict[str, list[float]] = {}
    for alpha, variant, depth in lowest[["alpha", "variant", "depth"]].itertuples(index=False):
        where.setdefault(f"depth {depth} of {variant}", []).append(alpha)
    found = [f"{best} at {levels(alphas)}" for best, alphas in where.items()]
    return f"The lowest test MSE is that of {'; '.join(found)}." if found else ""


def headline_of(study: Study) -> str:
    """That of one variant; of one seed, it speaks of these networks alone."""
    rankings = rank(study)
    groups: dict[tuple[int, ...], list[float]] = {}
    for ranking in rankings:
        groups.setdefault(ranking.winners, []).append(ranking.alpha)
    if set(groups) == {()}:
        return "No cell was measured, so there is no best depth."
    if len(depths(study)) == 1:
        return only_depth(rankings)
    once = len(seeds(study)) == 1
    if len(groups) == 1:
        (winners,) = groups
        where = "every noise level" if len(rankings) > 1 else levels([rankings[0].alpha])
        if len(winners) > 1:
            return f"{named(winners).capitalize()} tie for the lowest test MSE at {where}."
        if once:
            return (
                f"Of the networks trained here, that of {named(winners)} has the lowest test MSE at {where}."
            )
        return f"{named(winners).capitalize()} denoises best at {where}."
    parts = [f"{in_place(winners)} at {levels(where)}" for winners, where in groups.items()]
    subject = "Which of the networks trained here is best" if once else "The best depth"
    return f"{subject} depends on the noise level: {'; '.join(parts)}."


def only_depth(rankings: Sequence[Ranking]) -> str:
    """The headline of a study of one depth, which has no rival."""
    measured = [ranking for ranking in rankings if ranking.winners]
    depth = measured[0].winners[0]
    errors = [
        f"{number(ranking.lowest)} at alpha {ranking.alpha:g}" for ranking in (measured[0], measured[-1])
    ]
    return f"Depth {depth}, the only one studied, has a test MSE of {listing(dict.fromkeys(errors))}."


def reservation(study: Study) -> str:
    """How far the ranking can be trusted; empty where there is none."""
    if not study.results["test_mse"].notna().any():
        return ""
    n_seeds = len(seeds(study))
    if n_seeds == 1:
        return (
            "This is one seed: it shows what happened once and claims nothing about depth in general. The "
            "intervals are over the test signals and speak of these trained networks alone."
        )
    return (
        f"Every error here is the median over {count(n_seeds, 'seed')}. A depth is called best only where "
        "the 95% t interval over the seeds, each a pair on the same test signals, excludes a tie with "
        "every other."
    )


def named(winners: Sequence[int]) -> str:
    """Winners as the subject of a sentence."""
    return f"depth{'' if len(winners) == 1 else 's'} {listing(winners)}"


def in_place(winners: Sequence[int]) -> str:
    """Winners in an enumeration."""
    if not winners:
        return "no result"
    return named(winners) if len(winners) == 1 else f"a tie of {named(winners)}"
