"""The playground of a study of recordings: its networks, and test windows whose noise can be scaled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.figures.grid import representative
from denoising.figures.recordings.words import level_words, network_words
from denoising.figures.style import depth_styles, styles_in_order
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
from denoising.signals.dataset import SignalSet, evenly_spaced, of_each_channel
from denoising.signals.scaling import robust
from denoising.study.recorded import RecordedStudy
from denoising.study.variants import natural_order

MOST_TIMES = 3  # of the noise
MOST_WINDOWS = 12  # of all levels
WORDS = Captions(
    lead="A window of a test recording hides in noise, which you can make weaker or stronger. Each denoiser "
    "tries to bring the window back; the depth of a network is how many layers its encoder has.",
    note="Samples are told from the median of their recording. A gain is by how many dB the error falls from "
    "that of the noisy window: the higher, the better. Errors are in the recordings’ own unit, squared. What "
    "you draw or give as a file is made as strong as the window, gets its noise, and counts as clean.",
    beside="Gain",
    test="Test window",
    nearest="the nearest level",
)


def playable(study: RecordedStudy) -> pd.DataFrame:
    """Return the rows of the networks that a page holds; none where nobody knows the clean signals.

    They have the lowest seed, and the same windows as the first one. Where no noise is added, snr is 0.
    """
    done: pd.DataFrame = study.results[study.results["status"] == "done"]
    done = (done if study.is_known else done[:0]).fillna({"snr": 0.0})
    done = done[(done["seed"] == done["seed"].min()) & done["dataset"].isin(done["dataset"][:1])]
    return held(fewer_and_fewer(done), int(study.settings["signal_length"]))


def fewer_and_fewer(done: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield networks: of some variants, of the best one, at three levels, of two depths, at the middle level.

    At last, the best network alone: it has the lowest error on validation windows at the middle level.
    """
    if done.empty:
        yield done
        return
    levels = representative(sorted(done["snr"].unique()), 3)
    middle = levels[len(levels) // 2]
    ranked = done[done["snr"] == middle].sort_values("validation_mse")
    variants, depth = ranked["variant"].unique(), ranked["depth"].iloc[0]
    done = done[done["variant"].isin(variants[: max(MOST_NETWORKS // done["depth"].nunique(), 1)])]
    yield done
    done = done[done["variant"] == variants[0]]
    yield done
    done = done[done["snr"].isin(levels)]
    yield done
    done = done[done["depth"].isin([done["depth"].min(), depth])]
    yield done
    yield done[done["snr"] == middle]
    yield done[(done["snr"] == middle) & (done["depth"] == depth)]


def playground(
    study: RecordedStudy,
    networks: Sequence[Playable],
    filters: Mapping[float, Card],
    windows: Mapping[float, SignalSet],
) -> Playground | None:
    """Return the playground of a study; None where it has no networks or no windows to begin with.

    Args:
        study: a study of recordings.
        networks: the networks of `playable`.
        filters: the card of the Savitzky-Golay filter of each noise level that has one.
        windows: the test windows of each noise level.
    """
    levels = {level: level_of(study, level) for level in sorted({one.level for one in networks})}
    tests = [*tests_of(study, windows, levels)]
    medians = [place for place, one in enumerate(tests) if one["is_median"]]
    if not medians:
        return None
    length = int(study.settings["signal_length"])
    first = medians[len(medians) // 2]
    start = tests[first]
    names = {(one.variant, one.depth): network_words(study, one.depth, one.variant) for one in networks}
    data = {
        "kind": "windows",
        "length": length,
        "across": f"time, from 0 to {number(length / study.rate)} s",
        "filters": filters_in_page(filters),
        "epochs": epochs_of(networks),
        "levels": [(level, level_words(name)) for level, name in levels.items()],
        "networks": [in_page(one, names[one.variant, one.depth]) for one in networks],
        "tests": [
            {**{name: packed(one[name]) for name in ("clean", "noisy")},
             **{name: one[name] for name in ("level", "scale", "quiet")}}
            for one in tests
        ],
        "start": {"test": first, "limit": float(np.abs(start["clean"]).max()) or 1.0, "times": 1},
    }  # fmt: skip
    done = study.results[study.results["status"] == "done"].fillna({"snr": 0.0})
    return Playground(
        data=data,
        words=WORDS,
        sliders=(Slider("times", "Noise, times as strong", 0, MOST_TIMES, 0.05, 1),),
        rows=[*rows_of(study, names, {**start, "level": levels[start["level"]]}, has_filter=bool(filters))],
        tests=[f"{level_words(levels[one['level']])}, {one['place']}" for one in tests],
        clean=start["clean"],
        noisy=start["noisy"],
        links={},
        notes=[*left_out(done, networks, "snr", " dB")],
    )


def level_of(study: RecordedStudy, snr: float) -> str:
    """Return the name of a noise level; see `playable` on its ratio."""
    rows = study.results
    return str(rows.loc[rows["snr"].fillna(0.0) == snr, "level"].iloc[0])


def tests_of(
    study: RecordedStudy, windows: Mapping[float, SignalSet], levels: Mapping[float, str]
) -> Iterator[dict[str, Any]]:
    """Yield some test windows of each of these noise levels.

    Among them are those whose noise is weak, median and strong, of which the study keeps what denoisers make.

    Yields:
        level, signal_id, is_median (whether its noise is), place (in words), centre (the median of the noisy
        recording), clean and noisy (less the centre), scale (the spread of the noisy recording) and quiet
        (that of the clean one).
    """
    chosen = study.examples[study.examples["rule"] == "noisy"]
    for level, name in levels.items():
        own = windows[level]
        quiet = spreads(own)
        here = chosen[chosen["level"] == name].drop_duplicates("signal_id")
        kept = here.set_index("signal_id")["percentile"]
        more = own.signal_id[evenly_spaced(len(own), max(MOST_WINDOWS // len(levels) - len(kept), 0))]
        assert own.centre is not None
        assert own.scale is not None
        for row in np.flatnonzero(np.isin(own.signal_id, [*kept.index, *more])):
            yield {
                "level": level,
                "signal_id": int(own.signal_id[row]),
                "is_median": kept.get(own.signal_id[row]) == 50,
                "place": place_of(study, own, int(row)),
                "centre": float(own.centre[row]),
                "clean": np.float64(own.clean[row]) - own.centre[row],
                "noisy": np.float64(own.noisy[row]) - own.centre[row],
                "scale": float(own.scale[row]),
                "quiet": float(quiet[row]),
            }


def spreads(windows: SignalSet) -> NDArray[np.float64]:
    """Return the spread of each window's clean recording, shape (n,)."""
    found = np.empty(len(windows))
    for rows in of_each_channel(windows.covariates["file"], windows.covariates["channel"]):
        found[rows] = robust(windows.clean[rows])[1]
    return found


def place_of(study: RecordedStudy, windows: SignalSet, row: int) -> str:
    """Return where a window begins, in words; its file and channel are named where there are several."""
    seconds = f"at {windows.covariates['offset'][row] / study.rate:.1f} s"
    named = [
        str(windows.covariates[name][row]) for name in ("file", "channel") if len(set(study.survey[name])) > 1
    ]
    return " ".join([*named, seconds])


def rows_of(
    study: RecordedStudy, names: Mapping[tuple[str, int], str], start: Mapping[str, Any], *, has_filter: bool
) -> Iterator[Played]:
    """Yield the denoisers of the playground with what they make of its first window, the networks first.

    The best network of the first window's level and the filter are shown.
    """
    networks, others = (
        rows[(rows["level"] == start["level"]) & (rows["signal_id"] == start["signal_id"])]
        for rows in (study.examples, study.baseline_examples)
    )
    first = networks.sort_values("seed").drop_duplicates(["variant", "depth"])
    made = first.set_index(["variant", "depth"])["denoised"].to_dict()
    places = sorted(names, key=lambda place: (natural_order(place[0]), place[1]))
    by_depth = depth_styles(sorted({depth for _, depth in places}))
    by_variant = styles_in_order(list(dict.fromkeys(variant for variant, _ in places)))
    results = study.results[study.results["level"] == start["level"]].sort_values("validation_mse")
    ranked = [at for at in zip(results["variant"], results["depth"], strict=True) if at in names]
    for variant, depth in places:
        name, style = names[variant, depth], by_variant[variant]
        line = replace(style, color=by_depth[depth].color) if len(by_depth) > 1 else style
        shown = (variant, depth) in ranked[:1]
        yield Played(name, name, line, shown, *told(made.get((variant, depth)), start))
    if has_filter:
        filtered = others.drop_duplicates("denoiser").set_index("denoiser")["denoised"].to_dict()
        yield Played(FILTER, FILTER_LABEL, FILTER_STYLE, True, *told(filtered.get(FILTER), start))


def told(
    signal: NDArray[np.float64] | None, start: Mapping[str, Any]
) -> tuple[NDArray[np.float64] | None, str, str]:
    """Return what a denoiser makes of the first window, its error, and the gain over the noisy window."""
    denoised = None if signal is None else np.float64(signal) - start["centre"]
    error, before = (mse(one, start["clean"]) for one in (denoised, start["noisy"]))
    return denoised, number(error), ratio_words(before, error)
