"""The command line that sweep and verdict share: options, plan, run and exit status."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import Any, Literal, NoReturn, TypeVar, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from flows.runners.obstacles import obstacles
from flows.server.api import configured_url
from flows.settings.messages import help_texts, problems
from flows.settings.study_settings import CommandSettings, StudySettings, store_of
from flows.settings.values import TRUTHS, in_lines
from flows.terminal.status import BY_SIGNAL, Status, called
from flows.terminal.words import pointers
from flows.walks.plan import make_plan
from tasks.cache.latest import Latest
from tasks.cache.places import StoreError
from tasks.cache.store import study_note

C = TypeVar("C", bound=CommandSettings)
OPTIONS = {
    "plan": "Print which steps are done and why the others are not, without running or writing anything.",
    "json": "Print the plan as JSON.",
    "verify": "Compare every file with its digest, not only those touched since they were written.",
}


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line, and takes no option twice but those that add up."""

    def __init__(self, prog: str, **more: Any) -> None:
        super().__init__(called(prog), allow_abbrev=False, **more)
        self.kinds: dict[str, Sequence[type[CommandSettings]]] = {}

    def add_setting(self, name: str, kinds: Sequence[type[CommandSettings]]) -> None:
        """Take a setting of some kinds of study."""
        self.add_argument(flag(name), **option(name, kinds))
        self.kinds[name] = kinds

    def format_help(self) -> str:
        """Return the help; the texts on settings are made only now, since their bounds take a while."""
        for action in self._actions:
            if kinds := self.kinds.get(action.dest):
                action.help = help_text(action.dest, kinds)
        return super().format_help()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse words, of which no two may give the same option."""
        words = sys.argv[1:] if args is None else list(args)
        options = (word.partition("=")[0] for word in takewhile("--".__ne__, words))
        given = Counter(action for o in options if (action := self._option_string_actions.get(o)))
        for action, times in given.items():
            if times > 1 and not isinstance(action, argparse._AppendAction):
                self.error(f"argument {'/'.join(action.option_strings)}: it is given twice; give it once")
        return super().parse_known_args(words, namespace)

    def error(self, message: str) -> NoReturn:
        [line] = in_lines([message])
        self.exit(Status.BAD_PARAMETERS, f"{self.prog}: {line}; see {self.prog} --help\n")


@dataclass(frozen=True)
class Command:
    """A command that runs studies.

    Attributes:
        name: the name of its file.
        description: what it does, in a sentence.
        kinds: the classes of the settings, from which its options are derived.
        choose: returns one of them, by the settings that are given.
    """

    name: str
    description: str
    kinds: tuple[type[StudySettings], ...]
    choose: Callable[[Mapping[str, Any]], type[StudySettings]]

    @property
    def parser(self) -> Parser:
        """The parser of the command line, derived from the settings."""
        made = Parser(
            prog=self.name,
            description=self.description,
            epilog=f"Exit status: 0 all cells done; 1 some cell failed; 2 bad parameters; {BY_SIGNAL}.",
        )
        for name in dict.fromkeys(name for kind in self.kinds for name in kind.fields):
            kinds = [kind for kind in self.kinds if name in kind.fields]
            made.add_setting(name, kinds)
        for name, text in OPTIONS.items():
            made.add_argument(f"--{name}", action="store_true", help=text)
        return made

    def settings(self, options: argparse.Namespace) -> StudySettings | list[str]:
        """Return the settings of a command line, or a list of lines on what is wrong with them."""
        names = dict.fromkeys(name for kind in self.kinds for name in kind.fields)
        given = {name: value for name in names if (value := getattr(options, name)) is not None}
        kind = self.choose(given)
        if empty := [name for name in given if given[name] == [] and name in kind.fields]:
            told = kind.model_fields[empty[0]].description
            return [f"{empty[0]} (none): give at least one ({told})"]
        try:
            if "vary" in given:
                given["vary"] = by_name(given["vary"], given.keys())
            settings = kind(**{name: as_taken(name, value, kind) for name, value in given.items()})
            found = obstacles(settings, writing=not options.plan)
        except ValidationError as error:
            return problems(error, given, kind)
        except ValueError as error:
            return [str(error)]
        return found or settings.on_device()

    def main(self, arguments: Sequence[str]) -> Status:
        """Run the command and return its exit status."""
        try:
            options = self.parser.parse_args(arguments)
            if options.json and not options.plan:
                self.parser.error("argument --json: it goes with --plan")
            settings = self.settings(options)
            if isinstance(settings, list):
                return refuse(self.name, settings)
            if options.plan:
                return show_plan(settings, options.json, options.verify)
            return run(settings, options.verify)
        except StoreError as error:
            return refuse(self.name, [str(error)])


def refuse(name: str, lines: Sequence[str]) -> Status:
    """Print what is wrong with the parameters of a command of this name."""
    print(*(f"{called(name)}: {line}" for line in in_lines(lines)), sep="\n", file=sys.stderr)
    return Status.BAD_PARAMETERS


def flag(name: str) -> str:
    """Return how a command line calls a setting, such as `--n-signals`."""
    return f"--{name.replace('_', '-')}"


def add_option(parser: Parser, name: str, kind: type[CommandSettings]) -> None:
    """Let a command line take a setting; one that is true or false as two options, such as --force."""
    field = kind.model_fields[name]
    if bool in (field.annotation, *get_args(field.annotation)):
        both = argparse.BooleanOptionalAction
        parser.add_argument(flag(name), action=both, default=None, help=field.description)
    else:
        parser.add_setting(name, [kind])


def settings_of(options: argparse.Namespace, kind: type[C]) -> C | list[str]:
    """Return the settings of a command line, or a list of lines on what is wrong with them."""
    given = {name: value for name in kind.fields if (value := getattr(options, name)) is not None}
    try:
        return kind(**given)
    except ValidationError as error:
        return problems(error, given, kind)


def option(name: str, kinds: Sequence[type[CommandSettings]]) -> dict[str, Any]:
    """Return the arguments of `add_argument` for a setting of some kinds of study, as the first has it."""
    if get_origin(kinds[0].model_fields[name].annotation) is dict:
        return {"action": "extend", "nargs": "+", "metavar": "NAME=VALUE,VALUE"}
    many = [get_origin(kind.model_fields[name].annotation) is tuple for kind in kinds]
    every = [choices_of(name, kind) for kind in kinds]
    choices = dict.fromkeys(chain.from_iterable(every)) if all(every) else ()
    metavar = f"{{{','.join(choices)}}}" if choices else (name.rstrip("s") if any(many) else name).upper()
    return {"nargs": "*" if any(many) else None, "metavar": metavar}


def help_text(name: str, kinds: Sequence[type[CommandSettings]]) -> str:
    """Return the help text of a setting, as its kinds of study have it."""
    told = dict.fromkeys(described(name, kind) for kind in kinds)
    return " For recordings: ".join(told).replace("%", "%%")


def described(name: str, kind: type[CommandSettings]) -> str:
    """Return a setting's help text with its default."""
    default = usual(name, kind)
    if default in (None, (), "", {}, PydanticUndefined):
        return f"{help_texts(kind)[name]} Default: none."
    shown = " ".join(map(str, default)) if isinstance(default, tuple) else default
    return f"{help_texts(kind)[name]} Default: {shown}."


