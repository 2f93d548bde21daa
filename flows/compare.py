"""The command that compares finished studies: `python flows/compare.py A B`. See `--help`."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    from flows.terminal.process import take_over

    take_over()

from flows.settings.compare_settings import CompareSettings
from flows.settings.kinds import deciding, kind_of
from flows.settings.recordings_settings import OwnSettings
from flows.settings.sweep_settings import Settings
from flows.terminal.command import Parser, add_option, refuse, settings_of
from flows.terminal.status import BY_SIGNAL, Status
from tasks.cache.places import Place, StoreError, place, unusable
from tasks.cache.store import COMPARISONS, Store
from tasks.gather.from_folder import AGAIN, StudyError, name_of, note_of, tables_of

if TYPE_CHECKING:
    from denoising.report.blocks import Picture, Report
    from denoising.study.differences import ComparedStudies

NAME = "compare.py"
WIDTH = 120  # characters of a line where there is no terminal


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(
        prog=NAME,
        description="Compare finished studies: which settings differ, and by how many dB their errors do.",
        epilog=f"Exit status: 0 compared; 2 bad parameters; {BY_SIGNAL}.",
    )
    made.add_argument("studies", nargs="+", help=CompareSettings.model_fields["studies"].description)
    add_option(made, "artifacts_dir", CompareSettings)
    return made


def main(arguments: Sequence[str]) -> Status:
    """Run the command and return its exit status."""
    settings = settings_of(parser().parse_args(arguments), CompareSettings)
    if isinstance(settings, list):
        return refuse(NAME, settings)
    try:
        report, page = compare(settings)
    except (StudyError, StoreError) as error:
        return refuse(NAME, [str(error)])

    from rich.console import Console
    from rich.markdown import Markdown

    from denoising.report.page import render_markdown

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    console.print(Markdown(render_markdown(report)))
    console.print(f"comparison: {page}", markup=False, soft_wrap=True)
    return Status.DONE


def compare(settings: CompareSettings, *, previews: bool = False) -> "tuple[Report, Place]":
    """Compare studies, write the page and return what it tells and where it is.

    Args:
        settings: which studies, and where they are.
        previews: add the small pictures that a report in Markdown shows.

    Raises:
        StudyError: a study is not there or cannot be read, or the studies cannot be compared.
        StoreError: the object store cannot be used.
    """
    if why := unusable(settings.artifacts_dir):
        raise StudyError(f"artifacts_dir {settings.artifacts_dir}: {why}")
    artifacts = place(settings.artifacts_dir)
    found: dict[tuple[Store, str], dict[str, Any]] = {}
    for given in settings.studies:
        where = found_at(given, artifacts)
        if where in found:
            raise StudyError(f"study {given}: it is {where[1]}, which is given twice")
        found[where] = note_of(*where)
    check_kinds({name: note["settings"] for (_, name), note in found.items()})

    from denoising.report.compared import comparison_report
    from denoising.report.page import render_page
    from denoising.study.differences import ComparedStudies

    studies = [tables_of(*where, deciding(note["settings"])) for where, note in found.items()]
    compared = ComparedStudies(tuple(studies))
    report = comparison_report(compared, pictures_of(compared, previews=previews))
    facts = {
        f"{letter}: {study.name}": {
            "run": str(note.get("started"))[:16].replace("T", " "),
            **note.get("code", {}),
            **note.get("versions", {}),
        }
        for (letter, study), note in zip(compared.letters.items(), found.values(), strict=True)
    }
    store = Store(artifacts, artifacts)
    path = f"artifacts/{COMPARISONS}/{'-and-'.join(study.name for study in studies)}.html"
    store.write(path, render_page(report, facts).encode())
    return report, store.resolve(path)


def found_at(given: str, artifacts: Place) -> tuple[Store, str]:
    """Return where a study is, and its name.

    Args:
        given: its name, the full name of its folder, or `latest`.
        artifacts: the folder in which a name is looked for.

    Raises:
        StudyError: there is no such study.
    """
    if "/" in given:
        folder = place(given)
        given, artifacts = folder.name, folder.parent
    store = Store(artifacts, artifacts)
    return store, name_of(store, given)


def check_kinds(noted: Mapping[str, Mapping[str, Any]]) -> None:
    """Check that studies, given by their settings, are of one kind that can be compared.

    Raises:
        StudyError: they are not.
    """
    first, *_ = noted
    for name, settings in noted.items():
        kind: type[Any] = kind_of(settings)
        if kind not in (Settings, OwnSettings):
            raise StudyError(f"study {name}: it is a verdict, which has no grid; give studies of sweep.py")
        if any(axis not in settings for axis in kind.grid):
            raise StudyError(f"study {name}: its study.json is outdated; {AGAIN}")
        if kind is not kind_of(noted[first]):
            raise StudyError(
                f"study {name}: of it and {first}, one is of {Settings.what} and one of "
                f"{OwnSettings.what}; give studies of one kind"
            )


def pictures_of(compared: "ComparedStudies", *, previews: bool) -> "list[Picture]":
    """Return the figures as reports show them."""
    from denoising.figures.drawing import preview, to_png, to_svg
    from denoising.figures.overlaid import apart, over_levels
    from denoising.report.blocks import Picture

    drawings = {"over_levels": over_levels.draw(compared)}
    if any(compared.differences.values()):
        drawings = {"apart": apart.draw(compared), **drawings}
    return [
        Picture(name, drawing, to_svg(drawing), preview(to_png(drawing)) if previews else None)
        for name, drawing in drawings.items()
    ]


if __name__ == "__main__":
    from flows.terminal.process import command_line

    command_line(main)
