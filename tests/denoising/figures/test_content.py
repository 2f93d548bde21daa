"""What is drawn is what the tables say."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from denoising.denoisers.catalogue import BASELINES
from denoising.figures import (
    architecture,
    best_depth,
    depths,
    examples,
    floor_distance,
    floor_map,
    learning_curves,
    noise_removed,
    original,
    recovered,
    samples,
    spectra,
)
from denoising.figures.columns import columns_of
from denoising.figures.floors import baseline_styles
from denoising.figures.grid import middle_alpha
from denoising.original.curves import theirs
from denoising.study.results import Study
from tests.denoising.figures.studies import make_study, with_mse


def drawn(axes: Axes, gid: str) -> list[np.ndarray]:
    return [np.asarray(line.get_ydata(), dtype=float) for line in axes.lines if line.get_gid() == gid]


def titled(figure: Figure, title: str) -> Axes:
    (axes,) = [axes for axes in figure.axes if axes.get_title(loc="left") == title]
    return axes


def example(study: Study, depth: int, alpha: float, rule: str, percentile: int) -> Any:
    (column,) = [column for column in columns_of(study) if column.name == f"depth {depth}"]
    chosen = column.example(alpha, rule, percentile)
    assert chosen is not None
    return chosen


def words(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_samples_show_the_clean_signal_first_and_then_each_noise_level() -> None:
    study = make_study(alphas=(0.1, 0.4))
    figure = samples.draw(study).figure
    panels = np.reshape(np.array(figure.axes, dtype=object), (3, 3))
    assert not drawn(panels[0, 0], "noisy")
    for row, alpha in ((1, 0.1), (2, 0.4)):
        rows = study.samples[study.samples["alpha"] == alpha].reset_index()
        for column in range(3):
            np.testing.assert_array_equal(drawn(panels[row, column], "noisy")[0], rows["noisy"][column])
            np.testing.assert_array_equal(drawn(panels[0, column], "clean")[0], rows["clean"][column])


def test_architecture_labels_every_layer_and_counts_the_bottleneck() -> None:
    figure = architecture.draw(make_study(depths=(3,), length=100)).figure
    (axes,) = figure.axes
    shapes = ["100\n×1", "50\n×16", "25\n×16", "13\n×16", "25\n×16", "50\n×16", "100\n×1"]
    assert words(axes)[: len(shapes)] == shapes
    assert "13 × 16 = 208 numbers" in axes.get_title(loc="right")


@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2)])
def test_training_draws_the_median_over_the_seeds(seeds: Sequence[int]) -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2), seeds=seeds, epochs=12)
    axes = titled(learning_curves.draw(study).figure, "alpha 0.2")
    for rank, depth in enumerate((2, 4)):
        rows = study.history[(study.history["depth"] == depth) & (study.history["alpha"] == 0.2)]
        for column, gid in (("train_mse", "train"), ("validation_mse", "validation")):
            values = rows.sort_values(["seed", "epoch"])[column].to_numpy().reshape(len(seeds), 12)
            np.testing.assert_allclose(drawn(axes, gid)[rank], np.median(values, axis=0))
    assert drawn(axes, "noisy")[0][0] == pytest.approx(0.08)
    assert len(axes.collections) == (2 if len(seeds) > 1 else 0)


def test_recovered_shows_the_same_signal_along_a_row() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.4))
    panels = np.reshape(np.array(recovered.draw(study).figure.axes, dtype=object), (2, 3))
    bayes = study.baseline_examples[study.baseline_examples["denoiser"] == "bayes"]
    for row, alpha in enumerate((0.1, 0.4)):
        best = bayes[(bayes["alpha"] == alpha) & (bayes["rule"] == "noisy") & (bayes["percentile"] == 50)]
        np.testing.assert_array_equal(drawn(panels[row, 2], "denoised")[0], best["denoised"].iloc[0])
        np.testing.assert_array_equal(drawn(panels[row, 0], "noisy"), drawn(panels[row, 2], "noisy"))
        np.testing.assert_array_equal(drawn(panels[row, 0], "noisy"), drawn(panels[row, 1], "noisy"))
        for column, depth in enumerate((2, 4)):
            chosen = example(study, depth, alpha, "noisy", 50)
            np.testing.assert_array_equal(drawn(panels[row, column], "denoised")[0], chosen["denoised"])
            np.testing.assert_array_equal(drawn(panels[row, column], "clean")[0], chosen["clean"])


def test_noise_removed_draws_differences_from_the_clean_signal() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.4), seeds=(1, 5), failed={(2, 0.2, 1)})
    drawing = noise_removed.draw(study)
    assert "alpha 0.2" in drawing.title
    panels = np.reshape(np.array(drawing.figure.axes, dtype=object), (3, 3))
    for row, percentile in enumerate((10, 50, 90)):
        chosen = example(study, 2, 0.2, "denoised", percentile)
        assert chosen["seed"] == 5
        np.testing.assert_array_equal(drawn(panels[row, 0], "noise")[0], chosen["noisy"] - chosen["clean"])
        np.testing.assert_array_equal(drawn(panels[row, 0], "error")[0], chosen["denoised"] - chosen["clean"])


def test_examples_show_each_depth_where_it_does_well_and_badly() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.4))
    panels = np.reshape(np.array(examples.draw(study).figure.axes, dtype=object), (3, 3))
    for row, percentile in enumerate((10, 50, 90)):
        for column, depth in enumerate((2, 4)):
            chosen = example(study, depth, 0.2, "denoised", percentile)
            for kind in ("clean", "noisy", "denoised"):
                np.testing.assert_array_equal(drawn(panels[row, column], kind)[0], chosen[kind])


def test_one_level_is_chosen_at_which_the_depths_can_be_compared() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.4), failed={(2, 0.2, 0), (4, 0.4, 0)})
    assert middle_alpha(study) == 0.1


def test_comparison_draws_medians_and_leaves_gaps() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.3), seeds=(0, 1, 2))
    results = study.results.copy()
    results.loc[(results["depth"] == 2) & (results["alpha"] == 0.1), "test_mse"] = [0.5, 0.1, 0.2]
    lost = (results["depth"] == 4) & (results["alpha"] == 0.2)
    results.loc[lost, ["test_mse", "snr_improvement_db"]] = np.nan
    error, improvement = depths.draw(replace(study, results=results)).figure.axes
    assert drawn(error, "depth 2")[0][0] == pytest.approx(0.2)
    assert np.isnan(drawn(error, "depth 4")[0]).tolist() == [False, True, False]
    assert np.isnan(drawn(improvement, "depth 4")[0]).tolist() == [False, True, False]
    np.testing.assert_allclose(drawn(error, "noisy")[0], [0.02, 0.08, 0.18])
    assert error.get_yscale() == "log"


def test_best_depth_prints_errors_and_distances_and_frames_the_winner() -> None:
    (axes,) = best_depth.draw(make_study(depths=(2, 6), alphas=(0.1,))).figure.axes
    assert words(axes) == ["0.00600", "best", "0.350", "+17.7 dB", "0.0200"]
    frames = [to_rgba(patch.get_edgecolor())[3] > 0 for patch in axes.patches]
    assert frames == [True, False]


def test_best_depth_says_tie_and_hatches_where_the_interval_allows_one() -> None:
    study = make_study(depths=(2, 4, 6), alphas=(0.1,), seeds=(0, 1, 2))
    close = with_mse(study, [0.25, 0.26, 0.27, 0.26, 0.25, 0.27, 0.5, 0.5, 0.5])
    drawing = best_depth.draw(close)
    (axes,) = drawing.figure.axes
    assert words(axes)[:6] == ["0.260", "tie", "0.260", "tie", "0.500", "+2.8 dB"]
    assert len([patch for patch in axes.patches if patch.get_hatch()]) == 2
    assert "depth 2 and 4 (tie)" in drawing.alt
    apart = with_mse(study, [0.25, 0.26, 0.27, 0.36, 0.37, 0.39, 0.5, 0.5, 0.5])
    (axes,) = best_depth.draw(apart).figure.axes
    assert words(axes)[:2] == ["0.260", "best"]
    assert not [patch for patch in axes.patches if patch.get_hatch()]


def test_best_depth_tells_how_many_seeds_finished() -> None:
    (axes,) = best_depth.draw(
        make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1, 2), failed={(2, 0.1, 1)})
    ).figure.axes
    assert "2 of 3 seeds" in words(axes)


def test_one_seed_is_called_one_seed() -> None:
    assert "cannot rank" in best_depth.draw(make_study()).caption
    assert "cannot rank" not in best_depth.draw(make_study(seeds=(0, 1))).caption


def test_the_distance_to_the_floor_has_every_depth_and_baseline_between_the_floors() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.3, 0.6, 0.9), seeds=(0, 1))
    drawing = floor_distance.draw(study)
    networks, baselines = drawing.figure.axes
    for depth in (2, 4):
        rows = study.results[study.results["depth"] == depth]
        np.testing.assert_allclose(
            drawn(networks, f"depth {depth}")[0], rows.groupby("alpha")["test_mse"].median()
        )
    for name in ("rescaled", "best_gain", "wavelet"):
        rows = study.baselines[study.baselines["denoiser"] == name]
        np.testing.assert_allclose(drawn(baselines, name)[0], rows["test_mse"])
    for axes in (networks, baselines):
        np.testing.assert_allclose(drawn(axes, "mmse")[0], study.limits["mmse"])
        np.testing.assert_allclose(drawn(axes, "linear_mmse")[0], study.limits["linear_mmse"])
    low, high = networks.get_ylim()
    assert low < study.limits["mmse"].min() < study.limits["prior_variance"].max() < high < 3
    named = drawing.data.groupby("kind")["name"].unique()
    assert set(named["baseline"]) == set(study.baselines["denoiser"])
    assert set(named["autoencoder"]) == {"depth 2", "depth 4"}


def test_the_cramer_rao_bound_ends_where_the_floor_leaves_it() -> None:
    study = make_study(alphas=(0.1, 0.3, 0.6, 0.9))
    limits = study.limits.assign(mmse=study.limits["crb"] * np.array([0.99, 1.05, 1.2, 1.0]))
    (axes, _) = floor_distance.draw(replace(study, limits=limits)).figure.axes
    for name in ("crb", "crb_free"):
        assert np.isnan(drawn(axes, name)[0]).tolist() == [False, False, True, True]


def test_the_map_says_how_far_each_denoiser_stays_above_the_posterior_mean() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.4), failed={(4, 0.4, 0)})
    (axes,) = floor_map.draw(study).figure.axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    table = np.reshape(np.array(words(axes), dtype=object), (len(labels), 2))
    by_name = dict(zip(labels, table.tolist(), strict=True))
    s = 0.1 / 0.9
    bayes = 0.02 * s**2 / (1 + s**2)
    assert by_name["depth 2"][0] == f"{10 * np.log10(0.006 / bayes):.1f}"
    assert by_name["depth 4"][1] == "–"
    assert by_name["Bayes (posterior mean)"] == ["0.0", "0.0"]
    assert labels[:2] == ["depth 2", "depth 4"]


def test_spectra_are_those_of_what_was_removed_and_of_what_remained() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.4), seeds=(0, 1, 2))
    drawing = spectra.draw(study)
    assert "alpha 0.2" in drawing.title
    for axes, kind in zip(drawing.figure.axes, ("removed", "error"), strict=True):
        rows = study.spectra[(study.spectra["depth"] == 4) & (study.spectra["alpha"] == 0.2)]
        np.testing.assert_allclose(
            drawn(axes, "depth 4")[0], rows.groupby("frequency")[kind].median().to_numpy()
        )
        assert drawn(axes, "noise")[0] == pytest.approx(0.08)
        assert axes.get_yscale() == "log"


def test_ours_lie_on_the_originals_curves() -> None:
    study = make_study(depths=(2, 8), alphas=(0.1, 0.4, 0.5), seeds=(0, 1, 2), epochs=50, signals="pictures")
    drawing = original.draw(study)
    for axes, alpha in zip(drawing.figure.axes, (0.1, 0.4), strict=True):
        for line, depth in enumerate((2, 8)):
            rows = study.history[(study.history["depth"] == depth) & (study.history["alpha"] == alpha)]
            median = rows.groupby("epoch")["validation_mse"].median()
            np.testing.assert_allclose(drawn(axes, "ours")[line], median)
            np.testing.assert_allclose(drawn(axes, "theirs")[line], theirs()[alpha, depth])
    assert "read off" in drawing.caption


def test_captions_tell_what_is_left_out() -> None:
    study = make_study(depths=(2,), alphas=[n / 10 for n in range(1, 10)], epochs=2)
    assert "Of 9 noise levels, 5 are shown." in samples.draw(study).caption
    assert "Of 9 noise levels, 4 are shown." in recovered.draw(study).caption
    assert len(recovered.draw(study).figure.axes) == 4 * 2


def test_the_training_says_whether_its_signals_were_always_the_same() -> None:
    study = make_study()
    assert "2,000 signals to learn from; " in learning_curves.draw(study).caption
    fresh = replace(study, settings={**study.settings, "fresh": True})
    told = "2,000 signals to learn from (those to train on drawn anew for every epoch); "
    assert told in learning_curves.draw(fresh).caption


def test_the_training_says_where_losses_are_not_held_against_the_clean_signal() -> None:
    study = make_study()
    assert "objective" not in learning_curves.draw(study).caption
    plain = replace(study, settings={**study.settings, "objective": "plain"})
    assert "Where the objective is plain, the error is against" in learning_curves.draw(plain).caption


def test_every_denoiser_has_a_look_of_its_own() -> None:
    every = pd.DataFrame({"denoiser": list(BASELINES), "label": list(BASELINES)})
    styles = baseline_styles(replace(make_study(), baselines=every))
    assert len(styles) > 12
    assert len(set(styles.values())) == len(styles)
