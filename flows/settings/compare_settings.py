"""The settings of `compare`, with their defaults, bounds and help texts."""

from typing import ClassVar

from pydantic import Field, field_validator

from denoising.addresses import is_address
from flows.settings.study_settings import CommandSettings
from tasks.cache.places import full_name
from tasks.cache.store import is_name

MOST = 6  # studies, that figures can tell apart


class CompareSettings(CommandSettings):
    """Which studies are compared."""

    studies: tuple[str, ...] = Field(
        (),
        validate_default=True,
        description=f"Studies to compare, from 2 to {MOST}: their names, their folders, or 'latest'. The "
        "first is the one that the others are held against.",
    )

    what: ClassVar[str] = "a comparison"
    fields: ClassVar[tuple[str, ...]] = ("studies", "artifacts_dir")

    @field_validator("studies")
    @classmethod
    def names_or_full_names(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(study.strip() and is_name(study) for study in given):
            raise ValueError("give names or folders of studies")
        if not 2 <= len(given) <= MOST:
            raise ValueError(f"give from 2 to {MOST} studies")
        return tuple(full_name(each) if "/" in each or is_address(each) else each for each in given)
