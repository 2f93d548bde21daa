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
    memorising,
    scores,
    singular_values,
    tangents,
    training_time,
    transfer,
    underfitting,
)
from denoising.verdict.questions import QUESTIONS

OVERVIEW = "claims"
Draw = Callable[[Evidence], Drawing]
FIGURES: Mapping[str, Draw] = {
    OVERVIEW: claim_forests.draw,
    **{claim_forests.name_of(q.number): partial(claim_forests.draw_one, number=q.number) for q in QUESTIONS},
    "depth_effects": effects.draw,
    "latent_axis": latent_axis.draw,
    "best_networks": floors_by_depth.draw,
    "filters": filters.draw,
    "error_map": error_map.draw,
    "scores": scores.draw,
    "tangents": tangents.draw,
    "singular_values": singular_values.draw,
    "memorising": memorising.draw,
    "training_time": training_time.draw,
    "transfer": transfer.draw,
    "underfitting": underfitting.draw,
}
OF_FURTHER_ARMS = ("latent_axis", "memorising")  # figures of what the default design does not train
# The figure that shows more of what decides a claim.
BEHIND: Mapping[str, str] = {
    **dict.fromkeys(("3", "4", "5"), "latent_axis"),
    **dict.fromkeys(("7", "8", "9", "10", "14"), "depth_effects"),
    **dict.fromkeys(("1", "11", "15", "16", "17"), "best_networks"),
    "18": "transfer",
}


def figures_of(evidence: Evidence) -> dict[str, Draw]:
    """The figures of a study by name: those of further arms only where it has these."""
    return {
        name: draw
        for name, draw in FIGURES.items()
        if evidence.design.further_seeds or name not in OF_FURTHER_ARMS
    }
