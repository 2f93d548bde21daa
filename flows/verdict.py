"""The command: `python flows/verdict.py` runs the controlled study. See `--help`."""

import sys

from flows.command import Command
from flows.verdict_settings import VerdictSettings

VERDICT = Command(
    "verdict.py",
    "Change one cause at a time, over seeds, and say which claims on autoencoders as denoisers hold.",
    VerdictSettings,
)

if __name__ == "__main__":
    sys.exit(VERDICT.main(sys.argv[1:]))
