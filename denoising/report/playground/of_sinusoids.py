"""The playground of a study of sinusoids: its networks, signals, and the denoisers beside them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.figures.grid import depths, representative, shown_variants
from denoising.figures.style import (
    BAYES_STYLE,
    LINEAR_STYLE,
    LineStyle,
    depth_styles,
    styles_in_order,
)
from denoising.figures.wording import number
from denoising.models.card import Card
from denoising.report.blocks import Captions, Played, Playground, Slider
from denoising.report.playground.held import (
    FILTER,
    FILTER_LABEL,
    FILTER_STYLE,
    MOST_NETWORKS,
    epochs_of,
    filters_in_page,
    held,
    left_out,
    mse,
    ratio_words,
)
from denoising.report.playground.in_page import Playable, in_page, packed
from denoising.signals.sinusoids import FAMILIES
from denoising.study.cell import BASE
from denoising.study.differences import SIGNALS
from denoising.study.results import Study
from denoising.theory.prior import prior_of

PERCENTILES = {10: "weak noise", 50: "median noise", 90: "strong noise"}
LEAST_VARIANCE = 1e-10  # of a direction that a filter keeps, as a share of the largest
WAVES = ("f1", "f2", "alpha")  # what a signal is made from
LIMIT = 3.0  # of the picture's upright axis, unless a signal is larger
EXACT = "bayes"
WORDS = Captions(
    lead="Two waves make a clean signal. Noise hides it, the more the higher alpha is. Each denoiser tries "
    "to bring the signal back; the depth of a network is how many layers its encoder has.",
    note="The exact answer (the posterior mean, “Bayes” in the tables) knows how clean signals are made and "
    "how strong the noise is. It is the mean of all clean signals that can be behind the noisy one, the "
    "likely ones counting more. No denoiser has a lower error on average; on a single signal, luck can put "
    "one below it. Distances are in dB: the lower, the better.",
    beside="Above the exact answer",
    test="Test signal",
    nearest="the nearest alpha",
)
Place = tuple[str, int]  # a variant and a depth
CLASSICAL = {
    FILTER: (FILTER_LABEL, FILTER_STYLE),
    "linear_mmse": ("best linear filter", LINEAR_STYLE),
    EXACT: ("exact answer", BAYES_STYLE),
}


def playable(study: Study) -> pd.DataFrame:
    """Return the rows of the networks that a page holds.

    They have the lowest seed, and the same test signals as the first variant. Where there is no noise, or
    nothing but noise, there is nothing to play with.
    """
    same = on_the_same_signals(study)
    variants = shown_variants(same, max(MOST_NETWORKS // len(depths(study)), 1))
    done: pd.DataFrame = same.results[same.results["status"] == "done"]
    done = done[done["variant"].isin(variants) & done["alpha"].between(0, 1, inclusive="neither")]
    done = done[done["seed"] == done["seed"].min()]
    return held(fewer_and_fewer(done), int(same.settings["signal_length"]))


def fewer_and_fewer(done: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield networks: all, those of three noise levels, of some depths of these, and at last one."""
    yield done
    for column, most in (("alpha", 3), ("depth", 4), ("depth", 2), ("alpha", 1), ("depth", 1)):
        done = done[done[column].isin(representative(sorted(done[column].unique()), most))]
        yield done


def on_the_same_signals(study: Study) -> Study:
    """Return the study with the variants alone that have the same test signals as the first one."""
    own = {name: [part.settings.get(key) for key in SIGNALS] for name, part in study.by_variant.items()}
    first = own[study.variants[0]]
    return study.only(*(name for name, signals in own.items() if signals == first))


def playground(
    study: Study, networks: Sequence[Playable], filters: Mapping[float, Card]
) -> Playground | None:
    """Return the playground of a study; None where it has no networks or no signals to begin with.

    Args:
        study: a study of sinusoids.
        networks: the networks of `playable`.
        filters: the card of the Savitzky-Golay filter of each noise level that has one.
    """
    if not networks:
        return None
    own = study.only(*dict.fromkeys(one.variant for one in networks))
    tests = signals_of(own, {one.level for one in networks})
    if tests.empty:
        return None
    family, length = FAMILIES[own.settings["signals"]], int(own.settings["signal_length"])
    prior = prior_of(family, length)
    kept = prior.variances > LEAST_VARIANCE * prior.variances.max()
    first = start_of(tests)
    records: list[dict[str, Any]] = tests.to_dict("records")  # type: ignore[assignment]
    start = records[first]
    data = {
        "kind": "waves",
        "family": {"low": family.low, "high": family.high, "factor": family.cosine_factor, "end": family.end},
        "length": length,
        "across": f"x, from 0 to {number(family.end)}",
        "linear": {
            "mean": packed(prior.mean),
            "directions": packed(prior.directions[kept]),
            "variances": packed(prior.variances[kept]),
        },
        "filters": filters_in_page(filters),
        "epochs": epochs_of(networks),
        "levels": [(level, f"alpha {level:g}") for level in sorted({one.level for one in networks})],
        "networks": [in_page(one, network_name(study, one.depth, one.variant)) for one in networks],
        "tests": [{"noisy": packed(row["noisy"]), **{name: row[name] for name in WAVES}} for row in records],
        "start": {"test": first, "limit": LIMIT, **{name: start[name] for name in WAVES}},
    }
    names = {(one.variant, one.depth): network_name(study, one.depth, one.variant) for one in networks}
    done = study.results[study.results["status"] == "done"]
    low, high = round(family.low, 2), round(family.high, 2)
    most = max(0.9, *(one.level for one in networks))
    return Playground(
        data=data,
        words=WORDS,
        sliders=(
            Slider("f1", "Frequency f1", low, high, 0.01, start["f1"]),
            Slider("f2", "Frequency f2", low, high, 0.01, start["f2"]),
            Slider("alpha", "Noise level alpha", 0, most, 0.01, start["alpha"]),
        ),
        rows=[*rows_of(own, names, network_styles(study), start, has_filter=bool(filters))],
        tests=[f"alpha {row['alpha']:g}, {PERCENTILES[row['percentile']]}" for row in records],
        clean=start["clean"],
        noisy=start["noisy"],
        links={(one.variant, one.depth, one.level): link_to(study, one) for one in networks},
        notes=[*left_out(done, networks, "alpha")],
    )


