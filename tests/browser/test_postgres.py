"""The Prefect UI and the command on a server that keeps its database in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import snap
from tests.browser.ui import fill, leave_until, open_form, see_report, submit
from tests.flows.commands import SMALL, Command
from tests.flows.deployed import Deployed, told_commands
from tests.flows.postgres import USUAL_PORT, Postgres, postgres_server
from tests.flows.sweeps import WHOLE

pytestmark = pytest.mark.system

AS_OWNER = ["sudo", "-u", "postgres"]


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def on_postgres(postgres: Postgres, tmp_path: Path) -> Iterator[Deployed]:
    """What the pages set up for the Prefect UI, after what they say of PostgreSQL."""
    made = Deployed(tmp_path / "home")
    _, create, configure, start = told_commands("beyond-one-machine.md", "A server on PostgreSQL")
    assert create[: len(AS_OWNER)] == AS_OWNER
    assert start == told_commands("prefect-ui.md", "The Prefect UI")[0], "the others follow"
    try:
        postgres.call(create[len(AS_OWNER) :])
        made.call([word.replace(USUAL_PORT, postgres.port) for word in configure])
        made.set_up()
        yield made
    finally:
        made.stop()


def test_a_sweep_and_one_from_the_form_are_recorded_and_shown_as_on_sqlite(
    page: Page, on_postgres: Deployed, postgres: Postgres, small: dict[str, Any], tmp_path: Path
) -> None:
    status, out, err = Command(tmp_path, on_postgres.url).run([*SMALL, "--channels", "4"])
    assert (status, err) == (0, ""), out + err
    [run] = on_postgres.ask("/flow_runs/filter")
    assert on_postgres.end_of(run["id"])[0] == "Completed"
    assert on_postgres.what_ran(run["id"]) == WHOLE
    assert {task["state_name"] for task in on_postgres.recorded(run["id"])} == {"Completed"}

    open_form(page, on_postgres)
    fill(page, small)
    again = submit(page)
    leave_until("Completed", page, on_postgres, again)
    assert on_postgres.what_ran(again) == {"publish": 1}
    see_report(page, Path(small["artifacts_dir"]))
    snap(page, "ui-postgres")

    assert postgres.count("prefect", "select count(*) from flow_run where state_type = 'COMPLETED'") == 2
    assert list(on_postgres.home.glob("*.db")) == []
