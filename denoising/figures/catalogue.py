"""The figures of a report, in the order of the page."""

from collections.abc import Callable, Mapping

from denoising.figures import (
    architecture,
    best_depth,
    depths,
    examples,
    floor_distance,
    floor_map,
    learning_curves,
    noise_removed,
    original,
    recovered,
    samples,
    spectra,
)
from denoising.figures.drawing import Drawing
from denoising.study.results import Study

FIGURES: Mapping[str, Callable[[Study], Drawing]] = {
    "samples": samples.draw,
    "architecture": architecture.draw,
    "training": learning_curves.draw,
    "original": original.draw,
    "recovered": recovered.draw,
    "examples": examples.draw,
    "noise_removed": noise_removed.draw,
    "spectra": spectra.draw,
    "comparison": depths.draw,
    "best_depth": best_depth.draw,
    "floor_distance": floor_distance.draw,
    "floor_map": floor_map.draw,
}


def figures_of(study: Study) -> dict[str, Callable[[Study], Drawing]]:
    """The figures that a study has: beside the original's curves only if it can be laid there."""
    return {
        name: draw for name, draw in FIGURES.items() if name != "original" or original.is_comparable(study)
    }
