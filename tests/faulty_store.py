"""An object store whose answers can be spoiled: a server that speaks S3, behind a proxy."""

import contextlib
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from tasks.cache.object_store import ObjectStore

ERROR = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
CODES = {503: "SlowDown", 500: "InternalError", 403: "AccessDenied", 404: "NoSuchBucket"}
END_TO_END = 30  # seconds of silence after which a connection that is meant to hang is given up


@dataclass
class FaultyStore:
    """What the proxy does.

    Attributes:
        url: its address.
        spoil: tells of the number of a request, its method and its path how to spoil the answer: a status in
            place of it; "cut" to end it half-way; "lost" to do what is asked and say nothing of it; "drop" to
            do nothing and end the connection; "hang" to keep it and say nothing; None to leave it as it is.
        asked: how many requests there were.
        spoiled: how many of them were spoiled.
    """

    url: str = ""
    spoil: Callable[[int, str, str], int | str | None] = lambda *_: None
    asked: int = 0
    spoiled: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, method: str, path: str) -> int | str | None:
        """Count a request, and return how its answer is to be spoiled."""
        with self.lock:
            self.asked += 1
            found = self.spoil(self.asked, method, path)
            self.spoiled += found is not None
        return found


@contextlib.contextmanager
def faulty_store() -> Iterator[FaultyStore]:
    """Run a store with an empty bucket and the proxy before it; the environment leads there."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it would log every request
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    store = FaultyStore()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            fault = store.fault(self.command, self.path)
            if fault == "hang":
                store.over.wait(END_TO_END)
            if fault in ("hang", "drop"):
                self.close_connection = True
                return
            if isinstance(fault, int):
                status, headers = fault, [("Content-Type", "application/xml")]
                content = ERROR.format(code=CODES[fault]).encode()
            else:
                status, headers, content = self.forwarded(body)
            if fault == "lost":
                self.close_connection = True
                return
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if not any(name.lower() == "content-length" for name, _ in headers):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content[: len(content) // 2] if fault == "cut" else content)
            if fault == "cut":
                self.close_connection = True

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815

        def forwarded(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            """What the server behind answers."""
            connection = HTTPConnection(*moto.get_host_and_port(), timeout=60)
            with contextlib.closing(connection):
                connection.request(self.command, self.path, body, dict(self.headers))
                answer = connection.getresponse()
                content = answer.read()
                dropped = ("connection", "transfer-encoding", "date", "server")
                headers = [(n, v) for n, v in answer.getheaders() if n.lower() not in dropped]
                return answer.status, headers, content

        def log_message(self, *_: object) -> None:
            pass

    class Proxy(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            if not isinstance(sys.exception(), ConnectionError):  # as of a client that waits no longer
                super().handle_error(request, client_address)  # type: ignore[arg-type]

    proxy = Proxy(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    store.url = f"http://127.0.0.1:{proxy.server_port}"
    environment = {
        "AWS_ENDPOINT_URL": store.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "anything",
    }
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            for kind in (ObjectStore, S3FileSystem):  # what they have open leads elsewhere
                kind.clear_instance_cache()
            for method, path in (("POST", "/moto-api/reset"), ("PUT", "/bucket")):
                connection = HTTPConnection(*moto.get_host_and_port(), timeout=60)
                with contextlib.closing(connection):
                    connection.request(method, path)
                    assert connection.getresponse().status == 200
            yield store
    finally:
        store.over.set()
        proxy.shutdown()
        proxy.server_close()
        moto.stop()
