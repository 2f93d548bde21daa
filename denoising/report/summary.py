"""What the results say, in sentences made from the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from denoising.figures.grid import depths, seeds
from denoising.figures.ranking import Ranking, db_above, rank
from denoising.figures.wording import cell_name, count, levels, listing, number
from denoising.study import Study


@dataclass(frozen=True)
class Failure:
    """A cell that failed, in words, and why."""

    cell: str
    reason: str


def failures(study: Study) -> list[Failure]:
    """The failed cells in the order of the results."""
    failed = study.results[study.results["status"] == "failed"]
    return [
        Failure(cell_name(row.depth, row.alpha, row.seed), str(row.failure)) for row in failed.itertuples()
    ]


def headline(study: Study) -> str:
    """The best depth over all noise levels, in one sentence."""
    rankings = rank(study)
    groups: dict[tuple[int, ...], list[float]] = {}
    for ranking in rankings:
        groups.setdefault(ranking.winners, []).append(ranking.alpha)
    if set(groups) == {()}:
        return "No cell was measured, so there is no best depth."
    if len(depths(study)) == 1:
        return only_depth(rankings)
    if len(groups) == 1:
        (winners,) = groups
        where = "every noise level" if len(rankings) > 1 else levels([rankings[0].alpha])
        verb = "has" if len(winners) == 1 else "share"
        return f"{named(winners).capitalize()} {verb} the lowest test MSE at {where}."
    parts = [f"{in_place(winners)} at {levels(alphas)}" for winners, alphas in groups.items()]
    return f"The best depth depends on the noise level: {'; '.join(parts)}."


def only_depth(rankings: Sequence[Ranking]) -> str:
    """The headline of a study of one depth, which has no rival."""
    measured = [ranking for ranking in rankings if ranking.winners]
    depth = measured[0].winners[0]
    errors = [
        f"{number(ranking.lowest)} at alpha {ranking.alpha:g}" for ranking in (measured[0], measured[-1])
    ]
    return f"Depth {depth}, the only one studied, has a test MSE of {listing(dict.fromkeys(errors))}."


def best_depth_sentences(study: Study) -> list[str]:
    """For each noise level, which depth is best and by how much."""
    return [sentence(ranking) for ranking in rank(study)]


def sentence(ranking: Ranking) -> str:
    """A noise level's result in a sentence."""
    if not ranking.winners or ranking.lowest is None:
        return f"At alpha {ranking.alpha:g}, no cell was measured."
    verb = "is best with" if len(ranking.winners) == 1 else "tie at"
    if not ranking.runner_up and len(ranking.winners) == 1:
        verb = "has"
    below = listing(filter(None, [below_next(ranking), below_noisy(ranking)]))
    result = f"{named(ranking.winners)} {verb} a test MSE of {number(ranking.lowest)}"
    parts = [result, *filter(None, [below, futility(ranking)])]
    return f"At alpha {ranking.alpha:g}, {', '.join(parts)}{certainty(ranking)}."


def below_next(ranking: Ranking) -> str | None:
    """How far the next depth lies behind."""
    if ranking.runner_up is None:
        return None
    mse = ranking.mse[ranking.runner_up]
    return f"{distance(mse, ranking.lowest)} depth {ranking.runner_up} ({number(mse)})"


def below_noisy(ranking: Ranking) -> str | None:
    """How far the best depth lies below doing nothing, if it does."""
    if ranking.noisy_mse is None or ranking.lowest is None or ranking.lowest >= ranking.noisy_mse:
        return None
    return f"{distance(ranking.noisy_mse, ranking.lowest)} the noisy signal ({number(ranking.noisy_mse)})"


def futility(ranking: Ranking) -> str | None:
    """That even the best depth does not beat doing nothing, if so."""
    if ranking.noisy_mse is None or ranking.lowest is None or ranking.lowest < ranking.noisy_mse:
        return None
    return f"but that is no better than the noisy signal itself ({number(ranking.noisy_mse)})"


def distance(higher: float, lower: float | None) -> str:
    """How far one MSE lies below another."""
    db = db_above(higher, lower)
    return "below" if db is None else f"{db:.1f} dB below" if db >= 0.05 else f"{db:.2g} dB below"


def certainty(ranking: Ranking) -> str:
    """What the seeds say about the winner, where there are several."""
    if ranking.separate is None:
        return ""
    if ranking.separate:
        return "; each of its seeds beats every seed of the others"
    return "; its seeds and the others' overlap, so the order is not settled"


def reservation(study: Study) -> str:
    """How far the ranking can be trusted, in a sentence; empty where there is none."""
    if not study.results["test_mse"].notna().any():
        return ""
    n_seeds = len(seeds(study))
    if n_seeds == 1:
        return "This is one seed: it shows what happened once and cannot rank the depths in general."
    return f"Every error here is the median over {count(n_seeds, 'seed')}."


def named(winners: Sequence[int]) -> str:
    """Winners as the subject of a sentence."""
    return f"depth{'' if len(winners) == 1 else 's'} {listing(winners)}"


def in_place(winners: Sequence[int]) -> str:
    """Winners in an enumeration."""
    if not winners:
        return "no result"
    return named(winners) if len(winners) == 1 else f"a tie of {named(winners)}"
