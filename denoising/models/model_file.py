"""A denoiser in one file that describes itself: safetensors, with a card in its header."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from denoising.models.card import FORMAT, Card

KEY = "model_card"  # among the texts of the header
SUFFIX = ".safetensors"
FOLDER = "models"  # of a study

Tensors = Mapping[str, NDArray[Any]]


class ModelError(ValueError):
    """A model cannot be used. The message says why and what to do."""


def digest_of(told: Mapping[str, Any], tensors: Tensors) -> str:
    """Return the SHA-256 of what a denoiser is: its numbers and its card, but for the study that chose it.

    Args:
        told: the card, as JSON values.
        tensors: the numbers by name, in whichever order they come.
    """
    sha256 = hashlib.sha256(json.dumps({**told, "study": ""}, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        sha256.update(f"{name} {tensor.dtype} {tensor.shape}\n".encode())
        sha256.update(np.ascontiguousarray(tensor).tobytes())
    return sha256.hexdigest()


def to_bytes(card: Card, tensors: Tensors) -> bytes:
    """Return the content of a model's file."""
    whole = {name: np.array(tensor, order="C") for name, tensor in tensors.items()}
    return save(whole, metadata={KEY: card_text(card, tensors)})


def card_text(card: Card, tensors: Tensors) -> str:
    """Return the card as the text that a model's file holds, with the file's format and the digest."""
    own = card.as_json()
    return json.dumps({"format": FORMAT, "digest": digest_of(own, tensors), **own})


def from_bytes(content: bytes) -> tuple[Card, dict[str, NDArray[Any]]]:
    """Return the card and the tensors in a model's file.

    Raises:
        ModelError: it is no such file, one of a later version, or not what was written.
    """
    try:
        tensors = load(content)
        size = int.from_bytes(content[:8], "little")
        told = json.loads(json.loads(content[8 : 8 + size])["__metadata__"][KEY])
        later, digest = told.pop("format") > FORMAT, told.pop("digest")
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            "it is no model of this project; give a file of a study's folder 'models'"
        ) from error
    if later:
        raise ModelError("a later version of this project wrote it; use that version")
    if digest_of(told, tensors) != digest:
        raise ModelError("it is not what was written; copy it again")
    try:
        return Card.of(told), tensors
    except (TypeError, ValueError) as error:
        raise ModelError(f"its card is not whole ({error}); copy it again") from error
