"""The settings of `export`, with their defaults, bounds and help texts."""

from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from denoising.models.model_file import SUFFIX
from flows.settings.model_settings import ModelSettings
from tasks.cache.folders import unwritable
from tasks.cache.places import name_here

ONNX = ".onnx"


class ExportSettings(ModelSettings):
    """Which denoiser is written into a file, and where that goes."""

    output: str = Field(
        description=f"File to write: {SUFFIX} for this project, or {ONNX} for other programs."
    )
    snr: float | None = Field(
        None,
        allow_inf_nan=False,
        description="Signal-to-noise ratio in dB; the denoiser of the nearest level is written. Without it, "
        "the one that was trained at many levels, or else that of the middle level.",
    )
    force: bool = Field(False, description="Replace the file that is there.")

    what: ClassVar[str] = "an export"
    fields: ClassVar[tuple[str, ...]] = (
        "output", "study", "model", "snr", "force", "data_dir", "artifacts_dir",
    )  # fmt: skip

    @field_validator("output")
    @classmethod
    def writable_file(cls, given: str) -> str:
        path = Path(name_here(given, "file"))
        if path.suffix not in (SUFFIX, ONNX):
            raise ValueError(f"its name tells the format; let it end in {SUFFIX} or {ONNX}")
        try:
            if path.is_dir():
                raise ValueError("it is a folder; give a file")
            if not path.parent.is_dir():
                raise ValueError(f"there is no folder {path.parent}; make it first")
        except OSError as error:
            raise ValueError(f"there can be no such file ({error.strerror}); give another") from error
        if why := unwritable(path.parent):
            raise ValueError(why)
        return str(path)

    @model_validator(mode="after")
    def not_in_the_way(self) -> Self:
        if Path(self.output).exists() and not self.force:
            raise ValueError(f"output {self.output}: it is there already; give another, or --force")
        return self
