import numpy as np
import pytest
import torch

from denoising.denoisers.network import Network
from denoising.measure.evaluation import evaluate, power_spectra, rows_at_percentiles
from denoising.networks.autoencoder import Autoencoder
from denoising.signals.dataset import generate, split_pool
from denoising.signals.settings import DatasetSettings

DATASET = DatasetSettings(n_signals=40, n_test=21, signal_length=32)


def make_network(seed: int) -> Autoencoder:
    generator = torch.Generator().manual_seed(seed)
    return Autoencoder(depth=2, channels=4, kernel_size=3, signal_length=32, generator=generator)


def errors(network: Autoencoder, noisy: np.ndarray, clean: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return network(torch.from_numpy(noisy)).numpy().astype(float) - clean


def test_numbers_and_examples_are_those_of_the_right_weights_and_signals() -> None:
    network = make_network(1)
    validation = split_pool(generate(DATASET, 0.3, "pool"), DATASET)["validation"]
    test = generate(DATASET, 0.3, "test")
    result = evaluate(Network(network).on, validation, test)

    error = errors(network, test.noisy, test.clean)
    per_signal = (error**2).mean(axis=1)
    energy = np.sum(test.clean.astype(float) ** 2)
    noise_energy = np.sum((test.noisy.astype(float) - test.clean) ** 2)
    expected = {
        "test_mse": np.mean(error**2),
        "validation_mse": np.mean(errors(network, validation.noisy, validation.clean) ** 2),
        "noisy_mse": noise_energy / test.clean.size,
        "input_snr_db": 10 * np.log10(energy / noise_energy),
        "output_snr_db": 10 * np.log10(energy / np.sum(error**2)),
        "snr_improvement_db": 10 * np.log10(noise_energy / np.sum(error**2)),
        "prd": 100 * np.sqrt(np.sum(error**2) / energy),
        "cosine_similarity": np.sum((error + test.clean) * test.clean)
        / np.sqrt(np.sum((error + test.clean) ** 2) * energy),
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


def test_spectra_add_up_to_the_errors_and_a_sinusoid_has_its_line() -> None:
    test = generate(DATASET, 0.3, "test")
    spectra = evaluate(lambda some: some.noisy / 0.7, test, test).spectra
    step = spectra["frequency"][1]
    noisy, clean = test.noisy.astype(float), test.clean.astype(float)
    squares = {
        "clean": clean,
        "noise": noisy - clean,
        "removed": noisy - noisy / 0.7,
        "error": noisy / 0.7 - clean,
    }
    for kind, signals in squares.items():
        assert spectra[kind].sum() * step == pytest.approx(np.square(signals).mean(), rel=1e-6)
    line = np.sin(2 * np.pi * 4 * np.arange(32) / 32)[None]
    spectra = power_spectra(line, 2 * line, line)
    assert spectra["clean"].to_numpy().argmax() == 4
    assert spectra["removed"].to_numpy().argmax() == 4
    assert spectra["error"].max() == 0


def test_examples_by_noise_are_the_same_for_every_denoiser() -> None:
    validation = split_pool(generate(DATASET, 0.3, "pool"), DATASET)["validation"]
    test = generate(DATASET, 0.3, "test")
    denoisers = (Network(make_network(1)).on, Network(make_network(2)).on, lambda some: some.noisy)
    chosen = [
        frame[frame["rule"] == "noisy"]["signal_id"].tolist()
        for frame in (evaluate(denoiser, validation, test).examples for denoiser in denoisers)
    ]
    noise_energy = ((test.noisy.astype(float) - test.clean) ** 2).sum(axis=1)
    assert (
        chosen[0] == chosen[1] == chosen[2] == test.signal_id[np.argsort(noise_energy)][[2, 10, 18]].tolist()
    )


def test_a_single_signal_is_at_every_percentile() -> None:
    assert rows_at_percentiles(np.array([0.5])) == [0, 0, 0]


def test_a_noise_free_input_has_no_snr() -> None:
    settings = DATASET.model_copy(update={"n_test": 3})
    clean = generate(settings, 0, "test")
    metrics = evaluate(Network(make_network(1)).on, clean, clean).metrics
    assert metrics["input_snr_db"] is None
    assert metrics["snr_improvement_db"] is None
    assert metrics["noisy_mse"] == 0
    assert metrics["output_snr_db"] is not None
