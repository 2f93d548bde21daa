from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from denoising.signals.dataset import SignalSet, generate, generate_fresh, keyed_generator, split_pool
from denoising.signals.recording import recording
from denoising.signals.settings import DatasetSettings

SETTINGS = DatasetSettings(n_signals=50, n_test=20, signal_length=32)
ALPHAS = (0.0, 0.1, 0.3, 1.0)

SIGNALS = ("signal_id", "frequencies", "clean", "noisy")


def equal(a: SignalSet, b: SignalSet) -> bool:
    same = (np.array_equal(getattr(a, name), getattr(b, name)) for name in SIGNALS)
    return all(same)


def equal_but_for_nan(a: SignalSet, b: SignalSet) -> bool:
    return np.array_equal(a.clean, b.clean) and np.array_equal(a.noisy, b.noisy)


@given(
    n_signals=st.integers(2, 300),
    n_test=st.integers(1, 50),
    data_seed=st.integers(0, 2**63 - 1),
    alphas=st.lists(st.floats(0, 1), min_size=2, max_size=3),
)
def test_train_validation_and_test_share_no_signal_and_every_alpha_splits_alike(
    n_signals: int, n_test: int, data_seed: int, alphas: list[float]
) -> None:
    settings = DatasetSettings(n_signals=n_signals, n_test=n_test, signal_length=2, data_seed=data_seed)
    splits = []
    for alpha in alphas:
        parts = {
            **split_pool(generate(settings, alpha, "pool"), settings),
            "test": generate(settings, alpha, "test"),
        }
        splits.append({name: part.signal_id.tolist() for name, part in parts.items()})
        frequencies = np.concatenate([part.frequencies for part in parts.values()])
        assert len(np.unique(frequencies, axis=0)) == n_signals + n_test
    assert all(split == splits[0] for split in splits)
    ids = [set(part) for part in splits[0].values()]
    assert len(set.union(*ids)) == sum(map(len, splits[0].values())) == n_signals + n_test
    assert len(splits[0]["train"]) == min(max(round(0.7 * n_signals), 1), n_signals - 1)


def test_windows_of_the_recording_are_split_by_time_and_share_no_sample() -> None:
    settings = DatasetSettings(signals="ecg", n_signals=400, n_test=100, signal_length=64, data_seed=3)
    pool = generate(settings, 0.2, "pool")
    parts = {**split_pool(pool, settings), "test": generate(settings, 0.2, "test")}
    known = recording()
    samples = {name: set[int]() for name in parts}
    for name, part in parts.items():
        for clean in part.clean:
            (start,) = np.flatnonzero(
                (sliding_window_view(known, 64).astype(np.float32) == clean).all(axis=1)
            )[:1]
            samples[name] |= set(range(start, start + 64))
    assert not samples["train"] & samples["validation"]
    assert not samples["test"] & (samples["train"] | samples["validation"])
    assert (
        max(samples["train"]) < min(samples["validation"]) < max(samples["validation"]) < min(samples["test"])
    )
    assert min(samples["test"]) >= 0.8 * len(known)
    assert len(parts["train"]) == 280
    assert len(parts["validation"]) >= 115


def test_the_recording_is_at_the_scale_at_which_alpha_tells_its_ratio_to_the_noise() -> None:
    known = recording()
    learned = known[: round(0.8 * len(known))]
    assert learned.mean() == pytest.approx(0, abs=1e-9)
    assert np.square(learned).mean() == pytest.approx(1)


def test_more_windows_leave_the_first_ones_and_other_seeds_draw_others() -> None:
    some = DatasetSettings(signals="ecg", n_signals=20, n_test=5)
    more, other = (some.model_copy(update=changes) for changes in ({"n_signals": 50}, {"data_seed": 1}))
    first = generate(some, 0.5, "pool")
    assert equal_but_for_nan(first, generate(more, 0.5, "pool").take(np.arange(20)))
    assert not np.array_equal(first.clean, generate(other, 0.5, "pool").clean)


def test_a_window_longer_than_a_part_of_the_recording_is_refused() -> None:
    with pytest.raises(ValueError, match=r"signal_length 30000: the recording has 21600 samples"):
        generate(DatasetSettings(signals="ecg", signal_length=30_000, n_test=1), 0.1, "test")


def test_noisy_is_the_mix_of_the_same_clean_signals_with_unit_white_noise() -> None:
    settings = DatasetSettings(n_signals=400, signal_length=256)
    for alpha in (0.2, 0.7):
        signals = generate(settings, alpha, "pool")
        noise = (signals.noisy - (1 - alpha) * signals.clean) / alpha
        assert noise.mean() == pytest.approx(0, abs=0.01)
        assert noise.var() == pytest.approx(1, rel=0.02)
        neighbours = np.mean(noise[:, 1:] * noise[:, :-1])
        assert neighbours == pytest.approx(0, abs=0.01)
    assert np.array_equal(generate(settings, 0.2, "pool").clean, generate(settings, 0.7, "pool").clean)


