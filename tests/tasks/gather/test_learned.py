"""The score and the slopes of trained networks, as they are gathered beside those of the posterior mean."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from denoising.denoisers.network import Network
from denoising.networks.autoencoder import Autoencoder
from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings
from denoising.signals.sinusoids import FAMILIES
from denoising.study.schema import AXES
from denoising.verdict.conduct import BEST, LEARNERS, LINEAR, ORIGINALS, POSTERIOR, REPAIRED_DEEP
from denoising.verdict.design import BASE, DEEP, REPAIRED, SHALLOW, Design
from denoising.verdict.evidence import PROBED, Evidence
from denoising.verdict.learned import MOST_SEEDS, MOST_SLOPES, exact_of
from tasks.cache.record import Made, record_of
from tasks.cache.store import Store
from tasks.formats import frames
from tasks.gather.evidence import Cells, found_at
from tasks.gather.tables import FinishedCell
from tests.tasks.networks import written

LENGTH, N, ALPHA = 256, 30, 0.2
DATA = {"n_signals": 2, "n_test": N, "signal_length": LENGTH, "data_seed": 0}
DATASET = DatasetSettings(signals="formula", **DATA)  # type: ignore[arg-type]
TEST = generate(DATASET, ALPHA, "test")
SEEDS = tuple(range(MOST_SEEDS + 1))
NETWORKS = [(f"{BASE}_formula", SHALLOW), (f"{BASE}_formula", DEEP), (f"{REPAIRED}_formula", DEEP)]
CELLS = [(depth, ALPHA, seed, variant) for variant, depth in NETWORKS for seed in SEEDS]


def shape(depth: int) -> dict[str, Any]:
    return {"depth": depth, "channels": 2, "kernel_size": 3, "signal_length": LENGTH}


def network(depth: int, seed: int) -> Autoencoder:
    """A network of random weights."""
    return Autoencoder(**shape(depth), generator=torch.Generator().manual_seed(10 * depth + seed))


def finished(depth: int, seed: int, store: Store) -> FinishedCell:
    """What a cell leaves in the store."""
    folder = f"artifacts/cells/{depth}-{seed}"
    last = written(shape(depth), network(depth, seed), TEST)
    per_signal = pd.DataFrame(
        {"f1": TEST.frequencies[:, 0], "f2": TEST.frequencies[:, 1], "mse": np.ones(len(TEST))}
    )
    trained = {
        "last": store.write(f"{folder}/last.safetensors", last),
    }
    measured = {"per_signal": store.write(f"{folder}/per_signal.parquet", frames.to_parquet(per_signal))}
    records = [record_of("", {}, [], {}, Made(outputs)) for outputs in (trained, measured)]
    return FinishedCell(axes={}, settings={}, trained=records[0], evaluated=records[1])


def evidence() -> Evidence:
    """A study in which the shallow network has the lowest validation error."""
    rows = [
        {**dict(zip(AXES, cell, strict=True)), "signals": "formula", "objective": "denoising", "blind": False,
         "n_signals": 2, "validation_mse": 0.1 * cell[0], "test_mse": 0.1, "status": "done"}
        for cell in CELLS
    ]  # fmt: skip
    nothing = pd.DataFrame()
    return Evidence(
        name="verdict-quick-0",
        settings={"preset": "quick", "base": DATA, "arms": []},
        design=Design(alphas=(ALPHA,), seeds=SEEDS),
        results=pd.DataFrame(rows),
        history=nothing,
        limits=nothing,
        baselines=nothing,
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """The new tables of the one place."""
    folder = tmp_path_factory.mktemp("learned")
    store = Store(folder / "data", folder / "artifacts")
    cells: Cells = {cell: finished(cell[0], cell[2], store) for cell in CELLS}
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in PROBED}
    for name, rows in found_at(evidence(), ("formula", ALPHA), cells, store):
        tables[name].append(rows)
    return {name: pd.concat(rows) for name, rows in tables.items()}


def test_all_learners_are_in_the_tables(found: dict[str, pd.DataFrame]) -> None:
    for name in ("scores", "tangents", "singular_values"):
        assert set(found[name]["denoiser"]) == set(LEARNERS)
        assert set(PROBED[name]) - set(found[name]) == {"signals", "alpha"}
    seeds = found["scores"].groupby("denoiser")["seed"].count()
    assert seeds.to_dict() == dict.fromkeys((BEST, REPAIRED_DEEP, *ORIGINALS), len(SEEDS)) | {
        LINEAR: 0,
        POSTERIOR: 0,
    }
    few = found["tangents"].groupby("denoiser").size()
    assert few[BEST] == MOST_SEEDS * MOST_SLOPES
    assert few[LINEAR] == few[POSTERIOR] == MOST_SLOPES
    assert set(found["filters"]["denoiser"]) == {BEST, *ORIGINALS, LINEAR}


def test_slopes_are_by_the_rescaled_signal(found: dict[str, pd.DataFrame]) -> None:
    values = found["singular_values"]
    first = values[values["order"] == 1].groupby("denoiser")["value"].mean()
    assert first[LINEAR] == pytest.approx(1, abs=0.02)
    assert first[POSTERIOR] == pytest.approx(1, abs=0.1)


def test_the_score_is_that_of_the_network_on_the_test_signals(found: dict[str, pd.DataFrame]) -> None:
    rows = found["scores"].set_index(["denoiser", "seed"])["share"]
    exact = exact_of(TEST, FAMILIES["formula"], ALPHA)
    changed = np.square(exact.mean - exact.rescaled).sum()
    for seed in SEEDS:
        missed = np.square(Network(network(SHALLOW, seed))(TEST.noisy) - exact.mean).sum()
        assert rows[BEST, seed] == pytest.approx(missed / changed, rel=1e-5)
    posterior = found["scores"].set_index("denoiser").loc[POSTERIOR]
    assert posterior["share"] == 0
    assert posterior["cosine"] == pytest.approx(1)
