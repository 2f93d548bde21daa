from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from denoising.denoisers.catalogue import FOR_RECORDINGS
from denoising.models.estimator import Estimator
from denoising.models.model import Model, Models
from denoising.models.model_file import ModelError
from denoising.signals.sinusoids import Array
from tests.denoising.models.made_models import a_classical, a_network

N, LENGTH, STD = 300, 64, 0.5
NEED_CLEAN = ("pca", "window_wiener")
CHANGE_NOTHING = ("identity",)


@pytest.fixture(scope="module")
def signals() -> tuple[Array, Array]:
    """Noisy and clean sinusoids in a unit of their own, shape (n, length)."""
    chance = np.random.default_rng(0)
    frequency, phase = chance.uniform(1, 3, (N, 1)), chance.uniform(0, 2 * np.pi, (N, 1))
    clean = np.sin(2 * np.pi * frequency * np.arange(LENGTH) / LENGTH + phase)
    noisy = clean + STD * chance.standard_normal(clean.shape)
    return 40 + 300 * noisy, 40 + 300 * clean


def mse(some: Any, others: Array) -> float:
    return float(np.square(some - others).mean())


@pytest.mark.parametrize("has_clean", [True, False], ids=["with clean", "without"])
@pytest.mark.parametrize("name", [*FOR_RECORDINGS, "network"])
def test_signals_that_it_has_not_seen_get_better(
    name: str, has_clean: bool, signals: tuple[Array, Array]
) -> None:
    noisy, clean = signals
    estimator = Estimator(name, depth=2)
    if name in NEED_CLEAN and not has_clean:
        with pytest.raises(ModelError, match=f"^denoiser {name}: clean signals are not known; give them"):
            estimator.fit(noisy[:200])
        return
    estimator.fit(noisy[:200], clean[:200] if has_clean else None)
    before, after = mse(noisy[200:], clean[200:]), mse(estimator.transform(noisy[200:]), clean[200:])
    if name in CHANGE_NOTHING:
        assert after == pytest.approx(before)
    else:
        assert after < (0.5 if has_clean else 0.7) * before


def test_each_signal_is_denoised_by_itself(signals: tuple[Array, Array]) -> None:
    noisy, clean = signals
    estimator = Estimator("window_wiener").fit(noisy, clean)
    whole = estimator.transform(noisy)
    np.testing.assert_allclose(estimator.transform(noisy[7:8]), whole[7:8])
    assert estimator.transform(noisy.astype(np.float32)).dtype == np.float32
    assert estimator.transform(np.rint(noisy).astype(np.int16)).dtype == np.float64


def test_the_unit_does_not_matter(signals: tuple[Array, Array]) -> None:
    noisy, clean = signals
    usual = Estimator().fit_transform(noisy, clean)
    other = Estimator().fit_transform(5 - 2e-3 * -noisy, 5 - 2e-3 * -clean)
    np.testing.assert_allclose(other, 5 + 2e-3 * usual, atol=1e-5)


