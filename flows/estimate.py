"""How long a sweep will take, before it starts."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from flows.plan import make_plan
from flows.settings import Settings


def core_seconds(settings: Settings) -> float:
    """The core-seconds of training that a sweep has before it; 0 if every network is cached.

    Depths are tried side by side, as they will be trained: cores that share caches slow each other.
    """
    by_name = {str(cell): cell for cell in settings.cells}
    steps = [step for step in make_plan(settings).steps if step.stage == "train" and step.status != "cached"]
    depths = Counter(by_name[step.of].depth for step in steps)
    if not depths:
        return 0.0
    of_one = partial(core_seconds_of_one, settings)
    with ThreadPoolExecutor(settings.workers) as side_by_side:
        return sum(
            number * seconds
            for number, seconds in zip(depths.values(), side_by_side.map(of_one, depths), strict=True)
        )


def core_seconds_of_one(settings: Settings, depth: int) -> float:
    """The core-seconds of training one network of a depth, cached or not.

    A few steps are tried; drawing fresh signals counts for nothing.
    """
    from denoising.cost import training_seconds
    from denoising.dataset import split_sizes

    sizes = split_sizes(settings.n_signals)
    return training_seconds(depth, settings.network, settings.training, *sizes, settings.signal_length)
