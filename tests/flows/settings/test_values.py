"""How single values are taken: what is the same number is one, and no other is changed without a word."""

from typing import Any

import pytest
from pydantic import ValidationError

from flows.settings.recordings_settings import OwnSettings
from flows.settings.sweep_settings import Settings
from flows.settings.values import LONG_VALUE, in_a_line


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("0.10", 0.1), (".1", 0.1), ("1e-1", 0.1), ("+0.1", 0.1), (0.1 + 0.2, 0.3), (1 - 0.9, 0.1),
        ("-0.0", 0.0), ("0.123456", 0.123456), ("1e-9", 1e-9), (1, 1.0),
    ],
)  # fmt: skip
def test_a_level_that_is_the_same_number_is_the_same_level(given: Any, taken: float) -> None:
    assert [str(alpha) for alpha in Settings(alphas=[given]).alphas] == [str(taken)]
    assert [str(ratio) for ratio in OwnSettings(signals=["x"], snr=[given]).snr] == [str(taken)]


@pytest.mark.parametrize("given", ["0.1234567", 0.1234567, "0.99999999", 1 / 3, "1.0000001e-9"])
def test_no_digit_of_a_level_is_dropped(given: Any) -> None:
    for kind, values in ((Settings, {"alphas": [given]}), (OwnSettings, {"signals": ["x"], "snr": [given]})):
        with pytest.raises(ValidationError, match=r"folders and tables tell only 6 digits of it; give"):
            kind(**values)


def test_hum_of_one_frequency_has_one_name() -> None:
    for given in ("mains:50", "mains:50.0", "mains:050", "mains:٥٠"):
        assert OwnSettings(signals=["x"], noise=given).noise == ("mains:50",)
    for given in ("mains:50.000001", f"mains:{'9' * 400}"):
        with pytest.raises(ValidationError, match="give its frequency in Hz with at most 6 digits"):
            OwnSettings(signals=["x"], noise=given)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("a b", "a b"), ([1, "b"], "1 b"), ("a\nb\x1b\udcff\0", r"a\nb\x1b\udcff\x00"), ("ü🎉", "ü🎉"),
        ("x" * 999, "x" * LONG_VALUE + "..."), (10**5000, "(a number of too many digits)"),
    ],
    ids=["words", "list", "unprintable", "not ASCII", "long", "huge"],
)  # fmt: skip
def test_any_value_is_told_in_a_line(value: Any, told: str) -> None:
    assert in_a_line(value) == told
