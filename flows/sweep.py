"""The command: `python flows/sweep.py` runs the whole study. See `--help`."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any, Literal, NoReturn, get_args, get_origin

from pydantic import ValidationError

from flows.settings import FIELDS, Settings, device_problems, directory_problems, problems
from flows.status import Status


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(Status.BAD_PARAMETERS, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> Parser:
    """The command line, derived from the settings."""
    made = Parser(
        prog="sweep.py",
        description="Train an autoencoder for every depth and noise level, measure them and report.",
        epilog="Exit status: 0 all cells done; 1 some cell failed; 2 bad parameters; 130 interrupted.",
        allow_abbrev=False,
    )
    for name in FIELDS:
        field = Settings.model_fields[name]
        many = get_origin(field.annotation) is tuple
        default = field.get_default()
        shown = " ".join(map(str, default)) or "none" if many else default
        item = get_args(field.annotation)[0] if many else field.annotation
        choices = get_args(item) if get_origin(item) is Literal else None
        metavar = f"{{{','.join(choices)}}}" if choices else (name.rstrip("s") if many else name).upper()
        made.add_argument(
            f"--{name.replace('_', '-')}",
            nargs="*" if many else None,
            metavar=metavar,
            help=f"{field.description} Default: {shown}.".replace("%", "%%"),
        )
    return made


def read_settings(arguments: Sequence[str]) -> Settings | list[str]:
    """The settings that a command line asks for, or what is wrong with it."""
    given: dict[str, Any] = {k: v for k, v in vars(parser().parse_args(arguments)).items() if v is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        return problems(error, given)
    return directory_problems(settings) + device_problems(settings) or settings


def main(arguments: Sequence[str]) -> Status:
    """Run the command; the exit status."""
    try:
        settings = read_settings(arguments)
        if isinstance(settings, list):
            print(*(f"sweep.py: {problem}" for problem in settings), sep="\n", file=sys.stderr)
            return Status.BAD_PARAMETERS
        from flows.launch import launch

        return launch(settings)
    except KeyboardInterrupt:
        print("interrupted: run the same command again to go on from what is done", file=sys.stderr)
        return Status.INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
