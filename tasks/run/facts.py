"""The circumstances of a run: versions, machine and commit. They are part of no cache key."""

import os
import platform
import subprocess
from importlib.metadata import version
from math import ceil
from pathlib import Path
from typing import Any

from tasks.cache.sources import ROOT

LIBRARIES = (
    "torch", "numpy", "scipy", "PyWavelets", "pandas", "pyarrow", "matplotlib", "prefect", "safetensors",
)  # fmt: skip

ALLOTTED = Path("/sys/fs/cgroup/cpu.max")  # in a container of Linux: microseconds of CPU time, in how many


def circumstances() -> dict[str, dict[str, Any]]:
    """Return library versions, hardware and the commit of the code as JSON values."""
    versions = {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
    hardware = {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": cores(),
    }
    return {"versions": versions, "hardware": hardware, "code": {"git_commit": git_commit()}}


def cores() -> int:
    """Return how many cores this process may use: those it is bound to, or fewer if its container has."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        used, period = map(int, ALLOTTED.read_text().split())
    except (OSError, ValueError):  # there is no such file, or no limit in it
        return bound
    return min(bound, ceil(used / period))


def processor() -> str:
    """Return the processor's name as the operating system reports it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def git_commit() -> str | None:
    """Return the commit of the code, with `-dirty` if files differ from it; None outside a checkout."""
    try:
        if Path(git("rev-parse", "--show-toplevel")) != ROOT.resolve():
            return None  # what is around the code is somebody else's repository
        return git("describe", "--always", "--abbrev=40", "--exclude=*", "--dirty")
    except (OSError, subprocess.CalledProcessError):
        return None


def git(*arguments: str) -> str:
    """Return what git says of the folder of the code, whatever repository the environment names."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    told = subprocess.run(
        ["git", *arguments], cwd=ROOT, env=clean, capture_output=True, text=True, check=True
    )
    return told.stdout.strip()
