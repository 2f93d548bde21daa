"""The order of the depths beside that in the original post's figure."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise, permutations

from denoising.figures.ranking import Ranking, effect_of, rank
from denoising.figures.wording import count, levels
from denoising.original.curves import LAST_EPOCH, READING_ERROR, final_errors
from denoising.study.cell import BASE
from denoising.study.results import Study

NO_BREAK = "\u00a0"  # a space at which no line ends


def order_beside_original(study: Study) -> tuple[str, ...]:
    """Sentences on whether the base has the original's order of depths; none where nothing is shared."""
    base, orders = study.by_variant.get(BASE), dict[tuple[str, str, bool], list[float]]()
    if base is None:
        return ()
    for ranking in rank(base):
        alpha = ranking.alpha
        theirs = {depth: mse for depth, mse in final_errors(alpha).items() if depth in ranking.mse}
        if len(theirs) > 1:
            both = our_order(base, ranking, theirs), their_order(theirs), differs(base, alpha, theirs)
            orders.setdefault(both, []).append(alpha)
    if not orders:
        return ()
    told = "; ".join(
        f"at {levels(at)} depths {ours} here and {theirs} there" for (ours, theirs, _), at in orders.items()
    )
    ties = " “≈” stands between depths that are not told apart." if "≈" in told else ""
    what = "test MSE of the base" if len(study.variants) > 1 else "test MSE"
    return (
        agreement(orders),
        f"From the lowest error to the highest: {told}.{ties} Here that is the {what} after "
        f"{count(int(base.settings['epochs']), 'epoch')}, there the validation MSE after {LAST_EPOCH + 1}.",
        own_settings(base),
    )


def agreement(orders: dict[tuple[str, str, bool], list[float]]) -> str:
    """At which noise levels the orders are the same, and at which not."""
    other = sorted(alpha for (*_, differ), at in orders.items() for alpha in at if differ)
    same = sorted(alpha for (*_, differ), at in orders.items() for alpha in at if not differ)
    figure = "that of the original post’s figure"
    if not other:
        return (
            f"At {levels(same)} the order of depths agrees with {figure}, as far as both tell depths apart."
        )
    but = f" At {levels(same)} it agrees, as far as both tell depths apart." if same else ""
    return f"At {levels(other)} the order of depths is not {figure}.{but}"


def own_settings(base: Study) -> str:
    """That the settings are not the post's, and which come nearest."""
    settings = base.settings
    return (
        f"The post published no settings. Those here are our own: {settings['channels']} channels, "
        f"{count(int(settings['n_signals']), 'signal')} of the “{settings['signals']}” family. Preset "
        "reproduction comes nearest to the post’s figure."
    )


def our_order(base: Study, ranking: Ranking, shared: Collection[int]) -> str:
    """The depths that both have by their error here, such as `4 < 2 ≈ 6`."""
    order = [depth for depth in ranking.mse if depth in shared]
    told_apart = [is_worse(base, ranking.alpha, worse, better) for better, worse in pairwise(order)]
    return joined(order, told_apart)


def their_order(errors: Mapping[int, float]) -> str:
    """The same of the original."""
    order = sorted(errors, key=lambda depth: errors[depth])
    return joined(order, [is_clear(errors[worse] - errors[better]) for better, worse in pairwise(order)])


def joined(order: Sequence[int], told_apart: Sequence[bool]) -> str:
    """Depths with a sign between each two."""
    signs = ["<" if apart else "≈" for apart in told_apart]
    further = (f"{sign}{NO_BREAK}{depth}" for sign, depth in zip(signs, order[1:], strict=True))
    return NO_BREAK.join([str(order[0]), *further])


def differs(base: Study, alpha: float, errors: Mapping[int, float]) -> bool:
    """Whether two depths that both tell apart stand in the opposite order here."""
    return any(
        is_clear(errors[worse] - errors[better]) and is_worse(base, alpha, better, worse)
        for better, worse in permutations(errors, 2)
    )


def is_clear(difference: float) -> bool:
    """Whether one error of the original lies above another by more than both can be misread."""
    return difference > 2 * READING_ERROR


def is_worse(base: Study, alpha: float, depth: int, other: int) -> bool:
    """Whether a depth's error here lies above another's, with the whole 95% interval of their distance."""
    effect = effect_of(base, alpha, depth, other)
    return effect is not None and effect.is_above
