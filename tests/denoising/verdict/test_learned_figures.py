"""What the figures of what a denoiser learns draw and say."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from denoising.figures.drawing import Drawing, to_png
from denoising.study.schema import table
from denoising.verdict.cells import SYNTHETIC
from denoising.verdict.conduct import BEST, LEARNERS, LINEAR, ORIGINALS, POSTERIOR, REPAIRED_DEEP
from denoising.verdict.design import BASE, DEEP, REPAIRED, SHALLOW, Design, named, sized_name
from denoising.verdict.evidence import PROBED, Evidence
from denoising.verdict.figures import memorising, scores, singular_values, tangents, training_time
from denoising.verdict.figures.catalogue import FIGURES, figures_of

MODULES = (scores, tangents, singular_values, memorising, training_time)
ALPHAS, SEEDS, SIZES, OWN = (0.2, 0.5), (0, 1, 2), (10, 100), 1000
DESIGN = Design(alphas=ALPHAS, seeds=SEEDS, further_seeds=SEEDS[:2], sizes=SIZES)
FLOOR, EPOCHS, SECONDS = 0.001, 4, 8.0
SHARES = dict(zip(LEARNERS, (0.02, 0.04, 0.2, 10.0, 0.1, 0.0), strict=True))
RANKS = dict(zip(LEARNERS, (6.0, 8.0, 60.0, 0.0, 25.0, 2.0), strict=True))
NETWORKS = {(BASE, SHALLOW): 0.02, (BASE, DEEP): 1.0, (REPAIRED, DEEP): 0.01}
SHALLOW_NAME = next(iter(ORIGINALS))


def evidence(**changes: Any) -> Evidence:
    """A study with all that the figures draw."""
    cells = [
        {"variant": named(variant, signals), "depth": depth, "alpha": alpha, "seed": seed, "signals": signals,
         "n_signals": OWN, "objective": "denoising", "blind": False, "test_mse": mse * (1 + 0.1 * seed),
         "train_mse": 0.9 * mse, "validation_mse": mse, "train_seconds": SECONDS, "status": "done"}
        for (variant, depth), mse in NETWORKS.items()
        for signals, alpha, seed in product(SYNTHETIC, ALPHAS, SEEDS)
    ]  # fmt: skip
    sized = [
        cell
        | {
            "variant": sized_name(cell["variant"], n),
            "n_signals": n,
            "test_mse": 10 / n,
            "train_mse": 0.1 / n,
        }
        for cell in cells
        for n in SIZES
        if (cell["variant"], cell["depth"]) in ((BASE, SHALLOW), (REPAIRED, DEEP))
        and (cell["alpha"], cell["signals"]) == (ALPHAS[0], "pictures")
    ]
    history = [
        {**{name: cell[name] for name in ("variant", "depth", "alpha", "seed")}, "epoch": epoch,
         "train_mse": 1.0, "validation_mse": cell["validation_mse"] * 10 ** (EPOCHS - 1 - epoch)}
        for cell in cells
        for epoch in range(EPOCHS)
    ]  # fmt: skip
    floors = [
        {"denoiser": "bayes", "signals": signals, "alpha": alpha, "data_seed": seed, "n_signals": n,
         "test_mse": FLOOR, "validation_mse": FLOOR}
        for signals, alpha, seed, n in product(SYNTHETIC, ALPHAS, SEEDS, (OWN, *SIZES))
    ]  # fmt: skip
    made = Evidence(
        name="verdict-full-0",
        settings={"preset": "full", "base": {"n_signals": OWN}, "arms": []},
        design=DESIGN,
        results=pd.DataFrame([*cells, *sized]),
        history=pd.DataFrame(history),
        limits=pd.DataFrame(),
        baselines=pd.DataFrame(floors),
        **looked_at(),
    )
    return replace(made, **changes)


def looked_at() -> dict[str, pd.DataFrame]:
    """What was found by looking at the denoisers: the same at every place."""
    rows: dict[str, list[dict[str, Any]]] = {"scores": [], "tangents": [], "singular_values": []}
    for signals, alpha, denoiser in product(SYNTHETIC, ALPHAS, LEARNERS):
        for seed in (None,) if denoiser in (LINEAR, POSTERIOR) else SEEDS:
            axes = {"signals": signals, "alpha": alpha, "denoiser": denoiser, "seed": seed}
            share = SHARES[denoiser] * (1 + 0.1 * (seed or 0))
            rows["scores"].append({**axes, "n": 200, "share": share, "cosine": 0.9})
            rank, aligned = RANKS[denoiser], 0.5 if RANKS[denoiser] else np.nan
            for signal in (7, 8):
                at = {"signal_id": signal, "f1": 1.0, "f2": 1.0, "rank": rank, "alignment": aligned}
                rows["tangents"].append({**axes, **at})
            values = 0.5 ** np.arange(8) if denoiser != POSTERIOR else [1, 1, *[0] * 6]
            rows["singular_values"] += [
                {**axes, "order": order, "value": v} for order, v in enumerate(values, 1)
            ]
    return {name: table(found, PROBED[name]) for name, found in rows.items()}


def nothing() -> Evidence:
    """A study of which nothing finished."""
    full = evidence()
    tables = ("results", "history", "baselines", "scores", "tangents", "singular_values")
    return replace(full, **{name: getattr(full, name)[:0] for name in tables})


def marked(axes: Axes) -> list[str]:
    """All texts of a panel."""
    return [text.get_text() for text in axes.texts]


def points(drawing: Drawing, panel: int) -> list[float]:
    """Where the points of a panel lie, from the top."""
    lines = [line for line in drawing.figure.axes[panel].lines if line.get_gid() == "mean"]
    return [float(np.asarray(line.get_xdata())[0]) for line in lines]


@pytest.mark.parametrize("module", MODULES)
def test_each_has_a_title_from_its_numbers_words_and_data(module: Any) -> None:
    drawn, empty = module.draw(evidence()), module.draw(nothing())
    assert drawn.title != empty.title
    assert not any("nothing measured" in marked(axes) for axes in drawn.figure.axes)
    assert all("nothing measured" in marked(axes) for axes in empty.figure.axes)
    assert len(drawn.data)
    assert empty.data.empty
    for drawing in (drawn, empty):
        assert drawing.alt.endswith(".")
        assert drawing.caption.endswith(".")
        assert "nan" not in drawing.title + drawing.caption
        assert to_png(drawing, dpi=40)


def test_all_are_in_the_catalogue_and_memorising_only_where_it_was_trained() -> None:
    names = {module.__name__.rpartition(".")[2] for module in MODULES}
    assert names <= set(FIGURES)
    assert names <= set(figures_of(evidence()))
    assert names - set(figures_of(evidence(design=replace(DESIGN, further_seeds=())))) == {"memorising"}


def test_the_score_is_told_in_decibels_and_its_title_in_percent() -> None:
    drawing = scores.draw(evidence())
    assert points(drawing, 0)[::2] == pytest.approx([10 * np.log10(1.1 * s) if d != LINEAR else -10
                                                     for d, s in SHARES.items() if s])  # fmt: skip
    assert drawing.title == (
        "The error of the best networks’ score has 2.2% of the exact score’s energy, that of the best "
        "linear filter 10.0%"
    )
    assert "200 test signals" in drawing.caption


def test_what_passes_nothing_has_rank_0_and_no_alignment() -> None:
    drawing = tangents.draw(evidence())
    assert points(drawing, 0)[::2] == list(RANKS.values())
    assert len(points(drawing, 1)) == 2 * (len(LEARNERS) - 1)
    assert "none" in marked(drawing.figure.axes[1])
    assert "pass 6 directions, the posterior mean 2, the best linear filter 25" in drawing.title


def test_a_family_with_higher_ranks_is_not_cut_off() -> None:
    full = evidence()
    ranks = full.tangents["rank"] * np.where(full.tangents["signals"] == "pictures", 3, 1)
    drawing = tangents.draw(replace(full, tangents=full.tangents.assign(rank=ranks)))
    assert drawing.figure.axes[0].get_title(loc="left") == "pictures signals"
    for panel in (0, 2):
        low, high = drawing.figure.axes[panel].get_xlim()
        assert low < min(points(drawing, panel))
        assert max(points(drawing, panel)) < high
    assert max(points(drawing, 0)) == 180


def test_singular_values_beyond_the_tangents_are_told() -> None:
    title = singular_values.draw(evidence()).title
    assert title.endswith("pass a third at a gain of 0.25, the posterior mean at 0.00")


def test_memorising_is_told_beside_the_posterior_mean() -> None:
    full = evidence()
    found = memorising.draw(full).data
    assert set(found["n_signals"]) == {*SIZES, OWN}
    tests = found[(found["network"] == REPAIRED) & (found["error"] == "test_mse")].set_index("n_signals")
    assert tests.loc[10, "median_db"] == pytest.approx(10 * np.log10(1 / FLOOR))
    assert tests.loc[10, "n"] == len(SEEDS)
    assert (
        "lies 20.0 dB above that on its training signals with 10 signals, 0.9 dB with 1,000"
        in memorising.draw(full).title
    )
    assert memorising.EMPIRICAL not in set(found["error"])
    floors = full.baselines
    empirical = floors[floors["n_signals"] == 10].assign(denoiser=memorising.EMPIRICAL, test_mse=0.1)
    with_it = memorising.draw(replace(full, baselines=pd.concat([floors, empirical]))).data
    of_it = with_it[with_it["error"] == memorising.EMPIRICAL]
    assert of_it["median_db"].to_numpy() == pytest.approx(20)


def test_seconds_are_an_epochs_share_of_the_training() -> None:
    drawing = training_time.draw(evidence())
    curve = drawing.data[
        (drawing.data["denoiser"] == SHALLOW_NAME)
        & (drawing.data["signals"] == "formula")
        & (drawing.data["alpha"] == ALPHAS[1])
    ]
    assert curve["seconds"].tolist() == [2.0, 4.0, 6.0, 8.0]
    last = 10 * np.log10(NETWORKS[BASE, SHALLOW] / FLOOR)
    assert curve["median_db"].to_numpy() == pytest.approx(last + np.array([30, 20, 10, 0]))
    best = drawing.data[drawing.data["denoiser"] == BEST]
    assert set(zip(best["variant"], best["depth"], strict=True)) == {(REPAIRED, DEEP)}
    assert drawing.title.startswith("The best networks end 10.0 dB above the posterior mean after 8.00 s")
    assert set(drawing.data["denoiser"]) == {BEST, REPAIRED_DEEP, *ORIGINALS}
