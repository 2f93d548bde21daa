"""The commands as programs, where the project is installed: `denoise-sweep` is `python flows/sweep.py`."""

import sys
from pathlib import Path
from runpy import run_module

from flows.terminal.status import PROGRAMS


def main() -> None:
    """Run the command that this program is called after, as if its file were run."""
    name = Path(sys.argv[0]).name.removeprefix(PROGRAMS)
    run_module(f"flows.{name}", run_name="__main__")
    sys.exit()