def test_the_same_seed_gives_the_same_network(signals: tuple[Array, Array]) -> None:
    noisy, clean = (part[:40] for part in signals)
    fits = [Estimator("network", epochs=1, seed=seed).fit_transform(noisy, clean) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(fits[0], fits[1])
    assert np.abs(fits[0] - fits[2]).max() > 0


def test_a_constant_stays_as_it_is() -> None:
    noisy = np.full((4, 16), 3.0)
    np.testing.assert_allclose(Estimator().fit_transform(noisy), noisy)


@pytest.mark.parametrize(
    ("given", "clean", "changes", "message"),
    [
        (np.ones(8), None, {}, r"noisy: its shape is \(8,\); give \(n, length\)"),
        (np.ones((0, 8)), None, {}, r"noisy: its shape is \(0, 8\)"),
        (np.ones((1, 8)), None, {}, "noisy: give 2 signals or more"),
        (np.ones((3, 8)), np.ones((3, 9)), {}, r"clean: its shape is \(3, 9\), and that of"),
        (np.full((3, 8), np.nan), None, {}, "noisy: samples are nan"),
        (np.ones((3, 8), complex), None, {}, "noisy: it is of type complex128"),
        (np.ones((3, 8)), None, {"denoiser": "median"}, "denoiser median: there is none .*wavelet.*network"),
        (np.ones((3, 8)), None, {"denoiser": "network", "depth": 4}, "depth 4: .* allow 1 to 3"),
        (np.ones((3, 8)), None, {"denoiser": "network", "epochs": 0}, "epochs 0: .*greater than or equal"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_in_a_line(
    given: Any, clean: Any, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ModelError, match=f"^{message}") as caught:
        Estimator(**changes).fit(given, clean)
    assert "\n" not in str(caught.value)


def test_transform_wants_a_fitted_denoiser_and_the_same_length() -> None:
    with pytest.raises(ModelError, match="not fitted; call fit first"):
        Estimator().transform(np.ones((2, 8)))
    fitted = Estimator("identity").fit(np.ones((2, 8)))
    with pytest.raises(ModelError, match="signals of 9 samples; the denoiser was fitted to those of 8"):
        fitted.transform(np.ones((2, 9)))


def test_parameters_are_read_and_changed_by_name() -> None:
    estimator = Estimator().set_params(denoiser="network", depth=2)
    assert estimator.get_params() == {
        "denoiser": "network", "mask_width": 1, "depth": 2, "skips": True, "epochs": 20, "seed": 0,
    }  # fmt: skip
    with pytest.raises(ModelError, match=r"^width: there is no such parameter; there are denoiser, "):
        estimator.set_params(width=3)


@pytest.mark.slow
def test_it_stands_in_a_pipeline(signals: tuple[Array, Array]) -> None:
    noisy, clean = signals
    pipeline = Pipeline([("denoise", Estimator("wavelet")), ("scale", StandardScaler())])
    found = pipeline.fit(noisy).transform(noisy)
    expected = StandardScaler().fit_transform(Estimator("wavelet").fit_transform(noisy))
    np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(pipeline.fit_transform(noisy, clean), pipeline.transform(noisy))
    again = clone(pipeline).set_params(denoise__denoiser="savitzky_golay")
    assert again.get_params()["denoise__denoiser"] == "savitzky_golay"
    assert not hasattr(again.named_steps["denoise"], "denoiser_")
    assert pipeline.get_params()["denoise__denoiser"] == "wavelet"


def test_it_is_chosen_by_how_well_labels_are_told(signals: tuple[Array, Array]) -> None:
    noisy, _ = signals
    labels = np.arange(N) % 2
    noisy = noisy[:N] + 500 * labels[:, None]
    pipeline = Pipeline(
        [("denoise", Estimator()), ("scale", StandardScaler()), ("tell", LogisticRegression())]
    )
    choices = {"denoise__denoiser": ["identity", "savitzky_golay"]}
    search = GridSearchCV(pipeline, choices, cv=2).fit(noisy, labels)
    assert search.score(noisy, labels) > 0.9


@pytest.mark.parametrize("trained", [a_network(), a_classical(), Models((a_network(), a_classical()))])
def test_trained_models_keep_what_they_are_in_a_pipeline(trained: Model | Models) -> None:
    noisy = np.random.default_rng(0).standard_normal((6, 32))
    pipeline = clone(Pipeline([("denoise", trained), ("scale", StandardScaler())]))
    found = pipeline.fit(noisy, np.arange(6)).transform(noisy)
    np.testing.assert_allclose(found, StandardScaler().fit_transform(trained.denoise(noisy)))
    assert pipeline.set_params(scale__with_mean=False) is pipeline
    assert trained.set_params() is trained
    with pytest.raises(ModelError, match=r"^digest: a trained denoiser cannot be changed"):
        pipeline.set_params(denoise__digest="")


def test_a_model_denoises_at_its_own_rate_in_a_pipeline() -> None:
    model = a_network()
    recorded = replace(model, card=replace(model.card, rate=250.0))
    noisy = np.random.default_rng(0).standard_normal((2, 32))
    np.testing.assert_array_equal(recorded.fit_transform(noisy), recorded.denoise(noisy, 250))
