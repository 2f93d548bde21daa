"""What the benchmarks share: commands that are timed, alternation, tables, servers and the machine."""

import contextlib
import os
import platform
import resource
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

from flows.settings.study_settings import CORES, PROJECT
from flows.settings.sweep_settings import Settings
from flows.sweep import SWEEP
from tasks.run.facts import processor

SAMPLE_SECONDS = 0.25
MIB = 2**20
SCHEDULER = "flows.runners.local_cluster"  # in the command line of a Dask scheduler that a run starts
TINY = [
    "--depths", "1", "--alphas", "0.5", "--epochs", "1", "--n-signals", "20", "--n-test", "10",
    "--signal-length", "16",
]  # fmt: skip

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """One run of a command.

    Attributes:
        seconds: from its start to its end.
        cpu_seconds: CPU time of its process and of those that it waited for.
        memory: the most it was seen to hold, in bytes; 0 where nobody looked.
        of_scheduler: the most that the Dask scheduler among its processes was seen to hold.
        told: what it printed.
    """

    seconds: float
    cpu_seconds: float
    memory: int
    of_scheduler: int
    told: str


@dataclass
class Contestant:
    """Whoever takes part.

    Attributes:
        compete: prepares a run, which does not count, and runs it once.
        runs: those that were counted.
    """

    name: str
    compete: Callable[[], Run]
    runs: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        """What its runs took."""
        return [run.seconds for run in self.runs]


def alternate(contestants: Sequence[Contestant], rounds: int) -> None:
    """Let each run once a round, every second round in the reverse order; progress goes to standard error."""
    for number in range(rounds):
        for contestant in contestants[:: -1 if number % 2 else 1]:
            run = contestant.compete()
            contestant.runs.append(run)
            print(f"round {number + 1}: {contestant.name}, {run.seconds:.2f} s", file=sys.stderr)


def run_command(
    command: Sequence[str], folder: Path, environment: Environment, watch_memory: bool = False
) -> Run:
    """Run a command in a folder to its good end, with no Prefect settings but those in `environment`.

    Raises:
        RuntimeError: it ended badly; the message has what it printed.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with tempfile.TemporaryFile("w+") as output:
        began, cpu_seconds = time.perf_counter(), cpu_seconds_of_children()
        process = subprocess.Popen(
            command, cwd=folder, env={**inherited, **environment},
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        with watched(process.pid) if watch_memory else contextlib.nullcontext([(0, 0)]) as seen:
            status = process.wait()
            seconds = time.perf_counter() - began
            cpu_seconds = cpu_seconds_of_children() - cpu_seconds
        output.seek(0)
        told = output.read()
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {status}:\n{told}")
    memory, of_scheduler = map(max, zip(*seen, strict=True))
    return Run(seconds, cpu_seconds, memory, of_scheduler, told)


def cpu_seconds_of_children() -> float:
    """The CPU time of the processes that this one has waited for, and of those that they waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def watched(pid: int) -> Iterator[list[tuple[int, int]]]:
    """Look at the memory of a process and its descendants a few times a second; all that was seen."""
    seen, over = [(0, 0)], threading.Event()

    def look() -> None:
        while not over.wait(SAMPLE_SECONDS):
            seen.append(memory_of_tree(pid))

    observer = threading.Thread(target=look)
    observer.start()
    try:
        yield seen
    finally:
        over.set()
        observer.join()


def memory_of_tree(pid: int) -> tuple[int, int]:
    """The proportional set sizes of a process and its descendants: what processes share is counted once.

    Returns:
        The sum, and how much of it is that of a Dask scheduler.
    """
    total = of_scheduler = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                held = process.memory_full_info().pss
                total += held
                of_scheduler += held * any(SCHEDULER in word for word in process.cmdline())
    return total, of_scheduler


