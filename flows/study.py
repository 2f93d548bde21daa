"""The studies as Prefect flows: the deployments' entrypoints."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # before whatever else is called `tasks`

from prefect import flow, get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.runtime import flow_run
from prefect.states import Failed
from pydantic import ValidationError

from denoising.study.variants import in_words
from flows.runners.local import RunnerError
from flows.runners.obstacles import obstacles
from flows.server.abandoned import end_with_worker
from flows.settings.form import takes_settings
from flows.settings.messages import problems
from flows.settings.study_settings import StudySettings
from flows.settings.sweep_settings import Settings
from flows.settings.verdict_settings import VerdictSettings
from flows.walks.execution import run_study
from tasks.cache.code import CodeChangedError

MOST_NAMED = 10  # values of an axis in a flow run's name


def sweep_name() -> str:
    """Such as `post depths=2,4,6,8 alphas=0.1,0.2 seeds=0,…,99 skips=true,false`."""
    parameters = flow_run.parameters
    axes = {name: parameters[name] for name in ("depths", "alphas", "seeds")} | parameters["vary"]
    return " ".join([parameters["preset"], *(f"{name}={in_short(axes[name])}" for name in axes)])


def in_short(values: list[Any]) -> str:
    """The values of an axis; of very many, the first and the last."""
    words = [*map(in_words, values)]
    return ",".join(words if len(words) <= MOST_NAMED else [words[0], "…", words[-1]])


@flow(name="sweep", flow_run_name=sweep_name)
@takes_settings(Settings)
def sweep(**parameters: Any) -> Any:
    """Train an autoencoder for every depth and noise level, measure them and report."""
    return run(Settings, parameters)


@flow(name="verdict", flow_run_name="verdict {preset}")
@takes_settings(VerdictSettings)
def verdict(**parameters: Any) -> Any:
    """Change one cause at a time, and say which claims on autoencoders as denoisers hold."""
    return run(VerdictSettings, parameters)


def run(kind: type[StudySettings], parameters: dict[str, Any]) -> State[Any] | dict[str, Any]:
    """Run a study of these parameters, unless something is wrong with them."""
    end_with_worker()
    try:
        settings = kind(**parameters)
    except ValidationError as error:
        return Failed(message="; ".join(problems(error, parameters, kind)))
    if found := obstacles(settings):
        return Failed(message="; ".join(found))
    tag_flow_run(settings)
    try:
        return run_study(settings.on_device())
    except (CodeChangedError, RunnerError) as error:
        return Failed(message=str(error))


def tag_flow_run(settings: StudySettings) -> None:
    """Tag the flow run, and not its tasks: every tag of a task costs calls to the server."""
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    tags = {*context.flow_run.tags, *settings.tags}
    with get_client(sync_client=True) as client:
        client.update_flow_run(context.flow_run.id, tags=tags)
