"""The kinds of study, told apart by the names of their settings."""

from collections.abc import Mapping
from typing import Any, get_args

from denoising.verdict.design import Size
from flows.settings.recordings_settings import OwnSettings
from flows.settings.study_settings import StudySettings
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
    kinds: tuple[type[StudySettings], ...] = (VerdictSettings, OwnSettings)
    kind = next((kind for kind in kinds if set(noted) == set(kind.fields)), Settings)
    return kind(**{**noted, **changes})
