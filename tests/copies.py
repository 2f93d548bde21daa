"""Copies of the source, for tests that edit it."""

import shutil
from pathlib import Path

from tasks.cache.parsed import PACKAGES
from tasks.cache.sources import ROOT


def copy_source(folder: Path) -> Path:
    """Copy our packages into a folder, without bytecode and what is kept beside it; the folder."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder
