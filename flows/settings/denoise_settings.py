"""The settings of `denoise`, with their defaults, bounds and help texts."""

from math import isfinite
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from denoising.models.overlapping import OVERLAP
from denoising.models.recorded_channels import Use
from denoising.recordings.settings import CuttingSettings
from flows.settings.model_settings import ModelSettings
from flows.settings.study_settings import CORES
from tasks.batch.plan import Request
from tasks.cache.places import full_name, name_here, place
from tasks.cache.store import Store

MANY = 50  # files from which on no page is made unless it is asked for
SUFFIX = "-denoised"  # of files that go beside their recordings

PICKS, RATE = (CuttingSettings.model_fields[name] for name in ("picks", "rate"))


class DenoiseSettings(ModelSettings):
    """Which recordings are denoised, with what, and where the results go."""

    files: tuple[str, ...] = Field(
        (), description="Recordings to denoise: files, folders or patterns such as 'new/*.wav'."
    )
    snr: float | Literal["auto"] = Field(
        "auto",
        description="Signal-to-noise ratio in dB; the denoiser of the nearest level is used. With 'auto', it "
        "is estimated for each channel.",
    )
    output_dir: str = Field(
        "", description="Folder for the denoised files. Without it, each goes beside its recording."
    )
    suffix: str | None = Field(
        None,
        pattern=r"^[^/]*$",
        description="What is put behind the name of each denoised file, before its extension. Without it, "
        f"nothing in a folder of their own, and '{SUFFIX}' beside their recordings.",
    )
    rate: float | None = Field(None, gt=0, allow_inf_nan=False, description=RATE.description)
    picks: tuple[str, ...] = Field(
        (), description="Names or numbers (from 1) of the channels to denoise; all if none is given."
    )
    resample: bool = Field(
        False, description="Bring recordings of another rate to that of the denoiser, and the results back."
    )
    overlap: float = Field(
        OVERLAP, ge=0, le=0.95, description="Share of a window that two neighbouring windows have in common."
    )
    report: bool | None = Field(
        None,
        description="Write a page that shows each file before and after. By default for fewer than "
        f"{MANY} files.",
    )
    force: bool = Field(False, description="Replace what is there in place of a denoised file.")
    workers: int = Field(CORES, ge=1, le=1024, description="How many files are denoised in parallel.")

    what: ClassVar[str] = "recordings"
    fields: ClassVar[tuple[str, ...]] = (
        "files", "study", "model", "snr", "output_dir", "suffix", "rate", "picks", "resample", "overlap",
        "report", "force", "workers", "data_dir", "artifacts_dir",
    )  # fmt: skip

    @field_validator("files", "picks", mode="before")
    @classmethod
    def several(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given

    @field_validator("snr", mode="before")
    @classmethod
    def number_or_auto(cls, given: Any) -> Any:
        try:
            if given == "auto" or isfinite(float(given)):
                return given
        except (TypeError, ValueError):
            pass
        raise ValueError("give a number of dB, or auto")

    @field_validator("files", "output_dir")
    @classmethod
    def in_full_names(cls, given: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if isinstance(given, str):
            return name_here(given, "folder") if given else given
        return tuple(full_name(path) for path in given)

    @model_validator(mode="after")
    def something_to_denoise(self) -> Self:
        if not self.files:
            raise ValueError(f"files: give some ({type(self).model_fields['files'].description})")
        return self

    @property
    def request(self) -> Request:
        """What is to be denoised."""
        usual = "" if self.output_dir else SUFFIX
        return Request(
            files=self.files,
            store=Store(place(self.data_dir), place(self.artifacts_dir)),
            study=self.study,
            model=self.model,
            use=Use(
                picks=self.picks,
                rate=self.rate,
                resample=self.resample,
                snr=None if self.snr == "auto" else float(self.snr),
                overlap=self.overlap,
            ),
            output_dir=self.output_dir,
            suffix=usual if self.suffix is None else self.suffix,
            force=self.force,
        )

    def wants_page(self, n_files: int) -> bool:
        """Whether a page is to show so many files before and after."""
        return n_files < MANY if self.report is None else self.report
