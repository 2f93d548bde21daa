"""The command of the sweep: `python flows/sweep.py` runs the whole study. See `--help`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    from flows.terminal.process import take_over

    take_over()

from denoising.signals.settings import FamilyName
from flows.settings.recordings_settings import OwnSettings
from flows.settings.study_settings import StudySettings
from flows.settings.sweep_settings import Settings
from flows.terminal.command import Command


def kind_of(given: Mapping[str, Any]) -> type[StudySettings]:
    """Return the kind of study that a command line of the sweep asks for: of sinusoids or of recordings.

    Args:
        given: the settings that are given.
    """
    families, own_fields = get_args(FamilyName), set(OwnSettings.fields) - set(Settings.fields)
    if signals := given.get("signals"):
        own = any(signal not in families for signal in signals)
    else:
        own = given.get("preset") == "recordings" or not own_fields.isdisjoint(given)
    return OwnSettings if own else Settings


SWEEP = Command(
    "sweep.py",
    "Train an autoencoder for every depth and noise level, measure them and report: on sums of sinusoids, "
    "or on your own recordings.",
    (Settings, OwnSettings),
    kind_of,
)

if __name__ == "__main__":
    from flows.terminal.process import command_line

    command_line(SWEEP.main)
