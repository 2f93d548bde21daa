"""The kinds of study, told apart by their settings."""

from collections.abc import Mapping
from typing import Any

from flows.settings.study_settings import StudySettings
from flows.settings.sweep_settings import Settings
from flows.settings.verdict_settings import VerdictSettings


def settings_of(noted: Mapping[str, Any], **changes: Any) -> StudySettings:
    """The settings of a study as it noted them, some of them changed.

    Raises:
        ValidationError: they are not, or no longer, those of a study.
    """
    kind = VerdictSettings if set(noted) == set(VerdictSettings.fields) else Settings
    return kind(**{**noted, **changes})
