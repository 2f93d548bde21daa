"""What a command is called, and its exit statuses; one that a signal ends has 128 and its number."""

import sys
from enum import IntEnum
from pathlib import Path

PROGRAMS = "denoise-"  # so begin the names of those that an installation brings, but for `denoise` itself
BY_SIGNAL = "130, 143 or 129 ended by Ctrl-C, SIGTERM or a lost terminal"


class Status(IntEnum):
    """How a command ended."""

    DONE = 0
    NOT_ALL_DONE = 1
    BAD_PARAMETERS = 2


def called(name: str) -> str:
    """Return how a command was called: by its file, or as a program where the project is installed."""
    return program() or name


def program() -> str | None:
    """Return the name of the installed program that was called, if it was one."""
    typed = Path(sys.argv[0]).name
    return typed if typed.startswith(PROGRAMS) or typed == "denoise" else None


def as_called(line: str) -> str:
    """Return a command line of the program `denoise` as it is typed here: in a checkout, by its file."""
    return line if program() else line.replace("denoise", "python flows/denoise.py", 1)
