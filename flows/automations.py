"""What watches over runs on the configured Prefect server: `python flows/automations.py`. See `--help`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # before whatever else is called `tasks`

from pydantic import SecretStr

from flows.server.api import configured_url
from flows.terminal.status import Status

if TYPE_CHECKING:
    from prefect.events.schemas.automations import AutomationCore

OUR_FLOWS = {"prefect.resource.role": "flow", "prefect.resource.name": ["sweep", "verdict"]}
ENDS = [f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Crashed", "Cancelled")]
HEARTBEAT = "prefect.flow-run.heartbeat"
SILENT_SECONDS = 65  # prefect.yaml lets the deployments' runs be heard every 30: one time may be lost
SILENT = "Nothing was heard of this run any more; run the same again to go on from what is done."
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


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="automations.py",
        description="Let the Prefect server call a study crashed when its machine fell silent, and tell a "
        "webhook of every study that ended. To do it again changes what is there.",
    )
    made.add_argument(
        "--webhook",
        metavar="URL",
        help="Where to POST, as JSON, which study ended, how and why. What is set up stays without it.",
    )
    return made


def main(arguments: Sequence[str]) -> Status:
    """Run the command; the exit status."""
    options = parser().parse_args(arguments)
    if problem := unusable(options.webhook) or no_server():
        print(f"automations.py: {problem}", file=sys.stderr)
        return Status.BAD_PARAMETERS
    wanted = [crash_the_silent()]
    if options.webhook:
        wanted.append(call_when_ended(options.webhook))
    for made in wanted:
        keep(made)
        print(f"{made.name}: {made.description}")
    return Status.DONE


def unusable(webhook: str | None) -> str | None:
    """What is wrong with the address of a webhook, if there is one."""
    if webhook is None:
        return None
    parts = urlsplit(webhook)
    if parts.scheme in ("http", "https") and parts.hostname:
        return None
    return f"webhook {webhook}: not an address that can be called; give one such as https://example.org/hook"


def no_server() -> str | None:
    """What to tell if there is no server to set something up on."""
    from flows.terminal.launch import unreachable

    url = configured_url()
    if url is None:
        return "no server is configured; start one and set PREFECT_API_URL to its API"
    return unreachable(url)


def crash_the_silent() -> "AutomationCore":
    """Frees the place of a deployment's run that was killed with its worker, or whose machine is gone."""
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
    """Tells a webhook how a study ended."""
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
            # The server may not know its own address; who sets this up does.
            "payload": PAYLOAD.replace("UI_URL", json.dumps(PREFECT_UI_URL.value())),
        },
    )


def automation(
    name: str, description: str, trigger: dict[str, Any], action: dict[str, Any]
) -> "AutomationCore":
    """One that looks at every flow run by itself."""
    from prefect.events.schemas.automations import AutomationCore

    runs = {"prefect.resource.id": "prefect.flow-run.*"}
    every = {"type": "event", "match": runs, "for_each": ["prefect.resource.id"], "threshold": 1}
    told = {"name": name, "description": description, "trigger": {**every, **trigger}, "actions": [action]}
    return AutomationCore.model_validate(told)


def keep(made: "AutomationCore") -> None:
    """Let this be the one automation of its name."""
    from prefect import get_client

    with get_client(sync_client=True) as client:
        for earlier in client.read_automations_by_name(made.name):
            client.delete_automation(earlier.id)
        client.create_automation(made)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
