"""What it costs to find out that there is nothing to do, and to add one cell, beside other programs.

python -m benchmarks.cache [ROUNDS]

The programs are Snakemake and DVC, which are installed into a virtual environment that goes again, and a bare
Prefect pipeline on the same running server as this program.

Nothing to do: all have the same graph of steps done; theirs only copied files.
One new cell: all have trained, tested and drawn three depths at one noise level and are asked for a fourth.
Each round starts from a copy of the folder without it. Theirs is the notebook's work, in a process a step
for Snakemake and DVC; this program also draws its whole report, of which the one figure is the others'.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from re import search
from typing import Any

from benchmarks.contest import (
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
    table,
)
from benchmarks.quality import compare
from denoising.denoisers.catalogue import BASELINES
from flows.graph import graph_of
from flows.settings.study_settings import CORES, PROJECT

ROUNDS = 5

PACKAGES = {"snakemake": "9.27.1", "dvc": "3.67.1"}
RULES = Path(__file__).parent / "rivals"
PRESET = "quick"
# The grid of the default, with little to compute: where nothing is to be done, no signals are read.
SMALL = ["--preset", PRESET, "--epochs", "1", "--n-signals", "100", "--n-test", "50"]
PATHS = {"PYTHONPATH": str(PROJECT)}  # by which scripts are found from any folder

Params = dict[str, Any]


@dataclass(frozen=True)
class Program:
    """A program and the folder that it works in, which has a `params.json`.

    Attributes:
        command: what to run, given the parameters.
        says: patterns of what it prints if it does no more than it has to.
        results: its table of results, where there is one.
    """

    name: str
    folder: Path
    command: Callable[[Params], list[str]]
    environment: Environment
    says: tuple[str, ...]
    results: str = "report/results.csv"

    def run(self, params: Params) -> Run:
        """Run it."""
        (self.folder / "params.json").write_text(json.dumps(params))
        return run_command(self.command(params), self.folder, self.environment)

    def do_no_more(self, params: Params) -> Run:
        """Run it where all but a part is done.

        Raises:
            RuntimeError: it did more than that part.
        """
        run = self.run(params)
        if not all(search(pattern, run.told) for pattern in self.says):
            raise RuntimeError(f"{self.name} did not say {self.says}:\n{run.told}")
        return run

    def add(self, kept: Path, params: Params) -> Run:
        """Run it where all is as in a folder that was kept."""
        shutil.rmtree(self.folder)
        shutil.copytree(kept, self.folder, symlinks=True)
        return self.do_no_more(params)


def main(rounds: int) -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tools = install(folder / "tools", PACKAGES)
        prepare_database(folder / "home")
        with running_server(folder / "home") as server:
            nothing_to_do(folder / "nothing", tools, server, rounds)
            one_new_cell(folder / "cell", tools, server, rounds)
    print(f"\n{machine(rounds, PACKAGES)}")


def nothing_to_do(folder: Path, tools: Path, server: Environment, rounds: int) -> None:
    """Print what it takes to find out that all is done."""
    settings = settings_of(SMALL)
    steps = len(graph_of(settings).steps)
    params = {"alphas": settings.alphas, "depths": settings.depths, "names": list(BASELINES)}
    command = sweep_command(*SMALL, *folders_in(folder / "ours"))
    served = Program(
        "this program, recorded on a server", folder / "ours", lambda _: command, server, ("from the cache",)
    )
    alone = {"PREFECT_HOME": str(folder / "none")}
    ours = Program(
        "this program", folder / "ours", lambda _: command, alone, (f"all {steps} steps are cached",)
    )
    rivals = [
        snakemake(folder, tools, "Nothing to be done"),
        dvc(folder, tools, "up to date"),
        bare_prefect(folder, "copies", server, f"{steps} of {steps} tasks cached"),
    ]
    for program in (served, *rivals):
        lay(program.folder, "copies", tools)
        program.run(params)
    contestants = [
        Contestant(program.name, partial(program.do_no_more, params)) for program in (ours, *rivals, served)
    ]
    alternate(contestants, rounds)
    print(table(f"nothing to do in {steps} steps", contestants))


def one_new_cell(folder: Path, tools: Path, server: Environment, rounds: int) -> None:
    """Print what it takes to add a depth to a grid."""
    alpha, before, after = 0.1, [2, 4, 6], [2, 4, 6, 8]
    options = f"--preset {PRESET}"
    step = f"{sys.executable} -m benchmarks.rivals.steps"
    params = {"alphas": [alpha], "depths": before, "options": options, "step": step}
    embedded = prepare_database(folder / "home")
    programs = [
        ours("this program, on a running server", folder / "ours", options, server),
        ours("this program, with a server of its own", folder / "ours", options, embedded),
        snakemake(folder, tools, r"\ntrain +1\n"),
        dvc(folder, tools, f"'train@6-{alpha}' didn't change", f"'train@8-{alpha}'"),
        bare_prefect(folder, "cells", server, "7 of 10 tasks cached"),
    ]
    contestants = []
    for program in programs:
        kept = folder / "kept" / program.folder.name
        if not kept.exists():
            lay(program.folder, "cells", tools)
            program.run(params)
            shutil.copytree(program.folder, kept, symlinks=True)
        contestants.append(Contestant(program.name, partial(program.add, kept, {**params, "depths": after})))
    alternate(contestants, rounds)
    print(f"\n{table('one new cell', contestants)}\n")
    print(compare({program.name: program.folder / program.results for program in programs}))


def lay(folder: Path, rules: str, tools: Path) -> None:
    """Make a folder for a program to work in."""
    shutil.copytree(RULES / rules, folder)
    subprocess.run([str(tools / "dvc"), "init", "--no-scm", "-q"], cwd=folder, check=True)


def ours(name: str, folder: Path, options: str, environment: Environment) -> Program:
    """This program, over a grid."""

    def command(params: Params) -> list[str]:
        axes = ["--alphas", *map(str, params["alphas"]), "--depths", *map(str, params["depths"])]
        return sweep_command(*options.split(), *axes, *folders_in(folder))

    says = ("from the cache: 3 cells", "trained depth=8")
    return Program(name, folder, command, environment, says, "artifacts/latest/results.csv")


def snakemake(folder: Path, tools: Path, *says: str) -> Program:
    """Snakemake, with as many steps at once as there are cores."""
    command = [str(tools / "snakemake"), "-c", str(CORES)]
    return Program("Snakemake", folder / "snakemake", lambda _: command, PATHS, says)


def dvc(folder: Path, tools: Path, *says: str) -> Program:
    """DVC."""
    command = [str(tools / "dvc"), "repro"]
    return Program("DVC", folder / "dvc", lambda _: command, {**PATHS, "DVC_NO_ANALYTICS": "1"}, says)


def bare_prefect(folder: Path, pipeline: str, server: Environment, *says: str) -> Program:
    """One of the bare Prefect pipelines; its results are kept below its Prefect home."""
    place = folder / "prefect"
    command = [sys.executable, "-m", "benchmarks.rivals.bare_prefect", pipeline]
    environment = {**server, **PATHS, "PREFECT_HOME": str(place / "home")}
    return Program("bare Prefect, on the same server", place, lambda _: command, environment, says)


if __name__ == "__main__":
    main(arguments(ROUNDS, sys.argv[1:])[0])
