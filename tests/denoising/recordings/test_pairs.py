"""Pairs of recordings: who belongs to whom, and by how much one comes late."""

import numpy as np
import pytest

from denoising.recordings.pairs import lag_of, paired, shifted, with_partner
from denoising.recordings.settings import RecordingError
from denoising.signals.recording import recording
from tests.denoising.recordings.made_up import LENGTH, RATE, channel_of, filtered, signal_of

N = 6000
KINDS = {"white": [1], "smooth": [1, -0.95], "swinging": [1, -1.8, 0.95]}


def drawn(kind: str, n: int, *key: int) -> np.ndarray:
    return filtered(KINDS[kind], np.random.default_rng(key).standard_normal(n))


def lag(samples: np.ndarray, partner: np.ndarray, rate: float = RATE) -> int:
    return lag_of(channel_of(samples), channel_of(partner), rate)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("late", [-50, -7, -1, 0, 1, 20, 300])
def test_a_planted_shift_is_told_exactly(kind: str, late: int) -> None:
    for seed in range(3):
        thing, noise = drawn(kind, N + 800, seed), np.random.default_rng([seed, 1]).standard_normal((2, N))
        samples, partner = thing[400 : 400 + N], thing[400 - late : 400 - late + N]
        assert lag(5 * samples + 100, -3 + 2 * partner) == late
        assert lag(samples, partner + 0.3 * noise[0]) == late
        assert lag(samples + 0.3 * noise[1], partner + 0.3 * noise[0]) == late


@pytest.mark.parametrize("n", [1800, 3600, 20_000])
@pytest.mark.parametrize("late", [-9, -1, 0, 1, 18])
def test_a_planted_shift_of_an_electrocardiogram_is_told_exactly(n: int, late: int) -> None:
    heart = recording()
    noise = np.random.default_rng(n).standard_normal(n)
    assert lag(heart[100 : 100 + n], heart[100 - late : 100 - late + n] + 0.3 * noise, 360) == late


@pytest.mark.parametrize("kind", KINDS)
def test_unrelated_recordings_get_no_shift(kind: str) -> None:
    assert [lag(drawn(kind, N, seed, 0), drawn(kind, N, seed, 1)) for seed in range(20)] == [0] * 20


@pytest.mark.parametrize("strength", [0.3, 1.0, 3.0])
def test_noise_alone_makes_no_shift(strength: float) -> None:
    for seed in range(10):
        thing, noise = drawn("smooth", N, seed), np.random.default_rng([seed, 2]).standard_normal((2, N))
        assert lag(thing + strength * noise[0], thing + strength * noise[1]) == 0


@pytest.mark.parametrize("period", [8, 31.4, 100, 250])
@pytest.mark.parametrize("strength", [0, 0.3])
def test_a_periodic_recording_is_not_shifted_by_its_period(period: float, strength: float) -> None:
    wave = np.sin(2 * np.pi * np.arange(N) / period)
    for seed in range(5):
        noise = np.random.default_rng(seed).standard_normal(N)
        assert lag(wave, wave + strength * noise) == 0


def test_gaps_and_flat_recordings_do_no_harm() -> None:
    thing = drawn("smooth", N, 0)
    partner = np.roll(thing, 5)
    partner[1000:1500] = np.nan
    assert lag(thing, partner) == 5
    assert lag(thing, np.ones(N)) == 0
    assert lag(np.zeros(N), np.zeros(N)) == 0


