"""What is drawn is what the tables say."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
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
from denoising.figures.floors import limits_over_alpha
from denoising.figures.grid import middle_alpha
from denoising.original.curves import theirs
from denoising.study.results import Study
from tests.denoising.figures.studies import make_study


def drawn(axes: Axes, gid: str) -> list[np.ndarray]:
    return [np.asarray(line.get_ydata(), dtype=float) for line in axes.lines if line.get_gid() == gid]


def titled(figure: Figure, title: str) -> Axes:
    (axes,) = [axes for axes in figure.axes if axes.get_title(loc="left") == title]
    return axes


def example(study: Study, depth: int, alpha: float) -> Any:
    """The signal whose noise is of median strength, by the lowest seed that has it."""
    rows = study.examples.sort_values("seed", kind="stable")
    rows = rows[(rows["depth"] == depth) & (rows["alpha"] == alpha)]
    return rows[(rows["rule"] == "noisy") & (rows["percentile"] == 50)].iloc[0]


def words(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


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


def test_one_level_is_chosen_at_which_the_depths_can_be_compared() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.4), failed={(2, 0.2, 0), (4, 0.4, 0)})
    assert middle_alpha(study) == 0.1


def test_comparison_draws_medians_and_leaves_gaps() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.3), seeds=(0, 1, 2))
    results = study.results.copy()
    results.loc[(results["depth"] == 2) & (results["alpha"] == 0.1), "test_mse"] = [0.5, 0.1, 0.2]
    lost = (results["depth"] == 4) & (results["alpha"] == 0.2)
    results.loc[lost, ["test_mse", "snr_improvement_db"]] = np.nan
    (error,) = depths.draw(replace(study, results=results)).figure.axes
    assert drawn(error, "depth 2")[0][0] == pytest.approx(0.2)
    assert np.isnan(drawn(error, "depth 4")[0]).tolist() == [False, True, False]
    np.testing.assert_allclose(drawn(error, "noisy")[0], [0.02, 0.08, 0.18])
    np.testing.assert_allclose(drawn(error, "mmse")[0], study.limits["mmse"])
    np.testing.assert_allclose(drawn(error, "linear_mmse")[0], study.limits["linear_mmse"])
    assert error.get_yscale() == "log"


def test_at_a_lone_noise_level_the_limits_are_lines_beside_it() -> None:
    study = make_study(depths=(2, 4), alphas=(0.2,))
    (axes,) = depths.draw(study).figure.axes
    for gid, error in (("mmse", study.limits["mmse"].item()), ("noisy", 2 * 0.2**2)):
        (line,) = [line for line in axes.lines if line.get_gid() == gid]
        assert np.allclose(line.get_ydata(), error)
        assert np.allclose(line.get_xdata(), axes.get_xlim())
    assert [shade for shade in axes.collections if shade.get_gid() == "harm"]


def test_ours_lie_on_the_originals_curves() -> None:
    study = make_study(depths=(2, 8), alphas=(0.1, 0.4, 0.5), seeds=(0, 1, 2), epochs=50, signals="pictures")
    drawing = original.draw(study)
    for axes, alpha in zip(drawing.figure.axes, (0.1, 0.4), strict=True):
        for line, depth in enumerate((2, 8)):
            rows = study.history[(study.history["depth"] == depth) & (study.history["alpha"] == alpha)]
            median = rows.groupby("epoch")["validation_mse"].median()
            np.testing.assert_allclose(drawn(axes, "ours")[line], median)
            shown = drawn(axes, "theirs")[line]
            np.testing.assert_allclose(shown[~np.isnan(shown)], theirs()[alpha, depth])
    assert "read off" in drawing.caption


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


def test_samples_show_a_signal_at_each_noise_level() -> None:
    study = make_study(alphas=(0.1, 0.4))
    for axes, alpha in zip(samples.draw(study).figure.axes, (0.1, 0.4), strict=True):
        first = study.samples[study.samples["alpha"] == alpha].iloc[0]
        np.testing.assert_array_equal(drawn(axes, "noisy")[0], first["noisy"])
        np.testing.assert_array_equal(drawn(axes, "clean")[0], first["clean"])


def test_architecture_draws_the_numbers_of_every_layer_and_names_the_bottleneck() -> None:
    (axes,) = architecture.draw(make_study(depths=(3,), length=100)).figure.axes
    assert drawn(axes, "depth 3")[0].tolist() == [100, 50 * 16, 25 * 16, 13 * 16, 25 * 16, 50 * 16, 100]
    assert drawn(axes, "length")[0].tolist() == [100, 100]
    assert sorted(words(axes)) == ["depth 3: 208", "samples of the signal"]


def test_recovered_shows_one_signal_by_the_best_and_the_worst_network_and_the_posterior_mean() -> None:
    study = make_study(depths=(2, 4, 6), alphas=(0.1, 0.2, 0.4), seeds=(1, 5), failed={(2, 0.2, 1)})
    drawing = recovered.draw(study)
    assert "alpha 0.2" in drawing.title
    panels = np.reshape(np.array(drawing.figure.axes, dtype=object), (3, 2))
    assert panels[0, 0].get_title(loc="left") == "Depth 2, the best"
    assert panels[1, 0].get_title(loc="left") == "Depth 6, the worst"
    best = example(study, 2, 0.2)
    assert best["seed"] == 5
    bayes = study.baseline_examples[study.baseline_examples["denoiser"] == "bayes"]
    bayes = bayes[(bayes["alpha"] == 0.2) & (bayes["rule"] == "noisy") & (bayes["percentile"] == 50)]
    for (signals, errors), shown in zip(panels, (best, example(study, 6, 0.2), bayes.iloc[0]), strict=True):
        for kind in ("clean", "noisy", "denoised"):
            np.testing.assert_array_equal(drawn(signals, kind)[0], shown[kind])
        np.testing.assert_array_equal(drawn(signals, "noisy")[0], best["noisy"])
        np.testing.assert_array_equal(drawn(errors, "noise")[0], shown["noisy"] - shown["clean"])
        np.testing.assert_array_equal(drawn(errors, "error")[0], shown["denoised"] - shown["clean"])
    assert "Of 3 networks, the best and the worst are shown." in drawing.caption


def test_a_lone_network_is_neither_best_nor_worst() -> None:
    drawing = recovered.draw(make_study(depths=(2,), alphas=(0.1,)))
    assert drawing.figure.axes[0].get_title(loc="left") == "Depth 2"
    assert "the worst" not in drawing.caption


def test_the_distance_to_the_floor_has_a_row_a_denoiser_the_best_first() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.3, 0.4), failed={(4, 0.4, 0)})
    drawing = floor_distance.draw(study)
    (axes,) = drawing.figure.axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[0] == "Bayes (posterior mean)"
    assert set(labels) == {"depth 2", "depth 4", *study.baselines["label"]}
    ranges = [np.asarray(line.get_xdata(), dtype=float) for line in axes.lines if line.get_gid() == "range"]
    assert [values.mean() for values in ranges] == sorted(values.mean() for values in ranges)
    s = 0.1 / 0.9
    bayes = 0.02 * s**2 / (1 + s**2)
    own = [line for line in axes.lines if line.get_gid() == "depth 2"]
    assert len(own) == 3, "0.1, 0.3 and 0.4"
    assert np.ravel(own[0].get_xdata())[0] == pytest.approx(10 * np.log10(0.006 / bayes))
    assert len([line for line in axes.lines if line.get_gid() == "depth 4"]) == 2, "one failed"
    assert "Of 4 noise levels, 3 are shown." in drawing.caption


def test_the_numbers_of_the_distance_to_the_floor_are_those_of_all_denoisers_and_limits() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.3), seeds=(0, 1))
    data = floor_distance.draw(study).data
    named = data.groupby("kind")["name"].unique()
    assert set(named["baseline"]) == set(study.baselines["denoiser"])
    assert set(named["autoencoder"]) == {"depth 2", "depth 4"}
    assert {"mmse", "linear_mmse", "crb", "crb_free", "prior_variance"} <= set(named["limit"])
    rows = study.results[study.results["depth"] == 4].groupby("alpha")
    own = data[data["name"] == "depth 4"]
    np.testing.assert_allclose(own["median"], rows["test_mse"].median())
    np.testing.assert_allclose(own["db_above_mmse"], rows["db_above_mmse"].median())


def test_the_cramer_rao_bound_ends_where_the_floor_leaves_it() -> None:
    study = make_study(alphas=(0.1, 0.3, 0.6, 0.9))
    limits = study.limits.assign(mmse=study.limits["crb"] * np.array([0.99, 1.05, 1.2, 1.0]))
    known = limits_over_alpha(replace(study, limits=limits))
    for name in ("crb", "crb_free"):
        assert known[name].isna().tolist() == [False, False, True, True]


def test_spectra_are_those_of_what_remained_but_for_the_ends() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.4), seeds=(0, 1, 2))
    drawing = spectra.draw(study)
    assert "alpha 0.2" in drawing.title
    (axes,) = drawing.figure.axes
    rows = study.spectra[(study.spectra["depth"] == 4) & (study.spectra["alpha"] == 0.2)]
    medians = rows.groupby("frequency")["error"].median().to_numpy()
    np.testing.assert_allclose(drawn(axes, "depth 4")[0], medians[1:-1])
    assert drawn(axes, "noise")[0] == pytest.approx(0.08)
    assert axes.get_yscale() == "log"


def test_captions_tell_what_is_left_out() -> None:
    study = make_study(depths=(2,), alphas=[n / 10 for n in range(1, 10)], epochs=2)
    assert "Of 9 noise levels, 3 are shown." in samples.draw(study).caption
    assert "Of 9 noise levels, 1 is shown." in recovered.draw(study).caption
