"""What the Prefect UI shows of a study's table."""

import pandas as pd
import pytest

from tasks.run.publish import MOST_ROWS, SHOWN, listed

CELLS = SHOWN["report"]


def results(n: int) -> pd.DataFrame:
    """The results of so many cells, of which the last one failed."""
    rows = pd.DataFrame({name: [0.123456] * n for name in CELLS.columns} | {"seed": range(n)})
    return rows.assign(test_mse=[0.123456] * (n - 1) + [None], train_mse=1.0)


@pytest.mark.parametrize("n", [1, MOST_ROWS])
def test_a_table_that_is_not_long_is_shown_whole(n: int) -> None:
    rows, told = listed(results(n), CELLS, "post-1", "/there/results.parquet")
    assert told == "The cells of post-1"
    assert [row["seed"] for row in rows] == [*range(n)]
    assert tuple(rows[-1]) == CELLS.columns
    assert rows[-1]["test_mse"] == "–"
    assert rows[0]["train_seconds"] == 0.1235


def test_of_a_long_table_the_first_rows_are_shown_and_where_all_are() -> None:
    rows, told = listed(results(10_000), CELLS, "post-1", "/there/results.parquet")
    assert told == f"The first {MOST_ROWS} of 10,000 cells of post-1; `/there/results.parquet` has all"
    assert [row["seed"] for row in rows] == [*range(MOST_ROWS)]
