"""The page that shows recordings before and after they were denoised."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from denoising.report.looks_page import looks_page
from tasks.cache.files import plain, write_atomically

MARK = "<!-- denoised by denoising-autoencoders: {} -->"
LEAD = (
    "Each channel before and after, what was removed, and their spectra. Drag to zoom. Look whether what was "
    "removed is noise: a shape of the signal that shows there was lost."
)


def write_page(path: Path, looks: Sequence[Mapping[str, Any]], shows: str) -> Path:
    """Write the page, with the mark of what it shows, and return its path."""
    page = looks_page("Denoised recordings", LEAD, looks)
    write_atomically(path, f"{page}\n{MARK.format(shows)}\n".encode())
    return path


def shown_by(path: Path) -> str | None:
    """Return the mark of what a page shows; None if there is none, "" if what is there is none of ours."""
    try:
        with plain(path).open("rb") as file:
            file.seek(max(0, path.stat().st_size - 200))
            end = file.read().decode(errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError:
        return ""
    begin, close = MARK.split("{}")
    last = end.rpartition("\n")[2]
    ours = last.startswith(begin) and last.endswith(close)
    return last.removeprefix(begin).removesuffix(close) if ours else ""


def in_the_way(path: Path, *, force: bool) -> str | None:
    """Return why a page cannot be written, unless whatever is there is to be replaced; None if it can."""
    if force or shown_by(path) != "":
        return None
    return f"{path}: it is there already and is none of ours; use --no-report, or replace it with --force"
