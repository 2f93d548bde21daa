"""The figures of a report, in the order of the page."""

from collections.abc import Callable, Mapping

from denoising.figures import (
    architecture,
    best_depth,
    comparison,
    noise_removed,
    recovered,
    samples,
    training,
)
from denoising.figures.drawing import Drawing
from denoising.study import Study

FIGURES: Mapping[str, Callable[[Study], Drawing]] = {
    "samples": samples.draw,
    "architecture": architecture.draw,
    "training": training.draw,
    "recovered": recovered.draw,
    "noise_removed": noise_removed.draw,
    "comparison": comparison.draw,
    "best_depth": best_depth.draw,
}
