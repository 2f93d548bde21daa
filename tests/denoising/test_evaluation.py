import numpy as np
import pytest
import torch

from denoising.dataset import generate, split_pool
from denoising.evaluation import evaluate, rows_at_percentiles
from denoising.model import Autoencoder
from denoising.settings import DatasetSettings
from denoising.training import copy_weights

DATASET = DatasetSettings(n_signals=40, n_test=21, signal_length=32)


def make_network(seed: int) -> Autoencoder:
    generator = torch.Generator().manual_seed(seed)
    return Autoencoder(depth=2, channels=4, kernel_size=3, signal_length=32, generator=generator)


def errors(network: Autoencoder, noisy: np.ndarray, clean: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return network(torch.from_numpy(noisy)).numpy().astype(float) - clean


def test_numbers_and_examples_are_those_of_the_right_weights_and_signals() -> None:
    last, best = make_network(1), make_network(2)
    validation = split_pool(generate(DATASET, 0.3, "pool"), 0)["validation"]
    test = generate(DATASET, 0.3, "test")
    result = evaluate(make_network(3), copy_weights(last), copy_weights(best), validation, test)

    error = errors(last, test.noisy, test.clean)
    per_signal = (error**2).mean(axis=1)
    energy = np.sum(test.clean.astype(float) ** 2)
    noise_energy = np.sum((test.noisy.astype(float) - test.clean) ** 2)
    expected = {
        "test_mse": np.mean(error**2),
        "validation_mse": np.mean(errors(last, validation.noisy, validation.clean) ** 2),
        "best_test_mse": np.mean(errors(best, test.noisy, test.clean) ** 2),
        "noisy_mse": noise_energy / test.clean.size,
        "input_snr_db": 10 * np.log10(energy / noise_energy),
        "output_snr_db": 10 * np.log10(energy / np.sum(error**2)),
        "snr_improvement_db": 10 * np.log10(noise_energy / np.sum(error**2)),
        "test_mse_p10": np.percentile(per_signal, 10),
        "test_mse_median": np.median(per_signal),
        "test_mse_p90": np.percentile(per_signal, 90),
    }
    assert result.metrics == pytest.approx(expected, rel=1e-5)
    assert result.per_signal["mse"].to_numpy() == pytest.approx(per_signal, rel=1e-5)

    # Of 21 signals the 10th, 50th and 90th percentiles are the 3rd, 11th and 19th in order of error.
    own = result.examples[result.examples["rule"] == "denoised"]
    ordered = test.signal_id[np.argsort(per_signal)]
    assert own["signal_id"].tolist() == ordered[[2, 10, 18]].tolist()
    assert own["percentile"].tolist() == [10, 50, 90]
    for row in own.itertuples():
        index = int(np.flatnonzero(test.signal_id == row.signal_id)[0])
        assert np.array_equal(row.clean, test.clean[index])
        assert np.array_equal(row.noisy, test.noisy[index])
        assert row.denoised - row.clean == pytest.approx(error[index], abs=1e-5)


def test_examples_by_noise_are_the_same_for_every_network() -> None:
    validation = split_pool(generate(DATASET, 0.3, "pool"), 0)["validation"]
    test = generate(DATASET, 0.3, "test")
    weights = [copy_weights(make_network(seed)) for seed in (1, 2)]
    chosen = [
        frame[frame["rule"] == "noisy"]["signal_id"].tolist()
        for frame in (evaluate(make_network(0), w, w, validation, test).examples for w in weights)
    ]
    noise_energy = ((test.noisy.astype(float) - test.clean) ** 2).sum(axis=1)
    assert chosen[0] == chosen[1] == test.signal_id[np.argsort(noise_energy)][[2, 10, 18]].tolist()


def test_a_single_signal_is_at_every_percentile() -> None:
    assert rows_at_percentiles(np.array([0.5])) == [0, 0, 0]


def test_a_noise_free_input_has_no_snr() -> None:
    settings = DATASET.model_copy(update={"n_test": 3})
    clean = generate(settings, 0, "test")
    weights = copy_weights(make_network(1))
    metrics = evaluate(make_network(1), weights, weights, clean, clean).metrics
    assert metrics["input_snr_db"] is None
    assert metrics["snr_improvement_db"] is None
    assert metrics["noisy_mse"] == 0
    assert metrics["output_snr_db"] is not None
