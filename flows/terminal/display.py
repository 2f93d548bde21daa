"""The progress of a run in the terminal: a live display, or plain lines if the output is no terminal."""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from denoising.study.variants import natural_order
from flows.terminal.status import as_called
from flows.terminal.words import CELLS, Words
from flows.walks.watch import Observer, Snapshot, Trained, Watched
from tasks.cache.places import Place, read

if TYPE_CHECKING:
    import pandas as pd


MOST_LINES = 250  # cells that have a line each where the output is no terminal


@contextlib.contextmanager
def shown(console: Console, words: Words = CELLS) -> Iterator[Observer]:
    """Yield an observer that shows a run's progress on this console."""
    if not console.is_terminal:
        yield PlainLines(console, words)
        return
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        yield lambda snapshot: live.update(picture(snapshot, words))


class PlainLines:
    """Prints a line for each training that ends, and a common one for those found in the cache.

    Of a study of many cells, it prints about a hundred lines.
    """

    def __init__(self, console: Console, words: Words = CELLS) -> None:
        self.console = console
        self.words = words
        self.said: set[Watched] = set()

    def __call__(self, snapshot: Snapshot) -> None:
        new = [ended for ended in snapshot.ended if ended.step not in self.said]
        cached = [ended.step for ended in new if ended.cached]
        trained = [ended for ended in new if not ended.cached]
        over = len(snapshot.ended) == snapshot.total
        if snapshot.total > MOST_LINES:
            self.say_together(snapshot, new, over)
            return
        if cached and (trained or snapshot.running or over):
            what = cached[0].of if len(cached) == 1 else f"{len(cached)} {self.words.things}"
            self.say(snapshot, cached, f"from the cache: {what}")
        for ended in trained:
            self.say(
                snapshot, [ended.step], f"{'failed' if ended.failed else self.words.done} {ended.step.of}"
            )

    def say_together(self, snapshot: Snapshot, new: Sequence[Trained], over: bool) -> None:
        """Print a line on many cells, whenever a hundredth of all has ended."""
        if not new or not (over or len(new) >= snapshot.total / 100):
            return
        cached, failed = sum(ended.cached for ended in new), [ended for ended in new if ended.failed]
        done = len(new) - cached - len(failed)
        parts = [
            f"{done:,} {self.words.done}" if done else "",
            f"{cached:,} from the cache" if cached else "",
            f"{len(failed):,} failed, such as {failed[0].step.of}" if failed else "",
        ]
        self.say(snapshot, [ended.step for ended in new], "; ".join(filter(None, parts)))

    def say(self, snapshot: Snapshot, cells: Sequence[Watched], what: str) -> None:
        """Print a line on cells that have ended and on the time that is left."""
        self.said.update(cells)
        left = f", {duration(snapshot.seconds_left)} left" if snapshot.seconds_left else ""
        self.console.print(f"[{len(self.said)}/{snapshot.total}] {what}{left}", markup=False)


def picture(snapshot: Snapshot, words: Words = CELLS) -> Group:
    """Return the live display: a bar for all cells, then a line for each running training."""
    ended = len(snapshot.ended)
    failed = sum(e.failed for e in snapshot.ended)
    left = f"about {duration(snapshot.seconds_left)} left" if snapshot.seconds_left else ""
    bar = Table.grid(padding=(0, 2))
    bar.add_row(
        Text(f"{ended}/{snapshot.total} {words.things}", style="bold"),
        ProgressBar(total=snapshot.total, completed=ended, width=32),
        Text(duration(snapshot.elapsed)),
        Text(left),
        Text(f"{failed} failed", style="bold red") if failed else "",
    )
    running = Table.grid(padding=(0, 2))
    for progress in snapshot.running:
        mse = progress.validation_mse
        running.add_row(
            Text(f"  {progress.label.replace(',', ' ')}"),
            ProgressBar(total=progress.epochs, completed=progress.epoch, width=16),
            Text(f"{words.part} {progress.epoch}/{progress.epochs}"),
            Text("" if mse is None else f"validation MSE {mse:.4f}"),
        )
    return Group(bar, running)


def results_tables(folder: Place) -> Group:
    """Return a table for each variant: the limits and each depth's test MSE, the lowest in bold.

    It has a row for each noise level; the test MSE is a median over the seeds, the others are expectations.
    """
    results, limits = (read_frame(folder / f"{name}.parquet") for name in ("results", "limits"))
    tables, variants = [], sorted(set(results["variant"]), key=natural_order)
    for variant in variants:
        cells = results[results["variant"] == variant]
        table = new_table(f"test MSE of {variant}" if len(variants) > 1 else "test MSE")
        errors = cells.pivot_table(
            index="alpha", columns="depth", values="test_mse", aggfunc="median", dropna=False
        )
        own = limits[limits["dataset"] == cells["dataset"].iloc[0]].set_index("alpha")
        depths = [f"depth {depth}" for depth in errors.columns]
        for name in ("alpha", "noisy", "best linear", "Bayes floor", *depths):
            table.add_column(name, overflow="fold")  # a narrow terminal must not cut off digits
        references = own.reindex(errors.index)[["noisy_mse", "linear_mmse", "mmse"]]
        for alpha, row in errors.iterrows():
            beside = [mse_text(value, best=False) for value in references.loc[alpha]]
            measured = [mse_text(value, best=value == row.min()) for value in row]
            table.add_row(f"{alpha:g}", *beside, *measured)
        tables.append(table)
    return Group(*tables)


def new_table(title: str) -> Table:
    """Return an empty table with a title."""
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))


def claims_table(folder: Place) -> Table:
    """Return a table of the claims and how many contrasts support or refute each."""
    claims = read_frame(folder / "claims.parquet")
    table = new_table("claims")
    for name in ("claim", "statement", "contrasts"):
        table.add_column(name, overflow="fold")
    for (number, statement), contrasts in claims.groupby(["claim", "statement"], sort=False)["verdict"]:
        counts = contrasts.value_counts()
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        table.add_row(str(number), str(statement), told)
    return table


def decisions(folder: Place) -> Group:
    """Return what to use at each level, a line each, and what limits that."""
    told = json.loads(read(folder / "summary.json"))
    limits = (Text(f"- {sentence}") for sentence in told["limits"])
    return Group(*map(Text, told["decisions"]), *limits, Text(f"to use it: {as_called(told['use'])}"))


def read_frame(path: Place) -> "pd.DataFrame":
    """Read a Parquet file."""
    from tasks.formats.frames import from_parquet

    return from_parquet(read(path))


def mse_text(value: float | None, best: bool) -> Text:
    """A mean squared error for a table; a dash where there is none."""
    return Text(
        "–" if value is None or value != value else f"{value:#.3g}", style="bold green" if best else ""
    )


def duration(seconds: float) -> str:
    """Return a duration as text, such as `48 s`, `3 min 20 s` or `2 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


TABLES: dict[str, Callable[[Place], Group | Table]] = {
    "report": results_tables,
    "verdict": claims_table,
    "decide": decisions,
}
