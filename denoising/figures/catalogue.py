"""The figures of a report, in the order of the page."""

from collections.abc import Callable, Mapping

from denoising.figures import (
    architecture,
    depths,
    floor_distance,
    learning_curves,
    original,
    recovered,
    samples,
    spectra,
)
from denoising.figures.drawing import Drawing
from denoising.study.results import Study

FIGURES: Mapping[str, Callable[[Study], Drawing]] = {
    "comparison": depths.draw,
    "floor_distance": floor_distance.draw,
    "recovered": recovered.draw,
    "spectra": spectra.draw,
    "training": learning_curves.draw,
    "original": original.draw,
    "samples": samples.draw,
    "architecture": architecture.draw,
}


def figures_of(study: Study) -> dict[str, Callable[[Study], Drawing]]:
    """The figures that a study has: beside the original's curves only if it can be laid there."""
    return {
        name: draw for name, draw in FIGURES.items() if name != "original" or original.is_comparable(study)
    }
