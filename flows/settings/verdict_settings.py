"""The verdict's settings: how large the controlled study is. Its design is in `denoising.verdict.design`."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from denoising.study.cell import Cell
from denoising.study.variants import FIELDS, cells_of
from denoising.verdict.design import BASE, BLIND, DESIGNS, FORMULA, SHALLOW, Arm, Design, Size, arms
from flows.graph import VERDICT, Level
from flows.settings.study_settings import REFRESH, RUN_FIELDS, RUNNER, Runner, StudySettings
from flows.settings.sweep_settings import Settings
from tasks.cache.key import digest
from tasks.cache.stage import Stage

if TYPE_CHECKING:
    VerdictStage = str
else:
    VerdictStage = Literal[tuple(stage.name for stage in VERDICT)]


class VerdictSettings(StudySettings):
    """The whole of the controlled study."""

    preset: Size = Field(
        "default",
        description="How large the study is: 'quick' shows it at work on next to nothing, 'default' takes "
        "an hour and a half on 2 cores, 'full' has twice the seeds and more.",
    )

    # Networks of 4 channels spend much of their time in the interpreter, whose lock threads would share.
    runner: Runner = Field("processes", description=RUNNER)
    refresh: tuple[VerdictStage, ...] = Field((), description=REFRESH)

    stages: ClassVar[tuple[Stage, ...]] = VERDICT
    fields: ClassVar[tuple[str, ...]] = ("preset", *RUN_FIELDS)

    @property
    def design(self) -> Design:
        """What is compared with what."""
        return DESIGNS[self.preset]

    @property
    def base(self) -> dict[str, Any]:
        """The settings from which every arm departs, by name."""
        original = Settings.model_validate({"preset": "reproduction"})
        return {**{name: getattr(original, name) for name in FIELDS}, **self.design.base}

    @property
    def arms(self) -> list[Arm]:
        """The parts of the study's grid."""
        return list(arms(self.design, self.base))

    @property
    def cells(self) -> list[Cell]:
        """The networks to train: those of every arm."""
        return [
            cell
            for arm in self.arms
            for cell in cells_of({**self.base, **arm.changes}, arm.depths, arm.alphas, arm.seeds, arm.variant)
        ]

    @property
    def compared(self) -> list[Level]:
        """The datasets of the base, on either family of signals, at every noise level that is looked at."""
        return list(dict.fromkeys((c.dataset, c.alpha) for c in self.cells if c.variant in (BASE, FORMULA)))

    @property
    def transfers(self) -> dict[Cell, tuple[float, ...]]:
        """The shallow networks of the base and the blind ones, at every noise level of the base."""
        levels = tuple(sorted({*self.design.alphas, *self.design.levels}))
        return {
            cell: levels
            for cell in self.cells
            if cell.variant in (BASE, BLIND) and cell.depth == SHALLOW and cell.seed in self.design.seeds
        }

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
