"""The settings of commands that use trained denoisers: where these are."""

from pydantic import Field, field_validator

from flows.settings.study_settings import CommandSettings
from tasks.cache.places import name_here


class ModelSettings(CommandSettings):
    """Whose denoisers a command uses."""

    study: str = Field("latest", description="Study whose denoisers are used: its name, or 'latest'.")
    model: str = Field("", description="Model file to use in place of a study.")

    @field_validator("model")
    @classmethod
    def model_in_full(cls, given: str) -> str:
        return name_here(given, "file") if given else given
