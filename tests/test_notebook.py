"""The notebook that reads a study's tables, executed on a small study."""

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from flows.settings.study_settings import PROJECT
from tests.flows.sweeps import Sweeps

NOTEBOOK = PROJECT / "examples" / "study.ipynb"


@pytest.mark.slow
def test_every_cell_runs_and_tells_the_numbers_of_the_study(done: Sweeps) -> None:
    folder = done.folder / "examples"
    folder.mkdir()
    book = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(book, timeout=None, resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2
    results = pd.read_parquet(done.folder / "artifacts" / "latest" / "results.parquet")
    [table] = [o.data["text/plain"] for o in outputs if "depth 2" in o.get("data", {}).get("text/plain", "")]
    assert all(f"{error:.3g}" in table for error in results["test_mse"])


def test_what_it_shows_was_made_by_the_cells_that_it_has() -> None:
    book = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
