import numpy as np
import pytest

from denoising.measure.convergence import fall_at_end

EPOCHS = np.arange(50)


def noisy(errors: np.ndarray, share: float, seed: int) -> np.ndarray:
    return errors * (1 + share * np.random.default_rng(seed).standard_normal(len(errors)))


def test_an_error_that_still_falls_has_not_converged_and_the_fall_is_told() -> None:
    assert fall_at_end(0.98**EPOCHS) == pytest.approx(1 - 0.98**10)
    assert fall_at_end(0.9 - 0.002 * EPOCHS) > 0.02, "also on a plateau that it is about to leave"
    assert all(fall_at_end(noisy(0.98**EPOCHS, 0.05, seed)) > 0 for seed in range(10))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1])
def test_an_error_that_stays_as_it_is_has_converged_but_for_chance(share: float) -> None:
    flat = np.full(50, 0.1)
    found = [fall_at_end(noisy(flat, share, seed)) for seed in range(200)]
    assert np.mean(np.array(found) > 0) < 0.05


@pytest.mark.parametrize(
    "errors",
    [
        0.02 + 0.5**EPOCHS,
        0.9999**EPOCHS,
        0.1 + 0.001 * EPOCHS,
        0.1 + 0.01 * np.abs(EPOCHS - 25.0),
        np.where(EPOCHS < 20, 0.1, 0.3 - 0.002 * EPOCHS),
        np.zeros(50),
    ],
    ids=["levelled off", "by less than 1%", "rising", "overfitted", "falling but above its best", "no error"],
)
def test_what_has_not_fallen_to_its_lowest_by_the_end_has_converged(errors: np.ndarray) -> None:
    assert fall_at_end(errors) == 0


def test_few_epochs_are_judged_one_by_one_and_one_epoch_tells_nothing() -> None:
    assert fall_at_end(np.array([1.0])) == 0
    assert fall_at_end(np.array([1.0, 0.8])) == pytest.approx(0.2)
    assert fall_at_end(np.array([0.8, 1.0])) == 0
