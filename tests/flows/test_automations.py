"""What the command that sets up automations refuses; what they do is tried in `test_life`."""

import pytest

import flows.automations
from flows.automations import main
from flows.terminal.status import Status


@pytest.mark.parametrize("address", ["nonsense", "ftp://example.org/hook", "http:///hook", ""])
def test_an_address_that_cannot_be_called_is_refused(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--webhook", address]) is Status.BAD_PARAMETERS
    assert capsys.readouterr() == (
        "",
        "automations.py: webhook: not an address that can be called; "
        "give one such as https://example.org/hook\n",
    )


def test_without_a_server_there_is_nothing_to_set_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(flows.automations, "configured_url", lambda: None)
    assert main([]) is Status.BAD_PARAMETERS
    told = "automations.py: no server is configured; start one and set PREFECT_API_URL to its API\n"
    assert capsys.readouterr() == ("", told)
