"""What people are told of settings: what each means, its bounds, and what is wrong with a value."""

from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from flows.settings.study_settings import StudySettings


@lru_cache
def help_texts(kind: type[StudySettings]) -> dict[str, str]:
    """What each setting means, with its bounds, such as `Passes over the training signals. From 1 to 100.`"""
    schemas = kind.model_json_schema()["properties"]
    return {
        name: " ".join(filter(None, [kind.model_fields[name].description, bounds(schemas[name])]))
        for name in kind.fields
    }


def bounds(schema: dict[str, Any]) -> str:
    """The bounds in a setting's JSON schema, or those of each of its values, as a sentence; empty without."""
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


def problems(error: ValidationError, given: dict[str, Any], kind: type[StudySettings]) -> list[str]:
    """One clear line for each thing that is wrong: the parameter, the value and the remedy."""
    errors = error.errors()
    with_bad_items = {details["loc"][0] for details in errors if len(details["loc"]) > 1}
    return [
        problem(details, given, kind)
        for details in errors
        if details["loc"] not in [(name,) for name in with_bad_items]  # the items say it better
    ]


def problem(details: ErrorDetails, given: dict[str, Any], kind: type[StudySettings]) -> str:
    """What is wrong with one parameter."""
    message = details["msg"].removeprefix("Value error, ")
    if not details["loc"]:
        return message  # a rule across parameters, which names them itself
    name = str(details["loc"][0])
    if name not in kind.model_fields:
        return f"{name}: there is no such parameter; the parameters are {', '.join(kind.fields)}"
    value = details["input"] if len(details["loc"]) > 1 else given.get(name, details["input"])
    shown = (" ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)) or "(none)"
    reason = (
        "give at least one" if details["type"] == "too_short" else message.replace("Input should", "must")
    )
    return f"{name} {shown}: {reason} ({kind.model_fields[name].description})"
