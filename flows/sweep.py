"""The command of the sweep: `python flows/sweep.py` runs the whole study. See `--help`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # ahead of any other `tasks` on the path

from flows.settings.sweep_settings import Settings
from flows.terminal.command import Command

SWEEP = Command(
    "sweep.py", "Train an autoencoder for every depth and noise level, measure them and report.", Settings
)

if __name__ == "__main__":
    sys.exit(SWEEP.main(sys.argv[1:]))
