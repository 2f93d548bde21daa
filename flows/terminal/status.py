"""The exit statuses of the commands; those that a signal ends have 128 and its number."""

from enum import IntEnum

BY_SIGNAL = "130, 143 or 129 ended by Ctrl-C, SIGTERM or a lost terminal"


class Status(IntEnum):
    """How a command ended."""

    DONE = 0
    NOT_ALL_DONE = 1
    BAD_PARAMETERS = 2
