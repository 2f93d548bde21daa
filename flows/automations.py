"""Sets up automations on the configured Prefect server: `python flows/automations.py`. See `--help`."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    from flows.terminal.process import take_over

    take_over()

from pydantic import SecretStr

from flows.server.api import configured_url, direct, surroundings, unreachable
from flows.terminal.command import Parser, refuse
from flows.terminal.status import Status

if TYPE_CHECKING:
    from prefect.events.schemas.automations import AutomationCore

NAME = "automations.py"
OUR_FLOWS = {
    "prefect.resource.role": "flow",
    "prefect.resource.name": ["sweep", "recordings", "verdict", "denoise"],
}
ENDS = [f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Crashed", "Cancelled")]
HEARTBEAT = "prefect.flow-run.heartbeat"
SILENT_SECONDS = 65  # by prefect.yaml, deployed runs send a heartbeat every 30 s; one of them may be lost
SILENT = "This run gave no sign of life any more; run the same again to go on from what is done."
BLOCK = "study-ended"
PAYLOAD = """{{ {
    "text": flow.name ~ " " ~ flow_run.name ~ ": " ~ flow_run.state.name
        ~ (". " ~ flow_run.state.message if flow_run.state.message else ""),
    "flow": flow.name,
    "run": flow_run.name,
    "run_id": flow_run.id | string,
    "state": flow_run.state.name,
    "message": flow_run.state.message,
    "parameters": flow_run.parameters,
    "url": UI_URL ~ "/runs/flow-run/" ~ flow_run.id,
} | tojson }}"""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(
        prog=NAME,
        description="Make the Prefect server mark studies as crashed that give no sign of life, and call a "
        "webhook when a study ends. Running this again replaces what was set up before.",
    )
    made.add_argument(
        "--webhook",
        metavar="URL",
        help="Address to which the server POSTs, as JSON, which study ended, how and why. Without it, the "
        "server keeps a webhook that was set up before.",
    )
    return made


def main(arguments: Sequence[str]) -> Status:
    """Run the command and return its exit status."""
    options = parser().parse_args(arguments)
    if problem := unusable(options.webhook):
        return refuse(NAME, [problem])
    if (url := configured_url()) is None:
        return refuse(NAME, ["no server is configured; start one and set PREFECT_API_URL to its API"])
    with surroundings(direct(url)):
        if problem := unreachable(url):
            return refuse(NAME, [problem])
        wanted = [crash_the_silent()]
        if options.webhook:
            wanted.append(call_when_ended(options.webhook))
        for made in wanted:
            keep(made)
            print(f"{made.name}: {made.description}")
    return Status.DONE


def unusable(webhook: str | None) -> str | None:
    """Return what is wrong with the address of a webhook; None if nothing is, or there is no address."""
    if webhook is None:
        return None
    parts = urlsplit(webhook)
    if parts.scheme in ("http", "https") and parts.hostname:
        return None
    # What was given is not repeated: a webhook's address is a secret.
    return "webhook: not an address that can be called; give one such as https://example.org/hook"


def crash_the_silent() -> "AutomationCore":
    """Return the automation that marks a deployment's run as crashed when its heartbeats stop.

    This frees the concurrency slot of a run that was killed with its worker or whose machine is gone.
    """
    deployed = {"prefect.resource.role": "deployment", "prefect.resource.id": "prefect.deployment.*"}
    return automation(
        "silent-studies-have-crashed",
        f"A study of a deployment reads Crashed after {SILENT_SECONDS} s without a sign of life.",
        trigger={
            "posture": "Proactive",
            "match_related": [OUR_FLOWS, deployed],
            "after": [HEARTBEAT],
            "expect": [HEARTBEAT, *ENDS],
            "within": SILENT_SECONDS,
        },
        action={"type": "change-flow-run-state", "state": "CRASHED", "message": SILENT},
    )


def call_when_ended(webhook: str) -> "AutomationCore":
    """Return the automation that tells a webhook how a study ended."""
    from prefect.blocks.webhook import Webhook
    from prefect.settings import PREFECT_UI_URL
    from prefect.types import SecretDict

    block: Any = Webhook(url=SecretStr(webhook), headers=SecretDict({"Content-Type": "application/json"}))
    return automation(
        "webhook-when-a-study-ends",
        f"POSTs to {urlsplit(webhook).hostname} how a study ended, well or not, and why.",
        trigger={"posture": "Reactive", "match_related": OUR_FLOWS, "expect": ENDS},
        action={
            "type": "call-webhook",
            "block_document_id": block.save(BLOCK, overwrite=True),
            # The server may not know its own address; the configuration of this process has it.
            "payload": PAYLOAD.replace("UI_URL", json.dumps(PREFECT_UI_URL.value())),
        },
    )


def automation(
    name: str, description: str, trigger: dict[str, Any], action: dict[str, Any]
) -> "AutomationCore":
    """Return an automation whose trigger looks at every flow run separately."""
    from prefect.events.schemas.automations import AutomationCore

    runs = {"prefect.resource.id": "prefect.flow-run.*"}
    every = {"type": "event", "match": runs, "for_each": ["prefect.resource.id"], "threshold": 1}
    told = {"name": name, "description": description, "trigger": {**every, **trigger}, "actions": [action]}
    return AutomationCore.model_validate(told)


def keep(made: "AutomationCore") -> None:
    """Create an automation on the server in place of those of the same name."""
    from prefect import get_client

    with get_client(sync_client=True) as client:
        for earlier in client.read_automations_by_name(made.name):
            client.delete_automation(earlier.id)
        client.create_automation(made)


if __name__ == "__main__":
    from flows.terminal.process import command_line

    command_line(main)
