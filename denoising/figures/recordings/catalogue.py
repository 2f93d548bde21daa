"""The figures of a study of recordings, in the order of the page."""

from collections.abc import Callable, Mapping

from denoising.figures.drawing import Drawing
from denoising.figures.recordings import (
    agreement,
    denoised_windows,
    gains,
    mixed_windows,
    removed,
)
from denoising.study.recorded import RecordedStudy
from denoising.study.trust import trust

FIGURES: Mapping[str, Callable[[RecordedStudy], Drawing]] = {
    "mixed_windows": mixed_windows.draw,
    "gains": gains.draw,
    "denoised_windows": denoised_windows.draw,
    "removed": removed.draw,
    "agreement": agreement.draw,
}


def figures_of(study: RecordedStudy) -> dict[str, Callable[[RecordedStudy], Drawing]]:
    """The figures that a study has: without results those of its windows, without truth none of gains."""
    if not study.decisions:
        return {"mixed_windows": FIGURES["mixed_windows"]}
    found = trust(study.ranking)
    has = {"gains": study.is_known, "agreement": found is not None and not found.n_negative}
    return {name: draw for name, draw in FIGURES.items() if has.get(name, True)}
