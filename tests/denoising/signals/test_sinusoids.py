from math import cos, pi, sin

import numpy as np
import pytest

from denoising.signals.sinusoids import FAMILIES

FORMULAS = {
    "formula": lambda f1, f2, x: sin(f1 * x) + cos(2 * f2 * x),
    "pictures": lambda f1, f2, x: sin(f1 * x) + cos(f2 * x),
}
BOUNDS = {"formula": (0.5, 2.5, 4 * pi), "pictures": (2 * pi, 6 * pi, 2 * pi)}


@pytest.mark.parametrize("name", FAMILIES)
def test_clean_signals_are_the_formula_sample_by_sample(name: str) -> None:
    low, high, end = BOUNDS[name]
    frequencies = FAMILIES[name].draw_frequencies(np.random.default_rng(1), 3)
    clean = FAMILIES[name].clean(frequencies, 10)
    for (f1, f2), signal in zip(frequencies, clean, strict=True):
        expected = [FORMULAS[name](f1, f2, end * i / 10) for i in range(10)]
        assert signal == pytest.approx(expected, abs=1e-12)
    assert low <= frequencies.min()
    assert frequencies.max() < high


@pytest.mark.parametrize("name", FAMILIES)
def test_frequencies_are_uniform_and_independent(name: str) -> None:
    low, high, _ = BOUNDS[name]
    frequencies = FAMILIES[name].draw_frequencies(np.random.default_rng(2), 40_000)
    assert frequencies.mean(axis=0) == pytest.approx([(low + high) / 2] * 2, rel=0.01)
    assert frequencies.var(axis=0) == pytest.approx([(high - low) ** 2 / 12] * 2, rel=0.03)
    assert abs(np.corrcoef(frequencies.T)[0, 1]) < 0.02


def test_more_signals_leave_the_first_ones_as_they_were() -> None:
    family = FAMILIES["formula"]
    few, many = (family.draw_frequencies(np.random.default_rng(3), n) for n in (5, 50))
    assert np.array_equal(few, many[:5])


def test_the_grid_leaves_its_endpoint_out() -> None:
    assert FAMILIES["pictures"].positions(4).tolist() == pytest.approx([0, pi / 2, pi, 3 * pi / 2])


@pytest.mark.parametrize("length", [1, 2, 31, 256, 1000])
@pytest.mark.parametrize("name", FAMILIES)
def test_parts_and_slopes_are_those_of_sines_sample_by_sample(name: str, length: int) -> None:
    family = FAMILIES[name]
    x, c = family.positions(length), family.cosine_factor
    frequencies = family.draw_frequencies(np.random.default_rng(4), 5)
    f1, f2 = frequencies[:, :1], frequencies[:, 1:]
    assert family.sine(f1[:, 0], length) == pytest.approx(np.sin(f1 * x), abs=1e-12)
    assert family.cosine(f2[:, 0], length) == pytest.approx(np.cos(c * f2 * x), abs=1e-12)
    clean, slope1, slope2 = family.tangent(frequencies, length)
    assert clean == pytest.approx(family.clean(frequencies, length), abs=1e-12)
    assert slope1 == pytest.approx(x * np.cos(f1 * x), abs=1e-11)
    assert slope2 == pytest.approx(-c * x * np.sin(c * f2 * x), abs=1e-11)
