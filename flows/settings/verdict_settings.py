"""The verdict's settings: how large the controlled study is. Its design is in `denoising.verdict.design`."""

from typing import Any, ClassVar

from pydantic import Field

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from denoising.verdict.design import BASE, BLIND, DESIGNS, FORMULA, SHALLOW, Arm, Design, Size, arms
from flows.settings.grid import Grid
from flows.settings.study_settings import RUN_FIELDS, RUNNER, Runner, StudySettings
from flows.settings.sweep_settings import Settings
from tasks.cache.key import Stage, digest


class VerdictSettings(StudySettings):
    """The whole of the controlled study."""

    preset: Size = Field(
        "default",
        description="How large the study is: 'quick' shows it at work on next to nothing, 'default' takes "
        "an hour and a half on 2 cores, 'full' has twice the seeds and more.",
    )

    # Networks of 4 channels spend much of their time in the interpreter, whose lock threads would share.
    runner: Runner = Field("processes", description=RUNNER)

    last: ClassVar[Stage] = "verdict"
    fields: ClassVar[tuple[str, ...]] = ("preset", *RUN_FIELDS)

    @property
    def design(self) -> Design:
        """What is compared with what."""
        return DESIGNS[self.preset]

    @property
    def base(self) -> dict[str, Any]:
        """The settings from which every arm departs, by name."""
        original = Settings.model_validate({"preset": "reproduction"})
        groups = (original.dataset, original.network, original.training)
        return {**{n: v for group in groups for n, v in group.model_dump().items()}, **self.design.base}

    @property
    def arms(self) -> list[Arm]:
        """The parts of the study's grid."""
        return list(arms(self.design, self.base))

    @property
    def grids(self) -> list[Grid]:
        """A grid an arm."""
        return [grid_of(arm, self.base) for arm in self.arms]

    @property
    def compared(self) -> list[tuple[DatasetSettings, float]]:
        """The datasets of the base, on either family of signals, at every noise level that is looked at."""
        return list(
            dict.fromkeys(
                (grid.dataset, alpha)
                for grid in self.grids
                if grid.variant in (BASE, FORMULA)
                for alpha in grid.alphas
            )
        )

    @property
    def transfers(self) -> dict[Cell, tuple[float, ...]]:
        """The shallow networks of the base and the blind ones, at every noise level of the base."""
        levels = tuple(sorted({*self.design.alphas, *self.design.levels}))
        cells = [cell for grid in self.grids if grid.variant in (BASE, BLIND) for cell in grid.cells]
        return {cell: levels for cell in cells if cell.depth == SHALLOW and cell.seed in self.design.seeds}

    @property
    def tags(self) -> set[str]:
        """The preset."""
        return {self.preset}

    @property
    def science(self) -> dict[str, Any]:
        """Everything that any arm is made from, as JSON values."""
        return {
            "preset": self.preset,
            "base": self.base,
            "arms": [
                [arm.variant, list(arm.depths), list(arm.alphas), list(arm.seeds), dict(arm.changes)]
                for arm in self.arms
            ],
        }

    @property
    def study(self) -> str:
        """The name of the study's folder: the same design gives the same one."""
        return f"verdict-{self.preset}-{digest(self.science)[:8]}"


def grid_of(arm: Arm, base: dict[str, Any]) -> Grid:
    """An arm with all its settings."""
    values = {**base, **arm.changes}
    dataset, network, training = (
        kind(**{name: value for name, value in values.items() if name in kind.model_fields})
        for kind in (DatasetSettings, NetworkSettings, TrainingSettings)
    )
    return Grid(dataset, network, training, arm.depths, arm.alphas, arm.seeds, arm.variant)  # type: ignore[arg-type]
