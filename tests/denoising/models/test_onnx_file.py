import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from denoising.models import onnx_file
from denoising.models.card import FORMAT, Card
from denoising.models.model import Model
from denoising.models.model_file import KEY, ModelError
from denoising.models.onnx_file import to_onnx
from tests.denoising.models.made_models import a_classical, a_network

GAINS = {"input_gain": 1.25, "output_gain": 0.8, "reference": 0.7, "signals": "formula"}
EVERYTHING = {"skips": True, "normalisation": "batch", "growth": 2, "latent_size": 11}
KINDS: list[tuple[int, int, dict[str, Any]]] = [
    (1, 50, {"activation": "none", "stride": 1}),
    (4, 250, {"latent_size": 32}),
    (4, 250, {"normalisation": "batch"}),
    (5, 61, {"growth": 2, "skips": True, "kernel_size": 7}),
    (2, 33, {"activation": "none", "skips": True}),
    (3, 32, {"stride": 1, "normalisation": "batch", "skips": True}),
    (3, 32, {"latent_size": 5, "told": GAINS}),
    *((depth, 256, {}) for depth in range(1, 9)),
]


def session_of(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def check_outputs(model: Model) -> None:
    session, window = session_of(to_onnx(model)), model.card.window
    chance = np.random.default_rng(0)
    for n in (1, 2, 37):
        centre, scale = chance.uniform(-5, 5, (n, 1)), chance.uniform(0.1, 100, (n, 1))
        noisy = centre + scale * chance.standard_normal((n, window))
        whole = {"noisy": noisy, "centre": centre, "scale": scale}
        given = {name: values.astype(np.float32) for name, values in whole.items()}
        (found,) = session.run(None, given)
        assert found.shape == noisy.shape
        assert found.dtype == np.float32
        for row, denoised in enumerate(found):
            at, by = float(given["centre"][row, 0]), float(given["scale"][row, 0])
            relative = model.relative(at, by)
            assert relative is not None
            expected = relative.denoise(given["noisy"][row : row + 1].astype(np.float64))[0]
            assert np.abs(denoised - expected).max() <= 1e-5 * by


@pytest.mark.slow
def test_a_network_gives_the_same_in_onnx() -> None:
    check_outputs(a_network(3, 250, told=GAINS, **EVERYTHING))


@pytest.mark.slow
@pytest.mark.parametrize(("depth", "window", "more"), KINDS)
def test_every_kind_of_network_gives_the_same_in_onnx(depth: int, window: int, more: dict[str, Any]) -> None:
    check_outputs(a_network(depth, window, **more))


@pytest.fixture(scope="module")
def exported() -> tuple[Model, bytes]:
    model = a_network()
    return model, to_onnx(model)


def test_an_onnx_file_describes_itself(exported: tuple[Model, bytes]) -> None:
    model, content = exported
    told = json.loads(session_of(content).get_modelmeta().custom_metadata_map[KEY])
    assert (told.pop("format"), told.pop("digest")) == (FORMAT, model.digest)
    assert Card.of(told) == model.card
    whole = onnx.load_from_string(content)
    onnx.checker.check_model(whole, full_check=True)
    shapes = {
        each.name: [dim.dim_param or dim.dim_value for dim in each.type.tensor_type.shape.dim]
        for each in (*whole.graph.input, *whole.graph.output)
    }
    assert shapes == {
        "noisy": ["batch", 32], "centre": ["batch", 1], "scale": ["batch", 1], "denoised": ["batch", 32],
    }  # fmt: skip


def test_an_onnx_file_is_the_same_each_time_and_tells_nothing_of_the_machine(
    exported: tuple[Model, bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    model, content = exported
    assert to_onnx(model) == content
    assert str(Path(onnx_file.__file__).parent).encode() not in content
    assert b".py" not in content
    assert capfd.readouterr() == ("", "")


def test_a_constant_stays_as_it_is(exported: tuple[Model, bytes]) -> None:
    noisy = np.full((3, 32), 7.3, np.float32)
    given = {"noisy": noisy, "centre": noisy[:, :1], "scale": np.zeros((3, 1), np.float32)}
    np.testing.assert_array_equal(session_of(exported[1]).run(None, given)[0], noisy)


def test_one_centre_and_scale_serve_a_whole_batch(exported: tuple[Model, bytes]) -> None:
    session, one = session_of(exported[1]), np.ones((1, 1), np.float32)
    noisy = np.random.default_rng(1).standard_normal((5, 32)).astype(np.float32)
    of_one = session.run(None, {"noisy": noisy, "centre": one, "scale": 2 * one})[0]
    of_each = session.run(None, {"noisy": noisy, "centre": one.repeat(5, 0), "scale": 2 * one.repeat(5, 0)})
    np.testing.assert_array_equal(of_one, of_each[0])


def test_a_classical_denoiser_has_no_onnx() -> None:
    with pytest.raises(ModelError, match=r"^PCA, trained at 10 dB: .* no ONNX; export it as \.safetensors$"):
        to_onnx(a_classical())


def test_missing_packages_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_file, "NEEDED", ("onnx", "no_such_package"))
    with pytest.raises(ModelError, match=r"install the project as '\.\[onnx\]'"):
        to_onnx(a_network())


def test_a_model_can_be_pickled() -> None:
    model, windows = a_network(), np.ones((1, 32))
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.denoiser(windows), model.denoiser(windows))
