"""One signal at each noise level, and what each depth or variant makes of it."""

from denoising.figures.columns import DENOISED, columns_note, columns_of, draw_examples, shown_depths
from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, representative
from denoising.figures.style import look
from denoising.figures.wording import basis, example_note, failure_note, levels, listing, omission
from denoising.study.results import Study

MOST_ROWS = 4


@look()
def draw(study: Study) -> Drawing:
    """Rows are noise levels, columns denoisers; clean, noisy and denoised in each panel."""
    rows = representative(alphas(study), MOST_ROWS)
    figure, data = draw_examples(
        study, {f"alpha {alpha:g}": (alpha, "noisy", 50) for alpha in rows}, DENOISED
    )
    thing = "depth" if len(study.variants) == 1 else "variant"
    return Drawing(
        figure=figure,
        title="What is recovered",
        caption=(
            "The test signal whose noise is of median strength at each noise level, the same one along a "
            f"row: noisy, clean, and as each {thing} denoises it, with the error of this one signal; in the "
            "last column as the posterior mean does, which no denoiser can beat on average. "
            f"{basis(study)}{example_note(study)}.{omission(rows, alphas(study), 'noise level')}"
            f"{omission(shown_depths(study), depths(study), 'depth')}{columns_note(study)}"
            f"{failure_note(study)}"
        ),
        alt=f"Clean, noisy and denoised signals at {levels(rows)}: "
        f"{listing(column.name for column in columns_of(study))}.",
        data=data,
    )
