"""Opens a recording of any format."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from denoising.recordings.channels import Recording
from denoising.recordings.formats.catalogue import FORMATS
from denoising.recordings.settings import RecordingError


def open_recording(path: Path) -> Recording:
    """Open a recording, whose format its extension tells.

    Raises:
        RecordingError: it cannot be read.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise RecordingError(f"the format {kind or 'of a name without extension'} is not known; {known()}")
    with in_words(kind):
        if not path.stat().st_size:
            raise RecordingError("it is empty")
        found = FORMATS[kind](path)
    if not found.channels:
        raise RecordingError("it has no sample")
    return found


@contextmanager
def in_words(kind: str) -> Iterator[None]:
    """Say of whatever a library raises for a file of this extension why the file cannot be read.

    Raises:
        RecordingError: it cannot be read.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise RecordingError(
            f"{kind} needs the package {error.name}; install the project as '.[recordings]'"
        ) from error
    except OSError as error:
        raise RecordingError(f"it cannot be read ({error.strerror or first_line(error)})") from error
    except RecordingError:
        raise
    except Exception as error:  # each library has errors of its own for a file that is not what it should be
        raise RecordingError(f"it is no whole {kind} file ({first_line(error)})") from error


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, or its kind if it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def known() -> str:
    """Return the known formats in words."""
    return f"formats are {', '.join(FORMATS)}"
