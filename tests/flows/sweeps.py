"""Small sweeps for tests, and what the API says of them."""

from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State
from prefect.client.schemas.sorting import TaskRunSort
from rich.console import Console

from denoising.denoisers.catalogue import BASELINES
from flows.server.embedded import drain, wait_until_recorded
from flows.settings.study_settings import StudySettings, report_of, store_of
from flows.settings.sweep_settings import Settings
from flows.sweep import SWEEP
from flows.terminal.launch import launched
from flows.walks.plan import make_plan
from tests.flows.commands import with_runner

LEVEL = {"generate": 1, "split": 1, "limits": 1, "baseline": len(BASELINES)}  # what each alpha adds
WHOLE = {stage: 2 * n for stage, n in LEVEL.items()} | {"train": 4, "evaluate": 4, "report": 1, "publish": 1}
RUNS = sum(WHOLE.values())
STEPS = RUNS - 1  # of a plan, in which nothing is published
BESIDE = STEPS - 4 - 4 - 1  # those that are neither a cell's nor the report
NOTES = {"settings.json", "study.json"}  # on a study's last run, which no record names
PAGE = 200  # task runs that the API tells of at once


class Sweeps:
    """Runs small sweeps over one pair of folders and tells what each of them did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: dict[str, Any] = {
            "preset": "quick", "depths": [2, 3], "alphas": [0.1, 0.3], "epochs": 2, "channels": 4,
            "n_signals": 20, "n_test": 10, "signal_length": 32, "workers": 2, "runner": "threads",
            "data_dir": str(folder / "data"), "artifacts_dir": str(folder / "artifacts"),
        }  # fmt: skip

    def read(self, **changes: Any) -> Settings:
        return Settings(**{**self.settings, **changes})

    def run(self, **changes: Any) -> State[Any]:
        from flows.study import sweep

        state: Any = sweep(**{**self.settings, **changes}, return_state=True)
        return state

    def ran(self, **changes: Any) -> Counter[str]:
        """Run a sweep that ends well; how many task runs of each stage were not taken from the cache."""
        state = self.run(**changes)
        assert state.is_completed(), state.message
        return self.not_cached(state, launched(self.read(**changes)).n_task_runs)

    @staticmethod
    def not_cached(state: State[Any], expected: int) -> Counter[str]:
        runs = task_runs(state.state_details.flow_run_id, expected)
        return Counter(run.name.split()[0] for run in runs if run.state_name != "Cached")


def unrecorded(settings: StudySettings) -> set[str]:
    """The files in a study's folder that the record of its report does not name."""
    record = make_plan(settings).steps[-1].record
    assert record is not None
    known = {store_of(settings).resolve(output["path"]) for output in record["outputs"].values()}
    folder = report_of(settings).parent
    files = {path for path in folder.rglob("*") if path.is_file()}
    return {path.relative_to(folder).as_posix() for path in files - known}


def read(arguments: list[str]) -> Any:
    """The settings that a command line asks for."""
    settings = SWEEP.settings(SWEEP.parser.parse_args(with_runner(arguments)))
    assert isinstance(settings, StudySettings), settings
    return settings


def ran(arguments: list[str]) -> Counter[str]:
    """Run a command line that ends well; how many task runs of each stage were not taken from the cache."""
    settings = read(arguments)
    state = launched(settings).call(Console(quiet=True))
    assert state.is_completed(), state.message
    return Sweeps.not_cached(state, launched(settings).n_task_runs)


def task_runs(flow_run_id: UUID | None, expected: int) -> list[Any]:
    """The task runs of a flow run as the API holds them, once it holds the end of all."""
    drain()
    assert wait_until_recorded(flow_run_id, expected) == expected
    with get_client(sync_client=True) as client:
        only = FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id]))
        return [
            run
            for offset in range(0, expected, PAGE)
            for run in client.read_task_runs(
                flow_run_filter=only, sort=TaskRunSort.NAME_ASC, limit=PAGE, offset=offset
            )
        ]


def outputs(settings: Settings) -> dict[str, str]:
    """The digest of every file that was made for the cells of a sweep, the report's apart, by its path."""
    plan = make_plan(settings, verify=True)
    assert {step.status for step in plan.steps} == {"cached"}
    records = [store_of(settings).read_record(str(step.key)) for step in plan.steps if step.stage != "report"]
    return {
        file["path"]: file["sha256"] for record in records if record for file in record["outputs"].values()
    }
