"""Runs a benchmark by its name: python -m benchmarks NAME [ROUNDS] [OPTIONS OF THE SWEEP]."""

import runpy
import sys
from importlib import import_module

NAMES = (
    "sweep", "growth", "training", "overhead", "cache", "limits", "denoisers", "coverage", "applied",
    "unseen", "neighbours",
)  # fmt: skip


def list_names() -> None:
    """Print what there is, a line each."""
    print(__doc__)
    for name in NAMES:
        told = import_module(f"benchmarks.{name}").__doc__ or ""
        print(f"  {name:11}{told.splitlines()[0]}")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in NAMES:
        name = sys.argv.pop(1)
        runpy.run_module(f"benchmarks.{name}", run_name="__main__", alter_sys=True)
    else:
        list_names()
        asked = sys.argv[1:]
        sys.exit(0 if not asked or asked[0] in ("-h", "--help") else f"there is no benchmark {asked[0]}")