def usual(name: str, kind: type[CommandSettings]) -> Any:
    """Return what a setting is if it is not given: the value of the usual preset, or else its default."""
    presets: Mapping[str, Mapping[str, Any]] = getattr(kind, "presets", {})
    fields = kind.model_fields
    preset = presets.get(fields["preset"].default, {}) if "preset" in fields else {}
    return preset.get(name, fields[name].get_default())


def choices_of(name: str, kind: type[CommandSettings]) -> tuple[str, ...]:
    """Return the values that a setting can have; none if they cannot be counted."""
    annotation = kind.model_fields[name].annotation
    item = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
    if item is bool:
        return TRUTHS
    return get_args(item) if get_origin(item) is Literal else ()


def as_taken(name: str, value: Any, kind: type[CommandSettings]) -> Any:
    """Return a value as a kind of study takes it, which may want one where other kinds take several."""
    field = kind.model_fields.get(name)
    if field is None or not isinstance(value, list) or get_origin(field.annotation) is tuple:
        return value
    if len(value) != 1:
        raise ValueError(f"{name} {' '.join(value) or '(none)'}: give one value ({field.description})")
    return value[0]


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
            raise ValueError(f"vary {word}: {flag(name)} is given too; give one of the two")
        found[name] = tuple(values.split(","))
    return found


def show_plan(settings: StudySettings, as_json: bool, verify: bool) -> Status:
    """Print the plan of a run."""
    plan = make_plan(settings, verify=verify)
    print(json.dumps(plan.as_json(), indent=2) if as_json else "\n".join(plan.lines()))
    return Status.DONE


def run(settings: StudySettings, verify: bool) -> Status:
    """Run the study, unless everything is cached and no API is configured that would record the run."""
    plan = make_plan(settings, verify=verify)
    if plan.nothing_to_do and configured_url() is None:
        store = store_of(settings)
        note = store.read_note(study_note(settings.study)) or {}
        if note.get("study") == settings.study:
            Latest(store).follow(settings.study)
            print(f"{settings.study}: nothing to do, all {len(plan.steps)} steps are cached")
            print("\n".join(pointers(settings)))
            return Status.DONE
    from flows.terminal.launch import launch

    to_do = plan.to_do
    del plan  # and with it all records, which the run reads again
    return launch(settings, to_do)
