"""The command: `python flows/sweep.py` runs the whole study. See `--help`."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Literal, NoReturn, get_args, get_origin

from pydantic import ValidationError

from flows.api import configured_url
from flows.plan import make_plan
from flows.settings import FIELDS, Settings, device_problems, directory_problems, problems
from flows.status import Status
from tasks.store import study_note

OPTIONS = {
    "plan": "Print which stages are done and why the others are not, and end; nothing is run or written.",
    "json": "Print the plan as JSON.",
    "verify": "Take no file for whole before all of it was compared with its digest.",
}


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
        choices = (
            get_args(item) if get_origin(item) is Literal else ("true", "false") if item is bool else None
        )
        metavar = f"{{{','.join(choices)}}}" if choices else (name.rstrip("s") if many else name).upper()
        made.add_argument(
            f"--{name.replace('_', '-')}",
            nargs="*" if many else None,
            metavar=metavar,
            help=f"{field.description} Default: {shown}.".replace("%", "%%"),
        )
    for name, text in OPTIONS.items():
        made.add_argument(f"--{name}", action="store_true", help=text)
    return made


def read_settings(options: argparse.Namespace) -> Settings | list[str]:
    """The settings that a command line asks for, or what is wrong with them."""
    given = {name: value for name in FIELDS if (value := getattr(options, name)) is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        return problems(error, given)
    folders = [] if options.plan else directory_problems(settings)
    return folders + device_problems(settings) or settings.on_device()


def main(arguments: Sequence[str]) -> Status:
    """Run the command; the exit status."""
    try:
        options = parser().parse_args(arguments)
        if options.json and not options.plan:
            parser().error("argument --json: it goes with --plan")
        settings = read_settings(options)
        if isinstance(settings, list):
            print(*(f"sweep.py: {problem}" for problem in settings), sep="\n", file=sys.stderr)
            return Status.BAD_PARAMETERS
        if options.plan:
            return show_plan(settings, options.json, options.verify)
        return run(settings, options.verify)
    except KeyboardInterrupt:
        print("interrupted: run the same command again to go on from what is done", file=sys.stderr)
        return Status.INTERRUPTED


def show_plan(settings: Settings, as_json: bool, verify: bool) -> Status:
    """Print what would be done."""
    plan = make_plan(settings, verify=verify)
    print(json.dumps(plan.as_json(), indent=2) if as_json else "\n".join(plan.lines()))
    return Status.DONE


def run(settings: Settings, verify: bool) -> Status:
    """Run the sweep, unless there is nothing to do and no API to tell that."""
    if configured_url() is None:
        plan = make_plan(settings, verify=verify)
        if plan.nothing_to_do and settings.store.resolve(study_note(settings.study)).is_file():
            settings.store.link_latest(settings.study)
            print(f"{settings.study}: nothing to do, all {len(plan.steps)} steps are cached")
            print(f"report: {settings.report}")
            return Status.DONE
    from flows.launch import launch

    return launch(settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