@pytest.mark.parametrize("late", [-50, 3, 50])
def test_a_shift_of_up_to_50_ms_is_corrected_and_noted(late: int) -> None:
    thing = drawn("white", N + 200, late + 60)
    clean = thing[100 : 100 + N]
    pair = with_partner(signal_of("a", clean), signal_of("b", thing[100 - late : 100 - late + N] + 5), LENGTH)
    assert pair.partner is not None
    there = slice(max(0, -late), N - max(0, late))
    assert pair.partner.read(there.start, there.stop) == pytest.approx(clean[there] + 5)
    gone = np.isnan(pair.partner.read(0, N))
    assert gone.sum() == abs(late)
    assert not gone[there].any()
    n_windows = N // LENGTH
    touched = np.unique(np.flatnonzero(gone) // LENGTH)
    assert np.array_equal(np.flatnonzero(~pair.grid.whole), touched[touched < n_windows])
    assert pair.notes[-1] == (
        f"its partner comes {abs(late):.1f} ms {'late' if late > 0 else 'early'}, which is corrected"
    )


def test_a_larger_shift_is_refused_and_told() -> None:
    thing = drawn("white", N + 200, 1)
    with pytest.raises(RecordingError, match=r"^b: 1 comes 0\.051 s late; shift it, .* 50 ms are corrected$"):
        with_partner(signal_of("a", thing[100 : 100 + N]), signal_of("b", thing[49 : 49 + N]), LENGTH)


def test_no_shift_leaves_no_note() -> None:
    thing = drawn("white", N, 1)
    assert with_partner(signal_of("a", thing), signal_of("b", 2 * thing), LENGTH).notes == ()


@pytest.mark.parametrize("late", [-40, 40])
@pytest.mark.parametrize(("start", "stop"), [(0, 10), (0, 100), (90, 100), (55, 65), (0, 0)])
def test_a_shifted_channel_can_be_read_anywhere(late: int, start: int, stop: int) -> None:
    samples = np.arange(100.0)
    expected = [n + late if 0 <= n + late < 100 else np.nan for n in range(start, stop)]
    found = shifted(channel_of(samples), late).read(start, stop)
    assert np.array_equal(found, np.array(expected, float), equal_nan=True)


def test_partners_are_found_by_their_names_without_extension() -> None:
    things = {name: drawn("white", 500, n) for n, name in enumerate("abc")}
    clean = [signal_of(f"s/{name}.wav", things[name]) for name in "abc"]
    noisy = [signal_of(f"s/{name}.edf", things[name] + 1) for name in "cab"]
    for pair in paired(clean, noisy, LENGTH):
        assert pair.partner is not None
        assert pair.partner.read(0, 500) == pytest.approx(pair.channel.read(0, 500) + 1)


def test_files_of_one_name_in_two_formats_go_together_by_their_extensions() -> None:
    names = ("a.csv", "a.npy", "b.csv")
    clean, noisy = (
        [signal_of(name, drawn("white", 500, n) + moved) for n, name in enumerate(names)] for moved in (0, 1)
    )
    for pair in paired(clean, noisy[::-1], LENGTH):
        assert pair.partner is not None
        assert pair.partner.read(0, 500) == pytest.approx(pair.channel.read(0, 500) + 1)
    with pytest.raises(RecordingError, match=r"^a\.csv and a\.npy have the same name but for the extension"):
        paired(clean, [*noisy[:2], signal_of("b.wav", noisy[2].channel.read(0, 500))], LENGTH)


@pytest.mark.parametrize("n", [500, 2**20 + 3])
def test_a_recording_is_no_partner_of_itself(n: int) -> None:
    thing = drawn("white", n, 0)
    thing[7] = np.nan
    with pytest.raises(RecordingError, match=r"^a: 1 and b: 1 hold the same samples; give two"):
        with_partner(signal_of("a", thing), signal_of("b", thing.copy()), LENGTH)
    other = thing.copy()
    other[-1] += 1
    assert with_partner(signal_of("a", thing), signal_of("b", other), LENGTH).notes == ()


def test_channels_go_together_by_name_or_else_by_place() -> None:
    one, two = drawn("white", 500, 0), drawn("white", 500, 1)
    clean = [signal_of("a.wav", one, "I"), signal_of("a.wav", two, "II")]
    for names, order in ((("II", "I"), (two, one)), (("left", "right"), (one, two))):
        noisy = [signal_of("b.wav", own + 1, name) for own, name in zip(order, names, strict=True)]
        first, second = paired(clean, noisy, LENGTH)
        assert first.partner is not None
        assert second.partner is not None
        assert np.array_equal(first.partner.read(0, 500), one + 1)
        assert np.array_equal(second.partner.read(0, 500), two + 1)


WHITE = drawn("white", 500, 0)


@pytest.mark.parametrize(
    ("clean", "noisy", "message"),
    [
        (["a.wav", "b.wav"], ["a.wav", "c.wav"], r"^b has no noisy partner of that name; add it"),
        (["a.wav", "b.wav"], ["a.wav", "b.wav", "c.wav"], r"^c has no clean partner of that name; add it"),
        (["a.wav"], ["a.wav", "a.wav"], r"^a\.wav has 1 channels and a\.wav 2; choose .* --picks$"),
    ],
)
def test_what_has_no_partner_is_named_in_one_line(clean: list[str], noisy: list[str], message: str) -> None:
    of, others = (
        [signal_of(file, WHITE, f"{kind}{n}") for n, file in enumerate(files)]
        for kind, files in (("I", clean), ("V", noisy))
    )
    with pytest.raises(RecordingError, match=message):
        paired(of, others, LENGTH)


def test_unequal_lengths_are_told() -> None:
    with pytest.raises(RecordingError, match=r"^a: 1 has 500 samples and b: 1 499; give both the same"):
        with_partner(signal_of("a", WHITE), signal_of("b", WHITE[:-1]), LENGTH)
