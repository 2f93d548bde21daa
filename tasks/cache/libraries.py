"""Libraries that read a user's settings while they are imported."""

import logging
import os
import sys
from contextlib import chdir
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

VARIABLES = ("MPLBACKEND", "MPLCONFIGDIR")  # that matplotlib reads


def import_matplotlib() -> None:
    """Import matplotlib, though the user's settings of it may be such that Python cannot.

    Figures take nothing from these settings. Matplotlib prefers those of a `matplotlibrc` in the working
    directory to all others, and has one that changes nothing in a folder of its own. Where it has no home to
    keep its fonts in, it says so and does without.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        import_module("matplotlib.font_manager")
    except ImportError:  # whoever needs it is told once more
        return
    except Exception:
        spec = find_spec("matplotlib")
        assert spec is not None
        assert spec.origin is not None
        for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
            del sys.modules[name]  # half made
        theirs = {name: os.environ.pop(name) for name in VARIABLES if name in os.environ}
        try:
            with chdir(Path(spec.origin).parent / "mpl-data"):
                import_module("matplotlib.font_manager")
        finally:
            os.environ.update(theirs)