def install(folder: Path, packages: Mapping[str, str], beside_ours: bool = False) -> Path:
    """Make a virtual environment with some packages; the folder of its programs.

    Args:
        packages: the version by name.
        beside_ours: whether it also finds what this Python has installed.
    """
    print(f"installing {', '.join(packages)}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if beside_ours:
        (library,) = folder.glob("lib/python*/site-packages")
        (library / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    wanted = [f"{name}=={number}" for name, number in packages.items()]
    run_command([str(folder / "bin" / "pip"), "install", "-q", *wanted], folder, {})
    return folder / "bin"


def sweep_command(*options: str) -> list[str]:
    """This program's command."""
    return [sys.executable, str(PROJECT / "flows" / "sweep.py"), *options]


def folders_in(folder: Path) -> list[str]:
    """The options that have the sweep write below a folder."""
    return ["--data-dir", str(folder / "data"), "--artifacts-dir", str(folder / "artifacts")]


def prepare_database(home: Path) -> Environment:
    """Make a Prefect home whose database a small sweep has prepared; the environment that leads there."""
    home.mkdir(parents=True)
    environment = {"PREFECT_HOME": str(home)}
    with tempfile.TemporaryDirectory() as name:
        run_command(sweep_command(*TINY, *folders_in(Path(name))), Path(name), environment)
    return environment


@contextlib.contextmanager
def running_server(home: Path) -> Iterator[Environment]:
    """Run a Prefect server on a prepared home; the environment that leads there."""
    os.environ["PREFECT_HOME"] = str(home)  # before Prefect is imported
    from flows.server.embedded import embedded_server

    with embedded_server():  # which tells this process what to know of it
        names = ("PREFECT_HOME", "PREFECT_API_URL", "PREFECT_API_AUTH_STRING")
        yield {name: os.environ[name] for name in names}


def arguments(rounds: int, words: Sequence[str]) -> tuple[int, list[str]]:
    """The number of rounds and the sweep's options that a benchmark's command line asks for."""
    if words and words[0].isdecimal():
        return int(words[0]), list(words[1:])
    return rounds, list(words)


def sweep_name(options: Sequence[str]) -> str:
    """What the sweep with some options is called."""
    return f"the sweep {' '.join(options)}" if options else "the default sweep"


def settings_of(options: Sequence[str]) -> Settings:
    """The settings that some options of the sweep ask for."""
    settings = SWEEP.settings(SWEEP.parser.parse_args(options))
    if not isinstance(settings, Settings):
        raise SystemExit("\n".join(settings) if isinstance(settings, list) else "these are for recordings")
    return settings


def table(title: str, contestants: Sequence[Contestant]) -> str:
    """What the contestants took, beside the first, as a table in Markdown."""
    ours = median(contestants[0].seconds)
    with_memory = any(run.memory for run in contestants[0].runs)
    heads = [title, "median", "range", "times ours", *["peak memory"] * with_memory]
    rows = [
        [
            contestant.name,
            *spread(contestant.seconds),
            f"{median(contestant.seconds) / ours:.{precision(ours)}f}",
            *[f"{median(run.memory for run in contestant.runs) / MIB:,.0f} MiB"] * with_memory,
        ]
        for contestant in contestants
    ]
    return markdown(heads, rows)


def precision(seconds: float) -> int:
    """Digits behind the point of a ratio: more where programs that work for long are closer together."""
    return 2 if seconds >= 1 else 1


def spread(seconds: Sequence[float], unit: str = "s") -> list[str]:
    """The median and the range, in words."""
    digits = 2 if median(seconds) < 10 else 1
    low, high = min(seconds), max(seconds)
    return [f"{median(seconds):.{digits}f} {unit}", f"{low:.{digits}f}–{high:.{digits}f} {unit}"]


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, all columns but the first aligned to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine(rounds: int, packages: Mapping[str, str]) -> str:
    """How often and on what was measured, and with which versions."""
    ours = {name: version(name) for name in ("torch", "prefect")}
    versions = ", ".join(f"{name} {number}" for name, number in {**ours, **packages}.items())
    return (
        f"{rounds} round{'s' * (rounds != 1)} on {CORES} cores, {processor()}, "
        f"Python {platform.python_version()}, {versions}"
    )
