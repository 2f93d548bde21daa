"""The commands that the README and the pages give: each is one that the program takes, as it stands there."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from flows.settings.study_settings import PROJECT
from flows.terminal.command import Command

PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
STUDIES = {"sweep": "SWEEP", "verdict": "VERDICT"}
OF_THE_USER = re.compile(r"\w/(\s|$)|://|\.wav")  # files and machines that only a user has


def commands_of(page: Path) -> list[list[str]]:
    """The words of every command of ours that a page gives, from the name of its file on."""
    lines = (line for block in BLOCK.findall(page.read_text()) for line in block.splitlines())
    parts = (part.strip() for line in lines for part in line.split("&&"))
    words = (shlex.split(part, comments=True) for part in parts)
    return [
        found[1:] for found in words if found[:1] == [".venv/bin/python"] and found[1].startswith("flows/")
    ]


GIVEN = {f"{page.stem}: {shlex.join(words)}": words for page in PAGES for words in commands_of(page)}


def test_the_pages_give_commands() -> None:
    assert len(GIVEN) > 40


@pytest.mark.parametrize("words", GIVEN.values(), ids=GIVEN)
def test_a_command_takes_its_options(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    script, *options = words
    module = import_module(f"flows.{Path(script).stem}")
    command = getattr(module, STUDIES.get(Path(script).stem, ""), None)
    parser = command.parser if isinstance(command, Command) else module.parser()
    if "--help" in options:
        options.remove("--help")
    found = parser.parse_args(options)  # which ends the program where an option is unknown
    if isinstance(command, Command) and not OF_THE_USER.search(shlex.join(options)):
        assert not isinstance(command.settings(found), list)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(
        r"\]\(([^)#:]+)(?:#[^)]*)?\)", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    )
    assert [link for link in links if not (page.parent / link).exists()] == []
