"""The help texts of settings and the messages about wrong values."""

from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from flows.settings.study_settings import CommandSettings
from flows.settings.values import in_a_line, in_lines


@lru_cache
def help_texts(kind: type[CommandSettings]) -> dict[str, str]:
    """Return the help text of each setting with its bounds, such as `Passes over the data. From 1 to 9.`"""
    schemas = kind.model_json_schema()["properties"]
    return {
        name: " ".join(filter(None, [kind.model_fields[name].description, bounds(schemas[name])]))
        for name in kind.fields
    }


def bounds(schema: dict[str, Any]) -> str:
    """Return the bounds in a setting's JSON schema as a sentence, or "" if it has none.

    If the setting has several values, the sentence is about each of them.
    """
    many = "items" in schema
    schema = schema["items"] if many else schema
    low, above, high = (schema.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    if low is not None:
        told = f"{low:,} or more" if high is None else f"from {low:,} to {high:,}"
    elif above is not None:
        told = f"above {above:,}" if high is None else f"above {above:,}, up to {high:,}"
    else:
        return ""
    return f"Each {told}." if many else f"{told[0].upper()}{told[1:]}."


def problems(error: ValidationError, given: dict[str, Any], kind: type[CommandSettings]) -> list[str]:
    """Return a line for each error, with the parameter, its value and the remedy."""
    errors = error.errors()
    with_bad_items = {details["loc"][0] for details in errors if len(details["loc"]) > 1}
    return in_lines(
        problem(details, given, kind)
        for details in errors
        if details["loc"] not in [(name,) for name in with_bad_items]  # their items' errors are clearer
    )


def problem(details: ErrorDetails, given: dict[str, Any], kind: type[CommandSettings]) -> str:
    """Return the line for one error."""
    message = details["msg"].removeprefix("Value error, ")
    if not details["loc"]:
        return message  # a rule across several parameters names them itself
    name = str(details["loc"][0])
    if name not in kind.model_fields:
        known = ", ".join(kind.fields)
        return f"{in_a_line(name)}: there is no such parameter for {kind.what}; they are {known}"
    if details["type"] == "missing":
        return f"{name}: give it ({kind.model_fields[name].description})"
    value = details["input"] if len(details["loc"]) > 1 else given.get(name, details["input"])
    shown = in_a_line(value) or "(none)"
    reason = (
        "give at least one" if details["type"] == "too_short" else message.replace("Input should", "must")
    )
    return f"{name} {shown}: {reason} ({kind.model_fields[name].description})"
