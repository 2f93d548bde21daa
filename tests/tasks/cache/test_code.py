"""What counts as a stage's code: no edit that changes what it does escapes, and no other makes it stale."""

import ast
import json
import os
import py_compile
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from modulefinder import ModuleFinder
from pathlib import Path

import pytest

from tasks.cache.code import Code, changed_files, code_in, code_of, load
from tasks.cache.sources import KEPT, ROOT, Sources, keep
from tests.copies import copy_source
from tests.tasks.cache.edits import Files, read_cases, write

EDITS = read_cases()
CALL = "import sys; sys.path.insert(0, sys.argv[1]); from denoising.trick import factor; print(factor())"


def trial(root: Path) -> Code:
    """The code of the stage that `write` lays into a folder."""
    return code_in(Sources(root, {}), ("tasks.stages.trial",))


def returned(root: Path) -> str:
    call = [sys.executable, "-ISB", "-c", CALL, str(root)]
    return subprocess.run(call, cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(("before", "after"), EDITS.values(), ids=EDITS)
def test_an_edit_that_changes_a_result_changes_the_code(tmp_path: Path, before: Files, after: Files) -> None:
    old, new = write(before, tmp_path / "old"), write(after, tmp_path / "new")
    assert returned(old) != returned(new)
    assert trial(old).digest != trial(new).digest


@pytest.fixture(scope="module")
def original() -> Sources:
    """Our own files."""
    return Sources(ROOT)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of them."""
    return copy_source(tmp_path)


STAGES = sorted(f"tasks.stages.{file.stem}" for file in (ROOT / "tasks/stages").glob("[a-z]*.py"))


def codes(tree: Sources) -> dict[str, Code]:
    return {stage: code_in(tree, (stage,)) for stage in STAGES}


def is_package(module: str) -> bool:
    return (ROOT / module.replace(".", "/")).is_dir()


def digests(tree: Sources) -> dict[str, str]:
    return {stage: code.digest for stage, code in codes(tree).items()}


def rewritten(change: Callable[[ast.Module], object], source: str) -> str:
    tree = ast.parse(source)
    change(tree)
    return ast.unparse(tree)


def reword(tree: ast.Module) -> None:
    """Let every docstring, every description of a setting and no other string say something else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body[0] = ast.Expr(ast.Constant("What it does."))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Field":
            for keyword in node.keywords:
                keyword.value = ast.Constant("A number.") if keyword.arg == "description" else keyword.value


def take_out_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]


HARMLESS: dict[str, Callable[[str], str]] = {
    "no comments, and other brackets, quotes and lines": lambda text: rewritten(lambda _: None, text),
    "comments": lambda text: (
        text.replace("\n", "  # so it is\n") if '"""\n' not in text else f"# So\n{text}# so\n"
    ),
    "blank lines": lambda text: text.replace("\ndef ", "\n\n\n\ndef ") + "\n\n",
    "line endings": lambda text: text.replace("\n", "\r\n"),
    "words": lambda text: rewritten(reword, text),
    "no docstrings": lambda text: rewritten(take_out_docstrings, text),
    "string that stands alone": lambda text: f"{text}\n'''A word at the end.'''\n",
}


@pytest.mark.parametrize("edit", HARMLESS.values(), ids=HARMLESS)
def test_nothing_is_stale_when_no_code_is_another(
    copy: Path, original: Sources, edit: Callable[[str], str]
) -> None:
    for package in ("denoising", "tasks/stages", "tasks/formats"):
        for path in (copy / package).rglob("*.py"):
            path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8", newline="")
    edited = Sources(copy)
    assert edited.digests != original.digests
    expected = {stage: code.digest for stage, code in codes(original).items() if not code.computed}
    assert expected
    assert digests(edited).items() >= expected.items()


def test_every_module_of_a_closure_counts_and_no_other(copy: Path, original: Sources) -> None:
    before = code_in(original, ("tasks.stages.evaluate",))
    for path in [path for path in copy.rglob("*.py") if path.name != "__init__.py"]:
        file, source = path.relative_to(copy).as_posix(), path.read_bytes()
        path.write_bytes(source + b"\nX_ = 1\n")
        after = code_in(Sources(copy, dict(original.known)), ("tasks.stages.evaluate",))
        expected = [f"{file} changed"] if file in before.files else []
        assert list(changed_files(before.files, after.files)) == expected, file
        assert (after.digest != before.digest) == (file in before.files), file
        path.write_bytes(source)


