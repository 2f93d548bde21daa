"""What the report's charts let people choose from, as plain values for JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import isfinite, log10
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from denoising.figures.floors import FLOORS, baseline_labels, baseline_styles, limits_over_alpha
from denoising.figures.grid import alphas, by_alpha, depths, over_seeds, seeds
from denoising.figures.style import (
    BAYES_STYLE,
    CLEAN,
    LINEAR_STYLE,
    NOISY,
    LineStyle,
    depth_styles,
    styles_in_order,
)
from denoising.figures.wording import cell_name, decibels, number
from denoising.report.tables import cell_anchor
from denoising.study.cell import BASE
from denoising.study.results import Study
from denoising.study.schema import AXES, DATASET

UNIT = 0.01  # of samples, which are whole multiples of it: less than a pixel of the chart
DIGITS = 4  # of errors
MOST_SAMPLES = 500_000  # above which only the lowest seed's signals are told
PERCENTILES = {10: "weak noise (10th percentile)", 50: "median noise", 90: "strong noise (90th percentile)"}
MOST_SHOWN = 12  # networks whose lines are drawn before anything is chosen
WIDTH = 1.5  # of a network's line, beside those of the limits
DASH_SCALE = 2.0  # pixels of the screen for a unit of a dash


def explorer(study: Study) -> dict[str, Any] | None:
    """The choices with all that depends on them; None where no signal was denoised.

    Returns:
        x: the sample positions.
        unit: what samples are multiples of.
        colours: of the clean and the noisy signals.
        seeds: those whose signals are told.
        denoisers: name and colour of each, and the depth of a network.
        others: how many variants are left out, as they were tested on other signals than the first.
        levels: of each noise level its name, its signals (clean and noisy samples), what each denoiser
            makes of them (samples, and the errors in words), and the learning curves of the depths.
        lines: of the errors over the noise level, with the way each is drawn.
        cells: of each row of the table of all cells, its anchor and what it stands for.
    """
    told = on_the_same_signals(study)
    shown = shown_seeds(told)
    denoised = denoised_examples(told, shown)
    if denoised.empty:
        return None
    present = set(denoised["denoiser"])
    return {
        "x": [rounded(x) for x in told.x],
        "unit": UNIT,
        "colours": {"clean": CLEAN, "noisy": NOISY},
        "seeds": shown,
        "denoisers": [denoiser for denoiser in denoisers(told) if denoiser["name"] in present],
        "others": len(study.variants) - len(told.variants),
        "levels": [
            level(told, alpha, denoised[denoised["alpha"] == alpha])
            for alpha in alphas(told)
            if alpha in set(denoised["alpha"])
        ],
        "lines": list(lines(told)),
        "cells": [
            {
                "anchor": cell_anchor(depth, alpha, seed, variant),
                "name": cell_name(depth, alpha, seed, variant),
                "level": f"{alpha:g}",
                "denoiser": network_name(told, depth, variant),
                "seed": int(seed),
            }
            for depth, alpha, seed, variant in told.results[list(AXES)].itertuples(index=False)
        ],
    }


def on_the_same_signals(study: Study) -> Study:
    """The study with the variants alone that have the same signals as the first one."""
    if len(study.variants) == 1:
        return study
    own = {name: [part.settings.get(key) for key in DATASET] for name, part in study.by_variant.items()}
    first = own[study.variants[0]]
    return study.only(*(name for name, dataset in own.items() if dataset == first))


def network_name(study: Study, depth: int, variant: str) -> str:
    """What a network is called; its variant is named unless there is the base alone."""
    return f"depth {depth}" if set(study.variants) == {BASE} else f"depth {depth}, {variant}"


def shown_seeds(study: Study) -> list[int]:
    """All seeds, unless their signals are too many for a page; then the lowest."""
    every = seeds(study)
    n_signals = len(alphas(study)) * len(PERCENTILES) * len(depths(study)) * len(every) * len(study.variants)
    return every if n_signals * len(study.x) <= MOST_SAMPLES else every[:1]


def denoisers(study: Study) -> Iterator[dict[str, Any]]:
    """The networks by depth, then the others as the catalogue has them."""
    for (variant, depth), style in network_styles(study).items():
        yield {"name": network_name(study, depth, variant), "depth": depth, "colour": style.color}
    styles: Mapping[str, LineStyle] = {
        **baseline_styles(study),
        "linear_mmse": LINEAR_STYLE,
        "bayes": BAYES_STYLE,
    }
    for name, label in baseline_labels(study).items():
        if name in styles:
            yield {"name": label, "depth": None, "colour": styles[name].color}


def network_styles(study: Study) -> dict[tuple[str, int], LineStyle]:
    """How each network is drawn, by variant and depth.

    Of one variant as in the figures; else the colour tells the depth and the dash the variant. Where there is
    one depth, both tell the variant.
    """
    by_depth, by_variant = depth_styles(depths(study)), styles_in_order(study.variants)
    if len(study.variants) == 1:
        return {(study.variants[0], depth): style for depth, style in by_depth.items()}
    return {
        (variant, depth): replace(style, color=colour.color) if len(by_depth) > 1 else style
        for variant, style in by_variant.items()
        for depth, colour in by_depth.items()
    }


def denoised_examples(study: Study, shown: Iterable[int]) -> pd.DataFrame:
    """The examples of the noise of each percentile, the same signals for every denoiser at a noise level.

    Those of another signal than the first one's of that percentile are left out.

    Returns:
        A row an example: denoiser (in words), alpha, seed (null of what is no network), percentile,
        signal_id, clean, noisy, denoised.
    """
    columns = ["denoiser", "alpha", "seed", "percentile", "signal_id", "clean", "noisy", "denoised"]
    networks = study.examples[study.examples["seed"].isin(list(shown))]
    kinds = networks[["depth", "variant"]].itertuples(index=False)
    networks = networks.assign(denoiser=[network_name(study, *kind) for kind in kinds])
    others = study.baseline_examples[study.baseline_examples["denoiser"] != "identity"]
    others = others.assign(denoiser=others["denoiser"].map(baseline_labels(study)), seed=None)
    parts = [part[part["rule"] == "noisy"][columns].astype(object) for part in (networks, others)]
    every = pd.concat(parts, ignore_index=True)
    return every[every["signal_id"] == every.groupby(["alpha", "percentile"])["signal_id"].transform("first")]


def level(study: Study, alpha: float, rows: pd.DataFrame) -> dict[str, Any]:
    """What there is to see at a noise level, of which `rows` are the examples."""
    signals = rows.drop_duplicates("percentile").sort_values("percentile")
    return {
        "name": f"{alpha:g}",
        "signals": [
            {
                "name": PERCENTILES[row["percentile"]],
                "percentile": int(row["percentile"]),
                "clean": samples(row["clean"]),
                "noisy": samples(row["noisy"]),
            }
            for row in signals.to_dict("records")
        ],
        "denoised": [
            {
                "denoiser": row["denoiser"],
                "seed": None if row["seed"] is None else int(row["seed"]),
                "percentile": int(row["percentile"]),
                "samples": samples(row["denoised"]),
                "errors": errors_in_words(row["clean"], row["noisy"], row["denoised"]),
            }
            for row in rows.to_dict("records")
        ],
        "learning": learning(study, alpha),
    }


def learning(study: Study, alpha: float) -> dict[str, Any]:
    """The epochs of a noise level, and by network the median of the validation MSE over the seeds."""
    history = study.history[study.history["alpha"] == alpha]
    medians = over_seeds(history, "validation_mse", ["epoch", "variant", "depth"])["median"].reset_index()
    medians["network"] = [
        network_name(study, depth, variant)
        for depth, variant in medians[["depth", "variant"]].itertuples(index=False)
    ]
    table = medians.pivot_table(index="epoch", columns="network", values="median")
    return {
        "epochs": [int(epoch) for epoch in table.index],
        "validation": {network: values(table[network]) for network in table},
    }


def lines(study: Study) -> Iterator[dict[str, Any]]:
    """Each network's median of the test MSE over the seeds, and the limits, over all noise levels."""
    limits = limits_over_alpha(study)
    errors = {variant: by_alpha(own, "test_mse") for variant, own in study.by_variant.items()}
    networks = (
        (network_name(study, depth, variant), errors[variant][depth], {**style.line(), "linewidth": WIDTH})
        for (variant, depth), style in network_styles(study).items()
    )
    floors = ((floor.name, limits[floor.column], floor.line) for floor in FLOORS)
    for kind, several in (("depth", networks), ("limit", floors)):
        for place, (name, over_alpha, line) in enumerate(several):
            if over_alpha.notna().any():
                yield {
                    "name": name,
                    "kind": kind,
                    "shown": place < MOST_SHOWN,
                    "colour": line["color"],
                    "width": line["linewidth"],
                    "dash": dash(line["linestyle"]),
                    "alphas": alphas(study),
                    "mse": values(over_alpha),
                }


