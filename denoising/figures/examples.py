"""A good, a median and a poor result of each denoiser."""

from denoising.figures.columns import DENOISED, columns_note, columns_of, draw_examples, shown_depths
from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, middle_alpha
from denoising.figures.style import look
from denoising.figures.wording import PERCENTILES, basis, example_note, failure_note, listing, omission
from denoising.study.results import Study


@look()
def draw(study: Study) -> Drawing:
    """Rows are percentiles of the denoiser's own error, columns denoisers, at one noise level."""
    alpha = middle_alpha(study)
    rows = {name: (alpha, "denoised", percentile) for percentile, name in PERCENTILES.items()}
    figure, data = draw_examples(study, rows, DENOISED)
    return Drawing(
        figure=figure,
        title=f"Good, median and poor results at alpha {alpha:g}",
        caption=(
            f"Test signals at alpha {alpha:g}, chosen by rule: those at the 10th, 50th and 90th percentile "
            "of each denoiser's own error, so that the columns show different signals. "
            f"{basis(study)}{example_note(study)}.{omission([alpha], alphas(study), 'noise level')}"
            f"{omission(shown_depths(study), depths(study), 'depth')}{columns_note(study)}"
            f"{failure_note(study)}"
        ),
        alt=f"Clean, noisy and denoised signals at alpha {alpha:g} where each denoiser does well, as usual "
        f"and badly: {listing(column.name for column in columns_of(study))}.",
        data=data,
    )
