"""Whether matplotlib is imported whatever its user has set, in real processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.cache.sources import ROOT

IMPORT = """
import os
from tasks.cache.libraries import import_matplotlib

before = dict(os.environ), os.getcwd()
import_matplotlib()
assert before == (dict(os.environ), os.getcwd())
from matplotlib import rcParams
print(rcParams["font.size"])
"""
UNREADABLE = b"font.size: 9\ntext.color: \xff\n"


@pytest.mark.parametrize(
    ("content", "variables", "size"),
    [
        (b"font.size: 9\n", {}, 9.0),
        (UNREADABLE, {"MPLBACKEND": "odd"}, 10.0),
        pytest.param(UNREADABLE, {}, 10.0, marks=pytest.mark.slow),
        pytest.param(b"", {"MPLBACKEND": "odd"}, 10.0, marks=pytest.mark.slow),
        pytest.param(b"", {"MPLCONFIGDIR": "loop"}, 10.0, marks=pytest.mark.slow),
        pytest.param(b"axes.formatter.use_locale: True\n", {"LC_ALL": "xx_YY"}, 10.0, marks=pytest.mark.slow),
    ],
)
def test_matplotlib_is_imported_whatever_its_user_has_set(
    content: bytes, variables: dict[str, str], size: float, tmp_path: Path
) -> None:
    (tmp_path / "matplotlibrc").write_bytes(content)
    (tmp_path / "loop").symlink_to("loop")
    run = [sys.executable, "-c", IMPORT]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run(run, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"{size}\n"), done.stderr