def test_a_closure_is_what_another_reader_of_imports_finds(original: Sources) -> None:
    for stage, code in codes(original).items():
        finder = ModuleFinder(path=[str(ROOT)], excludes=["tasks.cache", "tasks.run"])
        finder.load_file(str(ROOT / f"{stage.replace('.', '/')}.py"))
        modules = {name for name, module in finder.modules.items() if module.__file__ and not module.__path__}
        found = modules - {stage.split(".")[-1]}  # which is how it calls the stage
        counted = {module for module in code.modules if not is_package(module)}
        assert found <= counted, stage
        assert counted <= {*found, stage} or code.computed, stage


def test_what_is_loaded_is_in_the_closure(original: Sources) -> None:
    science = [name for name in code_in(original, ("tasks.stages.evaluate",)).modules if name[0] == "d"]
    show = f"import importlib, json, sys; [importlib.import_module(name) for name in {science}];"
    show += "print(json.dumps([name for name in sys.modules if name.startswith('denoising')]))"
    run = subprocess.run([sys.executable, "-c", show], cwd=ROOT, check=True, capture_output=True)
    assert {*json.loads(run.stdout)} - {"denoising"} == {*science}  # whose own module holds `load` alone


def test_stages_are_apart(copy: Path, original: Sources) -> None:
    before = digests(original)
    with (copy / "denoising/report/report.css").open("a") as file:
        file.write("p { color: red }")
    after = digests(Sources(copy, dict(original.known)))
    changed = {stage.rpartition(".")[2] for stage in STAGES if after[stage] != before[stage]}
    assert {"report", "verdict"} <= changed
    assert not changed & {"generate", "split", "limits", "train", "evaluate", "transfer"}


def test_hidden_files_and_backups_do_not_count(copy: Path, original: Sources) -> None:
    for name in ("denoising/report/.report.css.swp", "denoising/report/report.css~", "denoising/report/.x/a"):
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text("p {}")
    assert digests(Sources(copy, dict(original.known))) == digests(original)


WORDS = {
    "description": ("class A(BaseModel):\n    x: int = Field(1, description='«')\n", False),
    "description by another name": (
        "class A(BaseModel):\n    x: int = pydantic.Field(1, description='«')\n",
        False,
    ),
    "description of something else": (
        "def setting(description):\n    pass\nsetting(description='«')\n",
        True,
    ),
    "description that is made": ("class A(BaseModel):\n    x: int = Field(1, description=str('«'))\n", True),
    "field of ours": (
        "def Field(x, description):\n    return description\nD = Field(1, description='«')\n",
        True,
    ),
    "string after a value": ("X = 1\n'''«'''\n", False),
    "string that is a value": ("X = 1\nY = '''«'''\n", True),
    "string that is put together": ("def f(x):\n    f'''« {x}'''\n", True),
}


@pytest.mark.parametrize(("source", "counts"), WORDS.values(), ids=WORDS)
def test_words_count_where_they_are_read(tmp_path: Path, source: str, counts: bool) -> None:
    start = "import pydantic\nfrom pydantic import BaseModel, Field\n"
    one, other = (
        trial(write({"denoising/trick.py": start + source.replace("«", word)}, tmp_path / word))
        for word in ("one", "other")
    )
    assert (one.digest != other.digest) == counts


def test_where_reading_cannot_tell_all_code_counts_and_that_is_said(tmp_path: Path) -> None:
    trick = {
        "denoising/trick.py": "import importlib\ndef factor(x):\n    return importlib.import_module(x)\n"
    }
    code = trial(write({**trick, "flows/far.py": "TEN = 1\n", "flows/a.css": ""}, tmp_path))
    assert code.computed == ("denoising.trick",)
    assert {"flows/far.py", "flows/a.css"} <= code.files.keys()


def test_reading_can_follow_every_stage(original: Sources) -> None:
    assert not [stage for stage, code in codes(original).items() if code.computed]


def test_what_moves_bytes_and_processes_stays_out(original: Sources) -> None:
    for code in codes(original).values():
        assert not [file for file in code.files if file.startswith(("tasks/cache/", "tasks/run/"))]


def test_libraries_are_distributions(tmp_path: Path, original: Sources) -> None:
    source = "import os.path, PIL.Image\nfrom pywt import dwt\ndef f():\n    import_module('torch.nn')\n"
    code = trial(write({"denoising/trick.py": source}, tmp_path))
    assert code.libraries == ("pillow", "pywavelets", "torch")
    for code in codes(original).values():
        assert all(map(version, code.libraries))


def test_a_file_that_is_no_source_counts_as_it_is(tmp_path: Path) -> None:
    texts = ("def factor(", "def factor((", "x = '\0'")
    made = [
        trial(write({"denoising/trick.py": text}, tmp_path / str(at))).digest for at, text in enumerate(texts)
    ]
    assert len({*made}) == 3


