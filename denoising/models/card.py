"""A model card: what a denoiser tells of itself, in the header of its file."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any, Literal, Self

from denoising.signals.level_names import AS_RECORDED

LONGEST = 2**16  # samples of a window
FORMAT = 1  # of model files; a file of a higher one was written by a later version


@dataclass(frozen=True, kw_only=True)
class Card:
    """What has to be known of a denoiser to use it, as JSON values.

    A signal x is denoised as c + s * output_gain * f(input_gain * (x - c) / s), where f is the denoiser, c
    the median of x, and s its spread over `reference`; see `denoising.signals.scaling.robust`.

    Attributes:
        kind: whether it is a network or a classical denoiser.
        label: what it is called.
        design: of a network the arguments of `Autoencoder`, of a classical denoiser its numbers and names.
        denoiser: the class of a classical denoiser, as `module:Class`; empty of a network.
        window: samples that it takes at once.
        level: the noise level that it was trained at, such as `snr=10`.
        snr: the signal-to-noise ratio of its training signals in dB; None if it is not known.
        blind: whether it was trained at many noise levels, up to this one.
        objective: what a network was trained for; empty of a classical denoiser.
        signals: what it was trained on: `recordings`, or the family of sinusoids.
        rate: samples a second of its recordings; None of sinusoids.
        unit: that of its recordings; empty if it is not told.
        input_gain, output_gain, reference: see above.
        portrait: what its training signals look like; see `denoising.models.portrait`.
        data: the settings that made its training signals.
        study: the study that chose it; empty of a cell, which several studies may share.
    """

    kind: Literal["network", "classical"]
    label: str
    design: Mapping[str, Any]
    denoiser: str = ""
    window: int
    level: str
    snr: float | None
    blind: bool = False
    objective: str = ""
    signals: str
    rate: float | None
    unit: str
    input_gain: float = 1.0
    output_gain: float = 1.0
    reference: float = 1.0
    portrait: Mapping[str, Any]
    data: Mapping[str, Any] = field(default_factory=dict)
    study: str = ""

    @property
    def is_recorded(self) -> bool:
        """Whether it was trained on recordings."""
        return self.signals == "recordings"

    @property
    def words(self) -> str:
        """What it is and for which noise, for people."""
        return f"{self.label}, trained {self.trained_at}"

    @property
    def trained_at(self) -> str:
        """At which noise level it was trained, for people: such as `at 10 dB`, or `as recorded`."""
        snr = self.level.removeprefix("snr=")
        return f"at {snr} dB" if snr != self.level else {AS_RECORDED: "as recorded"}.get(snr, f"at {snr}")

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Return the inverse of `as_json`.

        Raises:
            TypeError: something is missing, or not known.
            ValueError: something cannot be what it says.
        """
        card = cls(**told)
        for name, fits in FITTING.items():
            if not fits(value := getattr(card, name)):
                raise ValueError(f"{name} {value!r}")
        return card


def is_number(value: object) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def is_positive(value: Any) -> bool:
    """Whether a value is a finite number above 0."""
    return is_number(value) and value > 0


def is_portrait(value: Any) -> bool:
    """Whether a value can be a portrait."""
    if not isinstance(value, dict) or not all(is_number(value.get(name)) for name in ("noise", "power")):
        return False
    given = [value.get(name) for name in ("low", "high", "scales")]
    lists = [one for one in given if isinstance(one, list | tuple)]
    if len(lists) < len(given) or not all(is_number(number) for one in lists for number in one):
        return False
    return len(lists[0]) == len(lists[1]) and len(lists[2]) == 2


# What the values of a card have to be.
FITTING: Mapping[str, Callable[[Any], bool]] = {
    "kind": lambda kind: kind in ("network", "classical"),
    "design": lambda design: isinstance(design, dict),
    "window": lambda window: isinstance(window, int) and 1 <= window <= LONGEST,
    "snr": lambda snr: snr is None or is_number(snr),
    "rate": lambda rate: rate is None or is_positive(rate),
    "input_gain": is_number,
    "output_gain": is_number,
    "reference": is_positive,
    "portrait": is_portrait,
    **dict.fromkeys(
        ("label", "denoiser", "level", "objective", "signals", "unit", "study"),
        lambda text: isinstance(text, str),
    ),
}
