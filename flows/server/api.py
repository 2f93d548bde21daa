"""Finds out which Prefect API is configured and whether it answers; imports Prefect only if need be."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextvars import copy_context
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

# Prefect reads these when it is imported. Its logs go to the API only, not to the terminal. What it says of
# its own trouble with the server, at length and with addresses, is told by us in a line.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
os.environ.setdefault("PREFECT_LOGGING_INTERNAL_LEVEL", "CRITICAL")
os.environ.setdefault("DO_NOT_TRACK", "1")

# The files that Prefect reads in the current directory, and the text in each that concerns Prefect.
LOCAL_FILES = {".env": "PREFECT_", "prefect.toml": "", "pyproject.toml": "[tool.prefect"}
ANSWER_SECONDS = 15.0


class ServerError(RuntimeError):
    """No Prefect server can be used, or it is gone."""


class ConfigurationError(ServerError):
    """What Prefect is told by the environment and its files cannot be used."""


def configured_url() -> str | None:
    """Return the URL of the configured Prefect API; None if none is configured.

    Raises:
        ConfigurationError: Prefect cannot read its settings, or has no home folder.
    """
    home = prefect_home()
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = str(home)  # Prefect asks for it, though it has a home of its own
    return import_prefect() if "prefect" in sys.modules or may_be_configured() else None


def import_prefect() -> str | None:
    """Import Prefect, which reads its settings then, and return the URL that they have; see `configured_url`.

    Raises:
        ConfigurationError: it cannot read them, or the environment names a proxy that cannot be used.
    """
    from urllib.request import getproxies

    try:
        with contextlib.redirect_stderr(io.StringIO()):
            import prefect.main  # noqa: F401  # it also sets up logging, from settings of its own
            from prefect.settings import PREFECT_API_URL

            url: str | None = PREFECT_API_URL.value() or None
    except Exception as error:  # whatever a setting or a file of settings can do to an import
        raise ConfigurationError(
            f"Prefect cannot read its settings ({in_short(error)}); correct or unset them, or set "
            "PREFECT_HOME to a folder of your own"
        ) from error
    if getproxies():
        check_proxies()
    return url


def check_proxies() -> None:
    """Make sure that Prefect's client can be made with the proxies of the environment.

    Raises:
        ConfigurationError: it cannot.
    """
    import httpx

    try:
        httpx.Client(verify=False).close()
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"the environment names a proxy that cannot be used ({in_short(error)}); correct or unset "
            "HTTP_PROXY, HTTPS_PROXY and ALL_PROXY"
        ) from error


def may_be_configured() -> bool:
    """Whether the environment, a file in the current directory or a profile may configure an API.

    Raises:
        ConfigurationError: there is no home folder for Prefect.
    """
    profiles = Path(os.environ.get("PREFECT_PROFILES_PATH") or prefect_home() / "profiles.toml")
    files = {**{Path(name): word for name, word in LOCAL_FILES.items()}, profiles: "PREFECT_API_URL"}
    return bool(os.environ.get("PREFECT_API_URL")) or any(
        speaks_of(word, path) for path, word in files.items()
    )


def prefect_home() -> Path:
    """Return the folder in which Prefect keeps its database.

    Raises:
        ConfigurationError: there is none.
    """
    given = os.environ.get("PREFECT_HOME") or "~/.prefect"
    try:
        return Path(given).expanduser()
    except RuntimeError as error:
        raise ConfigurationError(
            f"PREFECT_HOME {given}: there is no such home folder; set it to a folder that can be written"
        ) from error


def speaks_of(word: str, path: Path) -> bool:
    """Whether a file exists and contains a word, as far as one can tell."""
    try:
        file = path.expanduser()
        return file.is_file() and word in file.read_text(errors="replace")
    except (OSError, RuntimeError):
        return True


def unreachable(url: str) -> str | None:
    """Return a message if no Prefect API answers at a URL; None if one does."""
    said: SimpleQueue[str | None] = SimpleQueue()
    here = copy_context()  # which Prefect's settings may be those of
    Thread(target=lambda: said.put(here.run(refusal)), daemon=True).start()
    try:
        why = said.get(timeout=ANSWER_SECONDS)
    except Empty:
        why = f"nothing within {ANSWER_SECONDS:.0f} s"
    if why is None:
        return None
    return (
        f"PREFECT_API_URL {url}: no Prefect API answers there ({why}); "
        "start that server, or unset the URL (environment or profile) to use an embedded one"
    )


def refusal() -> str | None:
    """Return why the configured API cannot be used, as soon as that is known; None if it can be."""
    from packaging.version import Version
    from prefect import get_client
    from prefect.exceptions import PrefectHTTPStatusError

    try:
        with get_client(sync_client=True) as client:
            Version(client.api_version())
    except PrefectHTTPStatusError as error:
        if error.response.status_code in (401, 403):
            return "it wants to know who asks: set PREFECT_API_AUTH_STRING or PREFECT_API_KEY"
        return f"it answers with status {error.response.status_code}"
    except Exception as error:  # what answers may be anything
        return in_short(error)
    return None


def in_short(error: BaseException) -> str:
    """Return an error in one line; of a wrong value, only whose it is, since it may be a secret."""
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        return "; ".join(
            f"{setting_of('.'.join(map(str, each['loc'])), each['input'], error.title)}: {each['msg']}"
            for each in error.errors()
        )
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def setting_of(name: str, value: object, group: str) -> str:
    """Return the environment variable that gives a setting of Prefect this value; else its name and group.

    Prefect knows the setting only by the last part of the variable's name.
    """
    variables = (
        variable
        for variable, given in os.environ.items()
        if variable.startswith("PREFECT_")
        and variable.lower().endswith(f"_{name}")
        and given.lower() == str(value).lower()  # some Prefect has put into capitals
    )
    return next(variables, f"{name} of {group}")


@contextlib.contextmanager
def surroundings(changes: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables, and with them Prefect's settings, here and in all children, in the block."""
    from prefect.context import refresh_global_settings_context

    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    refresh_global_settings_context()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        refresh_global_settings_context()


def direct(url: str) -> dict[str, str]:
    """Return the environment in which a server of this machine is not asked through a proxy."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # no URL at all, which who asks there will be told
        host = ""
    given = os.environ.get("no_proxy", os.environ.get("NO_PROXY", ""))
    if not is_loopback(host) or given.strip() == "*":
        return {}
    hosts = ",".join(filter(None, [given, host]))
    return {"no_proxy": hosts, "NO_PROXY": hosts}


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
