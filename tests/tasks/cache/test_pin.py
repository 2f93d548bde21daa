"""Whether a process speaks of the code that it runs, with real edits and real processes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.cache.sources import ROOT
from tests.tasks.cache.edits import write

STAGE = "tasks.stages.trial"
FILES = {
    "denoising/trick.py": "from denoising.far import TEN\ndef factor():\n    return TEN\n",
    "denoising/far.py": "TEN = 10\n",
    "denoising/tables/__init__.py": "",
    "denoising/tables/near.py": "from importlib.resources import files\n",
    "denoising/tables/factor.csv": "10",
    "tasks/stages/apart.py": "from denoising.tables import near\n",
}
START = f"""
import os, sys, threading, time
from pathlib import Path
from tasks.cache.code import CodeChangedError, code_of, import_as_read, pin

far = Path("denoising/far.py")
table = Path("denoising/tables/factor.csv")

def edit(path, content):
    time.sleep(0.02)  # longer than the clock of the files takes to go on
    path.write_text(content)

def tried(*modules):
    modules = modules or ("{STAGE}",)
    try:
        import_as_read(*modules)
        pin(modules)
    except CodeChangedError as error:
        print("refused:", error)
    else:
        print("pinned")

def factor():
    from denoising.trick import factor
    return factor()
