"""What is told of a server that does not start."""

from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, temporary_settings

from flows.server.api import ConfigurationError
from flows.server.embedded import database_exists
from flows.server.last_words import why_no_server

# What Prefect's server wrote before the line of uvicorn that ends its log.
LOGS = {
    "Can't locate revision identified by 'ffffffffffff'": (
        "alembic.util.exc.CommandError: Can't locate revision identified by 'ffffffffffff'\n",
        "a newer Prefect",
    ),
    "database disk image is malformed": (
        "sqlite3.DatabaseError: database disk image is malformed\n\n"
        "sqlalchemy.exc.DatabaseError: (sqlite3.DatabaseError) database disk image is malformed\n"
        "(Background on this error at: https://sqlalche.me/e/21/4xp6)\n",
        "move it away",
    ),
    "database is locked": (
        "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) database is locked\n[SQL: BEGIN]\n",
        "another program holds that file",
    ),
    "disk I/O error": (
        "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) disk I/O error\n",
        "make room",
    ),
    "attempt to write a readonly database": (
        "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) attempt to write a readonly database\n"
        "[parameters: {'name': 'Webhook'}]\n",
        "writable",
    ),
    "Connect call failed ('127.0.0.1', 1)": (
        "ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 1)\n",
        "start that database",
    ),
    "No module named 'x'": ("ModuleNotFoundError: No module named 'x'\n", "run again"),
}


@pytest.mark.parametrize("reason", LOGS)
def test_the_reason_and_its_remedy_are_told_in_one_line(reason: str, tmp_path: Path) -> None:
    log, remedy = LOGS[reason]
    url = f"sqlite+aiosqlite:///{tmp_path}/prefect.db?timeout=61"
    with temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: url}):
        told = why_no_server(
            3, f"Traceback (most recent call last):\n  File\n{log}12:00:00.000 | ERROR\n", 180
        )
    assert told.startswith("the embedded Prefect server ended (")
    assert f"{reason}); its database is {tmp_path}/prefect.db: " in told
    assert remedy in told.partition("prefect.db: ")[2]
    assert "\n" not in told


def test_a_database_that_prefect_does_not_know_is_told_without_its_password() -> None:
    with (
        temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: "mysql://a:secret@localhost/b"}),
        pytest.raises(ConfigurationError, match="DATABASE_CONNECTION_URL: Prefect needs") as told,
    ):
        database_exists()
    assert "secret" not in str(told.value)


def test_a_server_that_is_killed_or_hangs_is_told_and_no_password_is() -> None:
    url = "postgresql+asyncpg://prefect:secret@db/prefect"
    with temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: url}):
        killed, ended, hung = (why_no_server(status, "", 180) for status in (-9, -15, None))
    assert "was killed by signal 9, perhaps for want of memory; its database is postgresql" in killed
    assert "was killed by signal 15; its database is postgresql" in ended
    assert "did not answer within 180 s; " in hung
    assert "secret" not in killed + ended + hung
