"""The command that tells what is in recordings: `python flows/recordings.py PATH`. See `--help`."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    from flows.terminal.process import take_over

    take_over()

from pydantic import ValidationError

from denoising.recordings.settings import CuttingSettings, RecordingError, RecordingFile
from flows.settings.messages import problems
from flows.settings.recordings_settings import OwnSettings
from flows.settings.values import in_a_line
from flows.terminal.command import Parser, refuse
from flows.terminal.status import BY_SIGNAL, Status

NAME = "recordings.py"
TAKEN = ("rate", "picks", "resample", "signal_length")  # settings that decide what is told
WIDTH = 160  # characters of a line in a file or a pipe
NOISE = (
    "Noise is the standard deviation of what looks like noise at the highest frequencies. If it is not white "
    "there, it may be signal."
)
COLUMNS = {
    "file": "recording", "channel": "channel", "unit": "unit", "rate": "rate", "seconds": "seconds",
    "n_missing": "missing", "n_windows": "windows", "noise_std": "noise", "noise_looks_white": "white",
}  # fmt: skip


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(
        prog=NAME,
        description="Tell of each channel of recordings its rate, unit, length, gaps, the windows it gives, "
        "and how strong its noise is as far as the recording tells.",
        epilog=f"Exit status: 0 all can be used; 1 some cannot; 2 bad parameters; {BY_SIGNAL}.",
    )
    made.add_argument("paths", nargs="+", help="Files, folders or patterns such as 'day*/*.wav'.")
    for name in TAKEN:
        made.add_setting(name, [OwnSettings])
    made.add_argument("--json", action="store_true", help="Print the same as JSON.")
    return made


def main(arguments: Sequence[str]) -> Status:
    """Run the command and return its exit status."""
    from denoising.recordings.finding import named

    options = parser().parse_args(arguments)
    given = {name: value for name in TAKEN if (value := getattr(options, name)) is not None}
    try:
        settings = CuttingSettings(**given)
        files = named(options.paths)
    except ValidationError as error:
        return refuse(NAME, problems(error, given, OwnSettings))
    except RecordingError as error:
        return refuse(NAME, [str(error)])
    return tell(files, settings, as_json=options.json)


def tell(files: Sequence[RecordingFile], settings: CuttingSettings, *, as_json: bool) -> Status:
    """Print what is in recordings, and what is wrong with those that cannot be used."""
    from denoising.recordings.finding import digested
    from denoising.recordings.survey import overview

    taken_for = settings.signal_length, settings.rate, settings.picks, settings.resample
    facts: list[dict[str, Any]] = []
    unusable: list[str] = []
    for file in files:
        try:
            found, wrong = overview(digested(file), *taken_for)
            facts += found
            unusable += wrong
        except RecordingError as error:
            unusable.append(str(error))
    if as_json:
        print(json.dumps({"channels": facts, "problems": unusable}, indent=2))
    else:
        show(facts)
    if not unusable:
        return Status.DONE
    refuse(NAME, unusable)
    return Status.NOT_ALL_DONE


def show(facts: Sequence[dict[str, Any]]) -> None:
    """Print a line a channel, and what was taken for granted of each recording."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from denoising.recordings.notes import by_note

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in COLUMNS.values():
        table.add_column(name, overflow="fold")
    for channel in facts:
        table.add_row(*(in_words(channel[name]) for name in COLUMNS))
    if facts:
        console.print(table)
        console.print(NOISE, markup=False, soft_wrap=True)
    if any(channel["rate"] is None for channel in facts):
        console.print("Where no rate is told, a study needs --rate.", markup=False)
    for note in by_note(dict.fromkeys((channel["file"], channel["notes"]) for channel in facts)):
        console.print(note, markup=False, soft_wrap=True)


def in_words(value: Any) -> str:
    """Return a fact as text."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:.4g}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else in_a_line(value)
    )


if __name__ == "__main__":
    from flows.terminal.process import command_line

    command_line(main)
