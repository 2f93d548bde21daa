"""How long a sweep will take, before it starts."""

from collections import Counter

from flows.plan import make_plan
from flows.settings import Settings


def core_seconds(settings: Settings) -> float:
    """The core-seconds of training that a sweep has before it; 0 if every network is cached."""
    by_name = {str(cell): cell for cell in settings.cells}
    steps = [step for step in make_plan(settings).steps if step.stage == "train" and step.status != "cached"]
    depths = Counter(by_name[step.of].depth for step in steps)
    if not depths:
        return 0.0
    from denoising.cost import training_seconds
    from denoising.dataset import split_sizes

    sizes = split_sizes(settings.n_signals)
    return sum(
        number * training_seconds(depth, settings.network, settings.training, *sizes, settings.signal_length)
        for depth, number in depths.items()
    )
