"""The Prefect flows of the studies, which are the entrypoints of the deployments."""

import sys
from pathlib import Path
from typing import Any

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from prefect import flow, get_client, get_run_logger
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.runtime import flow_run
from prefect.states import Failed
from pydantic import ValidationError

from denoising.addresses import masked
from denoising.study.variants import in_words
from flows.runners.local import RunnerError
from flows.runners.obstacles import obstacles
from flows.server.abandoned import end_with_worker
from flows.server.parameters import mask_parameters
from flows.settings.form import takes_settings
from flows.settings.grid_settings import GridSettings
from flows.settings.messages import problems
from flows.settings.recordings_settings import OwnSettings
from flows.settings.study_settings import StudySettings
from flows.settings.sweep_settings import Settings
from flows.settings.verdict_settings import VerdictSettings
from flows.walks.execution import run_study
from tasks.cache.code import CodeChangedError
from tasks.cache.failures import told
from tasks.cache.places import StoreError

MAX_VALUES_IN_NAME = 10


def sweep_name() -> str:
    """Return the name of a sweep's flow run.

    Such as `post depths=2,4,6,8 alphas=0.1,0.2 seeds=0,…,99 skips=true,false`.
    """
    parameters = flow_run.parameters
    axes = {name: parameters[name] for name in ("depths", "alphas", "seeds")} | parameters["vary"]
    return " ".join([parameters["preset"], *(f"{name}={in_short(axes[name])}" for name in axes)])


def in_short(values: list[Any]) -> str:
    """Return the values of an axis as text; if there are more than ten, only the first and the last."""
    words = [*map(in_words, values)]
    return ",".join(words if len(words) <= MAX_VALUES_IN_NAME else [words[0], "…", words[-1]])


@flow(name="sweep", flow_run_name=sweep_name)
@takes_settings(Settings)
def sweep(**parameters: Any) -> Any:
    """Train an autoencoder for every depth and noise level, measure them and report."""
    return run(Settings, parameters)


@flow(name="recordings", flow_run_name="recordings")
@takes_settings(OwnSettings)
def recordings(**parameters: Any) -> Any:
    """Find out what denoises your own recordings best."""
    return run(OwnSettings, parameters)


@flow(name="verdict", flow_run_name="verdict {preset}")
@takes_settings(VerdictSettings)
def verdict(**parameters: Any) -> Any:
    """Change one cause at a time, and say which claims on autoencoders as denoisers hold."""
    return run(VerdictSettings, parameters)


def run(kind: type[StudySettings], parameters: dict[str, Any]) -> State[Any] | dict[str, Any]:
    """Run a study with these parameters; the state is Failed, and says why, if they are not valid."""
    end_with_worker()
    mask_parameters(parameters)
    try:
        settings = kind(**parameters)
    except ValidationError as error:
        return Failed(message="; ".join(problems(error, parameters, kind)))
    try:
        if found := obstacles(settings):
            return Failed(message=masked("; ".join(found)))
        tag_flow_run(settings)
        if isinstance(settings, GridSettings):
            get_run_logger().info(settings.beside_preset)
        return run_study(settings.on_device())
    except (CodeChangedError, RunnerError, StoreError) as error:
        return Failed(message=masked(str(error)))
    except OSError as error:  # such as a folder that was removed meanwhile
        return Failed(message=told(error))


def tag_flow_run(settings: StudySettings) -> None:
    """Tag the flow run but not its tasks, because every tag of a task costs calls to the server."""
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    tags = {*context.flow_run.tags, *settings.tags}
    with get_client(sync_client=True) as client:
        client.update_flow_run(context.flow_run.id, tags=tags)
