"""Runs the sweep from the command line: finds or starts a server, shows progress, sums up."""

import os
import sys
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console

from flows.settings import Settings

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

DONE, SOME_CELL_FAILED, BAD_PARAMETERS = 0, 1, 2

# Read by Prefect when it is imported: its logs go to the API, the terminal is ours.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
os.environ.setdefault("DO_NOT_TRACK", "1")


def launch(settings: Settings) -> int:
    """Run the sweep and say how it went; the exit status."""
    from prefect.settings import PREFECT_API_URL

    console = Console(highlight=False, soft_wrap=True)
    url = PREFECT_API_URL.value()
    if url is None:
        return launch_embedded(settings, console)
    if problem := unreachable(url):
        print(f"sweep.py: {problem}", file=sys.stderr)
        return BAD_PARAMETERS
    return summarise(run(settings, console), settings, console)


def launch_embedded(settings: Settings, console: Console) -> int:
    """Run the sweep on a server of its own, which is stopped when it has recorded every task run."""
    from flows.server import database_exists, drain, embedded_server, wait_until_recorded

    if not database_exists():
        console.print("first run: preparing the Prefect database, about half a minute")
    with embedded_server():
        try:
            state = run(settings, console)
        finally:
            drain()
        wait_until_recorded(state.state_details.flow_run_id, n_task_runs(settings))
    return summarise(state, settings, console)


def run(settings: Settings, console: Console) -> "State[Any]":
    """Call the flow, watched by the terminal; its final state."""
    from flows.display import shown
    from flows.study import sweep
    from flows.watch import observers

    console.print(f"{settings.study}: {len(settings.cells)} cells, {settings.workers} at once")
    with shown(console) as observer:
        token = observers.set((observer,))
        try:
            state: Any = sweep(**settings.model_dump(mode="json"), return_state=True)
            return cast("State[Any]", state)
        finally:
            observers.reset(token)


def summarise(state: "State[Any]", settings: Settings, console: Console) -> int:
    """Print how the sweep went, and where its report is; the exit status."""
    from flows.display import results_table

    folder = settings.store.artifacts / settings.study
    results = folder / "results.parquet"
    if state.is_completed() or results.exists():
        console.print(results_table(results))
    if not state.is_completed():
        console.print(state.message, style="bold red", markup=False)
    console.print(f"report: {folder / 'report.html'}", markup=False)
    return DONE if state.is_completed() else SOME_CELL_FAILED


def n_task_runs(settings: Settings) -> int:
    """How many task runs a whole sweep has: four stages, the report and its publication."""
    return 2 * len(settings.alphas) + 2 * len(settings.cells) + 2


def unreachable(url: str) -> str | None:
    """What to tell if no Prefect API answers at a URL."""
    from prefect import get_client

    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if error is None:
        return None
    return (
        f"PREFECT_API_URL {url}: no Prefect API answers there ({type(error).__name__}); "
        "start that server, or unset the URL (environment or profile) to use an embedded one"
    )
