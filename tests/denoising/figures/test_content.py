"""What is drawn is what the tables say."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from denoising.figures import (
    architecture,
    best_depth,
    comparison,
    noise_removed,
    recovered,
    samples,
    training,
)
from denoising.figures.grid import example
from tests.denoising.figures.studies import make_study


def drawn(axes: Axes, gid: str) -> list[np.ndarray]:
    return [np.asarray(line.get_ydata(), dtype=float) for line in axes.lines if line.get_gid() == gid]


def titled(figure: Figure, title: str) -> Axes:
    (axes,) = [axes for axes in figure.axes if axes.get_title(loc="left") == title]
    return axes


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
    axes = titled(training.draw(study).figure, "alpha 0.2")
    for rank, depth in enumerate((2, 4)):
        rows = study.history[(study.history["depth"] == depth) & (study.history["alpha"] == 0.2)]
        for column, gid in (("train_mse", "train"), ("validation_mse", "validation")):
            values = rows.sort_values(["seed", "epoch"])[column].to_numpy().reshape(len(seeds), 12)
            np.testing.assert_allclose(drawn(axes, gid)[rank], np.median(values, axis=0))
    assert drawn(axes, "noisy")[0][0] == pytest.approx(0.08)
    assert len(axes.collections) == (2 if len(seeds) > 1 else 0)


def test_recovered_shows_the_same_signal_along_a_row() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.4))
    panels = np.reshape(np.array(recovered.draw(study).figure.axes, dtype=object), (2, 2))
    for row, alpha in enumerate((0.1, 0.4)):
        np.testing.assert_array_equal(drawn(panels[row, 0], "noisy"), drawn(panels[row, 1], "noisy"))
        for column, depth in enumerate((2, 4)):
            chosen = example(study, depth, alpha, "noisy", 50)
            assert chosen is not None
            np.testing.assert_array_equal(drawn(panels[row, column], "denoised")[0], chosen["denoised"])
            np.testing.assert_array_equal(drawn(panels[row, column], "clean")[0], chosen["clean"])


def test_noise_removed_draws_differences_from_the_clean_signal() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.4), seeds=(1, 5), failed={(2, 0.2, 1)})
    drawing = noise_removed.draw(study)
    assert "alpha 0.2" in drawing.title
    panels = np.reshape(np.array(drawing.figure.axes, dtype=object), (3, 2))
    for row, percentile in enumerate((10, 50, 90)):
        chosen = example(study, 2, 0.2, "denoised", percentile)
        assert chosen is not None
        assert chosen["seed"] == 5
        np.testing.assert_array_equal(drawn(panels[row, 0], "noise")[0], chosen["noisy"] - chosen["clean"])
        np.testing.assert_array_equal(drawn(panels[row, 0], "error")[0], chosen["denoised"] - chosen["clean"])


def test_noise_removed_chooses_a_level_at_which_the_depths_can_be_compared() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.4), failed={(2, 0.2, 0), (4, 0.4, 0)})
    assert noise_removed.middle_alpha(study) == 0.1


def test_comparison_draws_medians_and_leaves_gaps() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.3), seeds=(0, 1, 2))
    results = study.results.copy()
    results.loc[(results["depth"] == 2) & (results["alpha"] == 0.1), "test_mse"] = [0.5, 0.1, 0.2]
    lost = (results["depth"] == 4) & (results["alpha"] == 0.2)
    results.loc[lost, ["test_mse", "snr_improvement_db"]] = np.nan
    error, improvement = comparison.draw(replace(study, results=results)).figure.axes
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


def test_best_depth_says_tie() -> None:
    study = make_study(depths=(2, 6), alphas=(0.1,))
    drawing = best_depth.draw(replace(study, results=study.results.assign(test_mse=0.25)))
    (axes,) = drawing.figure.axes
    assert words(axes)[:4] == ["0.250", "tie", "0.250", "tie"]
    assert "depth 2 and 6 (tie)" in drawing.alt


def test_best_depth_tells_how_many_seeds_finished() -> None:
    (axes,) = best_depth.draw(
        make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1, 2), failed={(2, 0.1, 1)})
    ).figure.axes
    assert "2 of 3 seeds" in words(axes)


def test_one_seed_is_called_one_seed() -> None:
    assert "cannot rank" in best_depth.draw(make_study()).caption
    assert "cannot rank" not in best_depth.draw(make_study(seeds=(0, 1))).caption


def test_captions_tell_what_is_left_out() -> None:
    study = make_study(depths=(2,), alphas=[n / 10 for n in range(1, 10)], epochs=2)
    assert "Of 9 noise levels, 5 are shown." in samples.draw(study).caption
    assert "Of 9 noise levels, 4 are shown." in recovered.draw(study).caption
    assert len(recovered.draw(study).figure.axes) == 4