def test_a_compiled_module_counts_and_may_import_anything(tmp_path: Path) -> None:
    made = []
    for number in (10, 20):
        root = write({"denoising/trick.py": "import denoising.far\n"}, tmp_path / str(number))
        (root / "far.py").write_text(f"TEN = {number}\n")
        py_compile.compile(str(root / "far.py"), cfile=str(root / "denoising" / "far.pyc"))
        (root / "far.py").unlink()
        made.append(trial(root))
        assert "denoising/far.pyc" in made[-1].files
        assert made[-1].computed
    assert made[0].digest != made[1].digest


def test_code_is_read_however_deep_it_is_and_links_are_followed_once(tmp_path: Path) -> None:
    chain = "def factor(x):\n    if x == 0: return 0\n"
    chain += "".join(f"    elif x == {number}: return {number}\n" for number in range(1, 3000))
    root = write({"denoising/trick.py": chain}, tmp_path)
    for name in ("loop", "another"):
        (root / "denoising" / name).symlink_to(".", target_is_directory=True)
    for name, target in (("itself", "itself"), ("nowhere", "gone.py"), ("through_a_file", "trick.py/gone")):
        (root / "denoising" / name).symlink_to(target)
    before = trial(root)
    write({"denoising/trick.py": chain.replace("return 2999", "return 0")}, root)
    assert trial(root).digest != before.digest


def test_what_parsing_found_is_kept_and_damage_to_it_does_no_harm(copy: Path, original: Sources) -> None:
    expected = digests(original)
    tree = Sources(copy)
    assert digests(tree) == expected
    keep(tree)
    kept = copy / KEPT
    good = kept.read_bytes()
    notes = json.loads(json.loads(good)["notes"])
    assert Sources(copy).known.keys() == notes.keys()
    other = {name: {**said, "code": "0" * 64} for name, said in notes.items()}
    damaged = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        good[:-9],
        good.replace(b'\\"code\\": \\"', b'\\"code\\": \\"0'),
    ]
    damaged += [
        json.dumps({**json.loads(good), "notes": json.dumps(other)}).encode(),
        json.dumps(other).encode(),
    ]
    for content in damaged:
        kept.write_bytes(content)
        assert Sources(copy).known == {}
        assert digests(Sources(copy, dict(original.known))) == expected
    tree = Sources(copy)
    digests(tree)
    keep(tree)
    assert kept.read_bytes() == good
    metrics = copy / "denoising/measure/metrics.py"
    times = metrics.stat()
    metrics.write_text(metrics.read_text().replace("10 * log10", "20 * log10"))
    os.utime(metrics, ns=(times.st_atime_ns, times.st_mtime_ns))  # as long as before, and as old
    assert digests(Sources(copy))["tasks.stages.evaluate"] != expected["tasks.stages.evaluate"]


def test_code_is_told_where_nothing_can_be_kept(tmp_path: Path) -> None:
    write({"denoising/trick.py": "X = 1\n", "tasks/__pycache__": "in the way"}, tmp_path)
    tree = Sources(tmp_path)
    code_in(tree, ("tasks.stages.trial",))
    keep(tree)


def test_code_is_the_same_in_every_process_and_needs_no_library() -> None:
    show = "from tasks.cache.code import code_of; import sys;"
    show += f"print([code_of(stage).digest for stage in {STAGES}]);"
    show += "assert not {'torch', 'prefect', 'numpy', 'pandas', 'matplotlib', 'psutil'} & sys.modules.keys()"
    run = [sys.executable, "-c", show]
    told = {
        subprocess.run(run, env={"PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, check=True).stdout
        for seed in ("0", "1", "2")
    }
    assert told == {f"{[code_of(stage).digest for stage in STAGES]}\n".encode()}


def test_what_a_setting_names_is_loaded_if_it_is_ours() -> None:
    from denoising.denoisers.wavelet import WaveletShrinkage

    assert load("denoising.denoisers.wavelet:WaveletShrinkage") is WaveletShrinkage
    for path in (
        "os:system",
        "denoising.denoisers.wavelet",
        "denoising.denoisers.wavelet:",
        "denoisingx:y",
        "",
    ):
        with pytest.raises(ValueError, match="give a module of denoising"):
            load(path)


def test_what_became_of_files_is_told_in_a_phrase_each() -> None:
    old = {"a.py": "1", "b.css": "2", "c.py": "3"}
    assert list(changed_files(old, {"a.py": "1", "b.css": "4", "d.py": "5"})) == ["b.css changed"]
    assert list(changed_files(old, {"a.py": "1", "b.css": "2", "d.py": "5"})) == [
        "d.py is new",
        "c.py is gone",
    ]
