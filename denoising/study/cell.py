"""A cell of the grid: one network to train."""

from dataclasses import dataclass

BASE = "base"


@dataclass(frozen=True)
class Cell:
    """One (depth, alpha, seed, variant); `variant` names a small change of model or training."""

    depth: int
    alpha: float
    seed: int
    variant: str = BASE

    @property
    def axes(self) -> dict[str, int | float | str]:
        """The coordinates by name, as the tables hold them."""
        return {"depth": self.depth, "alpha": self.alpha, "seed": self.seed, "variant": self.variant}

    @property
    def label(self) -> str:
        """Such as `depth=4,alpha=0.2,seed=0`; the variant is named where it is not the base."""
        label = f"depth={self.depth},alpha={self.alpha:g},seed={self.seed}"
        return label if self.variant == BASE else f"{label},variant={self.variant}"

    def __str__(self) -> str:
        return self.label.replace(",", " ")
