"""Finds out which Prefect API is configured, and imports Prefect only if there may be one."""

import os
from pathlib import Path

# Prefect reads these when it is imported. Its logs go to the API only, not to the terminal.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
os.environ.setdefault("DO_NOT_TRACK", "1")

# The files that Prefect reads in the current directory, and the text in each that concerns Prefect.
LOCAL_FILES = {".env": "PREFECT_", "prefect.toml": "", "pyproject.toml": "[tool.prefect"}


def configured_url() -> str | None:
    """Return the URL of the configured Prefect API; None if none is configured."""
    if not may_be_configured():
        return None
    from prefect.settings import PREFECT_API_URL

    url: str | None = PREFECT_API_URL.value()
    return url


def may_be_configured() -> bool:
    """Whether the environment, a file in the current directory or a profile may configure an API."""
    home = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect").expanduser()
    profiles = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml").expanduser()
    files = {**{Path(name): word for name, word in LOCAL_FILES.items()}, profiles: "PREFECT_API_URL"}
    return bool(os.environ.get("PREFECT_API_URL")) or any(
        speaks_of(word, path) for path, word in files.items()
    )


def speaks_of(word: str, path: Path) -> bool:
    """Whether a file exists and contains a word."""
    return path.is_file() and word in path.read_text(errors="replace")
