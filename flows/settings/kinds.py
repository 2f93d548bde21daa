"""The kinds of study, told apart by the names of their settings."""

from collections.abc import Mapping
from typing import Any, get_args

from denoising.verdict.design import Size
from flows.settings.grid_settings import in_settings
from flows.settings.recordings_settings import OwnSettings
from flows.settings.study_settings import RUN_FIELDS, StudySettings
from flows.settings.sweep_settings import Settings
from flows.settings.verdict_settings import VerdictSettings

# What the names of studies begin with.
STUDIES = (*Settings.presets, *OwnSettings.presets, *(f"verdict-{size}" for size in get_args(Size)))


def settings_of(noted: Mapping[str, Any], **changes: Any) -> StudySettings:
    """Return the settings of a study from its note, with changes.

    Args:
        noted: the settings as the study's JSON file has them.
        changes: settings to replace.

    Raises:
        ValidationError: these are not valid settings of a study, or no longer.
    """
    return kind_of(noted)(**{**noted, **changes})


def kind_of(noted: Mapping[str, Any]) -> type[StudySettings]:
    """Return the kind of study that a note's settings are of."""
    kinds: tuple[type[StudySettings], ...] = (VerdictSettings, OwnSettings)
    return next((kind for kind in kinds if set(noted) == set(kind.fields)), Settings)


def deciding(noted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a note that decide what a study finds, its preset's name apart."""
    return {name: value for name, value in noted.items() if name not in (*RUN_FIELDS, "preset")}


def beside_preset(noted: Any) -> str:
    """Return, in words, the settings of a note that decide what a study finds and are not its preset's."""
    if not isinstance(noted, Mapping):
        return "–"
    kind = kind_of(noted)
    preset = getattr(kind, "presets", {}).get(str(noted.get("preset")), {})
    usual = kind.model_construct(**preset).parameters
    own = {name: told for name, told in deciding(noted).items() if name not in usual or told != usual[name]}
    return in_settings(own) or "nothing"
