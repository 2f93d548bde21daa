"""Runs a study from the command line: finds or starts a server, shows progress and prints a summary."""

import sys
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console

from flows.graph import graph_of
from flows.server.api import configured_url
from flows.server.embedded import ServerError, database_exists, drain, embedded_server, wait_until_recorded
from flows.settings.study_settings import StudySettings, report_of, store_of
from flows.terminal.status import Status
from tasks.cache.store import study_note

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def launch(settings: StudySettings) -> Status:
    """Run a study, print how it went and return the exit status."""
    console = Console(highlight=False, soft_wrap=True)
    url = configured_url()
    if url and (problem := unreachable(url)):
        return complain(problem, settings, Status.BAD_PARAMETERS)
    settings = settings.on_device()
    try:
        if url:
            announce(settings, console)
            state = run(settings, console)
        else:
            state = run_embedded(settings, console)
    except ServerError as error:
        return complain(str(error), settings, Status.NOT_ALL_DONE)
    return summarise(state, settings, console)


def announce(settings: StudySettings, console: Console) -> None:
    """Print what will be run, after importing everything that the run needs."""
    import flows.study  # noqa: F401

    where = f"on {settings.dask_scheduler}" if settings.dask_scheduler else f"{settings.workers} at once"
    console.print(f"{settings.study}: {len(settings.cells)} cells, {where}")


def complain(problem: str, settings: StudySettings, status: Status) -> Status:
    """Print why nothing was run and return the exit status."""
    print(f"{flow_of(settings).name}.py: {problem}", file=sys.stderr)
    return status


def run_embedded(settings: StudySettings, console: Console) -> "State[Any]":
    """Run on an embedded server, which is stopped after it has recorded every task run."""
    if not database_exists():
        console.print("first run: preparing the Prefect database, about half a minute")
    with embedded_server(meanwhile=lambda: announce(settings, console)):
        expected = n_task_runs(settings)
        try:
            state = run(settings, console)
        finally:
            drain()
        wait_until_recorded(state.state_details.flow_run_id, expected)
    return state


def run(settings: StudySettings, console: Console) -> "State[Any]":
    """Call the flow, show its progress and return its final state."""
    from flows.terminal.display import shown
    from flows.walks.watch import observers

    with shown(console) as observer:
        token = observers.set((observer,))
        try:
            state: Any = flow_of(settings)(**settings.parameters, return_state=True)
            return cast("State[Any]", state)
        finally:
            observers.reset(token)


def flow_of(settings: StudySettings) -> Any:
    """Return the flow that runs a study."""
    from flows.study import recordings, sweep, verdict

    return {"report": sweep, "verdict": verdict, "decide": recordings}[settings.stages[-1].name]


def summarise(state: "State[Any]", settings: StudySettings, console: Console) -> Status:
    """Print the results and where the report is, if the run wrote one, and return the exit status."""
    from flows.terminal.display import TABLES

    store = store_of(settings)
    note = store.read_note(study_note(settings.study)) or {}
    if note.get("flow_run_id") == str(state.state_details.flow_run_id):
        console.print(TABLES[settings.stages[-1].name](store.artifacts / settings.study))
        console.print(f"report: {report_of(settings)}", markup=False)
    if state.is_completed():
        return Status.DONE
    console.print(state.message, style="bold red", markup=False)
    return Status.NOT_ALL_DONE


def n_task_runs(settings: StudySettings) -> int:
    """Return the number of task runs of a study: one for each step, and `publish`."""
    return len(graph_of(settings).steps) + 1


def unreachable(url: str) -> str | None:
    """Return a message if no Prefect API answers at a URL; None if one does."""
    from prefect import get_client

    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if error is None:
        return None
    return (
        f"PREFECT_API_URL {url}: no Prefect API answers there ({type(error).__name__}); "
        "start that server, or unset the URL (environment or profile) to use an embedded one"
    )
