"""The figures of a verdict, in the order of the page."""

from collections.abc import Callable, Mapping

from denoising.figures.drawing import Drawing
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures import (
    claims,
    effects,
    error_map,
    filters,
    floors,
    latent_axis,
    transfer,
    underfitting,
)

FIGURES: Mapping[str, Callable[[Evidence], Drawing]] = {
    "claims": claims.draw,
    "depth_effects": effects.draw_depth,
    "causes": effects.draw_causes,
    "latent_axis": latent_axis.draw,
    "best_networks": floors.draw,
    "filters": filters.draw,
    "error_map": error_map.draw,
    "transfer": transfer.draw,
    "underfitting": underfitting.draw,
}


def figures_of(_: Evidence) -> dict[str, Callable[[Evidence], Drawing]]:
    """The figures of a study; each draws what was measured and says what was not."""
    return dict(FIGURES)
