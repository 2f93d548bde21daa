"""What becomes of a page on a real server; `tests/browser/test_ui.py` looks at it."""

import re
from typing import Any

import pytest
from prefect import flow, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.runtime import flow_run

from tasks.run.interactive import LARGEST, show_page

PAGE = b"<!DOCTYPE html><html><head><title>\xcf\x83</title></head><body><a href='#a'>a</a></body></html>"


def shown(content: bytes) -> tuple[str, list[dict[str, Any]]]:
    """What is said of a page in a flow, and the artifacts of that flow run."""

    @flow
    def show() -> tuple[str, str]:
        return show_page(content, "quick-1"), str(flow_run.id)

    told, run = show()
    with get_client(sync_client=True) as client:
        mine = {"artifacts": {"flow_run_id": {"any_": [run]}}}
        return told, client.request("POST", "/artifacts/filter", json=mine).json()


def test_a_page_is_kept_whole_without_a_key_and_the_words_lead_to_it(server: None) -> None:
    told, [artifact] = shown(PAGE)
    assert told.endswith(f"](/artifacts/artifact/{artifact['id']})")
    assert (artifact["type"], artifact["key"]) == ("rich", None)
    assert "quick-1" in artifact["description"]
    html = artifact["data"]["html"]
    assert re.sub("<base[^>]*>", "", html).encode() == PAGE
    assert "allow-same-origin" not in artifact["data"]["sandbox"], "it must not use the UI's rights"


def test_a_page_that_is_too_large_is_not_sent_and_that_is_said(server: None) -> None:
    assert len(shown(PAGE.ljust(LARGEST))[1]) == 1
    told, artifacts = shown(PAGE.ljust(LARGEST + 100_000))
    assert artifacts == []
    assert told.endswith("because it has 4.1 MB, and at most 4 MB are shown")


def test_a_server_that_does_not_take_the_page_fails_nothing(
    server: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionError("413\nof http://me:word@proxy/")

    monkeypatch.setattr(SyncPrefectClient, "create_artifact", refuse)
    told, artifacts = shown(PAGE)
    assert artifacts == []
    assert told.endswith("because the server did not take it")
    [said] = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert said.endswith("not shown in the Prefect UI: 413 of http://***@proxy/")
