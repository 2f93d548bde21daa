"""Gives a flow the settings of a study as parameters, so that the form in the Prefect UI shows them.

Prefect reads a parameter's bounds and title from its annotation, its default from the signature and its
description from the docstring; all are derived from the settings class. The form does not show bounds, so the
description names them. Titles begin with the group of a setting: real groups would be nested parameters, also
for deployments and for callers of the API.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, Field
from pydantic.fields import FieldInfo

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.recordings.settings import CuttingSettings
from denoising.signals.settings import DatasetSettings
from flows.settings.grid_settings import GridSettings
from flows.settings.messages import help_texts
from flows.settings.study_settings import CommandSettings, StudySettings
from flows.settings.values import type_of

# The groups of settings by the classes that define them.
GROUPS: dict[type[BaseModel], str] = {
    DatasetSettings: "signals",
    CuttingSettings: "signals",
    NetworkSettings: "network",
    TrainingSettings: "training",
    StudySettings: "run",
}
GIVEN_ANYWAY = (
    "This form gives all of them, so another preset would change nothing but the name: to start from that "
    "preset, use its deployment."
)

F = TypeVar("F", bound=Callable[..., object])


def takes_settings(kind: type[CommandSettings]) -> Callable[[F], F]:
    """Return a decorator that gives `function(**parameters)` one parameter for each setting."""
    fields = [(name, kind.model_fields[name]) for name in kind.fields]
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.get_default(),
            annotation=Annotated[as_shown(field), Field(json_schema_extra={"title": title_of(name, kind)})],
        )
        for name, field in fields
    ]
    arguments = "\n".join(f"    {name}: {text}" for name, text in form_texts(kind).items())

    def decorate(function: F) -> F:
        returns = inspect.signature(function).return_annotation
        function.__signature__ = inspect.Signature(parameters, return_annotation=returns)  # type: ignore[attr-defined]
        function.__doc__ = f"{inspect.getdoc(function)}\n\nArgs:\n{arguments}"
        return function

    return decorate


def title_of(name: str, kind: type[CommandSettings]) -> str:
    """Return a setting's name after that of its group, such as `training · epochs`, if it has one."""
    if issubclass(kind, GridSettings) and name in (*kind.grid, "vary"):
        return f"grid · {name}"
    groups = (
        told for model, told in GROUPS.items() if issubclass(kind, model) and name in model.model_fields
    )
    return " · ".join([*groups, name])


def form_texts(kind: type[CommandSettings]) -> dict[str, str]:
    """Return the help text of each setting with what is true of the form alone."""
    texts = help_texts(kind)
    if issubclass(kind, GridSettings) and len(kind.presets) > 1:
        return texts | {"preset": f"{texts['preset']} {GIVEN_ANYWAY}"}
    return texts


def as_shown(field: FieldInfo) -> Any:
    """A setting's type and bounds. What no form can show is left to the flow, which tells it better."""
    bounds = [bound for bound in field.metadata if not isinstance(bound, AfterValidator)]
    return type_of(field.annotation, bounds)
