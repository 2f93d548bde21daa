"""Denoisers as scikit-learn's transformers."""

import pickle
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from denoising.models.model import Models
from tests.denoising.models.made_up import model, network, noise, portrait

SIGNALS = 5 + noise(12 * 100).reshape(12, 100)
USED: dict[str, Any] = {
    "model": model(),
    "recordings": model(rate=360.0, signals="recordings"),
    "network": model(network(32)),
    "models": Models((model(portrait=portrait(0.9)), model(portrait=portrait(0.1)))),
}
EACH = pytest.mark.parametrize("used", USED.values(), ids=USED)


def denoised(used: Any) -> np.ndarray:
    return np.array([used.denoise(signal, used.models[0].card.rate) for signal in SIGNALS])


@EACH
def test_a_denoiser_stands_anywhere_in_a_pipeline(used: Any) -> None:
    expected = denoised(used)
    assert used.fit(SIGNALS) is used
    assert used.fit(SIGNALS, SIGNALS) is used
    assert np.array_equal(used.transform(SIGNALS), expected)
    last = Pipeline([("twice", FunctionTransformer(lambda x: 2 * x)), ("denoise", used)])
    assert np.allclose(last.fit(SIGNALS).transform(SIGNALS), 2 * expected, atol=1e-5)
    assert np.allclose(last.fit_transform(SIGNALS), 2 * expected, atol=1e-5)
    target = SIGNALS.mean(axis=1)
    first = make_pipeline(used, LinearRegression()).fit(SIGNALS, target)
    assert np.allclose(first.predict(SIGNALS), LinearRegression().fit(expected, target).predict(expected))
    assert "denoise" in repr(last)
    both = FeatureUnion([("denoised", used), ("as it is", FunctionTransformer())])
    assert np.allclose(both.fit_transform(SIGNALS), np.hstack([expected, SIGNALS]), atol=1e-5)


@EACH
def test_a_denoiser_is_made_again_from_its_parameters(used: Any) -> None:
    assert type(used)(**used.get_params()).get_params() == used.get_params()
    assert used.get_params(deep=False).keys() == used.get_params().keys()
    expected = denoised(used)
    for copy in (clone(used), deepcopy(used)):
        assert copy is not used
        assert np.array_equal(denoised(copy), expected)
    pipeline = clone(make_pipeline(used))
    assert np.array_equal(pipeline.fit(SIGNALS).transform(SIGNALS), expected)
    assert set(used.get_params()) <= {name.partition("__")[2] for name in pipeline.get_params()}


@EACH
def test_a_denoiser_can_be_sent_to_another_process(used: Any) -> None:
    assert np.array_equal(denoised(pickle.loads(pickle.dumps(used))), denoised(used))
