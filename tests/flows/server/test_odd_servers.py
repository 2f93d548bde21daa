"""A server that is no Prefect API, or none for us, is told in a line and within a bounded time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

import flows.server.api
from flows.server.api import direct, is_loopback, surroundings, unreachable
from flows.server.guard import answers

Answer = Callable[[BaseHTTPRequestHandler], None]


def saying(status: int, content: bytes, length: int | None = None) -> Answer:
    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(status)
        asked.send_header("Content-Length", str(len(content) if length is None else length))
        asked.end_headers()
        asked.wfile.write(content)

    return answer


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """A server of this machine that gives every request the same answer; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asking(url: str) -> AbstractContextManager[None]:
    """The settings with which Prefect asks a server, once."""
    return temporary_settings({PREFECT_API_URL: url, PREFECT_CLIENT_MAX_RETRIES: 0})


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (saying(200, b"<html>welcome</html>"), "JSONDecodeError"),
        (saying(200, b'{"version": 3}'), "InvalidVersion"),
        (saying(200, b'"much later"'), "InvalidVersion"),
        (saying(200, b'"3.', 100), "RemoteProtocolError"),
        (saying(401, b"{}"), "set PREFECT_API_AUTH_STRING or PREFECT_API_KEY"),
        (saying(404, b"{}"), "it answers with status 404"),
        (saying(500, b"sorry"), "it answers with status 500"),
    ],
    ids=["page", "object", "text", "half", "unauthorised", "elsewhere", "broken"],
)
def test_what_is_no_api_is_told(answer: Answer, why: str) -> None:
    with serving(answer) as url, asking(url):
        told = unreachable(url)
    assert told is not None
    assert told.startswith(f"PREFECT_API_URL {url}: no Prefect API answers there (")
    assert why in told
    assert "\n" not in told


def test_a_server_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(flows.server.api, "ANSWER_SECONDS", 0.1)
    with serving(lambda _: over.wait() and None) as url, asking(url):
        told = unreachable(url)
        over.set()
    assert told is not None
    assert "nothing within 0 s" in told


@pytest.mark.parametrize(("status", "there"), [(200, True), (401, True), (500, True), (503, False)])
def test_a_proxy_that_answers_for_a_server_is_not_taken_for_it(status: int, there: bool) -> None:
    with serving(saying(status, b"")) as url:
        assert answers(url) is there
    assert not answers(url)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_server_of_this_machine_is_not_asked_through_a_proxy(
    name: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, f"{scheme}://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "example.org")
    with serving(saying(200, b'"3.9.1"')) as url, asking(url):
        assert "ConnectError" in str(unreachable(url)), "the proxy is in use"
        with surroundings(direct(url)):
            assert unreachable(url) is None


def test_only_servers_of_this_machine_are_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    for host in ("localhost", "127.0.0.1", "127.8.0.1", "[::1]"):
        assert direct(f"http://{host}:4200/api")["NO_PROXY"] == host.strip("[]")
    assert not any(is_loopback(host) for host in ("example.org", "10.0.0.1", "localhost.example.org", ""))
    assert direct("https://example.org/api") == direct("http://[::1") == direct("") == {}
    monkeypatch.setenv("no_proxy", "*")
    assert direct("http://localhost:4200/api") == {}
