"""Files of models: what is written is read, and what is damaged is told in one line."""

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import torch

from denoising.models.card import FORMAT, Card
from denoising.models.describing import described
from denoising.models.loading import denoiser_of, load, model_at
from denoising.models.model_file import KEY, ModelError, digest_of, from_bytes, to_bytes
from denoising.networks.autoencoder import Autoencoder
from denoising.networks.training import copy_weights
from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings
from tasks.formats.network import network_to_bytes
from tests.denoising.models.made_up import noise

LENGTH = 32
SIGNALS = generate(DatasetSettings(n_signals=40, n_test=8, signal_length=LENGTH), 0.2, "pool")
DESIGN = {"depth": 2, "channels": 3, "kernel_size": 3, "signal_length": LENGTH}
DESIGNS: dict[str, dict[str, Any]] = {
    "plain": {},
    "normalised": {"normalisation": "batch"},
    "skips": {"skips": True, "depth": 4},
    "skips and normalised": {"skips": True, "normalisation": "batch", "depth": 3},
    "dense": {"latent_size": 5},
    "latent": {"latent_size": 16},
    "stride 1": {"stride": 1},
    "growing": {"growth": 2, "max_channels": 8, "depth": 4},
    "linear": {"activation": "none"},
    "orthogonal": {"initialisation": "delta_orthogonal", "kernel_size": 7},
    "odd length": {"signal_length": 29, "depth": 4, "skips": True},
}


def trained(changes: Mapping[str, Any]) -> tuple[dict[str, Any], Autoencoder]:
    """A network after a few steps of training, so that its batch normalisations have counted."""
    design = {**DESIGN, **changes}
    network = Autoencoder(**design, generator=torch.Generator().manual_seed(1))
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05)
    signals = torch.from_numpy(SIGNALS.noisy[:, : design["signal_length"]].copy())
    for _ in range(3):
        optimiser.zero_grad()
        (network(signals) - signals).square().mean().backward()
        optimiser.step()
    return design, network


def card_of(design: Mapping[str, Any]) -> Card:
    return described(
        SIGNALS, {"signals": "formula", "alpha": 0.2}, kind="network", label="net", design=design
    )


def content_of(changes: Mapping[str, Any]) -> bytes:
    design, network = trained(changes)
    return network_to_bytes(card_of(design), copy_weights(network))


@pytest.fixture(scope="module")
def content() -> bytes:
    return content_of({"normalisation": "batch"})


def header_of(content: bytes) -> tuple[dict[str, Any], bytes]:
    size = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + size]), content[8 + size :]


def with_card(content: bytes, told: object) -> bytes:
    """The same file with another card."""
    header, numbers = header_of(content)
    header["__metadata__"][KEY] = told if isinstance(told, str) else json.dumps(told)
    written = json.dumps(header).encode()
    written += b" " * (-len(written) % 8)
    return len(written).to_bytes(8, "little") + written + numbers


def sealed(content: bytes, told: Mapping[str, Any]) -> bytes:
    """The same file with another card, as if it had been written so."""
    own = {name: value for name, value in told.items() if name not in ("format", "digest")}
    tensors = safetensors.numpy.load(content)
    return with_card(content, {**told, "digest": digest_of(own, tensors)})


