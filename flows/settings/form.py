"""Gives a flow the settings of a study as parameters, so that the form in the Prefect UI shows them.

Prefect reads a parameter's bounds from its annotation, its default from the signature and its description
from the docstring; all three are derived from the settings class. The form does not show bounds, so the
description names them.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import AfterValidator
from pydantic.fields import FieldInfo

from flows.settings.messages import help_texts
from flows.settings.study_settings import CommandSettings
from flows.settings.values import type_of

F = TypeVar("F", bound=Callable[..., object])


def takes_settings(kind: type[CommandSettings]) -> Callable[[F], F]:
    """Return a decorator that gives `function(**parameters)` one parameter for each setting."""
    fields = [(name, kind.model_fields[name]) for name in kind.fields]
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.get_default(),
            annotation=as_shown(field),
        )
        for name, field in fields
    ]
    arguments = "\n".join(f"    {name}: {text}" for name, text in help_texts(kind).items())

    def decorate(function: F) -> F:
        returns = inspect.signature(function).return_annotation
        function.__signature__ = inspect.Signature(parameters, return_annotation=returns)  # type: ignore[attr-defined]
        function.__doc__ = f"{inspect.getdoc(function)}\n\nArgs:\n{arguments}"
        return function

    return decorate


def as_shown(field: FieldInfo) -> Any:
    """A setting's type and bounds. What no form can show is left to the flow, which tells it better."""
    bounds = [bound for bound in field.metadata if not isinstance(bound, AfterValidator)]
    return type_of(field.annotation, bounds)
