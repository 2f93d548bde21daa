"""The base class of all groups of settings. Importing this module imports no torch."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

PERIOD = 4  # one in so many samples is hidden, where denoisers tell samples from their neighbours
Seed = Annotated[int, Field(ge=0, lt=2**63)]


class Group(BaseModel):
    """Settings that belong together. They are immutable, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)
