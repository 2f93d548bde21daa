"""Every denoiser between the Bayes floor and the prior variance."""

import pandas as pd
from matplotlib.axes import Axes

from denoising.figures.drawing import Drawing
from denoising.figures.floors import (
    baseline_labels,
    baseline_styles,
    draw_floors,
    limits_over_alpha,
)
from denoising.figures.grid import alphas, by_alpha, depths, drawable
from denoising.figures.lines import draw_depths, set_alpha_ticks
from denoising.figures.style import (
    Handle,
    depth_entries,
    depth_styles,
    look,
    mark_missing,
    new_figure,
    scale_log,
)
from denoising.figures.wording import band_note, basis, count, failure_note, listing
from denoising.study.results import Study

ROOM = 1.6  # above the prior variance and below the lowest floor, as a factor


@look()
def draw(study: Study) -> Drawing:
    """Test MSE over alpha, logarithmic: depths on the left, baselines on the right, floors in both."""
    styles, others = depth_styles(depths(study)), baseline_styles(study)
    labels = baseline_labels(study)
    figure = new_figure(4.6)
    networks, baselines = figure.subplots(1, 2, sharex=True, sharey=True)
    entries: dict[str, Handle] = {**depth_entries(styles)}
    if study.results["test_mse"].notna().any():
        draw_depths(networks, study, "test_mse", styles, positive=True)
    for name, style in others.items():
        rows = study.baselines[study.baselines["denoiser"] == name].set_index("alpha")["test_mse"]
        baselines.plot(rows.index, drawable(rows), **style.line(), linewidth=1.1, markersize=3.8, gid=name)
    floors = [draw_floors(axes, study) for axes in (networks, baselines)]
    entries.update(floors[0])
    for axes, title in ((networks, "Autoencoders"), (baselines, "Other denoisers")):
        axes.set_title(title, fontweight="bold")
        axes.set_xlabel("noise level alpha")
        if not axes.lines:
            mark_missing(axes, "nothing measured")
    networks.set_ylabel("test MSE")
    set_alpha_ticks(networks, alphas(study))
    if networks.lines or baselines.lines:
        set_bounds(networks, study)
        scale_log(networks)
    below(networks, entries)
    below(baselines, {labels[name]: line for name, line in zip(others, baselines.lines, strict=False)})
    return Drawing(
        figure=figure,
        title="The distance to the floor",
        caption=(
            "Mean squared error on the test signals over the noise level, on a logarithmic scale from the "
            "Bayes floor, which no denoiser can beat on average, to the variance of the clean signals, "
            "which knowing nothing but their mean leaves. Left: the autoencoders. Right: denoisers that "
            "are no networks, tuned on the training signals and given alpha. The best linear filter and "
            "the Bayes floor follow from the prior; the Cramér–Rao bound is drawn where the floor keeps to "
            f"it. {inputs(study)}{basis(study)}.{band_note(study)}{failure_note(study)}"
        ),
        alt=f"Test MSE over the noise level for depths {listing(styles)} and for "
        f"{listing(labels.values()) or 'no baseline'}, between the Bayes "
        "floor and the prior variance.",
        data=data(study),
    )


def set_bounds(axes: Axes, study: Study) -> None:
    """From the lowest floor to the prior variance, so that what lies beyond does not squeeze the rest."""
    limits = limits_over_alpha(study)
    lowest = drawable(limits["mmse"]).min()
    errors = drawable(study.results["test_mse"]).min()
    bottom = min(value for value in (lowest, errors, 1.0) if value == value)
    top = max(value for value in (limits["prior_variance"].max(), 1.0) if value == value)
    axes.set_ylim(bottom / ROOM, top * ROOM)


def below(axes: Axes, entries: dict[str, Handle]) -> None:
    """A legend below the panel."""
    handles: list[Handle] = list(entries.values())
    axes.legend(handles, list(entries), loc="upper left", bbox_to_anchor=(0, -0.16), ncols=2, borderaxespad=0)


def inputs(study: Study) -> str:
    """On how many noisy signals the floor rests."""
    numbers = sorted({int(n) for n in study.limits["n_inputs"] if n > 0})
    if not numbers:
        return ""
    several = f"{numbers[0]:,} to {count(numbers[-1], 'noisy signal')}" if len(numbers) > 1 else count(
        numbers[0], "noisy signal"
    )  # fmt: skip
    return f"The floor is the mean posterior variance over {several} an alpha. "


def data(study: Study) -> pd.DataFrame:
    """A row a denoiser or limit and alpha: kind, name, median, lowest and highest over the seeds, n_seeds."""
    names = {"median": "median", "lowest": "lowest", "highest": "highest", "n_seeds": "count"}
    statistics = {name: by_alpha(study, "test_mse", statistic) for name, statistic in names.items()}
    networks = [
        pd.DataFrame({name: table[depth] for name, table in statistics.items()})
        .rename_axis("alpha")
        .reset_index()
        .assign(kind="autoencoder", name=f"depth {depth}")
        for depth in depths(study)
    ]
    limits = limits_over_alpha(study).drop(columns=["n_inputs", "mmse_standard_error"])
    floors = limits.reset_index().melt("alpha", var_name="name", value_name="median").assign(kind="limit")
    others = study.baselines[["denoiser", "alpha", "test_mse"]].set_axis(["name", "alpha", "median"], axis=1)
    every = pd.concat([*networks, floors, others.assign(kind="baseline")], ignore_index=True)
    return every[["kind", "name", "alpha", *names]]
