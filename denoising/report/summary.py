"""What the results say, in sentences made from the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from denoising.figures.grid import alphas, depths, seeds
from denoising.figures.ranking import Ranking, db_above, rank
from denoising.figures.wording import cell_name, count, decibels, levels, listing, number
from denoising.measure.statistics import Effect
from denoising.study.results import Study


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
    """The best depth over all noise levels, in one sentence; of one seed, that of these networks alone."""
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


def best_depth_sentences(study: Study) -> list[str]:
    """For each noise level, which depth is best and by how much."""
    floors = study.limits.set_index("alpha")["mmse"].reindex(alphas(study))
    return [sentence(ranking, floors[ranking.alpha]) for ranking in rank(study)]


def sentence(ranking: Ranking, floor: float) -> str:
    """A noise level's result in a sentence."""
    if not ranking.winners or ranking.lowest is None:
        return f"At alpha {ranking.alpha:g}, no cell was measured."
    errors = listing(dict.fromkeys(number(ranking.mse[depth]) for depth in ranking.winners))
    verb = "tie at a test MSE of" if len(ranking.winners) > 1 else "has the lowest test MSE,"
    if len(ranking.mse) == 1:
        verb = "has a test MSE of"
    distances = listing(
        filter(None, [below_next(ranking), below_noisy(ranking), above_floor(ranking, floor)])
    )
    parts = [f"{named(ranking.winners)} {verb} {errors}", *filter(None, [distances, futility(ranking)])]
    return f"At alpha {ranking.alpha:g}, {', '.join(parts)}."


def below_next(ranking: Ranking) -> str | None:
    """How far the next depth lies behind, with its interval."""
    if ranking.runner_up is None:
        return None
    details = [number(ranking.mse[ranking.runner_up])]
    effect = ranking.effects.get(ranking.runner_up)
    if effect and effect.low is not None:
        details.append(f"95% interval {interval(effect)}, {effect.n:,} {effect.over}")
    where = distance(ranking.mse[ranking.runner_up], ranking.lowest)
    return f"{where} depth {ranking.runner_up} ({'; '.join(details)})"


def interval(effect: Effect) -> str:
    """An effect's interval."""
    return f"{decibels(effect.low)} to {decibels(effect.high)} dB"


def below_noisy(ranking: Ranking) -> str | None:
    """How far the best depth lies below doing nothing, if it does."""
    if ranking.noisy_mse is None or ranking.lowest is None or ranking.lowest >= ranking.noisy_mse:
        return None
    return f"{distance(ranking.noisy_mse, ranking.lowest)} the noisy signal ({number(ranking.noisy_mse)})"


def above_floor(ranking: Ranking, floor: float) -> str | None:
    """How far the best depth stays above what is possible."""
    if ranking.lowest is None or not (floor > 0 and ranking.lowest > 0):
        return None
    db = db_above(ranking.lowest, floor) or 0.0
    return f"{abs(db):.1f} dB {'above' if db >= 0 else 'below'} the Bayes floor ({number(floor)})"


def futility(ranking: Ranking) -> str | None:
    """That even the best depth does not beat doing nothing, if so."""
    if ranking.noisy_mse is None or ranking.lowest is None or ranking.lowest < ranking.noisy_mse:
        return None
    return f"but that is no better than the noisy signal itself ({number(ranking.noisy_mse)})"


def distance(higher: float, lower: float | None) -> str:
    """How far one MSE lies below another."""
    db = db_above(higher, lower)
    return "below" if db is None else f"{db:.1f} dB below" if db >= 0.05 else f"{db:.2g} dB below"


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
