"""What a further cell costs as the grid grows, by runner: seconds and memory.

python -m benchmarks.growth [ROUNDS] [--runners NAME ...] [--sizes CELLS ...]

Runs sweeps of tiny cells, ten times as many from each to the next, on a running Prefect server and over
empty folders. Each is the command in a process of its own, timed from its start to its end. All have the same
datasets, limits and other denoisers; a larger one has more seeds.

A further cell takes what a sweep takes longer than the next smaller one, divided by the cells it has more.
Its overhead is that less its own work, divided by the workers: the CPU time of its training and evaluation
where one worker runs them, noted in a sweep of its own. So overhead is what Prefect, keys, records and the
report take, and the time in which workers waited, as for the interpreter's lock or the disk. What a further
cell takes the command in CPU time says the same where others use the machine too.

After each sweep, the time of its plan, in which every step is done, and the size of its page are noted.
`--sizes 1000 10000 --runners processes` shows what a study of 10,000 cells takes.

Memory is the largest sum of the proportional set sizes (PSS) of the command's process and its descendants,
seen a few times a second; the server is none of them. What Dask's scheduler holds of it is told apart.
"""

import argparse
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import get_args

from benchmarks.contest import (
    MIB,
    Contestant,
    Environment,
    Run,
    alternate,
    arguments,
    folders_in,
    machine,
    markdown,
    prepare_database,
    run_command,
    running_server,
    settings_of,
    sweep_command,
)
from benchmarks.noted import note_sweep
from flows.settings.study_settings import Runner

ROUNDS = 1

SIZES = (10, 100, 1000)
NOTED_SIZE = 100  # of the sweep in which the work of cells is noted
SMALLEST = 10  # cells of one seed
TINY_CELLS = [
    "--depths", "1", "2", "--alphas", "0.1", "0.2", "0.3", "0.4", "0.5", "--epochs", "1",
    "--n-signals", "20", "--n-test", "10", "--signal-length", "32", "--channels", "2",
]  # fmt: skip
HEADS = (
    "runner", "cells", "seconds", "a further cell", "of that, overhead", "its CPU time", "peak memory",
    "of that, Dask's scheduler", "plan", "page",
)  # fmt: skip

Beside = tuple[float, int]  # the seconds of a sweep's plan, and the bytes of its page


def main(rounds: int, runners: Sequence[Runner], sizes: Sequence[int]) -> None:
    """Measure a few rounds of all sweeps and print what was found."""
    with tempfile.TemporaryDirectory() as name:
        folder, home = Path(name), Path(name) / "home"
        prepare_database(home)
        with running_server(home) as environment:
            work = work_of_a_cell(folder / "noted", environment)
            beside: dict[tuple[Runner, int], list[Beside]] = defaultdict(list)
            sweeps = {
                runner: [
                    Contestant(
                        f"{runner}, {size} cells",
                        partial(run_sweep, folder, runner, size, environment, beside[runner, size]),
                    )
                    for size in sizes
                ]
                for runner in runners
            }
            alternate([sweep for of_runner in sweeps.values() for sweep in of_runner], rounds)
    workers = settings_of(()).workers
    rows = [
        [runner, *row, *in_words(beside[runner, size])]
        for runner, of_runner in sweeps.items()
        for size, row in zip(
            sizes, rows_of(sizes, [of_size.runs for of_size in of_runner], work / workers), strict=True
        )
    ]
    print(markdown(HEADS, rows))
    print(f"\n{machine(rounds, {})}; {workers} workers")
    print(
        f"Overhead: what a further cell takes beyond the {1000 * work:.0f} ms of CPU time of its training "
        f"and evaluation, divided by {workers} workers. Memory: PSS of the command and its descendants."
    )


def options_of(size: int) -> list[str]:
    """The options of a sweep with so many cells."""
    return [*TINY_CELLS, "--seeds", *map(str, range(size // SMALLEST))]


def run_sweep(folder: Path, runner: Runner, size: int, environment: Environment, beside: list[Beside]) -> Run:
    """Run a sweep over an empty folder, and then note its plan and its page."""
    place = folder / "sweep"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    command = sweep_command(*options_of(size), "--runner", runner, *folders_in(place))
    run = run_command(command, place, environment, watch_memory=True)
    plan = run_command([*command, "--plan"], place, environment)
    beside.append((plan.seconds, (place / "artifacts" / "latest" / "report.html").stat().st_size))
    return run


def in_words(beside: Sequence[Beside]) -> list[str]:
    """The plans and the pages of a sweep's rounds."""
    plans, pages = zip(*beside, strict=True)
    return [f"{median(plans):.1f} s", f"{median(pages) / MIB:.1f} MiB"]


def work_of_a_cell(folder: Path, environment: Environment) -> float:
    """The seconds of CPU time that one worker has for the training and the evaluation of a cell."""
    folder.mkdir()
    notes = note_sweep(folder, [*options_of(NOTED_SIZE), "--workers", "1"], environment)
    return sum(median(body.cpu_seconds for body in notes.of(stage)) for stage in ("train", "evaluate"))


def rows_of(sizes: Sequence[int], runs: Sequence[Sequence[Run]], work: float) -> Iterator[list[str]]:
    """The lines of one runner's sweeps, by their sizes; `work` is that of a cell, divided by the workers."""
    seconds = [median(run.seconds for run in of_size) for of_size in runs]
    held = [
        [mebibytes(run.memory for run in of_size), mebibytes(run.of_scheduler for run in of_size)]
        for of_size in runs
    ]
    further = of_a_further_cell(sizes, seconds)
    cpu = of_a_further_cell(sizes, [median(run.cpu_seconds for run in of_size) for of_size in runs])
    told = [["–"] * 3, *(map(milliseconds, (f, f - work, c)) for f, c in zip(further, cpu, strict=True))]
    for size, passed, of_cell, memory in zip(sizes, seconds, told, held, strict=True):
        yield [f"{size:,}", f"{passed:.1f} s", *of_cell, *memory]


def of_a_further_cell(sizes: Sequence[int], seconds: Sequence[float]) -> list[float]:
    """What each sweep took longer than the one before, divided by the cells it has more."""
    return [
        (longer - shorter) / (larger - smaller)
        for (smaller, larger), (shorter, longer) in zip(pairwise(sizes), pairwise(seconds), strict=True)
    ]


def milliseconds(seconds: float) -> str:
    """Seconds in words, as milliseconds."""
    return f"{1000 * seconds:.0f} ms"


def mebibytes(several: Iterable[int]) -> str:
    """The median of several numbers of bytes in words, as MiB."""
    held = median(several)
    return f"{held / MIB:,.0f} MiB" if held else "–"


def size_of(word: str) -> int:
    """A number of cells, which has to be one of whole seeds."""
    if not word.isdecimal() or int(word) < SMALLEST or int(word) % SMALLEST:
        raise argparse.ArgumentTypeError(f"{word}: give a multiple of {SMALLEST}")
    return int(word)


def which(words: Sequence[str]) -> tuple[list[Runner], list[int]]:
    """The runners and the sizes that a command line asks for."""
    parser = argparse.ArgumentParser(prog="benchmarks.growth", allow_abbrev=False)
    runners = get_args(Runner)
    parser.add_argument("--runners", nargs="+", choices=runners, default=runners)
    parser.add_argument("--sizes", nargs="+", type=size_of, default=SIZES)
    options = parser.parse_args(words)
    return list(options.runners), sorted(set(options.sizes))


if __name__ == "__main__":
    number, rest = arguments(ROUNDS, sys.argv[1:])
    main(number, *which(rest))