def test_the_ends_of_alpha_are_the_clean_signal_and_noise_alone() -> None:
    clean_only = generate(SETTINGS, 0, "pool")
    assert np.array_equal(clean_only.noisy, clean_only.clean)
    noise_only = generate(SETTINGS, 1, "pool")
    assert abs(np.corrcoef(noise_only.noisy.ravel(), noise_only.clean.ravel())[0, 1]) < 0.1


def test_noise_differs_between_alphas_parts_seeds_and_copies() -> None:
    wide = SETTINGS.model_copy(update={"n_test": 50})
    noises = [
        (s.noisy.astype(float) - (1 - alpha) * s.clean) / alpha
        for s, alpha in [
            (generate(wide, 0.1, "pool"), 0.1),
            (generate(wide, 0.2, "pool"), 0.2),
            (generate(wide, 0.1, "test"), 0.1),
            (generate(wide, 0.1, "pool", copy=1), 0.1),
            (generate(wide.model_copy(update={"data_seed": 1}), 0.1, "pool"), 0.1),
        ]
    ]
    correlations = np.corrcoef([noise.ravel() for noise in noises])
    assert np.abs(correlations - np.eye(5)).max() < 0.1


def test_datasets_are_bit_identical_on_any_number_of_workers_and_in_any_order() -> None:
    alone = {alpha: generate(SETTINGS, alpha, "pool") for alpha in ALPHAS}
    with ThreadPoolExecutor(4) as pool:
        together = dict(
            zip(
                reversed(ALPHAS),
                pool.map(lambda a: generate(SETTINGS, a, "pool"), reversed(ALPHAS)),
                strict=True,
            )
        )
    assert all(equal(alone[alpha], together[alpha]) for alpha in ALPHAS)


def test_more_signals_extend_the_pool_and_leave_the_test_set_alone() -> None:
    more = SETTINGS.model_copy(update={"n_signals": 80})
    first = np.arange(50)
    assert equal(generate(SETTINGS, 0.3, "pool"), generate(more, 0.3, "pool").take(first))
    assert equal(generate(SETTINGS, 0.3, "test"), generate(more, 0.3, "test"))


def test_a_pool_of_one_cannot_be_split() -> None:
    one = generate(SETTINGS, 0.1, "pool").take(np.array([0]))
    with pytest.raises(ValueError, match=r"n_signals 1: .* at least 2"):
        split_pool(one, SETTINGS)


def test_global_random_state_is_neither_read_nor_changed() -> None:
    np.random.seed(0)  # noqa: NPY002
    before = generate(SETTINGS, 0.2, "pool")
    untouched = np.random.random()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    assert np.random.random() == untouched  # noqa: NPY002
    assert equal(before, generate(SETTINGS, 0.2, "pool"))


def test_keys_that_read_alike_are_told_apart() -> None:
    drawn = {keyed_generator(*key).random() for key in [("a", 1), ("a1",), ("a", "1"), ("a", 1.5), (1, "a")]}
    assert len(drawn) == 5


def test_fresh_signals_are_new_for_every_seed_and_epoch_and_follow_the_prior() -> None:
    sets = [
        generate(SETTINGS, 0.3, "pool"), generate(SETTINGS, 0.3, "test"),
        *(generate_fresh(SETTINGS, 0.3, 40, seed, epoch) for seed in (0, 1) for epoch in (0, 1, 2)),
    ]  # fmt: skip
    n = sum(map(len, sets))
    assert len(np.unique(np.concatenate([each.frequencies for each in sets]), axis=0)) == n
    assert len(np.unique(np.concatenate([each.noisy for each in sets]), axis=0)) == n
    for seed in (0, 1):
        epochs = [generate_fresh(SETTINGS, 0.3, 40, seed, epoch).signal_id for epoch in (0, 1, 2)]
        assert (
            len(np.unique(np.concatenate([sets[0].signal_id, sets[1].signal_id, *epochs]))) == 50 + 20 + 120
        )
    assert equal(sets[4], generate_fresh(SETTINGS, 0.3, 40, 0, 2))
    many = generate_fresh(SETTINGS, 0.7, 4000, 0, 0)
    assert many.frequencies.mean(axis=0) == pytest.approx([1.5, 1.5], abs=0.05)
    noise = (many.noisy - 0.3 * many.clean) / 0.7
    assert noise.var() == pytest.approx(1, rel=0.02)
    assert np.array_equal(many.clean, generate_fresh(SETTINGS, 0.1, 4000, 0, 0).clean)