def errors_in_words(clean: ArrayLike, noisy: ArrayLike, denoised: ArrayLike) -> str:
    """What is left of a signal's noise."""
    truth = np.asarray(clean, float)
    before, after = (float(((np.asarray(signal, float) - truth) ** 2).mean()) for signal in (noisy, denoised))
    said = f"noisy MSE {number(before)}, denoised MSE {number(after)}"
    if not (0 < before < np.inf and 0 < after < np.inf):
        return said
    return f"{said}, improvement {decibels(10 * log10(before / after))} dB"


def dash(linestyle: Any) -> list[float]:
    """Matplotlib's dashes in pixels; none for a solid line."""
    return [] if linestyle == "-" else [DASH_SCALE * length for length in linestyle[1]]


def samples(signal: ArrayLike) -> list[int | None]:
    """A signal in whole multiples of the unit."""
    steps: NDArray[np.float64] = np.round(np.asarray(signal, float) / UNIT)
    return [int(step) if isfinite(step) else None for step in steps]


def values(column: pd.Series) -> list[float | None]:
    """Errors to a few digits; nulls for what is not there."""
    return [rounded(value) for value in column]


def rounded(value: float) -> float | None:
    """A number to a few digits; None where it is none."""
    return float(f"{value:.{DIGITS}g}") if isfinite(value) else None
