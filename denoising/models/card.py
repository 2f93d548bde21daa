"""A model card: what a denoiser tells of itself, in the header of its file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

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
        return f"{self.label} of {self.level}"

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Return the inverse of `as_json`.

        Raises:
            TypeError: something is missing, or not known.
        """
        return cls(**told)