def link_to(study: Study, network: Playable) -> str:
    """Return what leads to a network in the playground, beside the exact answer."""
    shown = [network_name(study, network.depth, network.variant), EXACT]
    return "#play?" + urlencode({"level": network.level, "show": shown}, doseq=True)


def signals_of(study: Study, levels: Collection[float]) -> pd.DataFrame:
    """Return test signals whose noise is weak, median and strong, of each of these noise levels.

    Returns:
        A row a signal: alpha, percentile (of its noise among the test signals), signal_id, f1, f2, clean and
        noisy.
    """
    rows = study.examples[(study.examples["rule"] == "noisy") & study.examples["alpha"].isin(levels)]
    rows = rows[rows["variant"] == study.variants[0]].drop_duplicates(["alpha", "percentile"])
    waves = study.per_signal.drop_duplicates(["alpha", "signal_id"])[["alpha", "signal_id", "f1", "f2"]]
    found = rows.merge(waves, on=["alpha", "signal_id"]).sort_values(
        ["alpha", "percentile"], ignore_index=True
    )
    return found[["alpha", "percentile", "signal_id", "f1", "f2", "clean", "noisy"]]


def start_of(tests: pd.DataFrame) -> int:
    """Return which test signal the playground begins with: that of median noise at the middle noise level."""
    levels = sorted(tests["alpha"].unique())
    own = tests.index[tests["alpha"] == levels[len(levels) // 2]]
    return int(own[len(own) // 2])


def rows_of(
    study: Study, names: Mapping[Place, str], styles: Mapping[Place, LineStyle], start: Mapping[str, Any],
    *, has_filter: bool,
) -> Iterator[Played]:  # fmt: skip
    """Yield the denoisers of the playground with what they make of its first signal, the networks first.

    Args:
        study: the variants that are played.
        names: of the networks, by variant and depth.
        styles: how networks are drawn, likewise.
        start: the first signal.
        has_filter: whether there is a Savitzky-Golay filter.
    """
    made = made_of(study, names, start)
    best = shown_variants(study, 1)[0]
    of_best = [depth for variant, depth in names if variant == best]
    shown = {(best, depth) for depth in (min(of_best), max(of_best))}
    for place, style in styles.items():
        if place in names:
            yield Played(names[place], names[place], style, place in shown, *told(names[place], made, start))
    for name, (label, style) in CLASSICAL.items():
        if name != FILTER or has_filter:
            yield Played(name, label, style, name == EXACT, *told(name, made, start))


def made_of(
    study: Study, names: Mapping[Place, str], start: Mapping[str, Any]
) -> dict[str, NDArray[np.float64]]:
    """Return what each denoiser makes of a test signal, by the name of its row."""
    networks, others = (
        rows[
            (rows["rule"] == "noisy")
            & (rows["alpha"] == start["alpha"])
            & (rows["signal_id"] == start["signal_id"])
        ]
        for rows in (study.examples, study.baseline_examples)
    )
    first = networks.sort_values("seed").drop_duplicates(["variant", "depth"])
    places = first[["variant", "depth"]].itertuples(index=False, name=None)
    of_networks = {names[at]: s for at, s in zip(places, first["denoised"], strict=True) if at in names}
    return {**of_networks, **dict(zip(others["denoiser"], others["denoised"], strict=True))}


def told(
    name: str, made: Mapping[str, NDArray[np.float64]], start: Mapping[str, Any]
) -> tuple[NDArray[np.float64] | None, str, str]:
    """Return what a denoiser makes of the first signal, its error, and that beside the exact answer's."""
    error, least = (mse(made.get(one), start["clean"]) for one in (name, EXACT))
    return made.get(name), number(error), ratio_words(error, least)


def network_name(study: Study, depth: int, variant: str) -> str:
    """Return what a network is called; its variant is named unless there is the base alone."""
    return f"depth {depth}" if set(study.variants) == {BASE} else f"depth {depth}, {variant}"


def network_styles(study: Study) -> dict[Place, LineStyle]:
    """Return how each network is drawn, by variant and depth.

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
