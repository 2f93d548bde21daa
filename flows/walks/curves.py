"""Draws the validation error of trainings over their epochs as SVG, from what is seen while they go on.

It is drawn every few seconds while the machine trains, so no plotting library is used: matplotlib takes about
a hundred times as long.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, isfinite, log10

from tasks.run.progress import Progress

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 28, 44, 44  # margins around the axes
MOST_POINTS = 100  # of a curve, as drawn; twice as many are kept
MOST_CURVES = 60
INK, SOFT, LINES = "#1f2328", "#59616c", "#e6e9ed"
HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
    f'height="{HEIGHT}" font-family="sans-serif" font-size="12" fill="{SOFT}">'
    f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
)


@dataclass
class Curve:
    """The validation error of a training after each epoch at which it was seen.

    Attributes:
        depth: the depth of its network.
        epochs: how many epochs it has in all.
        seen: the error by the number of epochs that were done.
    """

    depth: int
    epochs: int = 0
    seen: dict[int, float] = field(default_factory=dict)

    def see(self, progress: Progress) -> bool:
        """Take in where the training is, and return whether that is news.

        One that was begun again goes on from an earlier epoch.
        """
        error = progress.validation_mse
        if error is None or not (isfinite(error) and error > 0) or progress.epoch in self.seen:
            return False
        self.epochs = progress.epochs
        self.seen = {epoch: mse for epoch, mse in self.seen.items() if epoch < progress.epoch}
        self.seen[progress.epoch] = error
        if len(self.seen) > 2 * MOST_POINTS:
            self.seen = dict([*self.seen.items()][::-2][::-1])
        return True


class Curves:
    """The curves of the trainings of a run, of which the latest are drawn."""

    def __init__(self, depths: Mapping[str, int]) -> None:
        """Begin with no curves.

        Args:
            depths: the depth of each training's network, by its label.
        """
        self.depths = depths
        self.by_label: dict[str, Curve] = {}
        self.running: set[str] = set()

    def see(self, running: Iterable[Progress]) -> bool:
        """Take in the trainings that run, and return whether there is news of any."""
        news = False
        self.running = set()
        for progress in running:
            if progress.label not in self.depths:
                continue
            self.running.add(progress.label)
            curve = self.by_label.pop(progress.label, None) or Curve(self.depths[progress.label])
            news = curve.see(progress) or news
            if curve.seen:
                self.by_label[progress.label] = curve  # as the latest
        return news

    def drawn(self) -> str:
        """Return the chart as SVG. There has to be a curve."""
        from denoising.figures.style import depth_styles

        colors = {depth: s.color for depth, s in depth_styles(sorted({*self.depths.values()})).items()}
        latest = dict([*self.by_label.items()][-MOST_CURVES:])
        axes = Axes.around(latest.values())
        lines = (
            axes.line(curve, colors[curve.depth], ends_here=label in self.running)
            for label, curve in latest.items()
        )
        return "".join([HEAD, *axes.frame(), *legend(colors), *lines, "</svg>"])


@dataclass(frozen=True)
class Axes:
    """The epochs from 0 to `epochs` and, on a log scale, the errors from `low` to `high`."""

    epochs: int
    low: float
    high: float

    @classmethod
    def around(cls, curves: Iterable[Curve]) -> "Axes":
        """Return axes that hold all points of curves."""
        curves = list(curves)
        errors = [error for curve in curves for error in curve.seen.values()]
        return cls(max(curve.epochs for curve in curves), min(errors) / 1.1, max(errors) * 1.1)

    def x(self, epoch: float) -> float:
        """Return where an epoch is, in pixels from the left."""
        return LEFT + epoch / self.epochs * (WIDTH - LEFT - RIGHT)

    def y(self, error: float) -> float:
        """Return where an error is, in pixels from the top."""
        share = log10(error / self.low) / log10(self.high / self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def frame(self) -> Iterable[str]:
        """Yield the grid with its numbers, and what the axes are."""
        for error in ticks_of_errors(self.low, self.high):
            y = self.y(error)
            yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{LINES}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{error:g}</text>'
        for epoch in ticks_of_epochs(self.epochs):
            x = self.x(epoch)
            yield f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{LINES}"/>'
            yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{epoch}</text>'
        yield f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">epochs done</text>'
        yield f'<text x="8" y="20" fill="{INK}">validation MSE</text>'

    def line(self, curve: Curve, color: str, *, ends_here: bool) -> str:
        """Return the line of a curve, with a dot at its end if its training is there now."""
        every = ceil(len(curve.seen) / MOST_POINTS)
        points = [*curve.seen.items()][::-every][::-1]
        path = " ".join(f"{self.x(epoch):.1f},{self.y(error):.1f}" for epoch, error in points)
        end = path.rpartition(" ")[2].split(",")
        dot = f'<circle cx="{end[0]}" cy="{end[1]}" r="4" fill="{color}"/>' if ends_here else ""
        return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.6"/>{dot}'


def legend(colors: Mapping[int, str]) -> Iterable[str]:
    """Yield which colour is which depth, from the right edge on."""
    at = WIDTH - RIGHT - 36 * len(colors)
    yield f'<text x="{at - 8}" y="20" text-anchor="end">depth</text>'
    for depth, color in colors.items():
        yield f'<path d="M{at} 16h14" stroke="{color}" stroke-width="3"/>'
        yield f'<text x="{at + 17}" y="20">{depth}</text>'
        at += 36


def ticks_of_errors(low: float, high: float) -> Sequence[float]:
    """Return numbers of one or two digits from low to high; as few as possible, but three if there are."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    ticks: list[float] = []
    for digits in ([1], [1, 2, 5], range(1, 10), [tenths / 10 for tenths in range(10, 100)]):
        ticks = [tick for power in powers for d in digits if low <= (tick := d * 10.0**power) <= high]
        if len(ticks) >= 3:
            break
    return ticks


def ticks_of_epochs(epochs: int) -> Sequence[int]:
    """Return round numbers of epochs from 0 on, eleven at most."""
    step = next(
        step for power in range(10) for digit in (1, 2, 5) if epochs / (step := digit * 10**power) <= 10
    )
    return range(0, epochs + 1, step)
