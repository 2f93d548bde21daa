"""What the default sweep spends beside the bodies of its stages, in which all of its work is done.

python -m benchmarks.overhead [ROUNDS] [OPTIONS OF THE SWEEP]

Runs the sweep in threads, on a running Prefect server, with nothing cached, and notes when the body of each
stage ran and how much CPU time its thread took. Between the first training's start and the last one's end,
overhead is the share of the cores' time that no body had. By CPU time that includes the time in which bodies
waited, as for the interpreter's lock; by the clock it leaves that out. While cores were idle, nobody had
anything to do but wait; what remains of the overhead was spent by Prefect, its server and whatever else the
machine ran.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.contest import (
    arguments,
    machine,
    markdown,
    prepare_database,
    running_server,
    settings_of,
    spread,
    sweep_name,
)
from benchmarks.noted import Body, Notes, note_sweep
from flows.settings.study_settings import CORES

ROUNDS = 3

SHARES = (
    "overhead, bodies by CPU time",
    "of which cores were idle",
    "of which something else ran",
    "overhead, bodies by the clock",
)


def main(rounds: int, options: Sequence[str]) -> None:
    """Measure a few sweeps and print what was found."""
    workers = settings_of(options).workers
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        prepare_database(home)
        with running_server(home) as environment:
            for number in range(rounds):
                folder = Path(name) / str(number)
                folder.mkdir()
                parts = parts_of(note_sweep(folder, options, environment), workers)
                print(f"round {number + 1}: {parts}", file=sys.stderr)
                for part, value in parts.items():
                    found.setdefault(part, []).append(value)
    rows = [[part, *spread(values, "%" if part in SHARES else "s")] for part, values in found.items()]
    print(markdown([f"{sweep_name(options)}, on a running server", "median", "range"], rows))
    print(f"\n{machine(rounds, {})}; {workers} workers")


def parts_of(notes: Notes, workers: int) -> dict[str, float]:
    """The parts of a run in seconds, in their order, and its overheads in percent."""
    trainings, (report,) = notes.of("train"), notes.of("report")
    first = min(trainings, key=lambda body: body.began)
    last = max(trainings, key=lambda body: body.ended)
    passed = last.ended - first.began
    shares = [within(body, first.began, last.ended) for body in notes.bodies]
    cpu = sum(share * body.cpu_seconds for share, body in zip(shares, notes.bodies, strict=True))
    clock = sum(share * body.seconds for share, body in zip(shares, notes.bodies, strict=True))
    used = min(workers, CORES)
    idle = (last.idle_after - first.idle_before) / passed - (CORES - used)  # cores, on average
    overhead = 1 - cpu / (passed * used)
    percents = (overhead, idle / used, overhead - idle / used, 1 - clock / (passed * workers))
    return {
        "process start and imports, until the flow begins": notes.flow_began - notes.began,
        "generate and split, until the first training begins": first.began - notes.flow_began,
        "until the last training ends": passed,
        "what is left of other stages, until the report begins": report.began - last.ended,
        "the report": report.seconds,
        "publication and the end of the process": notes.ended - report.ended,
        **{name: 100 * share for name, share in zip(SHARES, percents, strict=True)},
    }


def within(body: Body, first: float, last: float) -> float:
    """The share of a body's time that lies between two moments."""
    return max(min(body.ended, last) - max(body.began, first), 0) / body.seconds


if __name__ == "__main__":
    main(*arguments(ROUNDS, sys.argv[1:]))
