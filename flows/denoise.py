"""The command that denoises recordings: `python flows/denoise.py FILES`. See `--help`."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    from flows.terminal.process import take_over

    take_over()

from rich.console import Console

from flows.settings.denoise_settings import DenoiseSettings
from flows.terminal.command import Parser, add_option, refuse, settings_of
from flows.terminal.status import BY_SIGNAL, Status

if TYPE_CHECKING:
    from tasks.batch.plan import Batch

NAME = "denoise.py"
PLAN = "Print which files would be denoised with what, and which are done, without writing anything."
MOST_LINES = 50


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(
        prog=NAME,
        description="Denoise recordings with the best denoisers of a study, each written as it came in.",
        epilog=f"Exit status: 0 all files done; 1 some file failed; 2 bad parameters; {BY_SIGNAL}.",
    )
    for name in DenoiseSettings.fields:
        if name == "files":
            made.add_argument(name, nargs="+", help=DenoiseSettings.model_fields[name].description)
        else:
            add_option(made, name, DenoiseSettings)
    made.add_argument("--plan", action="store_true", help=PLAN)
    made.add_argument("--json", action="store_true", help="Print the plan as JSON.")
    return made


def main(arguments: Sequence[str]) -> Status:
    """Run the command and return its exit status."""
    options = parser().parse_args(arguments)
    if options.json and not options.plan:
        parser().error("argument --json: it goes with --plan")
    settings = settings_of(options, DenoiseSettings)
    if isinstance(settings, list):
        return refuse(NAME, settings)
    return run(settings, plan=options.plan, as_json=options.json)


def run(settings: DenoiseSettings, *, plan: bool, as_json: bool) -> Status:
    """Denoise recordings, or show what would be done, and return the exit status."""
    from tasks.batch.page import in_the_way, shown_by
    from tasks.batch.plan import BatchError, batch_of
    from tasks.cache.folders import unwritable
    from tasks.cache.places import StoreError

    console = Console(highlight=False, soft_wrap=True)
    try:
        batch = batch_of(settings.request)
    except BatchError as error:
        return refuse(NAME, error.lines)
    except StoreError as error:
        return refuse(NAME, [str(error)])
    except OSError as error:
        return refuse(NAME, [f"{error.filename or error}: it cannot be used ({error.strerror or error})"])
    if plan:
        print(json.dumps(batch.as_json(), indent=2) if as_json else "\n".join(batch.lines()))
        return Status.DONE
    page = batch.page if settings.wants_page(len(batch.jobs)) else None
    if page and (why := in_the_way(page, force=settings.force)):
        return refuse(NAME, [why])
    runs = settings.request.store.runs
    if isinstance(runs, Path) and (why := unwritable(runs)):
        return refuse(NAME, [f"artifacts_dir {settings.artifacts_dir}: {why}"])
    if len(batch.done) < len(batch.jobs) or (page and shown_by(page) != batch.shows):
        from flows.terminal.launch import Launch
        from flows.terminal.words import FILES

        missing = len(batch.jobs) - len(batch.done)
        files = f"{missing} of {len(batch.jobs)} files"
        begin = f"{batch.study or settings.model}: {files}, {settings.workers} at once"
        launch = Launch(NAME, flow, settings.parameters, begin, len(batch.jobs), FILES)
        state = launch.run(console)
        if isinstance(state, Status):
            return state
        if not state.is_completed():
            summarise(batch, console)
            console.print(state.message, style="bold red", markup=False)
            return Status.NOT_ALL_DONE
    else:
        n = len(batch.jobs)
        console.print(f"nothing to do: {n} {'file is' if n == 1 else 'files are'} denoised already")
    summarise(batch, console)
    if page:
        console.print(f"report: {page}", markup=False)
    return Status.DONE


def flow() -> Any:
    """Return the flow that denoises files."""
    from flows.batch import denoise

    return denoise


def summarise(batch: "Batch", console: Console) -> None:
    """Print what was done with each channel, and what speaks against it."""
    for line in lines_of(batch):
        console.print("".join(c if c.isprintable() else "?" for c in line), markup=False)


def lines_of(batch: "Batch") -> Iterator[str]:
    """Yield a line for each channel that is denoised, then one for each warning."""
    from denoising.recordings.notes import by_note
    from tasks.batch.job import note_in

    notes = {job: note_in(job.sidecar) or {"channels": []} for job in batch.jobs}
    channels = [
        (f"{job.of}: {each['channel']}", each) for job, note in notes.items() for each in note["channels"]
    ]
    for name, told in channels[:MOST_LINES]:
        noise = f"estimated signal-to-noise ratio {told['noise']}"
        yield f"{name}: {noise}; {told['denoiser']}, trained {told['trained']}"
    if len(channels) > MOST_LINES:
        yield f"and {len(channels) - MOST_LINES} channels more; each file has a .json beside it that tells"
    warnings = ((name, warning.rstrip(".")) for name, told in channels for warning in told["warnings"])
    yield from (f"warning: {line}" for line in by_note(warnings))


if __name__ == "__main__":
    from flows.terminal.process import command_line

    command_line(main)