def card_in(content: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(header_of(content)[0]["__metadata__"][KEY])
    return told


def refused(path: Path, content: bytes) -> str:
    """The one line that says why a file is not loaded; nothing else may be raised."""
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        load(path)
    [line] = str(caught.value).splitlines()
    assert line.startswith(f"{path}: ")
    assert "\r" not in line
    return line


@pytest.mark.parametrize("changes", DESIGNS.values(), ids=DESIGNS)
def test_a_network_from_its_file_is_the_one_that_was_trained(changes: dict[str, Any], tmp_path: Path) -> None:
    design, network = trained(changes)
    file = tmp_path / "last.safetensors"
    file.write_bytes(network_to_bytes(card_of(design), copy_weights(network)))
    used = model_at(file)
    windows = SIGNALS.noisy[:, : design["signal_length"]].copy()
    with torch.inference_mode():
        expected = network.eval()(torch.from_numpy(windows)).numpy()
    assert np.array_equal(used.denoiser(windows), expected)
    card, tensors = from_bytes(file.read_bytes())
    assert used.digest == digest_of(card.as_json(), tensors)
    state = network.state_dict()
    assert set(tensors) == set(state)
    for name, tensor in state.items():
        assert tensors[name].dtype == tensor.numpy().dtype
        assert np.array_equal(tensors[name], tensor.numpy()), name
    assert card.design == design
    if changes.get("normalisation"):
        assert tensors["norms.0.num_batches_tracked"] == 3
    assert to_bytes(card, tensors) == file.read_bytes(), "and it is written as it was"


def test_any_numbers_come_back_bit_for_bit() -> None:
    tensors = {
        "one": np.float64(np.pi).reshape(()),
        "none": np.zeros((0, 3), np.float32),
        "columns": np.asfortranarray(noise(12).reshape(3, 4)),
        "every second": noise(20)[::2],
        "special": np.array([np.nan, -0.0, np.inf, 5e-324]),
        "whole": np.array([-(2**63), 2**63 - 1]),
        "half": noise(5).astype(np.float16),
        "flags": np.array([True, False]),
    }
    card = card_of(DESIGN)
    again, found = from_bytes(to_bytes(card, tensors))
    assert again.as_json() == json.loads(json.dumps(card.as_json()))
    assert found.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert (found[name].dtype, found[name].shape) == (tensor.dtype, tensor.shape)
        assert found[name].tobytes() == np.ascontiguousarray(tensor).tobytes(), name
    assert digest_of({}, found) == digest_of({}, dict(reversed(tensors.items())))


def test_a_digest_tells_names_types_shapes_and_numbers_apart() -> None:
    one = {"a": np.zeros(4, np.float32), "b": np.ones(2)}
    others = [
        {"a": np.zeros(4, np.float32), "c": np.ones(2)},
        {"a": np.zeros((2, 2), np.float32), "b": np.ones(2)},
        {"a": np.zeros(4, np.int32), "b": np.ones(2)},
        {"a": np.zeros(4, np.float32), "b": -np.ones(2)},
        {"a": np.zeros(4, np.float32)},
        {"b": np.zeros(4, np.float32), "a": np.ones(2)},
    ]
    assert len({digest_of({}, each) for each in (one, *others)}) == 7


def test_a_file_that_is_cut_short_anywhere_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    for length in (*range(0, 40), *range(40, len(content), 61), *range(len(content) - 9, len(content))):
        refused(file, content[:length])
    refused(file, content + b"\0")


def test_a_flipped_bit_in_any_number_is_found(content: bytes, tmp_path: Path) -> None:
    numbers = len(header_of(content)[1])
    for place in range(len(content) - numbers, len(content), 7):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        assert "copy it again" in refused(tmp_path / "model.safetensors", bytes(damaged))


def test_a_flipped_bit_in_the_header_changes_no_number_unseen(content: bytes) -> None:
    """The 17th digit of a number may change without changing the number."""
    size = 8 + int.from_bytes(content[:8], "little")
    card, tensors = from_bytes(content)
    for place in range(size):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        with suppress(ModelError):
            again, found = from_bytes(bytes(damaged))
            assert again == card
            assert digest_of({}, found) == digest_of({}, tensors)


def test_other_files_are_no_models(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    weights = {"encoder.0.weight": np.ones(3, np.float32)}
    foreign = [
        b"",
        b"\0",
        b"not a model",
        b"\x80\x04\x95pickle.",
        json.dumps(card_in(content)).encode(),
        safetensors.numpy.save(weights),
        safetensors.numpy.save(weights, metadata={"format": "pt"}),
        safetensors.numpy.save(weights, metadata={KEY: "{}"}),
    ]
    for other in foreign:
        assert "no model of this project" in refused(file, other)
    for told in ("", "no JSON", "null", "3", '"text"', "[]", "[" * 100_000, "{}", '{"format": 1}', "\ud83d"):
        refused(file, with_card(content, told))


def test_a_later_format_asks_for_the_later_version(content: bytes, tmp_path: Path) -> None:
    told = {**card_in(content), "format": FORMAT + 1, "something": "new"}
    assert "a later version" in refused(tmp_path / "model.safetensors", with_card(content, told))
    for other in ("1", None, [1]):
        refused(tmp_path / "model.safetensors", with_card(content, {**told, "format": other}))


def test_a_card_that_lacks_what_is_needed_or_holds_more_is_refused(content: bytes, tmp_path: Path) -> None:
    told, file = card_in(content), tmp_path / "model.safetensors"
    needed = {
        "format", "digest", "kind", "label", "design", "window", "level", "snr", "signals", "rate", "unit",
        "portrait",
    }  # fmt: skip
    assert needed <= told.keys()
    for name in needed:
        less = {key: value for key, value in told.items() if key != name}
        refused(file, (with_card if name == "digest" else sealed)(content, less))
    assert "further" in refused(file, sealed(content, {**told, "further": 1}))


WRONG: dict[str, Any] = {
    "design of another depth": {"design": {**DESIGN, "depth": 3}},
    "design of other channels": {"design": {**DESIGN, "normalisation": "batch", "channels": 4}},
    "design that is none": {"design": 3},
    "design of lists": {"design": [1, 2]},
    "design with more": {"design": {**DESIGN, "more": 1}},
    "design with less": {"design": {"depth": 2}},
    "design without stride": {"design": {**DESIGN, "stride": 0}},
    "design in words": {"design": {**DESIGN, "depth": "deep"}},
    "even kernel": {"design": {**DESIGN, "kernel_size": 4}},
    "no channels": {"design": {**DESIGN, "channels": 0}},
    "generator": {"design": {**DESIGN, "generator": None}},
    "kind": {"kind": "oracle"},
    "os": {"kind": "classical", "denoiser": "os:system", "design": {"command": "touch HERE"}},
    "subprocess": {"kind": "classical", "denoiser": "subprocess:run", "design": {"args": ["touch", "HERE"]}},
    "ours, but no denoiser": {"kind": "classical", "denoiser": "denoising.models.loading:load"},
    "no name": {"kind": "classical", "denoiser": ""},
    "a list": {"kind": "classical", "denoiser": ["os:system"]},
    "unimported": {"kind": "classical", "denoiser": "antigravity:x"},
    "fields of another": {"kind": "classical", "denoiser": "denoising.denoisers.gain:Rescaled"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_card_that_does_not_fit_is_refused_and_runs_nothing(
    changes: dict[str, Any], content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(tmp_path / "model.safetensors", sealed(content, {**card_in(content), **changes}))
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]
    assert "antigravity" not in sys.modules


def test_a_file_that_cannot_be_read_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no such file or study; run a sweep"):
        load(tmp_path / "none.safetensors")
    with pytest.raises(ModelError, match="it cannot be read"):
        model_at(tmp_path)


def test_numbers_are_not_shared_with_the_file(content: bytes) -> None:
    """A denoiser's numbers can be written to, as PyTorch wants."""
    card, tensors = from_bytes(content)
    assert all(tensor.flags.writeable for tensor in tensors.values())
    assert denoiser_of(card, tensors) is not None
