"""Runs a study from the command line: finds or starts a server, shows progress and prints a summary."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console

from denoising.addresses import masked
from flows.graph import graph_of
from flows.runners.processes import chosen, processes_for
from flows.server.api import (
    ConfigurationError,
    ServerError,
    configured_url,
    direct,
    import_prefect,
    in_short,
    prefect_home,
    surroundings,
    unreachable,
)
from flows.server.embedded import database_exists, drain, embedded_server, wait_until_recorded
from flows.server.guard import gone, guarded
from flows.settings.study_settings import StudySettings, store_of
from flows.terminal.process import go_on
from flows.terminal.status import Status, called
from flows.terminal.words import CELLS, Words, pointers
from flows.walks.plan import make_plan
from tasks.cache.code import CodeChangedError, import_as_read
from tasks.cache.folders import unwritable
from tasks.cache.places import StoreError
from tasks.cache.stage import Step
from tasks.cache.store import study_note

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

# The flow of a study, by the stage that writes its report.
FLOWS = {"report": "sweep", "verdict": "verdict", "decide": "recordings"}


@dataclass(frozen=True)
class Launch:
    """A flow that a command runs.

    Attributes:
        command: the name of the command.
        flow: returns the flow, after importing everything that the run needs.
        parameters: its parameters.
        begin: what is printed first.
        n_task_runs: how many task runs it has.
        words: what its progress is called.
    """

    command: str
    flow: Callable[[], Any]
    parameters: Mapping[str, Any]
    begin: str
    n_task_runs: int
    words: Words = CELLS

    def run(self, console: Console) -> "State[Any] | Status":
        """Run the flow on the configured server, or on one of its own; a status if that is impossible."""
        try:
            url = configured_url()
            if url is None and (why := unwritable(home := prefect_home())):
                return self.complain(f"PREFECT_HOME {home}: {why}", Status.BAD_PARAMETERS)
            if url is None:
                return self.run_embedded(console)
            with surroundings(direct(url)):
                if problem := unreachable(url):
                    return self.complain(problem, Status.BAD_PARAMETERS)
                self.announce(console)
                with guarded(url):
                    return self.call(console)
        except ConfigurationError as error:
            return self.complain(str(error), Status.BAD_PARAMETERS)
        except ServerError as error:
            return self.complain(str(error), Status.NOT_ALL_DONE)

    def announce(self, console: Console) -> None:
        """Print what will be run, after importing everything that the run needs."""
        self.flow()
        console.print(self.begin, markup=False)

    def complain(self, problem: str, status: Status) -> Status:
        """Print why there is no run, or no end of one, and return the exit status."""
        print(f"{called(self.command)}: {masked(problem)}", file=sys.stderr)
        return status

    def run_embedded(self, console: Console) -> "State[Any]":
        """Run on an embedded server, which is stopped after it has recorded every task run."""

        def meanwhile() -> None:
            import_prefect()
            if not database_exists():
                console.print("first run: preparing the Prefect database, up to half a minute")
            self.announce(console)

        with embedded_server(meanwhile):
            state = self.call(console)
            wait_until_recorded(state.state_details.flow_run_id, self.n_task_runs)
        return state

    def call(self, console: Console) -> "State[Any]":
        """Call the flow, show its progress, let the server record it and return its final state.

        Raises:
            ServerError: the server's answers are not those of Prefect.
        """
        from flows.terminal.display import shown
        from flows.walks.watch import observers

        with shown(console, self.words) as observer:
            token = observers.set((observer,))
            try:
                go_on()
                state: Any = self.flow()(**self.parameters, return_state=True)
                return cast("State[Any]", state)
            except Exception as error:  # what a flow itself raises is in its state
                raise ServerError(
                    f"Prefect or its server failed ({in_short(error)}); what is done is kept, and "
                    "the same command goes on from there"
                ) from error
            finally:
                observers.reset(token)
                if not gone.is_set():
                    drain()


def launch(settings: StudySettings, to_do: Sequence[Step] | None = None) -> Status:
    """Run a study, print how it went and return the exit status.

    Args:
        settings: its settings.
        to_do: its steps that are not cached, if that is known.

    Raises:
        StoreError: its folders cannot be read.
    """
    console = Console(highlight=False, soft_wrap=True)
    settings = settings.on_device()
    where = f"on {settings.dask_scheduler}" if settings.dask_scheduler else f"{settings.workers} at once"
    begin = f"{settings.study}: {len(settings.cells)} cells, {where}"
    with ExitStack() as stack:
        if settings.runner == "processes":
            steps = make_plan(settings).to_do if to_do is None else to_do
            stack.enter_context(processes_for(steps, settings.workers))
        state = launched(settings, begin).run(console)
    return state if isinstance(state, Status) else summarise(state, settings, console)


def launched(settings: StudySettings, begin: str = "") -> Launch:
    """Return how a study is run; `begin` is printed first."""

    def flow() -> Any:
        import flows.study

        for code in () if chosen.get() else codes:  # bodies run in this process
            with suppress(CodeChangedError):  # the flow is refused then, which its state tells
                import_as_read(*code)
        return getattr(flows.study, name)

    name = FLOWS[settings.stages[-1].name]
    steps = graph_of(settings).steps
    codes, n_task_runs = dict.fromkeys(step.code for step in steps), len(steps) + 1  # the last is `publish`
    command = "verdict.py" if name == "verdict" else "sweep.py"
    return Launch(command, flow, settings.parameters, begin, n_task_runs)


def summarise(state: "State[Any]", settings: StudySettings, console: Console) -> Status:
    """Print the results and where the report is, if the run wrote one, and return the exit status.

    The report of a completed run is there, though another run of the study may have noted itself since.
    """
    from flows.terminal.display import TABLES

    store = store_of(settings)
    try:
        note = store.read_note(study_note(settings.study)) or {}
        if state.is_completed() or note.get("flow_run_id") == str(state.state_details.flow_run_id):
            console.print(TABLES[settings.stages[-1].name](store.artifacts / settings.study))
            console.print("\n".join(pointers(settings)), markup=False)
    except StoreError as error:
        console.print(str(error), style="bold red", markup=False)
        return Status.NOT_ALL_DONE
    if state.is_completed():
        return Status.DONE
    console.print(state.message, style="bold red", markup=False)
    return Status.NOT_ALL_DONE
