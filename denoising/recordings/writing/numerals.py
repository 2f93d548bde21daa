"""How a column of a text file writes its numbers, and how it writes others alike."""

import re
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from denoising.recordings.channels import Channel
from denoising.recordings.writing.patching import BLOCK

ROUNDING = 1e-4  # of a channel's standard deviation, by which rounding may change a sample at most
FLAT = 1e-12  # of a channel's largest sample: a standard deviation below which it is flat
PARTS = re.compile(r"[+-]?(\d*)([.,]?)(\d*)(?:([eE])[+-]?\d+)?")


@dataclass
class Numerals:
    """What was seen of the numbers of a column.

    Attributes:
        n: how many there were.
        points, exponents: how many of them had a decimal mark, and an exponent.
        decimals, digits: the most that one had behind its mark, and in all but zeros ahead.
        letter: of exponents.
    """

    n: int = 0
    points: int = 0
    exponents: int = 0
    decimals: int = 0
    digits: int = 0
    letter: str = "e"

    def see(self, number: str) -> None:
        """Take note of a number; what is none does not count."""
        if number and (found := PARTS.fullmatch(number)):
            before, point, after, letter = found.groups()
            self.n += 1
            self.points += bool(point)
            self.exponents += bool(letter)
            self.decimals = max(self.decimals, len(after))
            self.digits = max(self.digits, len((before + after).lstrip("0")))
            self.letter = letter or self.letter

    def spec(self, channel: Channel) -> str:
        """Return how Python's `format` is to write the samples of a channel.

        Whole numbers stay whole. Others have no fewer decimals than before, and enough of them.
        """
        if self.n and not self.points and not self.exponents:
            return "z.0f"
        spread, largest = size_of(channel)
        size = spread if spread > FLAT * largest else largest
        needed = ceil(-log10(2 * ROUNDING * size)) if size else 0
        if not self.exponents:
            return f"z.{max(self.decimals, needed)}f"
        digits = max(self.digits, needed + floor(log10(largest)) + 1 if largest else 1)
        if self.exponents == self.n:
            return f"z.{digits - 1}{self.letter}"
        return f"z.{digits}{'g' if self.letter == 'e' else 'G'}"


def size_of(channel: Channel) -> tuple[float, float]:
    """Return the standard deviation and the largest magnitude of a channel's samples; 0 if there are none."""
    n, mean, squares, largest = 0, 0.0, 0.0, 0.0
    for start in range(0, channel.n_samples, BLOCK):
        samples = channel.read(start, min(start + BLOCK, channel.n_samples))
        samples = samples[np.isfinite(samples)]
        if len(samples):
            own = float(samples.mean())
            away, share = own - mean, len(samples) / (n + len(samples))
            squares += float(np.square(samples - own).sum()) + away**2 * share * n
            mean, n = mean + away * share, n + len(samples)
            largest = max(largest, float(np.abs(samples).max()))
    return (squares / n) ** 0.5 if n else 0.0, largest
