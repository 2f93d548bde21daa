"""A model's file without the rest of the project: what has to be installed, and what is imported when."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from denoising.models.loading import load
from tasks.cache.code import code_in
from tasks.cache.sources import ROOT, Sources
from tests.denoising.models.made_up import noise
from tests.denoising.models.test_model_file import content_of

BLOCKED = (
    "pydantic", "scipy", "pandas", "pywt", "pyarrow", "prefect", "matplotlib", "sklearn", "jinja2", "PIL",
    "psutil", "rich", "filelock", "threadpoolctl", "tasks", "flows",
)  # fmt: skip
ALONE = f"""
import sys


class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {BLOCKED!r}:
            raise ModuleNotFoundError(name, name=name)


sys.meta_path.insert(0, Blocker())
import numpy as np
import denoising

model = denoising.load(sys.argv[1])
signal = np.load(sys.argv[2])
whole = model.denoise(signal)
stream = model.stream(centre=0.0, scale=1.0)
parts = [stream.push(signal[:100]), stream.push(signal[100:]), stream.finish()]
integers = model.denoise(signal.astype("i2"))
np.savez(sys.argv[3], whole=whole, streamed=np.concatenate(parts), integers=integers)
"""


def python(program: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.slow
def test_a_network_needs_torch_numpy_and_safetensors_alone(tmp_path: Path) -> None:
    file, given, found = tmp_path / "model.safetensors", tmp_path / "given.npy", tmp_path / "found.npz"
    file.write_bytes(content_of({"normalisation": "batch", "skips": True, "latent_size": 5}))
    np.save(given, 10 * noise(500))
    done = python(ALONE, file, given, found)
    assert (done.returncode, done.stderr) == (0, "")
    used, told = load(file), np.load(found)
    signal = np.load(given)
    assert np.allclose(told["whole"], used.denoise(signal), atol=1e-5)
    assert np.allclose(told["streamed"], used.denoise(signal, centre=0.0, scale=1.0), atol=1e-5)
    assert np.abs(told["integers"] - used.denoise(signal.astype("i2"))).max() <= 1


def test_nothing_is_imported_before_something_is_loaded() -> None:
    done = python(
        "import sys; before = set(sys.modules); import denoising; new = set(sys.modules) - before;"
        "print(sorted(name for name in new if name.startswith(('torch', 'numpy', 'safe', 'denoising'))))"
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "['denoising']", "")


def test_only_our_first_package_holds_anything_and_that_is_a_lazy_load() -> None:
    held = {
        file.relative_to(ROOT).as_posix()
        for package in ("denoising", "tasks", "flows")
        for file in (ROOT / package).rglob("__init__.py")
        if ast.parse(file.read_text()).body
    }
    assert held == {"denoising/__init__.py"}
    tree = ast.parse((ROOT / "denoising/__init__.py").read_text())
    docstring, *imports, load_ = tree.body
    assert isinstance(docstring, ast.Expr)
    assert {name for line in imports if isinstance(line, ast.ImportFrom) for name in [line.module]} <= {
        "pkgutil", "typing",
    }  # fmt: skip
    assert all(isinstance(line, ast.ImportFrom) for line in imports)
    assert isinstance(load_, ast.FunctionDef)
    assert load_.name == "load"


def test_our_first_package_is_in_no_closure() -> None:
    tree = Sources(ROOT)
    for file in sorted((ROOT / "tasks/stages").glob("[a-z]*.py")):
        files = code_in(tree, (f"tasks.stages.{file.stem}",)).files
        assert "denoising/__init__.py" not in files, file
        assert f"tasks/stages/{file.name}" in files


def test_what_measures_a_study_does_not_count_how_its_models_are_used() -> None:
    """An edit of streams or of choosing makes no training and no page stale."""
    tree = Sources(ROOT)
    for stage in ("train", "evaluate", "baseline", "report", "decide"):
        files = set(code_in(tree, (f"tasks.stages.{stage}",)).files)
        used = {"model", "streaming", "choosing", "loading", "overlapping"}
        assert not files & {f"denoising/models/{name}.py" for name in used}, stage
