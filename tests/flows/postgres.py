"""A PostgreSQL server from Debian's package, for as long as a test needs one."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.server.embedded import free_port
from tests.flows.commands import wait_for

USUAL_PORT = "5432"
INSTALLED = Path("/usr/lib/postgresql")  # by version, as Debian puts them
OWNER = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


class Postgres:
    """A server that asks for passwords as Debian's does: of whoever comes over the network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = str(free_port())
        self.programs = max(INSTALLED.glob("*/bin"), key=lambda path: int(path.parent.name))
        # The programs of PostgreSQL refuse to run as root.
        self.how: dict[str, Any] = {
            **OWNER,
            "cwd": folder,
            "env": {**os.environ, "PGHOST": str(folder), "PGPORT": self.port, "PGUSER": "postgres"},
            "stdin": subprocess.DEVNULL,
        }

    def start(self) -> subprocess.Popen[bytes]:
        """Start it over a new folder of data, of which nothing has to survive a power cut."""
        access = ["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256"]
        text = ["--encoding=UTF8", "--locale=C.UTF-8"]
        self.call([str(self.programs / "initdb"), "--pgdata=data", "--no-sync", *access, *text])
        place = [f"--port={self.port}", f"--unix_socket_directories={self.folder}"]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [str(self.programs / "postgres"), "-D", "data", "--fsync=off", *place],
                **self.how,
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def is_up(self) -> bool:
        return subprocess.run([str(self.programs / "pg_isready"), "-q"], **self.how).returncode == 0

    def call(self, command: list[str]) -> str:
        """Run a command that has to end well, as the one to whom the server belongs; what it says."""
        done = subprocess.run(command, **self.how, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def count(self, database: str, query: str) -> int:
        """The number that a query of a database gives."""
        return int(self.call(["psql", "--no-psqlrc", "-At", "-d", database, "-c", query]))


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Run one on a free port, with nothing in it; no trace of it stays."""
    with tempfile.TemporaryDirectory() as name:
        if OWNER:
            shutil.chown(name, OWNER["user"], OWNER["group"])
        server = Postgres(Path(name))
        process = server.start()
        try:
            wait_for(lambda: server.is_up() or process.poll() is not None)
            assert process.poll() is None, (server.folder / "log").read_text()
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # at once, and all that serve its clients
            process.wait()
