"""What the progress of a run is called in the terminal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What the progress of a run is called.

    Attributes:
        things: what ends one by one, in the plural.
        done: what became of one.
        part: what progress in one is counted in.
    """

    things: str
    done: str
    part: str


CELLS = Words("cells", "trained", "epoch")
FILES = Words("files", "denoised", "percent")
