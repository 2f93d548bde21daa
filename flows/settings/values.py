"""How a single value of a setting is taken, beyond what its type says, and told in a message."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from math import isclose
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator

from denoising.addresses import masked

TRUTHS = ("true", "false")
LONG_VALUE, LONG_LINE = 300, 2000  # characters


def told_apart(given: Any, annotation: Any) -> Any:
    """Return what is given for a setting if true and false stand where they are asked for, and only there.

    Pydantic also takes yes, on and 1 for true, and true for the number 1.

    Args:
        given: the value.
        annotation: the type of the setting.

    Raises:
        ValueError: something else stands for true or false, or one of them for something else.
    """
    if bool in (annotation, *get_args(annotation)):
        if not (given is None or isinstance(given, bool) or (isinstance(given, str) and given in TRUTHS)):
            raise ValueError("must be a valid boolean, true or false")
    elif any(isinstance(one, bool) for one in (given if isinstance(given, Collection) else [given])):
        raise ValueError("it is not a matter of true or false; give another value")
    return given


def type_of(annotation: Any, bounds: Sequence[Any]) -> Any:
    """Return the type of a setting with its bounds and with what `told_apart` asks for."""
    return Annotated[annotation, *bounds, BeforeValidator(partial(told_apart, annotation=annotation))]


def as_printed(level: float) -> float:
    """Return a noise level as folders and tables print it, so that levels that look equal are equal.

    Only what calculating adds, as in 0.1 + 0.2, is rounded away.

    Raises:
        ValueError: it has more digits than are printed.
    """
    printed = float(f"{level:g}") + 0.0  # without the sign of -0.0
    if not isclose(level, printed, rel_tol=1e-12):
        raise ValueError(f"folders and tables tell only 6 digits of it; give {printed:g}")
    return printed


Printed = AfterValidator(as_printed)


def in_a_line(value: Any, longest: int = LONG_VALUE) -> str:
    """Return a value as text that fits into a line, without what is secret in it.

    What cannot be printed is escaped, and what is long is cut.
    """
    try:
        text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    except ValueError:  # Python writes out no integer of more than 4300 digits
        text = "(a number of too many digits)"
    text = masked(text)  # before a secret is cut, and so not known for one
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: longest + 1])
    return f"{text[:longest]}..." if len(text) > longest else text


def in_lines(problems: Iterable[str]) -> list[str]:
    """Return what is wrong with parameters as lines of a message, whatever characters their values have."""
    return [in_a_line(problem, LONG_LINE) for problem in problems]
