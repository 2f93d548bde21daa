"""The page's JavaScript computes what PyTorch, SciPy and our own denoisers compute."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page
from scipy.signal import savgol_filter

from denoising.denoisers.network import Network
from denoising.figures.wording import number
from denoising.networks.autoencoder import denoise
from denoising.networks.objective import gains
from denoising.networks.settings import Objective
from denoising.report import playground as package
from denoising.report.playground.in_page import Playable, in_page
from denoising.signals.scaling import rescaled_noise_std
from denoising.signals.sinusoids import FAMILIES
from denoising.theory.posterior import posterior
from denoising.theory.prior import prior_of, shrinkage
from tests.denoising.figures.studies import make_study
from tests.denoising.report.plays import card, design, halved, network, played, tensors, with_waves

pytestmark = pytest.mark.system

NETWORKS: dict[str, dict[str, Any]] = {
    "shallow": {"depth": 1},
    "deep": {"depth": 8},
    "odd lengths": {"depth": 5, "length": 255},
    "skips": {"depth": 4, "skips": True},
    "batch normalisation": {"depth": 3, "normalisation": "batch"},
    "both": {"depth": 4, "normalisation": "batch", "skips": True},
    "no ReLU": {"depth": 3, "activation": "none"},
    "dense bottleneck": {"depth": 3, "latent_size": 5},
    "dense and all else": {
        "depth": 4, "latent_size": 7, "normalisation": "batch", "skips": True, "length": 131,
    },
    "growing channels": {"depth": 4, "growth": 2, "max_channels": 12},
    "no stride": {"depth": 3, "stride": 1, "kernel_size": 7},
    "stride of three": {"depth": 3, "stride": 3, "kernel_size": 5, "length": 200},
}  # fmt: skip


@pytest.fixture(scope="module")
def scripted(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    for name in ("networks", "denoisers", "signals", "views"):
        page.add_script_tag(path=Path(package.__path__[0]) / f"{name}.js")
    yield page
    page.context.close()


def noisy_signals(length: int, n: int = 3) -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(size=(n, length)).astype(np.float32)


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_network_gives_what_pytorch_gives(scripted: Page, kind: str) -> None:
    own = design(**NETWORKS[kind])
    made = network(**own)
    noisy = noisy_signals(own["signal_length"])
    trained = Playable(
        "base", own["depth"], 0.0, 1, card(own, input_gain=0.5, output_gain=3.0), tensors(made)
    )
    found = scripted.evaluate(
        "([own, signals]) => signals.map((signal) => [...networks.network(own)(signal).denoised])",
        [in_page(trained, "it"), noisy.tolist()],
    )
    expected = 3.0 * denoise(made, 0.5 * torch.from_numpy(noisy)).numpy()
    assert np.abs(np.array(found) - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("objective", get_args(Objective))
def test_the_output_has_the_size_of_the_clean_signal_whatever_a_network_was_trained_for(
    scripted: Page, objective: Objective
) -> None:
    alpha, own = 0.3, design()
    of_input, of_output = gains(objective, alpha)
    made, noisy = network(**own), noisy_signals(256)
    mixed = card(own, input_gain=of_input, output_gain=of_output * (1 - alpha))  # as `described` makes it
    found = scripted.evaluate(
        "([own, signals]) => signals.map((signal) => [...networks.network(own)(signal).denoised])",
        [in_page(Playable("base", 2, alpha, 1, mixed, tensors(made)), "it"), noisy.tolist()],
    )
    expected = Network(made, of_input, of_output)(noisy)
    assert np.abs(np.array(found) - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("value", [0, 1, 0.5, 12.3456, 999.4, 1234.5, 0.0123, 1e-4, 9.63e-5, 1.5e-12])
def test_numbers_are_written_as_in_the_tables(scripted: Page, value: float) -> None:
    assert scripted.evaluate("views.short", value) == number(value)


def test_the_numbers_in_the_bottleneck_are_those_of_the_encoder(scripted: Page) -> None:
    for changes in ({"depth": 3}, {"depth": 3, "latent_size": 5}):
        own, made = design(**changes), network(**design(**changes))
        noisy = noisy_signals(own["signal_length"], 1)
        hidden = torch.from_numpy(noisy).unsqueeze(1)
        for layer in made.encoder:
            hidden = torch.relu(layer(hidden))
        if made.code:
            hidden = made.code[0](hidden)
        trained = Playable("base", 3, 0.0, 1, card(own), tensors(made))
        found = scripted.evaluate(
            "([own, signal]) => [...networks.network(own)(signal).latent]",
            [in_page(trained, "it"), noisy[0].tolist()],
        )
        assert np.allclose(found, hidden.detach().numpy().ravel(), atol=1e-5)


def test_early_weights_are_those_of_half_precision(scripted: Page) -> None:
    small = halved(tensors(network(1, **design())))
    small["encoder.0.bias"][:] = [6e-8, -3e-6, 65504, 0]  # subnormal, small, the largest and none
    trained = Playable("base", 2, 0.0, 2, card(design()), tensors(network(**design())), {0: small})
    own = in_page(trained, "it")
    found = scripted.evaluate("(text) => [...networks.unpackHalves(text)]", own["milestones"][0]["numbers"])
    weight, bias = small["encoder.0.weight"].ravel(), small["encoder.0.bias"]
    assert found[: weight.size] == weight.astype(float).tolist()
    assert found[weight.size : weight.size + 4] == bias.astype(float).tolist()
    assert len(found) == sum(tensor.size for tensor in small.values())


@pytest.mark.parametrize("alpha", [0.02, 0.1, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_exact_answer_and_the_best_linear_filter_are_ours(
    scripted: Page, family: str, alpha: float
) -> None:
    own, length = FAMILIES[family], 256
    generator = np.random.default_rng(3)
    x = own.positions(length)
    f1, f2 = generator.uniform(own.low, own.high, (2, 4, 1))
    s = rescaled_noise_std(alpha)
    clean = np.sin(f1 * x) + np.cos(own.cosine_factor * f2 * x)
    rescaled = clean + s * generator.normal(size=clean.shape)
    study = with_waves(make_study(depths=(2,), alphas=(0.1,), signals=family))
    found = scripted.evaluate(
        """([data, signals, s]) => {
             const exact = denoisers.posterior(data.family, data.length);
             const linear = denoisers.linear({
               mean: networks.unpack(data.linear.mean),
               directions: networks.unpack(data.linear.directions),
               variances: Array.from(networks.unpack(data.linear.variances)),
             });
             return signals.map((signal) => [[...exact(signal, s)], [...linear(signal, s)]]);
           }""",
        [played(study).data, rescaled.tolist(), s],
    )
    exact, linear = np.array(found).transpose(1, 0, 2)
    ours = posterior(own, rescaled, s).mean
    assert np.abs(exact - ours).max() < 1e-4 * max(1, s)
    prior = prior_of(own, length)
    along = (rescaled - prior.mean) @ prior.directions.T
    kept = along * shrinkage(prior.variances, s)
    assert np.abs(linear - (prior.mean + kept @ prior.directions)).max() < 1e-4


@pytest.mark.parametrize(("window", "order"), [(1, 0), (5, 1), (9, 2), (31, 5), (255, 3)])
def test_the_savitzky_golay_filter_is_that_of_scipy(scripted: Page, window: int, order: int) -> None:
    noisy = noisy_signals(256, 1)[0].astype(float)
    found = scripted.evaluate(
        "([window, order, signal]) => [...denoisers.savitzkyGolay(window, order)(signal)]",
        [window, order, noisy.tolist()],
    )
    assert np.allclose(found, savgol_filter(noisy, window, order), atol=1e-6)


def test_noise_is_white_and_normal_and_the_same_for_the_same_seed(scripted: Page) -> None:
    one, again, other = (
        np.array(scripted.evaluate("(seed) => [...signals.noise(seed, 20000)]", seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.03
    assert (one.mean(), one.std(), (one**4).mean()) == pytest.approx((0, 1, 3), abs=0.15)


def test_signals_are_read_from_text_and_kept_in_addresses(scripted: Page) -> None:
    def read(text: str) -> list[Any]:
        found = scripted.evaluate("signals.column", text)
        return [found["values"], found["number"], found["leftOut"]]

    assert read("time,value\r\n0,1.5\r\n1,-2e-1\r\n\r\n2,3") == [[1.5, -0.2, 3], 2, 1]
    assert read("1\n2\n\n3\n") == [[1, 2, 3], 1, 0]
    assert read("1\r2\r3") == [[1, 2, 3], 1, 0]
    assert read("0;1,5\n1;2,25") == [[1.5, 2.25], 2, 0]
    assert read('"1","2.5"\n"2","3.5"') == [[2.5, 3.5], 2, 0]
    assert read("0,5\n1,\n2,7\n3,nan\n4,9") == [[5, 7, 9], 2, 2], "a gap is no number of another column"
    assert read("0 1 a\n1 2 b") == [[1, 2], 2, 0]
    assert read("no numbers here") == [[], 0, 1]
    assert read("") == [[], 0, 0]
    signal = np.random.default_rng(0).normal(size=256)
    kept = scripted.evaluate("(signal) => [...signals.unpack(signals.pack(signal), 256)]", signal.tolist())
    assert np.abs(np.array(kept) - signal).max() <= 0.00051
    broken = scripted.evaluate("(text) => [...signals.unpack(text, 4)]", "zzz000!!")
    assert broken == [8, -8, 0, 0]
    for constant in ([0.1] * 300, [0, 0], [1e300] * 9):
        assert scripted.evaluate("(signal) => signals.fitted(signal, 256)", constant) is None
    huge = scripted.evaluate("(signal) => [...signals.fitted(signal, 4)]", [1e300, -1e300])
    assert np.allclose(huge, [1, -1, 1, -1])
    fitted = scripted.evaluate(
        "([signal, n]) => [...signals.fitted(signal, n)]", [(100 + 7 * signal).tolist(), 512]
    )
    assert (np.mean(fitted), np.std(fitted)) == pytest.approx((0, 1))
    assert np.allclose(fitted[:256], fitted[256:])
    spectrum = scripted.evaluate("(signal) => [...signals.spectrum(signal)]", signal.tolist())
    assert np.allclose(spectrum, 10 * np.log10(np.abs(np.fft.rfft(signal)) ** 2 / 256 + 1e-6), atol=1e-6)
