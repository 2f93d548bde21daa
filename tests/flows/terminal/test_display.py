"""What is printed while a sweep goes on and when it has ended."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console, RenderableType

from flows.graph import graph_of
from flows.settings.sweep_settings import Settings
from flows.terminal.display import PlainLines, duration, picture, results_tables, shown
from flows.walks.watch import Snapshot, Trained
from tasks.cache.stage import Step
from tasks.run.progress import Progress
from tasks.stages.train import train

CELLS = graph_of(Settings(depths=[2, 8], alphas=[0.1, 0.2])).of(train)
RUNNING = [Progress(CELLS[1].label, 12, 50, 0.25), Progress(CELLS[2].label, 0, 50, None)]


def ended(cell: Step, *, cached: bool = False, failed: bool = False) -> Trained:
    return Trained(cell, cached, failed)


def printed(renderable: RenderableType) -> str:
    console = Console(file=StringIO(), width=120)
    with console.capture() as capture:
        console.print(renderable)
    return " ".join(capture.get().split())


def test_the_live_display_counts_cells_and_tells_epoch_loss_and_time() -> None:
    snapshot = Snapshot(4, [ended(CELLS[0])], RUNNING, elapsed=62.0, seconds_left=200.0)
    text = printed(picture(snapshot))
    assert text.startswith("1/4 cells")
    assert "1 min 02 s about 3 min 20 s left" in text
    assert "depth=8 alpha=0.2 seed=0" in text
    assert "epoch 12/50 validation MSE 0.2500" in text
    assert text.endswith("epoch 0/50")
    assert "failed" not in text
    assert "1 failed" in printed(picture(Snapshot(4, [ended(CELLS[0], failed=True)])))


def lines_of(*snapshots: Snapshot) -> list[str]:
    console = Console(file=StringIO(), width=120)
    with console.capture() as capture:
        plain = PlainLines(console)
        for snapshot in snapshots:
            plain(snapshot)
    return capture.get().splitlines()


def test_plain_lines_tell_each_training_once() -> None:
    first = [ended(CELLS[0])]
    assert lines_of(
        Snapshot(4, [], RUNNING),
        Snapshot(4, first, RUNNING, seconds_left=9.6),
        Snapshot(4, first, RUNNING, seconds_left=5.0),
        Snapshot(4, [*first, ended(CELLS[1], failed=True)], seconds_left=3.0),
    ) == [
        "[1/4] trained depth=8 alpha=0.1 seed=0, 10 s left",
        "[2/4] failed depth=8 alpha=0.2 seed=0, 3 s left",
    ]


def test_plain_lines_sum_up_what_the_cache_held() -> None:
    cached = [ended(cell, cached=True) for cell in CELLS]
    assert lines_of(*(Snapshot(4, cached[:n]) for n in range(5))) == ["[4/4] from the cache: 4 cells"]
    assert lines_of(Snapshot(4, cached[:1]), Snapshot(4, [*cached[:1], ended(CELLS[1])])) == [
        "[1/4] from the cache: depth=8 alpha=0.1 seed=0",
        "[2/4] trained depth=8 alpha=0.2 seed=0",
    ]


def test_of_many_cells_plain_lines_tell_a_hundredth_at_a_time() -> None:
    cells = graph_of(Settings(depths=[2], alphas=[0.1], seeds=range(1000))).of(train)
    every = [ended(cell, cached=n < 25, failed=n == 30) for n, cell in enumerate(cells)]
    lines = lines_of(*(Snapshot(1000, every[:n], seconds_left=1000 - n) for n in range(1001)))
    assert len(lines) == 100
    assert lines[0] == "[10/1000] 10 from the cache, 16 min 30 s left"
    assert lines[2] == "[30/1000] 5 trained; 5 from the cache, 16 min 10 s left"
    assert lines[3] == "[40/1000] 9 trained; 1 failed, such as depth=2 alpha=0.1 seed=30, 16 min 00 s left"
    assert lines[-1] == "[1000/1000] 10 trained"
    few = lines_of(Snapshot(1000, every[:995]), Snapshot(1000, every))
    assert few[1] == "[1000/1000] 5 trained", "those that are left at the end"


def test_a_file_gets_plain_lines_and_a_terminal_a_live_display() -> None:
    with shown(Console(file=StringIO())) as observer:
        assert isinstance(observer, PlainLines)
    terminal = Console(file=StringIO(), force_terminal=True, width=120)
    with shown(terminal) as observer:
        observer(Snapshot(4, [], RUNNING))
    assert "epoch 12/50" in terminal.file.getvalue()  # type: ignore[attr-defined]


def test_the_table_gives_the_median_over_the_seeds_and_a_dash_for_what_failed(tmp_path: Path) -> None:
    rows = [(2, 0.1, 0, 0.3), (2, 0.1, 1, 0.1), (2, 0.1, 2, 0.2), (4, 0.1, 0, None)]
    limits = pd.DataFrame({"dataset": "one", "alpha": [0.1], "linear_mmse": 0.01, "mmse": 0.000123})
    keep_tables([(*row, "base", "one") for row in rows], limits, tmp_path)
    text = printed(results_tables(tmp_path))
    assert "0.1 0.500 0.0100 0.000123 0.200 –" in text
    assert text.startswith("test MSE alpha")


def test_there_is_a_table_for_each_variant(tmp_path: Path) -> None:
    rows = [(2, 0.1, 0, 0.3, "base", "one"), (2, 0.2, 0, 0.4, "base", "one")]
    rows += [(*row[:3], row[3] / 2, "signals=pictures", "other") for row in rows]
    limits = pd.DataFrame(
        {
            "dataset": ["one", "other", "one"],
            "alpha": [0.1, 0.1, 0.2],
            "linear_mmse": [0.01, 0.02, 0.03],
            "mmse": 0.001,
        }
    )
    keep_tables(rows, limits, tmp_path)
    text = printed(results_tables(tmp_path))
    text = re.sub(" ─+ ", " ", text)
    head = "alpha noisy best linear Bayes floor depth 2"
    assert f"test MSE of base {head} 0.1 0.500 0.0100 0.00100 0.300 0.2 0.500 0.0300 0.00100 0.400" in text
    assert f"test MSE of signals=pictures {head} 0.1 0.500 0.0200 0.00100 0.150 0.2 – – – 0.200" in text


def keep_tables(rows: list[tuple[Any, ...]], limits: pd.DataFrame, folder: Path) -> None:
    """Tables as a study leaves them."""
    frame = pd.DataFrame(rows, columns=["depth", "alpha", "seed", "test_mse", "variant", "dataset"])
    frame.to_parquet(folder / "results.parquet")
    limits.assign(noisy_mse=0.5).to_parquet(folder / "limits.parquet")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (48, "48 s"), (59.6, "1 min 00 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert duration(seconds) == text