"""
REFUSED = "refused: {} since this process began; start it again to go on"
FAR = REFUSED.format("denoising/far.py changed")
TABLE = REFUSED.format("denoising/tables/factor.csv changed")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small program with our own cache."""
    shutil.copytree(
        ROOT / "tasks/cache", tmp_path / "tasks/cache", ignore=shutil.ignore_patterns("__pycache__")
    )
    return write(FILES, tmp_path)


ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def said(root: Path, script: str, **environment: str) -> list[str]:
    """The lines that a process of the program prints."""
    (root / "run.py").write_text(START + script)
    run = [sys.executable, "run.py"]
    return subprocess.run(
        run,
        cwd=root,
        env={**ENVIRONMENT, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.splitlines()


# What happens in a process, and what it says.
COURSES = {
    "nothing": ("tried(); print(factor()); tried()", ["pinned", "10", "pinned"]),
    "edit before the process": ("from denoising.far import TEN; tried(); print(factor())", ["pinned", "10"]),
    "edit before the import": (f"code_of('{STAGE}'); edit(far, 'TEN = 20'); tried(); tried()", [FAR, FAR]),
    "edit before the import, taken back after it": (
        f"code_of('{STAGE}'); edit(far, 'TEN = 20'); import denoising.far\n"
        "edit(far, 'TEN = 10'); tried(); tried()",
        ["pinned", "pinned"],
    ),
    "edit before the import, taken back before it": (
        f"code_of('{STAGE}'); edit(far, 'TEN = 20'); edit(far, 'TEN = 10'); tried(); print(factor())",
        ["pinned", "10"],
    ),
    "comment before the import": (
        f"code_of('{STAGE}'); edit(far, 'TEN = 10  # so many'); tried(); tried()",
        ["pinned", "pinned"],
    ),
    "half an edit before the import": (f"code_of('{STAGE}'); edit(far, 'TEN = ('); tried()", [FAR]),
    "module gone before the import": (
        f"code_of('{STAGE}'); far.unlink(); tried()",
        [REFUSED.format("denoising/far.py is gone")],
    ),
    "edit while it is imported": (
        "edit(Path('denoising/trick.py'), 'from denoising.far import TEN\\n'\n"
        "    'import __main__; __main__.edit(__main__.far, \\'TEN = 20\\')'); tried(); tried()",
        [FAR, FAR],
    ),
    "edit after the import": (
        "tried(); edit(far, 'TEN = 20'); tried(); print(factor())",
        ["pinned", FAR, "10"],
    ),
    "edit after the import, taken back": (
        "tried(); edit(far, 'TEN = 20'); tried(); edit(far, 'TEN = 10'); tried(); print(factor())",
        ["pinned", FAR, "pinned", "10"],
    ),
    "edit after the import, before the code is told": (
        "import denoising.far; edit(far, 'TEN = 20'); tried(); edit(far, 'TEN = 10'); tried()",
        [FAR, FAR],
    ),
    "comment": ("tried(); edit(far, 'TEN = 10  # so many'); tried()", ["pinned", "pinned"]),
    "edit elsewhere": ("tried(); edit(table, '20'); tried()", ["pinned", "pinned"]),
    "edit of one stage": (
        "tried('tasks.stages.apart'); edit(far, 'TEN = 20'); tried('tasks.stages.apart'); tried()",
        ["pinned", "pinned", FAR],
    ),
    "edit of data": (
        "tried('tasks.stages.apart'); edit(table, '20'); tried('tasks.stages.apart')",
        ["pinned", TABLE],
    ),
    "edit of data, taken back": (
        "tried('tasks.stages.apart'); edit(table, '20'); edit(table, '10'); tried('tasks.stages.apart')",
        ["pinned", "pinned"],
    ),
    "new data": (
        "tried('tasks.stages.apart'); edit(table.with_name('more.csv'), '20'); tried('tasks.stages.apart')",
        ["pinned", REFUSED.format("denoising/tables/more.csv is new")],
    ),
    "module gone": (
        "tried(); far.unlink(); tried()",
        ["pinned", REFUSED.format("denoising/far.py is gone")],
    ),
    "stage gone": (
        "tried(); Path('tasks/stages/trial.py').unlink(); tried()",
        ["pinned", REFUSED.format("denoising/far.py is gone and 2 more")],
    ),
    "half an edit": ("tried(); edit(far, 'TEN = ('); tried()", ["pinned", FAR]),
    "edits of many files": (
        "edit(far, 'import denoising.a, denoising.b, denoising.c; TEN = 10')\n"
        "for name in 'abc': edit(Path(f'denoising/{name}.py'), 'X = 10')\n"
        "tried()\n"
        "for name in 'abc': edit(Path(f'denoising/{name}.py'), 'X = 20')\n"
        "edit(Path('denoising/trick.py'), 'X = 20'); tried()",
        ["pinned", REFUSED.format("denoising/trick.py changed")],
    ),
    "fork after the import": (
        "import denoising.far; time.sleep(0.05)\n"
        "if os.fork(): os.wait()\n"
        "else: edit(far, 'TEN = 20'); tried()",
        [FAR],
    ),
    "module that needs what is not there": (
        "edit(far, 'try:\\n    import denoising.a\\nexcept ImportError:\\n    TEN = 10\\n');"
        "edit(Path('denoising/a.py'), 'import no_such_library'); tried()",
        ["pinned"],
    ),
}


@pytest.mark.parametrize(("course", "expected"), COURSES.values(), ids=COURSES)
def test_a_process_runs_what_it_tells_of_or_refuses(root: Path, course: str, expected: list[str]) -> None:
    assert said(root, course) == expected


def stale(root: Path) -> None:
    """Let the far module be another, of the same size and age, with bytecode of the old one."""
    shutil.rmtree(root / "denoising/__pycache__", ignore_errors=True)
    subprocess.run(
        [sys.executable, "-c", "import denoising.far"],
        cwd=root,
        check=True,
        env=ENVIRONMENT,
    )
    far = root / "denoising/far.py"
    times = far.stat()
    far.write_text("TEN = 20\n")
    os.utime(far, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("environment", [{}, {"PYTHONDONTWRITEBYTECODE": "1"}])
def test_old_bytecode_does_not_run(root: Path, environment: dict[str, str]) -> None:
    stale(root)
    assert said(root, "from denoising.far import TEN; print(TEN)", **environment) == ["10"]
    assert said(root, "tried(); print(factor())", **environment) == ["pinned", "20"]


def test_a_process_that_has_run_old_bytecode_refuses_and_the_next_does_not(root: Path) -> None:
    stale(root)
    assert said(root, "from denoising.far import TEN; tried(); tried(); print(TEN)") == [FAR, FAR, "10"]
    assert said(root, "from denoising.far import TEN; tried(); print(TEN)") == ["pinned", "20"]


def test_what_was_imported_before_passes_if_its_bytecode_is_its_own(root: Path) -> None:
    for _ in range(2):  # with new bytecode, and with that
        assert said(root, "import denoising.far; tried(); print(factor())") == ["pinned", "10"]


def test_damaged_bytecode_and_none_do_no_harm(root: Path) -> None:
    assert said(root, "from denoising.trick import factor; tried()") == ["pinned"]
    for path in (root / "denoising/__pycache__").iterdir():
        path.write_bytes(b"damaged")
    assert said(root, "tried(); print(factor())") == ["pinned", "10"]
    shutil.rmtree(root / "denoising/__pycache__")
    (root / "denoising/__pycache__").write_text("in the way")
    assert said(root, "tried(); print(factor())") == ["pinned", "10"]


def test_an_edit_right_before_a_process_begins_is_none_while_it_runs(root: Path) -> None:
    for value in range(3):
        (root / "denoising/far.py").write_text(f"TEN = {10**value}\n")
        assert said(root, "from denoising.far import TEN; tried(); print(TEN)") == ["pinned", str(10**value)]


def test_a_clock_that_was_set_back_is_told_and_a_touch_mends_it(root: Path) -> None:
    """Only the clock that a process reads can be set in a test: an hour back since the files were written."""
    set_back = "hour = 3600 * 10**9; now = time.time, time.time_ns, time.clock_gettime\n"
    set_back += "time.time = lambda: now[0]() - 3600\ntime.time_ns = lambda: now[1]() - hour\n"
    assert said(root, f"{set_back}import denoising.far; tried()") == [
        "refused: denoising/far.py changed at a time that is still to come; set the clock right, or if it "
        "is, run `touch $(git ls-files)` in the checkout; then start again"
    ]
    assert said(root, f"{set_back}tried(); print(factor())") == ["pinned", "10"], (
        "what was read first is sure"
    )


def test_threads_import_each_module_once_and_whole(root: Path) -> None:
    circle = "import time\nlog = open('log', 'a')\nlog.write(__name__ + ' ')\nlog.close()\n"
    circle += "time.sleep(0.1)\nimport denoising.{}\nTEN = 10\n"
    for one, other in (("far", "near"), ("near", "far")):
        (root / f"denoising/{one}.py").write_text(circle.format(other))
    (root / "tasks/stages/other.py").write_text("from denoising.near import TEN\n")
    script = f"""
def run(stage):
    tried(stage)
    import denoising.near, denoising.far
    assert denoising.near.TEN == denoising.far.TEN == 10

threads = [threading.Thread(target=run, args=[stage]) for stage in ["{STAGE}", "tasks.stages.other"] * 4]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    assert said(root, script) == ["pinned"] * 8
    assert sorted((root / "log").read_text().split()) == ["denoising.far", "denoising.near"]


def test_it_takes_no_time_when_nothing_is_new(root: Path) -> None:
    script = "tried(); start = time.process_time(); tried(); print(time.process_time() - start)"
    assert float(said(root, script)[-1]) < 0.1
