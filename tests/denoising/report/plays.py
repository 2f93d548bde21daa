"""Studies with networks that a page can run."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from denoising.models.card import Card
from denoising.models.model_file import Tensors
from denoising.networks.autoencoder import Autoencoder
from denoising.report.blocks import Playground
from denoising.report.playground.in_page import Playable
from denoising.report.playground.of_sinusoids import playable, playground
from denoising.study.results import Study

PORTRAIT = {"noise": 1.0, "power": 1.0, "low": [], "high": [], "scales": [1.0, 1.0]}


def design(depth: int = 2, length: int = 256, **changes: Any) -> dict[str, Any]:
    """The arguments of a small network."""
    return {"depth": depth, "channels": 4, "kernel_size": 3, "signal_length": length, **changes}


def network(seed: int = 0, **own: Any) -> Autoencoder:
    """A network of this design whose weights, and normalisation if it has any, are drawn at random."""
    generator = torch.Generator().manual_seed(seed)
    made = Autoencoder(**own, generator=generator)
    for norm in made.batch_norms:
        for tensor in (norm.running_mean, norm.weight.data, norm.bias.data):
            tensor.normal_(generator=generator)
        norm.running_var.uniform_(0.5, 2, generator=generator)
    return made.eval()


def card(own: Mapping[str, Any], **changes: Any) -> Card:
    """The card of a network of this design."""
    told: dict[str, Any] = {
        "kind": "network", "label": "network", "design": own, "window": own["signal_length"],
        "level": "alpha=0.2", "snr": None, "signals": "formula", "rate": None, "unit": "",
        "portrait": PORTRAIT, **changes,
    }  # fmt: skip
    return Card(**told)


def tensors(own: Autoencoder) -> Tensors:
    """The numbers of a network by name."""
    return {name: tensor.numpy() for name, tensor in own.state_dict().items()}


def trained(variant: str, depth: int, alpha: float, milestones: int = 0, channels: int = 4) -> Playable:
    """A network in its place, with its weights after so many early epochs."""
    own = design(depth, channels=channels)
    early = {epoch: halved(tensors(network(100 + epoch, **own))) for epoch in range(milestones)}
    return Playable(variant, depth, alpha, 50, card(own), tensors(network(**own)), early)


def halved(whole: Tensors) -> Tensors:
    """Numbers in half precision."""
    return {name: t.astype(np.float16) if t.dtype == np.float32 else t for name, t in whole.items()}


def with_waves(study: Study) -> Study:
    """The study with the frequencies of the signals that its examples are of."""
    ids = sorted(set(study.examples["signal_id"]))
    f1, f2 = np.array([np.random.default_rng(one).uniform(0.5, 2.5, 2) for one in ids]).T
    waves = pd.DataFrame({"signal_id": ids, "f1": f1, "f2": f2})
    axes = study.results[["depth", "alpha", "seed", "variant"]]
    return replace(study, per_signal=axes.merge(waves, how="cross").assign(mse=1.0))


def played(study: Study, milestones: int = 0, channels: int = 4) -> Playground:
    """The playground of a study whose networks were never trained."""
    rows = playable(study)[["variant", "depth", "alpha"]].itertuples(index=False)
    filters = {alpha: card(design()) for alpha in study.settings["alphas"]}
    known = {alpha: replace(one, design={"window": 9, "order": 2}) for alpha, one in filters.items()}
    found = playground(study, [trained(*place, milestones, channels) for place in rows], known)
    assert found is not None
    return found
