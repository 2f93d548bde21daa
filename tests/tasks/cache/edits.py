"""Edits of small programs, each of which changes what the program returns.

A case in `edits.txt` is the source of a module `denoising/trick.py` and of what it needs, with each edit as
«before→after», in the name of a file too. Edits of lines that are empty before are new lines.
"""

import re
from collections.abc import Mapping
from pathlib import Path

EDIT = re.compile("«(.*?)→(.*?)»", re.DOTALL)
NEW_LINE = re.compile("^«→([^»]*)»\n", re.MULTILINE)

Files = Mapping[str, str]


def read_cases() -> dict[str, tuple[Files, Files]]:
    """The files before and after each edit, by what is edited."""
    text = Path(__file__).with_name("edits.txt").read_text(encoding="utf-8")
    cases = (case.partition("\n") for case in text.split("=== ")[1:])
    return {
        name: (files_of(NEW_LINE.sub("", case), r"\1"), files_of(NEW_LINE.sub(r"\1\n", case), r"\2"))
        for name, _, case in cases
    }


def files_of(case: str, side: str) -> Files:
    """The files of a case on one side of its edits."""
    parts = EDIT.sub(side, f"denoising/trick.py\n{case}").split("--- ")
    return {name: source for name, _, source in (part.partition("\n") for part in parts)}


def write(files: Files, root: Path) -> Path:
    """Lay files into a folder, beside a stage that calls them; the folder."""
    stage = {"denoising/__init__.py": "", "tasks/stages/trial.py": "from denoising.trick import factor\n"}
    for name, source in {**stage, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(source, encoding="utf-8")
    return root
