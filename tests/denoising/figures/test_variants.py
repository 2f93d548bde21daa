"""Several variants stand side by side, each with its own numbers and the limits of its own dataset."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from denoising.figures import (
    architecture,
    depths,
    floor_distance,
    learning_curves,
    original,
    recovered,
    samples,
    spectra,
)
from denoising.figures.catalogue import FIGURES, figures_of
from denoising.figures.grid import SOURCE, by_settings, shown_variants
from denoising.figures.ranking import rank
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
    best = {variant: next(iter(rank(part)[0].mse)) for variant, part in study.by_variant.items()}
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
    assert drawing.narrow is not None
    assert len({axes.get_position().x0 for axes in drawing.narrow.axes}) == 1, "one below the other"
    assert "depths 2 and 4 of the variants base, channels=8, channels=16 and skips=true" in drawing.alt
    assert "Variants: base, channels=8, channels=16 and skips=true." in drawing.caption


def test_a_failed_variant_is_named_and_leaves_the_others_standing() -> None:
    study = make_variants(NETWORKS, failed=["channels=8"], **TWO_DEPTHS)
    for name, draw in figures_of(study).items():
        caption = draw(study).caption
        if name not in ("samples", "architecture"):
            assert "depth 2 at alpha 0.1, seed 0, channels=8" in caption, name
    _, failed, *_ = depths.draw(study).figure.axes
    assert [text.get_text() for text in failed.texts] == ["nothing measured"]


def test_training_has_a_row_of_noise_levels_for_each_variant() -> None:
    study = make_variants(NETWORKS, **TWO_DEPTHS)
    figure = learning_curves.draw(study).figure
    assert titles(figure)[2:4] == ["channels=8\nalpha 0.1", "channels=8\nalpha 0.4"]
    rows = study.history[(study.history["variant"] == "channels=8") & (study.history["alpha"] == 0.4)]
    for line, depth in zip(drawn(figure.axes[3], "validation"), (2, 4), strict=True):
        np.testing.assert_allclose(line, rows[rows["depth"] == depth]["validation_mse"])


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
    elif name == "recovered":
        assert "the best and the worst are shown" in drawing.caption
    elif name != "samples":
        assert "with the lowest validation MSE are shown; the tables hold all. Left out: " in drawing.caption
        assert "channels=41" not in drawing.alt, "the last, which has the highest error"


def test_data_of_several_variants_name_them() -> None:
    study = make_variants(NETWORKS, **TWO_DEPTHS)
    for name in ("training", "comparison", "floor_distance", "spectra", "architecture"):
        data: pd.DataFrame = FIGURES[name](study).data
        assert set(data["variant"].dropna()) == set(NETWORKS), name


def test_long_names_are_broken_between_changes() -> None:
    assert in_lines("channels=8,skips=true", 40) == "channels=8,skips=true"
    assert in_lines("channels=8,skips=true", 12) == "channels=8,\nskips=true"


def test_comparison_of_one_depth_has_a_line_a_variant_in_one_panel() -> None:
    study = make_variants(NETWORKS, **ONE_DEPTH)
    figure = depths.draw(study).figure
    (error,) = figure.axes
    for variant in NETWORKS:
        np.testing.assert_allclose(lines(error, variant), errors(study, variant, 4))
    assert {text.get_text() for text in figure.legends[0].get_texts()} == set(NETWORKS)


def test_lines_that_have_other_limits_have_a_panel_of_their_own() -> None:
    study = make_variants(SIGNALS, **ONE_DEPTH)
    pictures = study.limits["dataset"].str.startswith("pictures")
    study.limits.loc[pictures, "mmse"] *= 2
    figure = depths.draw(study).figure
    shown = {axes.get_title(loc="left").replace("\n", ""): axes for axes in figure.axes}
    formula, other = shown["signals=formula,signal_length=256"], shown["signals=pictures,signal_length=64"]
    assert [len(lines(formula, name)) for name in ("base", "n_signals=500")] == [2, 2]
    np.testing.assert_allclose(lines(other, "signals=pictures"), errors(study, "signals=pictures", 4))
    np.testing.assert_allclose(lines(other, "mmse"), 2 * lines(formula, "mmse"))


def rows_of(axes: Axes) -> list[str]:
    return [label.get_text().replace("\n", "") for label in axes.get_yticklabels()]


def test_each_source_of_signals_has_its_networks_and_other_denoisers() -> None:
    drawing = floor_distance.draw(make_variants(SIGNALS, **TWO_DEPTHS))
    formula, pictures = drawing.figure.axes
    others = {"Bayes (posterior mean)", "wavelet"}
    own = {f"{name}, depth {depth}" for name in ("base", "n_signals=500") for depth in (2, 4)}
    assert own | others <= set(rows_of(formula))
    assert {"signals=pictures, depth 2"} | others <= set(rows_of(pictures))
    assert not own & set(rows_of(pictures))
    assert "The other denoisers are those on the dataset of base and signals=pictures." in drawing.caption
    networks = drawing.data[drawing.data["kind"] == "autoencoder"]
    assert set(networks["variant"]) == set(SIGNALS)


def test_where_every_depth_of_every_variant_would_be_too_much_each_has_a_row_for_its_best() -> None:
    study = make_variants(NETWORKS, **{**TWO_DEPTHS, "depths": (2, 4, 6, 8)})
    drawing = floor_distance.draw(study)
    (axes,) = drawing.figure.axes
    assert set(NETWORKS) <= set(rows_of(axes))
    assert "at the depth that is lowest" in drawing.caption


def test_spectra_have_a_panel_for_each_variant() -> None:
    study = make_variants(NETWORKS, **TWO_DEPTHS)
    figure = spectra.draw(study).figure
    assert titles(figure) == list(NETWORKS)
    rows = study.spectra[
        (study.spectra["variant"] == "channels=8")
        & (study.spectra["alpha"] == 0.4)
        & (study.spectra["depth"] == 2)
    ]
    np.testing.assert_allclose(lines(figure.axes[1], "depth 2"), rows["error"].iloc[1:-1])


def test_the_best_and_the_worst_network_on_the_same_signal_are_shown() -> None:
    study = make_variants(SIGNALS, {"base": 1.0, "n_signals=500": 3.0, "signals=pictures": 9.0}, **TWO_DEPTHS)
    figure = recovered.draw(study).figure
    assert titles(figure)[::2][:2] == ["base, depth 2, the best", "n_signals=500, depth 4, the worst"]
    assert len(lines(figure.axes[2], "denoised")) == 256


def test_samples_are_shown_of_each_dataset_that_looks_different() -> None:
    figure = samples.draw(make_variants(SIGNALS, **TWO_DEPTHS)).figure
    assert [len(lines(axes, "clean")) for axes in figure.axes] == [256, 256, 64, 64]
    assert titles(figure)[2].replace("\n", "") == "signals=pictures,signal_length=64alpha 0.1"


def test_networks_of_the_same_layers_are_shown_once() -> None:
    drawing = architecture.draw(make_variants(NETWORKS, **TWO_DEPTHS))
    assert titles(drawing.figure) == ["base and 2 more", "channels=8"]
    assert "depth 2: 512" in [text.get_text() for text in drawing.figure.axes[1].texts]
    assert "base: channels=16 and skips=true" in drawing.caption
    assert "where skips is true" in drawing.caption
    assert len(drawing.data.drop_duplicates(["variant", "depth"])) == 8
