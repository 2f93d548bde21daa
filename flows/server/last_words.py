"""Says in one line why a server ended, and what to do, from what it wrote last."""

import re
import signal

ERROR = re.compile(r"(?:[\w.]*\.)?(\w*(?:Error|Exception)): (?:\([\w.]+\) )?(.+)")
REMEDIES = {
    "Can't locate revision": "a newer Prefect has used that database; install that version, or set "
    "PREFECT_HOME to another folder",
    "file is not a database|is malformed": "that file is damaged; move it away, which loses no result, only "
    "what Prefect's pages show of earlier runs",
    "database is locked": "another program holds that file; end it",
    "disk I/O error|disk is full|No space left": "make room there, or set PREFECT_HOME to another folder",
    "unable to open database file|readonly database|Permission denied": "make that file and its folder "
    "writable, or set PREFECT_HOME to another folder",
    "Connect call failed|Connection refused|Name or service not known": "start that database, or look at "
    "PREFECT_SERVER_DATABASE_CONNECTION_URL",
}
ELSE = "run again; if it ends like that again, set PREFECT_HOME to another folder"
MOST = 200  # characters that are told of an error


def why_no_server(status: int | None, log: str, seconds: float) -> str:
    """Return why a server does not answer, where its database is, and what to do, in one line.

    Args:
        status: its exit status; None if it still runs.
        log: all that it wrote.
        seconds: for how long it was waited for.
    """
    told = [": ".join(found.groups()) for found in map(ERROR.match, log.splitlines()) if found]
    said = f" ({told[-1][:MOST]})" if told else ""
    if status is None:
        why = f"did not answer within {seconds:.0f} s"
    elif status < 0:
        why = f"was killed by signal {-status}"
        if -status == signal.SIGKILL:
            why += ", perhaps for want of memory"
    else:
        why = "ended"
    remedies = (remedy for sign, remedy in REMEDIES.items() if re.search(sign, log))
    return f"the embedded Prefect server {why}{said}; its database is {database()}: {next(remedies, ELSE)}"


def database() -> str:
    """Return the file of the server's database or, if it is none, the address without a password."""
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
    from sqlalchemy import make_url

    url = make_url(PREFECT_API_DATABASE_CONNECTION_URL.value() or "")
    is_file = url.drivername.startswith("sqlite") and url.database
    return str(url.database if is_file else url.render_as_string(hide_password=True))
