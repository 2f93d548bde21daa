"""The settings of the verdict, the controlled study. Its design is in `denoising.verdict.design`."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from denoising.study.cell import Cell
from denoising.study.level import Level, SinusoidLevel
from denoising.study.variants import FIELDS, cells_of, levels_of
from denoising.verdict.design import BASE, BLIND, DESIGNS, SHALLOW, Arm, Design, Size, arms, parted
from flows.graph import VERDICT
from flows.settings.study_settings import REFRESH, RUN_FIELDS, StudySettings
from flows.settings.sweep_settings import Settings
from tasks.cache.record import digest
from tasks.cache.stage import Stage

if TYPE_CHECKING:
    VerdictStage = str
else:
    VerdictStage = Literal[tuple(stage.name for stage in VERDICT)]


class VerdictSettings(StudySettings):
    """All settings of the controlled study."""

    preset: Size = Field(
        "default",
        description="Size of the study: 'quick' only shows that it works, 'default' decides the claims and "
        "takes about two hours on 2 cores, 'full' also trains what lies behind them.",
    )

    refresh: tuple[VerdictStage, ...] = Field((), description=REFRESH)

    stages: ClassVar[tuple[Stage, ...]] = VERDICT
    fields: ClassVar[tuple[str, ...]] = ("preset", *RUN_FIELDS)

    @property
    def design(self) -> Design:
        """The design of the study: what is compared with what."""
        return DESIGNS[self.preset]

    @property
    def base(self) -> dict[str, Any]:
        """The base settings by name; every arm changes some of them."""
        original = Settings.model_validate({"preset": "reproduction"})
        return {**{name: getattr(original, name) for name in FIELDS}, **self.design.base}

    @property
    def arms(self) -> list[Arm]:
        """The arms of the study, each a grid with its own changes of the base."""
        return list(arms(self.design, self.base))

    @property
    def cells(self) -> list[Cell]:
        """The networks of all arms. The seed of each is that of its signals too."""
        base = self.base
        return [
            cell
            for arm in arms(self.design, base)
            for seed in arm.seeds
            for values in [{**base, **arm.changes, "data_seed": seed}]
            for cell in cells_of(values, arm.depths, levels_of(values, arm.alphas), (seed,), arm.variant)
        ]

    @property
    def compared(self) -> list[Level]:
        """The datasets of the base, and those with other numbers of signals."""
        of_base = (cell for cell in self.cells if parted(cell.variant)[0].startswith(BASE))
        return list(dict.fromkeys(cell.level for cell in of_base))

    @property
    def transfers(self) -> dict[Cell, list[Level]]:
        """The shallow networks of the base and blind variants, at all noise levels of the design."""
        alphas = sorted({*self.design.alphas, *self.design.levels})
        return {
            cell: [SinusoidLevel(cell.level.dataset, alpha) for alpha in alphas]
            for cell in self.cells
            if isinstance(cell.level, SinusoidLevel)
            and cell.variant in (BASE, BLIND)
            and cell.depth == SHALLOW
        }

    @property
    def tags(self) -> set[str]:
        """The tags of flow runs: the preset."""
        return {self.preset}

    @property
    def science(self) -> dict[str, Any]:
        """The base and all arms, as JSON values."""
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
        """The name of the study's folder, which is the same for the same design."""
        return f"verdict-{self.preset}-{digest(self.science)[:8]}"
