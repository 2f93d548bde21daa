"""The command of the verdict: `python flows/verdict.py` runs the controlled study. See `--help`."""

import sys
from pathlib import Path

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    from flows.terminal.process import take_over

    take_over()

from flows.settings.verdict_settings import VerdictSettings
from flows.terminal.command import Command

VERDICT = Command(
    "verdict.py",
    "Change one cause at a time, over seeds, and say which claims on autoencoders as denoisers hold.",
    (VerdictSettings,),
    lambda _: VerdictSettings,
)

if __name__ == "__main__":
    from flows.terminal.process import command_line

    command_line(VERDICT.main)
