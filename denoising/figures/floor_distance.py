"""Every denoiser between the Bayes floor and the prior variance."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from denoising.figures.drawing import Drawing
from denoising.figures.floors import (
    FLOORS,
    baseline_labels,
    baseline_styles,
    draw_floors,
    first_of_sources,
    limits_over_alpha,
)
from denoising.figures.grid import (
    DATASET,
    alphas,
    by_alpha,
    by_settings,
    depths,
    drawable,
)
from denoising.figures.lines import draw_over_alpha, set_alpha_ticks
from denoising.figures.panels import entries_of, lines_in_words, panels_of, shown_in
from denoising.figures.style import (
    Handle,
    columns_for,
    drop_idle_ticks,
    label_outer,
    legend_above,
    look,
    mark_missing,
    most_columns,
    new_figure,
    scale_log,
)
from denoising.figures.wording import (
    band_note,
    basis,
    count,
    failure_note,
    in_lines,
    listing,
    others_note,
    variants_note,
)
from denoising.study.results import Study

MOST_VARIANTS = 11  # with the other denoisers, twelve panels
TITLE = 22  # characters in a line of a panel's title
STATISTICS = {"median": "median", "lowest": "lowest", "highest": "highest", "n_seeds": "count"}
ROOM = 1.6  # above the prior variance and below the lowest floor, as a factor


@look()
def draw(study: Study) -> Drawing:
    """Test MSE over alpha, logarithmic: the networks first, then the baselines, floors in every panel."""
    panels = panels_of(study, MOST_VARIANTS)
    shown = shown_in(panels)
    sources = first_of_sources(study, shown)
    networks, others, figure = lay_out(len(panels), len(sources))
    labels = baseline_labels(study)
    entries = entries_of(panels)
    floors: dict[str, Handle] = {}
    for axes, panel in zip(networks, panels, strict=True):
        if panel.study.results["test_mse"].notna().any():
            for series in panel.series:
                draw_over_alpha(axes, series, "test_mse", positive=True)
        floors |= draw_floors(axes, panel.study)
        title_of(axes, "Autoencoders" if len(panels) == 1 else "", panel.title, len(panels))
    measured: dict[str, Handle] = {}
    for axes, (title, part) in zip(others, sources.items(), strict=True):
        measured |= draw_baselines(axes, study, part)
        floors |= draw_floors(axes, part)
        title_of(axes, "Other denoisers", title, len(panels))
    every = [*networks, *others]
    set_alpha_ticks(networks[0], alphas(study))
    if any(axes.lines for axes in every):
        set_bounds(networks[0], study, shown)
        scale_log(networks[0])
    entries.update({floor.name: floors[floor.name] for floor in FLOORS if floor.name in floors})
    if len(study.variants) == 1:
        below(networks[0], entries)
        below(others[0], measured)
    else:
        drop_idle_ticks(every)
        legend_above(figure, entries, most_columns(entries_of(panels), 5))
        legend_below(figure, measured)
    return Drawing(
        figure=figure,
        title="The distance to the floor",
        caption=(
            "Mean squared error on the test signals over the noise level, on a logarithmic scale from the "
            "Bayes floor, which no denoiser can beat on average, to the variance of the clean signals, "
            f"which knowing nothing but their mean leaves. {places(len(every))} denoisers that "
            "are no networks; the report's table of them says what each is told. The best linear filter and "
            "the Bayes floor follow from the prior. The Cramér–Rao bound of who has to find both frequencies "
            "is drawn where the floor keeps to it, and beside it that of who has to find the amplitudes and "
            f"phases of two free sinusoids too. {inputs(study)}{basis(study)}.{band_note(study)}"
            f"{others_note(study, shown)}{variants_note(study, shown)}{failure_note(study)}"
        ),
        alt=f"Test MSE over the noise level for {lines_in_words(study, panels)} and for "
        f"{listing(labels.values()) or 'no baseline'}, between the Bayes "
        "floor and the prior variance.",
        data=data(study),
    )


def lay_out(n_panels: int, n_sources: int) -> tuple[list[Axes], list[Axes], Figure]:
    """Panels of the networks and of the others: one beside the other, or all in rows."""
    n = n_panels + n_sources
    if n == 2:
        figure = new_figure(4.6)
        networks, others = figure.subplots(1, 2, sharex=True, sharey=True)
        label_outer([networks, others], 2, 2, "noise level alpha", "test MSE")
        return [networks], [others], figure
    n_columns = columns_for(n)
    n_rows = ceil(n / n_columns)
    figure = new_figure(2.2 * n_rows + 1.3)
    every = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False).ravel().tolist()
    label_outer(every, n_columns, n, "noise level alpha", "test MSE")
    return every[:n_panels], every[n_panels:n], figure


def title_of(axes: Axes, kind: str, title: str, n_panels: int) -> None:
    """What a panel is of, and where it has no line, that there is nothing."""
    if n_panels == 1:
        axes.set_title(kind, fontweight="bold")
    else:
        axes.set_title("\n".join(filter(None, [kind, in_lines(title, TITLE)])))
    if not axes.lines:
        mark_missing(axes, "nothing measured")


def draw_baselines(axes: Axes, study: Study, part: Study) -> dict[str, Handle]:
    """A line for each denoiser that is no network, on the dataset of a part; their legend entries."""
    labels, entries = baseline_labels(study), dict[str, Handle]()
    for name, style in baseline_styles(study).items():
        rows = part.baselines[part.baselines["denoiser"] == name].set_index("alpha")["test_mse"]
        [entries[labels[name]]] = axes.plot(
            rows.index, drawable(rows), **style.line(), linewidth=1.1, markersize=3.8, gid=name
        )
    return entries


def set_bounds(axes: Axes, study: Study, shown: Sequence[str]) -> None:
    """From the lowest floor to the prior variance, so that what lies beyond does not squeeze the rest."""
    parts = [study.by_variant[variant] for variant in shown]
    limits = [limits_over_alpha(part) for part in parts]
    lowest = [drawable(limit["mmse"]).min() for limit in limits]
    errors = [drawable(part.results["test_mse"]).min() for part in parts]
    highest = [limit["prior_variance"].max() for limit in limits]
    bottom = min(value for value in (*lowest, *errors, 1.0) if value == value)
    top = max(value for value in (*highest, 1.0) if value == value)
    axes.set_ylim(bottom / ROOM, top * ROOM)


def below(axes: Axes, entries: dict[str, Handle]) -> None:
    """A legend below the panel."""
    handles: list[Handle] = list(entries.values())
    axes.legend(handles, list(entries), loc="upper left", bbox_to_anchor=(0, -0.16), ncols=2, borderaxespad=0)


def legend_below(figure: Figure, entries: dict[str, Handle]) -> None:
    """A legend below all panels."""
    handles: Any = list(entries.values())
    if handles:
        figure.legend(handles, list(entries), loc="outside lower left", ncols=most_columns(entries))


def places(n_panels: int) -> str:
    """Where networks and others are."""
    if n_panels == 2:
        return "Left: the autoencoders. Right:"
    return "First the autoencoders; last,"


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
    """A row a denoiser or limit and alpha: kind, name, median, lowest and highest over the seeds, n_seeds.

    Of several variants, also which, and for the baselines and limits the first of those of their dataset.
    """
    parts = study.by_variant
    own = {title: parts[names[0]] for title, names in by_settings(study, DATASET, list(parts)).items()}
    tables = [table.assign(variant=name) for name, part in parts.items() for table in networks_of(part)]
    for part in own.values():
        tables += [table.assign(variant=part.variants[0]) for table in others_of(part)]
    every = pd.concat(tables, ignore_index=True)
    columns = ["kind", "name", "alpha", *STATISTICS]
    return every[columns if len(parts) == 1 else ["variant", *columns]]


def networks_of(study: Study) -> list[pd.DataFrame]:
    """The rows of a variant's networks, a table a depth."""
    statistics = {name: by_alpha(study, "test_mse", statistic) for name, statistic in STATISTICS.items()}
    return [
        pd.DataFrame({name: table[depth] for name, table in statistics.items()})
        .rename_axis("alpha")
        .reset_index()
        .assign(kind="autoencoder", name=f"depth {depth}")
        for depth in depths(study)
    ]


def others_of(study: Study) -> list[pd.DataFrame]:
    """The rows of the limits and of the baselines on a variant's dataset."""
    limits = limits_over_alpha(study).drop(columns=["n_inputs", "mmse_standard_error"])
    floors = limits.reset_index().melt("alpha", var_name="name", value_name="median").assign(kind="limit")
    others = study.baselines[["denoiser", "alpha", "test_mse"]].set_axis(["name", "alpha", "median"], axis=1)
    return [floors, others.assign(kind="baseline")]
