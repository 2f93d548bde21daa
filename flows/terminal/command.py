"""The command line that sweep and verdict share: options, plan, run and exit status."""

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, NoReturn, TypeVar, get_args, get_origin

from pydantic import ValidationError

from flows.runners.obstacles import obstacles
from flows.server.api import configured_url
from flows.settings.messages import help_texts, problems
from flows.settings.study_settings import StudySettings, report_of, store_of
from flows.terminal.status import Status
from flows.walks.plan import make_plan
from tasks.cache.store import study_note

OPTIONS = {
    "plan": "Print which steps are done and why the others are not, without running or writing anything.",
    "json": "Print the plan as JSON.",
    "verify": "Compare every file with its digest, not only those touched since they were written.",
}


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line."""

    def __init__(self, **more: Any) -> None:
        super().__init__(allow_abbrev=False, **more)

    def error(self, message: str) -> NoReturn:
        self.exit(Status.BAD_PARAMETERS, f"{self.prog}: {message}; see {self.prog} --help\n")


S = TypeVar("S", bound=StudySettings)


@dataclass(frozen=True)
class Command(Generic[S]):
    """A command that runs a kind of study.

    Attributes:
        name: the name of its file.
        description: what it does, in a sentence.
        kind: the class of the settings, from which its options are derived.
    """

    name: str
    description: str
    kind: type[S]

    @property
    def parser(self) -> Parser:
        """The parser of the command line, derived from the settings."""
        made = Parser(
            prog=self.name,
            description=self.description,
            epilog="Exit status: 0 all cells done; 1 some cell failed; 2 bad parameters; 130 interrupted.",
        )
        for name in self.kind.fields:
            made.add_argument(f"--{name.replace('_', '-')}", **option(name, self.kind))
        for name, text in OPTIONS.items():
            made.add_argument(f"--{name}", action="store_true", help=text)
        return made

    def settings(self, options: argparse.Namespace) -> S | list[str]:
        """Return the settings of a command line, or a list of lines on what is wrong with them."""
        given = {name: value for name in self.kind.fields if (value := getattr(options, name)) is not None}
        try:
            if "vary" in given:
                given["vary"] = by_name(given["vary"], given.keys())
            settings = self.kind(**given)
        except ValidationError as error:
            return problems(error, given, self.kind)
        except ValueError as error:
            return [str(error)]
        return obstacles(settings, writing=not options.plan) or settings.on_device()

    def main(self, arguments: Sequence[str]) -> Status:
        """Run the command and return its exit status."""
        try:
            options = self.parser.parse_args(arguments)
            if options.json and not options.plan:
                self.parser.error("argument --json: it goes with --plan")
            settings = self.settings(options)
            if isinstance(settings, list):
                print(*(f"{self.name}: {problem}" for problem in settings), sep="\n", file=sys.stderr)
                return Status.BAD_PARAMETERS
            if options.plan:
                return show_plan(settings, options.json, options.verify)
            return run(settings, options.verify)
        except KeyboardInterrupt:
            print("interrupted: run the same command again to go on from what is done", file=sys.stderr)
            return Status.INTERRUPTED


def option(name: str, kind: type[StudySettings]) -> dict[str, Any]:
    """Return the arguments of `add_argument` for a setting."""
    field = kind.model_fields[name]
    if get_origin(field.annotation) is dict:
        return {
            "action": "extend",
            "nargs": "+",
            "metavar": "NAME=VALUE,VALUE",
            "help": f"{help_texts(kind)[name]} Default: none.",
        }
    many = get_origin(field.annotation) is tuple
    default = field.get_default()
    shown = "none" if default in (None, (), "") else " ".join(map(str, default)) if many else default
    item = get_args(field.annotation)[0] if many else field.annotation
    choices = get_args(item) if get_origin(item) is Literal else ("true", "false") if item is bool else None
    metavar = f"{{{','.join(choices)}}}" if choices else (name.rstrip("s") if many else name).upper()
    return {
        "nargs": "*" if many else None,
        "metavar": metavar,
        "help": f"{help_texts(kind)[name]} Default: {shown}.".replace("%", "%%"),
    }


def by_name(words: Sequence[str], given: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the values to vary, by the names of their settings.

    Args:
        words: words such as `channels=4,8,16`.
        given: names of the settings that are also given by an option of their own.

    Raises:
        ValueError: a word is not of this form, or a setting is given twice.
    """
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, equals, values = word.partition("=")
        name = name.replace("-", "_")
        if not (equals and name and all(values.split(","))):
            raise ValueError(f"vary {word}: give a name and its values, such as channels=4,8,16")
        if name in found:
            raise ValueError(f"vary {word}: {name} is there twice; give all its values at once")
        if name in given:
            raise ValueError(f"vary {word}: --{name.replace('_', '-')} is given too; give one of the two")
        found[name] = tuple(values.split(","))
    return found


def show_plan(settings: StudySettings, as_json: bool, verify: bool) -> Status:
    """Print the plan of a run."""
    plan = make_plan(settings, verify=verify)
    print(json.dumps(plan.as_json(), indent=2) if as_json else "\n".join(plan.lines()))
    return Status.DONE


def run(settings: StudySettings, verify: bool) -> Status:
    """Run the study, unless everything is cached and no API is configured that would record the run."""
    if configured_url() is None:
        plan = make_plan(settings, verify=verify)
        store = store_of(settings)
        note = store.read_note(study_note(settings.study)) or {}
        if plan.nothing_to_do and note.get("study") == settings.study:
            store.link_latest(settings.study)
            print(f"{settings.study}: nothing to do, all {len(plan.steps)} steps are cached")
            print(f"report: {report_of(settings)}")
            return Status.DONE
    from flows.terminal.launch import launch

    return launch(settings)
