"""The figures of a verdict, in the order of the page; each draws what was measured and says what was not."""

from collections.abc import Callable, Mapping
from functools import partial

from denoising.figures.drawing import Drawing
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures import (
    claim_forests,
    effects,
    error_map,
    filters,
    floors_by_depth,
    latent_axis,
    transfer,
    underfitting,
)
from denoising.verdict.questions import QUESTIONS

OVERVIEW = "claims"
FIGURES: Mapping[str, Callable[[Evidence], Drawing]] = {
    OVERVIEW: claim_forests.draw,
    **{claim_forests.name_of(q.number): partial(claim_forests.draw_one, number=q.number) for q in QUESTIONS},
    "depth_effects": effects.draw_depth,
    "causes": effects.draw_causes,
    "latent_axis": latent_axis.draw,
    "best_networks": floors_by_depth.draw,
    "filters": filters.draw,
    "error_map": error_map.draw,
    "transfer": transfer.draw,
    "underfitting": underfitting.draw,
}
# The figure that shows more of what decides a claim.
BEHIND: Mapping[str, str] = {
    "1": "best_networks", "2": "latent_axis", "2b": "latent_axis", "3": "depth_effects", "4": "depth_effects",
    "5": "depth_effects", "6": "depth_effects", "7": "best_networks", "7b": "best_networks", "8": "transfer",
}  # fmt: skip
