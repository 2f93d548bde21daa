"""How long the whole default sweep takes, and how much memory, beside other ways to run its cells.

python -m benchmarks.sweep [ROUNDS] [OPTIONS OF THE SWEEP]

This program, on a running Prefect server and with one of its own, then the same networks, signals and epochs
as a plain PyTorch script, with joblib and with Optuna, which are installed into a virtual environment that
goes again. Each run is a fresh process over empty folders, timed from its start to its end. Memory is the
largest sum of the proportional set sizes (PSS) of the process and its descendants, seen a few times a second;
a server that was running before is not counted. It fails if the test errors of a contestant are not those of
this program, chance apart.

Beside what the others do, this program finds the limits and tunes other denoisers at every noise level and
draws a report. What that takes is measured apart: these stages are run again with all else cached.
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.contest import (
    TINY,
    Contestant,
    Environment,
    Run,
    alternate,
    arguments,
    folders_in,
    install,
    machine,
    prepare_database,
    run_command,
    running_server,
    settings_of,
    sweep_command,
    sweep_name,
    table,
)
from benchmarks.noted import note_sweep
from benchmarks.quality import compare
from flows.settings.study_settings import PROJECT

ROUNDS = 1

PACKAGES = {"joblib": "1.6.0", "optuna": "5.0.0"}
SERVED, EMBEDDED = "this program, on a running server", "this program, with a server of its own"
RIVALS = {
    "plain PyTorch, a cell after the other": "notebook",
    "joblib, a process a core": "joblib_pool",
    "Optuna, a process a core": "optuna_grid",
}


def main(rounds: int, options: Sequence[str]) -> None:
    """Let all run the sweep, print what it took them and compare what they found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folders = {contestant: folder / contestant for contestant in (SERVED, EMBEDDED, *RIVALS)}
        home = folder / "home of the running server"
        prepare_database(home)
        embedded = prepare_database(folder / "home of embedded servers")
        python = install(folder / "tools", PACKAGES, beside_ours=True) / "python"
        rivals = {name: partial(run_rival, module, python) for name, module in RIVALS.items()}
        for rival in rivals.values():
            rival(folder / "first", TINY)  # what is compiled or cached once
        ways = {
            SERVED: partial(run_served, home=home),
            EMBEDDED: partial(run_sweep, environment=embedded),
            **rivals,
        }
        contestants = [Contestant(name, partial(way, folders[name], options)) for name, way in ways.items()]
        alternate(contestants, rounds)
        print(table(sweep_name(options), contestants))
        print(f"\n{machine(rounds, PACKAGES)}\n")
        print(compare({name: results_in(folder) for name, folder in folders.items()}))
        print(what_rivals_lack(folders[SERVED], options, home))


def run_sweep(folder: Path, options: Sequence[str], environment: Environment) -> Run:
    """Run this program over an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return run_command(sweep_command(*options, *folders_in(folder)), folder, environment, watch_memory=True)


def run_served(folder: Path, options: Sequence[str], home: Path) -> Run:
    """Run this program on a server that is started before, and ends after lest it disturb the others."""
    with running_server(home) as environment:
        return run_sweep(folder, options, environment)


def run_rival(module: str, python: Path, folder: Path, options: Sequence[str]) -> Run:
    """Run a rival's script over an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [str(python), "-m", f"benchmarks.rivals.{module}", str(folder), *options]
    return run_command(command, PROJECT, {}, watch_memory=True)


def results_in(folder: Path) -> Path:
    """The table that a run has left in a folder."""
    ours = folder / "artifacts" / "latest" / "results.csv"
    return ours if ours.exists() else folder / "results.csv"


def what_rivals_lack(folder: Path, options: Sequence[str], home: Path) -> str:
    """What the stages take that only this program has, over a folder with its sweep; in words."""
    refresh = [*options, "--refresh", "limits", "baseline"]
    with running_server(home) as environment:
        notes = note_sweep(folder, refresh, environment)
    workers = settings_of(options).workers
    beside = sum(body.seconds for body in notes.of("limits", "baseline")) / workers
    (report,) = notes.of("report")
    return (
        f"Of the time of this program, {beside:.1f} s are limits and other denoisers ({workers} at once), "
        f"and {report.seconds:.1f} s its report (the others draw one figure); these were run again, once."
    )


if __name__ == "__main__":
    main(*arguments(ROUNDS, sys.argv[1:]))
