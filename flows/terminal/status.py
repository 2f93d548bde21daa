"""The exit statuses of the commands."""

from enum import IntEnum


class Status(IntEnum):
    """How a command ended."""

    DONE = 0
    NOT_ALL_DONE = 1
    BAD_PARAMETERS = 2
    INTERRUPTED = 130
