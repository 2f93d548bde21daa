"""A wheel of the project, installed into an environment that has its libraries and no checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

from flows.settings.study_settings import PROJECT
from flows.terminal.status import Status
from tests.copies import copy_source
from tests.flows.commands import SMALL, Command
from tests.flows.recorded import ECG, small

pytestmark = pytest.mark.slow
PROGRAMS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["scripts"]


def pip(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", *map(str, arguments), "--quiet", "--no-deps"], check=True)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs that a wheel brings."""
    folder = tmp_path_factory.mktemp("installed")
    source = copy_source(folder / "source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, source)
    pip("wheel", source, "--no-build-isolation", "--wheel-dir", folder)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "env", symlinks=True)
    bin_ = folder / "env" / "bin"
    packages = sysconfig.get_path("purelib", vars={"base": str(folder / "env")})
    (Path(packages) / "libraries.pth").write_text(sysconfig.get_path("purelib"))  # but not those it links to
    pip("--python", bin_ / "python", "install", "--no-index", "--ignore-installed", wheel)
    shutil.rmtree(source)
    return bin_


@pytest.fixture
def working(tmp_path: Path) -> Path:
    """The folder in which somebody works."""
    made = tmp_path / "working"
    made.mkdir()
    return made


def run(
    program: Path, *arguments: str, cwd: Path, url: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program on the server at `url`; without one it starts its own if it needs any."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment["PREFECT_HOME"] = str(cwd.parent / "home")
    if url:
        environment["PREFECT_API_URL"] = url
    command = [str(program), *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


def test_a_sweep_keeps_its_files_in_the_current_folder_and_a_checkout_knows_them(
    programs: Path, working: Path
) -> None:
    done = run(programs / "denoise-sweep", *SMALL, cwd=working)
    assert done.returncode == Status.DONE, done.stderr
    assert {path.name for path in working.iterdir()} == {"data", "artifacts"}
    assert 'class="play"' in (working / "artifacts" / "latest" / "report.html").read_text()
    again = run(programs / "denoise-sweep", *SMALL, cwd=working)
    assert "nothing to do" in again.stdout
    _, out, _ = Command(working).run(SMALL)  # the same code and libraries, so the same keys
    assert "nothing to do" in out


def test_recordings_are_denoised_as_a_study_found_best(programs: Path, working: Path, url: str) -> None:
    shutil.copy(ECG, working)
    folders, names = small(working, "--signals", ECG.name, "--snr", "5"), ("data", "artifacts")
    done = run(programs / "denoise-sweep", *folders, cwd=working, url=url)
    assert done.returncode == Status.DONE, done.stderr
    denoise = [ECG.name, "--rate", "360", "--output-dir", "out"]
    told = run(programs / "denoise", *denoise, cwd=working, url=url)
    assert told.returncode == Status.DONE, told.stderr
    assert {path.name for path in working.iterdir()} == {*names, ECG.name, "out"}
    assert {path.name for path in (working / "out").iterdir()} == {
        ECG.name, f"{ECG.name}.json", "denoised.html",
    }  # fmt: skip


def test_a_folder_that_is_gone_is_told_in_a_line(programs: Path, working: Path) -> None:
    gone = ["sh", "-c", 'rmdir "$PWD" && exec "$0" --plan', programs / "denoise-sweep"]
    told = subprocess.run(gone, cwd=working, capture_output=True, text=True)
    assert told.returncode == Status.NOT_ALL_DONE
    [line] = told.stderr.splitlines()
    assert line.startswith("denoise-sweep: FileNotFoundError: ")
    assert "the folder in which this was started is gone: start it in another one" in line


@pytest.mark.parametrize(
    "name",
    ["denoise", "denoise-cache", "denoise-export", "denoise-recordings", "denoise-sweep", "denoise-verdict"],
)
def test_a_program_tells_what_is_wrong_by_its_own_name(programs: Path, working: Path, name: str) -> None:
    told = run(programs / name, "--no-such-option", cwd=working)
    assert told.returncode == Status.BAD_PARAMETERS
    assert told.stderr.startswith(f"{name}: ")
    assert told.stderr.endswith(f"; see {name} --help\n")
    assert list(working.iterdir()) == []
