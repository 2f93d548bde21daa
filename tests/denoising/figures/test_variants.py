"""Several variants stand side by side, each with its own numbers and the limits of its own dataset."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from denoising.figures import (
    architecture,
    best_depth,
    depths,
    floor_distance,
    floor_map,
    learning_curves,
    original,
    recovered,
    samples,
    spectra,
)
from denoising.figures.catalogue import FIGURES, figures_of
from denoising.figures.columns import columns_of
from denoising.figures.grid import SOURCE, by_settings, shown_variants
from denoising.figures.ranking import rankings_of
from denoising.figures.wording import in_lines
from denoising.study.results import Study
from tests.denoising.figures.studies import make_variants
from tests.denoising.figures.test_catalogue import assert_type_is_readable_and_inside
from tests.denoising.figures.test_content import drawn

Changes = dict[str, dict[str, Any]]

NETWORKS: Changes = {
    "base": {},
    "channels=8": {"channels": 8},
    "channels=16": {"channels": 16},
    "skips=true": {"skips": True},
}
SIGNALS: Changes = {
    "base": {},
    "n_signals=500": {"n_signals": 500},
    "signals=pictures": {"signals": "pictures", "signal_length": 64},
}
MANY: Changes = {"base": {}} | {f"channels={n}": {"channels": n} for n in range(20, 42)}
TWO_DEPTHS: dict[str, Any] = {"depths": (2, 4), "alphas": (0.1, 0.4), "epochs": 6}
ONE_DEPTH: dict[str, Any] = {"depths": (4,), "alphas": (0.1, 0.4), "epochs": 6}
TALLEST = 10.5  # inches, of a figure


def lines(axes: Axes, gid: str) -> np.ndarray:
    (line,) = drawn(axes, gid)
    return line


def titles(figure: Figure) -> list[str]:
    return [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()]


def errors(study: Study, variant: str, depth: int) -> np.ndarray:
    rows = study.results[(study.results["variant"] == variant) & (study.results["depth"] == depth)]
    return rows.sort_values("alpha")["test_mse"].to_numpy()


def test_variants_are_ordered_from_the_base_by_the_size_of_what_they_change() -> None:
    assert make_variants(NETWORKS, **ONE_DEPTH).variants == tuple(NETWORKS)
    shuffled = dict(reversed(NETWORKS.items()))
    assert make_variants(shuffled, **ONE_DEPTH).variants == tuple(NETWORKS)


def test_a_variant_finds_its_settings_and_what_belongs_to_its_dataset() -> None:
    study = make_variants(SIGNALS, **TWO_DEPTHS)
    parts = study.by_variant
    assert [parts[name].settings["n_signals"] for name in SIGNALS] == [2000, 500, 2000]
    assert parts["signals=pictures"].settings["signals"] == "pictures"
    assert len(parts["signals=pictures"].x) == 64
    assert parts["base"].x is study.x
    for part in parts.values():
        assert len(part.limits) == 2
        (dataset,) = set(part.results["dataset"])
        for table in (part.limits, part.baselines, part.baseline_examples, part.samples):
            assert set(table["dataset"]) == {dataset}


def test_a_study_of_one_variant_is_its_own_part() -> None:
    study = make_variants({"channels=8": {"channels": 8}}, **TWO_DEPTHS)
    assert study.by_variant["channels=8"] is study


def test_variants_go_together_by_what_they_agree_in() -> None:
    study = make_variants(SIGNALS, **ONE_DEPTH)
    groups = by_settings(study, SOURCE, study.variants)
    assert groups == {
        "signals=formula,signal_length=256": ["base", "n_signals=500"],
        "signals=pictures,signal_length=64": ["signals=pictures"],
    }
    assert by_settings(study, ["channels"], study.variants) == {"": list(SIGNALS)}


def test_of_many_variants_those_with_the_lowest_validation_error_are_shown_in_their_own_order() -> None:
    scales = {"channels=8": 0.5, "skips=true": 0.4, "base": 3.0}
    study = make_variants(NETWORKS, scales, failed=["channels=16"], **TWO_DEPTHS)
    assert shown_variants(study, 2) == ["channels=8", "skips=true"]
    assert shown_variants(study, 3) == ["base", "channels=8", "skips=true"], "what failed comes last"
    assert shown_variants(study, 4) == list(NETWORKS)


def test_the_best_depth_is_told_for_each_variant() -> None:
    study = make_variants(NETWORKS, **TWO_DEPTHS)
    worse = (study.results["variant"] == "skips=true") & (study.results["depth"] == 2)
    study.results.loc[worse, "test_mse"] = 0.9
    best = {variant: next(iter(rankings[0].mse)) for variant, rankings in rankings_of(study).items()}
    assert best == {"base": 2, "channels=8": 2, "channels=16": 2, "skips=true": 4}


def test_comparison_has_a_panel_a_variant_on_one_scale() -> None:
    study = make_variants(NETWORKS, **TWO_DEPTHS)
    drawing = depths.draw(study)
    assert titles(drawing.figure) == list(NETWORKS)
    for axes, variant in zip(drawing.figure.axes, NETWORKS, strict=True):
        for depth in (2, 4):
            np.testing.assert_allclose(lines(axes, f"depth {depth}"), errors(study, variant, depth))
        np.testing.assert_allclose(lines(axes, "noisy"), [0.02, 0.32])
    assert len({axes.get_ylim() for axes in drawing.figure.axes}) == 1
    assert "depths 2 and 4 of the variants base, channels=8, channels=16 and skips=true" in drawing.alt
    assert "Variants: base, channels=8, channels=16 and skips=true." in drawing.caption


def test_comparison_of_one_depth_has_a_line_a_variant_in_one_panel() -> None:
    study = make_variants(NETWORKS, **ONE_DEPTH)
    figure = depths.draw(study).figure
    error, improvement = figure.axes
    for variant in NETWORKS:
        np.testing.assert_allclose(lines(error, variant), errors(study, variant, 4))
        assert len(lines(improvement, variant)) == 2
    assert {text.get_text() for text in figure.legends[0].get_texts()} > set(NETWORKS)


def test_lines_that_have_other_limits_have_a_panel_of_their_own() -> None:
    study = make_variants(SIGNALS, **ONE_DEPTH)
    pictures = study.limits["dataset"].str.startswith("pictures")
    study.limits.loc[pictures, "mmse"] *= 2
    figure = floor_distance.draw(study).figure
    shown = {axes.get_title(loc="left").replace("\n", ""): axes for axes in figure.axes}
    formula, other = shown["signals=formula,signal_length=256"], shown["signals=pictures,signal_length=64"]
    assert [len(lines(formula, name)) for name in ("base", "n_signals=500")] == [2, 2]
    np.testing.assert_allclose(lines(other, "signals=pictures"), errors(study, "signals=pictures", 4))
    np.testing.assert_allclose(lines(other, "mmse"), 2 * lines(formula, "mmse"))


def test_each_variant_lies_above_the_floor_of_its_own_dataset() -> None:
    study = make_variants(SIGNALS, **TWO_DEPTHS)
    pictures = study.limits["dataset"].str.startswith("pictures")
    study.limits.loc[pictures, "mmse"] *= 2
    drawing = floor_distance.draw(study)
    base, _, other, *others = [axes for axes in drawing.figure.axes if axes.get_visible()]
    np.testing.assert_allclose(lines(other, "mmse"), 2 * lines(base, "mmse"))
    np.testing.assert_allclose(lines(others[1], "mmse"), lines(other, "mmse"))
    assert [axes.get_title(loc="left").split("\n")[0] for axes in others] == ["Other denoisers"] * 2
    assert "The other denoisers are those on the dataset of base and signals=pictures." in drawing.caption
    networks = drawing.data[drawing.data["kind"] == "autoencoder"]
    assert set(networks["variant"]) == set(SIGNALS)


def test_best_depths_of_the_variants_are_a_map_in_which_the_lowest_is_framed() -> None:
    study = make_variants(NETWORKS, {"skips=true": 0.5}, depths=(2, 6), alphas=(0.1,), epochs=2)
    drawing = best_depth.draw(study)
    (axes,) = drawing.figure.axes
    words = [text.get_text() for text in axes.texts]
    assert words[:3] == ["0.00600", "depth 2", "+3.0 dB"]
    assert words[9:12] == ["0.00300", "depth 2", "best"]
    assert words[-1] == "0.0200"
    assert [label.get_text() for label in axes.get_yticklabels()] == [*NETWORKS, "noisy signal"]
    assert [to_rgba(patch.get_edgecolor())[3] > 0 for patch in axes.patches] == [False, False, False, True]
    assert set(drawing.data["variant"]) == set(NETWORKS)
    assert "skips=true: alpha 0.1 depth 2" in drawing.alt


def test_a_failed_variant_is_named_and_leaves_the_others_standing() -> None:
    study = make_variants(NETWORKS, failed=["channels=8"], **TWO_DEPTHS)
    for name, draw in figures_of(study).items():
        caption = draw(study).caption
        if name not in ("samples", "architecture"):
            assert "depth 2 at alpha 0.1, seed 0, channels=8" in caption, name
    (axes,) = best_depth.draw(study).figure.axes
    assert [text.get_text() for text in axes.texts].count("failed") == 2


def test_the_map_has_a_row_a_depth_of_each_variant_or_one_for_the_best() -> None:
    few = floor_map.draw(make_variants(SIGNALS, **TWO_DEPTHS))
    assert "n_signals=500, depth 4" in few.alt
    study = make_variants({**NETWORKS, **SIGNALS}, **{**TWO_DEPTHS, "depths": (2, 4, 6, 8)})
    many = floor_map.draw(study)
    (axes,) = many.figure.axes
    rows = [label.get_text() for label in axes.get_yticklabels()]
    assert rows[:6] == [
        "base",
        "channels=8",
        "channels=16",
        "n_signals=500",
        "signals=pictures",
        "skips=true",
    ]
    assert "at the depth that is lowest" in many.caption


def test_training_has_a_row_of_noise_levels_for_each_variant() -> None:
    study = make_variants(NETWORKS, **TWO_DEPTHS)
    figure = learning_curves.draw(study).figure
    assert titles(figure)[2:4] == ["channels=8\nalpha 0.1", "channels=8\nalpha 0.4"]
    rows = study.history[(study.history["variant"] == "channels=8") & (study.history["alpha"] == 0.4)]
    for line, depth in zip(drawn(figure.axes[3], "validation"), (2, 4), strict=True):
        np.testing.assert_allclose(line, rows[rows["depth"] == depth]["validation_mse"])


def test_spectra_have_a_pair_of_panels_for_each_variant() -> None:
    study = make_variants(NETWORKS, **TWO_DEPTHS)
    figure = spectra.draw(study).figure
    kinds = ("removed", "left wrong")
    assert titles(figure) == [f"{variant}\n{kind}" for variant in NETWORKS for kind in kinds]
    rows = study.spectra[
        (study.spectra["variant"] == "channels=8")
        & (study.spectra["alpha"] == 0.4)
        & (study.spectra["depth"] == 2)
    ]
    np.testing.assert_allclose(lines(figure.axes[3], "depth 2"), rows["error"])


def test_signals_are_shown_at_the_best_depth_of_each_variant() -> None:
    study = make_variants(SIGNALS, **TWO_DEPTHS)
    worse = (study.results["variant"] == "n_signals=500") & (study.results["depth"] == 2)
    study.results.loc[worse, "test_mse"] = 0.9
    *shown, bayes = columns_of(study)
    assert [column.name for column in shown] == list(SIGNALS)
    assert bayes.name == "Bayes,signals=formula,signal_length=256"
    found = [column.example(0.1, "noisy", 50) for column in shown]
    assert [None if row is None else row["depth"] for row in found] == [2, 4, 2]
    drawing = recovered.draw(study)
    panels = np.reshape(np.array(drawing.figure.axes, dtype=object), (2, 4))
    for axes, row in zip(panels[0], found, strict=False):
        assert row is not None
        np.testing.assert_array_equal(lines(axes, "denoised"), row["denoised"])
        assert axes.get_title(loc="left") == f"depth {row['depth']}"
    assert set(drawing.data["depth"].dropna()) == {2, 4}


def test_samples_are_shown_of_each_dataset_that_looks_different() -> None:
    study = make_variants(SIGNALS, **TWO_DEPTHS)
    figure = samples.draw(study).figure
    panels = np.reshape(np.array(figure.axes, dtype=object), (6, 3))
    lengths = [len(lines(panels[row, 0], "clean")) for row in range(6)]
    assert lengths == [256, 256, 256, 64, 64, 64]
    assert panels[3, 0].get_title(loc="left") == "signals=pictures,signal_length=64\nsignal 0"


def test_networks_of_the_same_layers_are_shown_once() -> None:
    drawing = architecture.draw(make_variants(NETWORKS, **TWO_DEPTHS))
    assert titles(drawing.figure) == [
        "base and 2 more\ndepth 2", "base and 2 more\ndepth 4", "channels=8\ndepth 2", "channels=8\ndepth 4",
    ]  # fmt: skip
    assert "64 × 8 = 512 numbers" in drawing.figure.axes[2].get_title(loc="right")
    assert "base: channels=16 and skips=true" in drawing.caption
    assert "where skips is true" in drawing.caption
    assert len(drawing.data.drop_duplicates(["variant", "depth"])) == 8


def test_only_the_base_is_laid_beside_the_original() -> None:
    grid: dict[str, Any] = {**TWO_DEPTHS, "signals": "pictures"}
    study = make_variants(NETWORKS, **grid)
    drawing = original.draw(study)
    rows = study.history[(study.history["variant"] == "base") & (study.history["alpha"] == 0.1)]
    np.testing.assert_allclose(
        drawn(drawing.figure.axes[0], "ours")[0], rows[rows["depth"] == 2]["validation_mse"]
    )
    assert "Only the base is shown" in drawing.caption
    assert not original.is_comparable(make_variants({"channels=8": {}, "channels=4": {}}, **grid))


def test_learning_from_other_numbers_of_signals_is_told() -> None:
    caption = learning_curves.draw(make_variants(SIGNALS, **TWO_DEPTHS)).caption
    assert "500 or 2,000 signals to learn from" in caption
    assert "“formula” or “pictures” families" in caption


@cache
def many_variants(**grid: Any) -> Study:
    return make_variants(MANY, **grid, length=64)


@pytest.mark.parametrize("grid", [TWO_DEPTHS, ONE_DEPTH], ids=["two depths", "one depth"])
@pytest.mark.parametrize("name", sorted(set(FIGURES) - {"original"}))
def test_figures_of_many_variants_are_readable_and_tell_what_they_leave_out(
    name: str, grid: dict[str, Any]
) -> None:
    drawing = FIGURES[name](many_variants(**grid))
    figure = drawing.figure
    assert figure.get_figheight() <= TALLEST
    assert_type_is_readable_and_inside(figure)
    if name == "architecture":
        assert "Of 23 designs, 4 are shown, those with the lowest validation MSE." in drawing.caption
    elif name != "samples":
        assert "with the lowest validation MSE are shown; the tables hold all. Left out: " in drawing.caption
        assert "channels=41" not in drawing.alt, "the last, which has the highest error"


def test_data_of_several_variants_name_them() -> None:
    study = make_variants(NETWORKS, **TWO_DEPTHS)
    for name in ("training", "comparison", "best_depth", "floor_distance", "spectra", "architecture"):
        data: pd.DataFrame = FIGURES[name](study).data
        assert set(data["variant"].dropna()) == set(NETWORKS), name


def test_long_names_are_broken_between_changes() -> None:
    assert in_lines("channels=8,skips=true", 40) == "channels=8,skips=true"
    assert in_lines("channels=8,skips=true", 12) == "channels=8,\nskips=true"
