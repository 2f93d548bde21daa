"""The kinds of study, told apart by the names of their settings."""

from collections.abc import Mapping
from typing import Any

from flows.settings.study_settings import StudySettings
from flows.settings.sweep_settings import Settings
from flows.settings.verdict_settings import VerdictSettings


def settings_of(noted: Mapping[str, Any], **changes: Any) -> StudySettings:
    """Return the settings of a study from its note, with changes.

    Args:
        noted: the settings as the study's JSON file has them.
        changes: settings to replace.

    Raises:
        ValidationError: these are not valid settings of a study, or no longer.
    """
    kind = VerdictSettings if set(noted) == set(VerdictSettings.fields) else Settings
    return kind(**{**noted, **changes})
