"""What the settings of every group have in common. Importing it imports no torch."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seed = Annotated[int, Field(ge=0, lt=2**63)]


class Group(BaseModel):
    """Settings that belong together; immutable, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
