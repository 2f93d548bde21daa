"""Proof by mutation: edits of the source, each with the stages whose fingerprint it has to change."""
# ruff: noqa: E501 (an edit a line)

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tasks.cache.key import FUNCTIONS, STAGES
from tasks.fingerprint import KEPT, ROOT, Fingerprint, fingerprints
from tasks.reach import reach
from tasks.source import Code
from tests.copies import copy_source

GENERATE, SPLIT, LIMITS, BASELINE, TRAIN, EVALUATE, REPORT, TRANSFER, VERDICT = ({stage} for stage in STAGES)
TESTED = EVALUATE | TRANSFER
LEARNED = TRAIN | TESTED
MEASURED = BASELINE | TESTED
REPORTS = REPORT | VERDICT
USED = LEARNED | VERDICT  # the verdict asks the networks themselves
DRAWN = GENERATE | LIMITS | TRAIN | VERDICT
ALL = set(STAGES)
NONE: set[str] = set()

Edit = Callable[[str], str]


def swap(old: str, new: str) -> Edit:
    """Replace text that is there once or more, the first time it is."""

    def edit(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return edit


def add(text: str) -> Edit:
    """Add text at the end."""
    return lambda before: f"{before}\n\n{text}\n"


def cut(first: str, last: str) -> Edit:
    """Take out from one text up to another."""

    def edit(text: str) -> str:
        assert first in text, first
        start = text.index(first)
        return text[:start] + text[text.index(last, start) :]

    return edit


def every_line(change: Callable[[str], str]) -> Edit:
    return lambda text: "".join(map(change, text.splitlines(keepends=True)))


SNR = '''"""Ratios."""

from math import log10

import numpy as np

from denoising.measure.metrics import Signals, energies, mse

'''


def moved(text: str) -> str:
    """The module `metrics` after `snr_db` has left it for another."""
    text = cut("def snr_db", "def snr_improvement_db")(text)
    return swap("import numpy as np\n", "import numpy as np\nfrom denoising.ratios import snr_db\n")(text)


def function(file: str, first: str, last: str) -> str:
    """A function's text as it stands."""
    text = (ROOT / file).read_text()
    start = text.index(first)
    return text[start : text.index(last, start)]


SNR_DB = function("denoising/metrics.py", "def snr_db", "def snr_improvement_db")

# What is edited (a file, or several), how, and the stages that have to run again.
MUTATIONS: Mapping[str, tuple[Mapping[str, Edit], set[str]]] = {
    # Bodies
    "stage body": ({"tasks/split.py": swap("splits[\"test\"]", "splits['test'] = splits[\"test\"]")}, SPLIT),
    "helper body": ({"denoising/metrics.py": swap("10 * log10", "20 * log10")}, BASELINE | EVALUATE),
    "helper of a helper": ({"denoising/metrics.py": swap(".sum(axis=-1)", ".max(axis=-1)")}, MEASURED | VERDICT),
    "loss": ({"denoising/unrolled.py": swap("mul_(2 / noisy", "mul_(4 / noisy")}, TRAIN),
    "optimiser": ({"denoising/adam.py": swap("1 - MEAN_DECAY)", "MEAN_DECAY)")}, TRAIN),
    "function of several stages": ({"denoising/model.py": swap("network.eval()", "network.train()")}, USED),
    "generators": ({"denoising/dataset.py": swap('"big"', '"little"')}, GENERATE | SPLIT | LIMITS | TRAIN | VERDICT),
    "nested function": ({"tasks/columns.py": swap(".copy()\n", ".copy() + 0\n")}, ALL - GENERATE - LIMITS - VERDICT),
    "lambda": ({"denoising/training.py": swap("key=lambda epoch: epoch.val", "key=lambda epoch: -epoch.val")}, TRAIN),
    "figure": ({"denoising/figures/lines.py": swap("alpha=0", "alpha=1")}, REPORT),
    "sentence of the report": ({"denoising/report/summary.py": swap("This is one seed", "One seed")}, REPORT),
    "facts in the report": ({"tasks/facts.py": swap("platform.machine()", "platform.node()")}, REPORTS),
    "a denoiser": ({"denoising/denoisers/wavelet.py": swap("SHIFTS = 8", "SHIFTS = 4")}, BASELINE),
    "a limit": ({"denoising/limits.py": swap("(1 + power)", "(2 + power)")}, LIMITS),
    "the posterior": ({"denoising/posterior.py": swap("STEPS = 10", "STEPS = 11")}, BASELINE | LIMITS),
    "statistics": ({"denoising/statistics.py": swap("CONFIDENCE = 0.95", "CONFIDENCE = 0.9")}, REPORTS),
    "the original's curves": ({"denoising/original/curves.csv": swap("0.9389", "0.9388")}, REPORTS),
    # Methods and classes
    "method": ({"denoising/model.py": swap("torch.relu", "torch.tanh")}, USED),
    "what a method calls": ({"denoising/model.py": swap("bound = 1 /", "bound = 2 /")}, USED),
    "property": ({"denoising/training.py": swap("return min(self.history", "return max(self.history")}, TRAIN),
    "method of an object in a table": ({"denoising/signals.py": swap(".uniform(", ".triangular(")}, DRAWN),
    "method that some stages call": ({"tasks/store.py": swap("self.write(path, save(weights))", "self.write(path, save({**weights}))")}, TRAIN),
    "reading method": ({"tasks/store.py": swap("return load(self.read(output))", "return {**load(self.read(output))}")}, TESTED | VERDICT),
    "method that all call": ({"tasks/store.py": swap("pq.write_table(table, buffer)", "pq.write_table(table, buffer, compression='none')")}, ALL - LIMITS),
    "function that every write ends in": ({"tasks/files.py": swap("os.fsync(descriptor)", "os.fdatasync(descriptor)")}, ALL),
    "base class": ({"denoising/settings.py": swap("frozen=True", "frozen=False")}, ALL - REPORT),
    "new base class": ({"denoising/training.py": swap("class Training:", "class Training(dict):")}, TRAIN),
    "field": ({"denoising/training.py": swap("    train_mse: float\n", "    train_mse: float = 0\n")}, TRAIN),
    "class becomes mutable": ({"denoising/dataset.py": swap("@dataclass(frozen=True)", "@dataclass")}, ALL),
    "error class": ({"denoising/training.py": swap("class StoppedError(Exception)", "class StoppedError(ValueError)")}, TRAIN),
    # Values
    "constant": ({"denoising/dataset.py": swap("TRAIN_FRACTION = 0.7", "TRAIN_FRACTION = 0.8")}, SPLIT | VERDICT),
    "constant of a figure": ({"denoising/figures/lines.py": swap("MOST_TICKS = 6", "MOST_TICKS = 7")}, REPORT),
    "constant read through a function": ({"denoising/model.py": swap("INFERENCE_BATCH = 512", "INFERENCE_BATCH = 256")}, USED),
    "tuple": ({"denoising/evaluation.py": swap("(10, 50, 90)", "(10, 50, 95)")}, BASELINE | EVALUATE | VERDICT),
    "table of objects": ({"denoising/signals.py": swap("low=0.5", "low=0.6")}, ALL - SPLIT - TESTED),
    "name of a random stream": ({"denoising/dataset.py": swap('keyed_generator("noise"', 'keyed_generator("noises"')}, DRAWN),
    "default argument": ({"denoising/dataset.py": swap("copy: int = 0", "copy: int = 1")}, DRAWN),
    "default argument of a figure": ({"denoising/figures/drawing.py": swap("dpi: int = 200", "dpi: int = 100")}, REPORTS),
    "constant changed below": ({"denoising/dataset.py": add("TRAIN_FRACTION *= 0.9")}, ALL),
    "patch on import": ({"denoising/metrics.py": add("np.seterr(all='ignore')")}, MEASURED | LIMITS | TRAIN | VERDICT),
    # Names
    "imported alias": ({"denoising/plain.py": swap("import mse_loss", "import l1_loss as mse_loss")}, TRAIN),
    "alias of our own": ({"denoising/evaluation.py": swap("mse, per_signal, prd,", "mse as prd, mse, per_signal,")}, BASELINE | EVALUATE),
    "another function called": ({"denoising/evaluation.py": swap("mse(test.noisy", "mse(test.clean")}, BASELINE | EVALUATE),
    "builtin hidden": ({"denoising/training.py": add("def sum(values):\n    return 0")}, NONE),
    "builtin hidden where it is called": ({"denoising/model.py": add("def sum(values):\n    return 0")}, USED),
    # Decorators
    "decorator gone": ({"denoising/figures/drawing.py": swap("@look()\ndef to_png", "def to_png")}, REPORTS),
    "decorator more": ({"denoising/model.py": swap("    @torch.no_grad()\n", "    @torch.no_grad()\n    @torch.compiler.disable\n")}, USED),
    "decorator of ours": ({"denoising/figures/style.py": swap("mpl.rc_context(RC)", "mpl.rc_context()")}, REPORTS),
    # Files
    "template": ({"denoising/report/report.html.j2": add("<!-- more -->")}, REPORTS),
    "style sheet": ({"denoising/report/report.css": add("p { color: red }")}, REPORTS),
    "templates that change places": (
        {
            "denoising/report/report.css": lambda _: (ROOT / "denoising/report/report.html.j2").read_text(),
            "denoising/report/report.html.j2": lambda _: (ROOT / "denoising/report/report.css").read_text(),
        },
        REPORTS,
    ),
    "script": ({"denoising/report/explorer.js": add("// lock")}, REPORTS),
    "style sheet of the charts": ({"denoising/report/explorer.css": add("p { color: red }")}, REPORTS),
    "library of the charts": ({"denoising/report/uplot/uPlot.iife.min.js": add(";")}, REPORTS),
    "new template": ({"denoising/report/more.html.j2": add("more")}, REPORTS),
    # What decides when a stage runs and never what comes of it
    "retries": ({"tasks/stage.py": swap("[1.0, 4.0]", "[2.0, 4.0]")}, NONE),
    "progress display": ({"tasks/run.py": swap("SHOW_SECONDS = 0.3", "SHOW_SECONDS = 0.5")}, NONE),
    "name of a task run": ({"tasks/train.py": swap('run_name="train {cell}"', 'run_name="learn {cell}"')}, NONE),
    "the flow": ({"flows/stages.py": swap("ARTIFACT_SECONDS = 2.0", "ARTIFACT_SECONDS = 3.0")}, NONE),
    "publication": ({"tasks/publish.py": swap('rows="cells"', 'rows="networks"')}, NONE),
    "lock, of which scripts speak too": ({"tasks/files.py": swap("POLL_SECONDS = 0.1", "POLL_SECONDS = 0.2")}, NONE),
    "housekeeping": ({"tasks/run.py": swap("REMOTE_SECONDS = 3.0", "REMOTE_SECONDS = 4.0")}, NONE),
    # What changes nothing
    "comment": ({"denoising/training.py": swap("import torch\n", "import torch  # the library\n# which trains\n")}, NONE),
    "comments everywhere": ({"denoising/model.py": every_line(lambda line: line.replace("\n", "  # so\n") if line.endswith(":\n") else line)}, NONE),
    "docstring of a module": ({"denoising/training.py": swap('"""Training one', '"""Teaching one')}, NONE),
    "docstring of a function": ({"denoising/metrics.py": swap('"""Mean squared error of each', '"""The mean squared error of each')}, NONE),
    "docstring of a class": ({"denoising/training.py": swap('"""One training in progress', '"""A training in progress')}, NONE),
    "docstring gone": ({"denoising/metrics.py": lambda text: re.sub(r'\n    """[^"]+"""', "", text)}, NONE),
    "help text of a setting": ({"denoising/settings.py": swap("Passes over the training", "How often to pass over the training")}, NONE),
    "blank lines": ({"denoising/dataset.py": every_line(lambda line: "\n\n" if line == "\n" else line)}, NONE),
    "spaces": ({"denoising/metrics.py": swap("10 * log10(signal / noise)", "10*log10( signal/noise )")}, NONE),
    "lines": ({"denoising/dataset.py": swap("TRAIN_FRACTION = 0.7", "TRAIN_FRACTION = (\n    0.7\n)")}, NONE),
    "quotes": ({"denoising/dataset.py": swap('"signals", settings', "'signals', settings")}, NONE),
    "brackets": ({"denoising/metrics.py": swap("return float(mse_per_signal(estimate, clean).mean())", "return (float((mse_per_signal(estimate, clean)).mean()))")}, NONE),
    "trailing comma": ({"denoising/training.py": swap("epoch.train_mse) and", "epoch.train_mse,) and")}, NONE),
    "line endings": ({"denoising/model.py": lambda text: text.replace("\n", "\r\n")}, NONE),
    "unrelated function": ({"denoising/metrics.py": add("def rmse(estimate, clean):\n    return mse(estimate, clean) ** 0.5")}, NONE),
    "unrelated constant": ({"denoising/training.py": add("PATIENCE = 10")}, NONE),
    "unrelated class": ({"denoising/dataset.py": add("class Recording:\n    def read(self):\n        return 1")}, NONE),
    "unrelated import": ({"denoising/training.py": swap("import time\n", "import json\nimport time\n")}, NONE),
    "unrelated module": ({"denoising/later.py": add("X = 1")}, NONE),
    "only for the type checker": ({"tasks/store.py": swap("if TYPE_CHECKING:\n", "if TYPE_CHECKING:\n    import numpy.typing as npt\n")}, NONE),
    "only when it is run itself": ({"denoising/metrics.py": add("if __name__ == '__main__':\n    print(mse)")}, NONE),
    "order of functions": ({"denoising/metrics.py": lambda text: cut("def snr_db", "def snr_improvement_db")(text) + f"\n\n{SNR_DB}"}, NONE),
    "moved function": ({"denoising/metrics.py": moved, "denoising/ratios.py": lambda _: SNR + SNR_DB}, NONE),
    "moved and changed function": ({"denoising/metrics.py": moved, "denoising/ratios.py": lambda _: SNR + SNR_DB.replace("10 *", "20 *")}, BASELINE | EVALUATE),
    "moved constant": (
        {
            "denoising/dataset.py": swap("TRAIN_FRACTION = 0.7", "from denoising.fractions import TRAIN_FRACTION"),
            "denoising/fractions.py": lambda _: "TRAIN_FRACTION = 0.7\n",
        },
        NONE,
    ),
    "editor's backup": ({"denoising/report/report.css~": add("p {}")}, NONE),
}  # fmt: skip


def reached(root: Path) -> dict[str, Fingerprint]:
    code = Code(root)
    return {stage: reach(function, code) for stage, function in FUNCTIONS.items()}


@pytest.fixture(scope="module")
def before() -> dict[str, Fingerprint]:
    return reached(ROOT)


@pytest.mark.parametrize(("edits", "stages"), MUTATIONS.values(), ids=MUTATIONS)
def test_an_edit_changes_the_fingerprints_of_the_stages_it_concerns_and_no_other(
    tmp_path: Path, before: dict[str, Fingerprint], edits: Mapping[str, Edit], stages: set[str]
) -> None:
    copy_source(tmp_path)
    for file, edit in edits.items():
        path = tmp_path / file
        text = path.read_text() if path.exists() else ""
        path.write_text(edit(text), newline="")
        assert path.read_bytes() != text.encode()
    after = reached(tmp_path)
    assert {stage for stage in STAGES if after[stage].digest != before[stage].digest} == stages


def test_a_copy_has_the_fingerprints_of_the_original(tmp_path: Path, before: dict[str, Fingerprint]) -> None:
    copy_source(tmp_path)
    assert reached(tmp_path) == before


def test_all_of_our_own_code_can_be_followed(before: dict[str, Fingerprint]) -> None:
    assert [made.unresolved for made in before.values()] == [[]] * len(STAGES)


def test_the_libraries_that_decide_are_those_that_reached_code_uses(before: dict[str, Fingerprint]) -> None:
    assert {stage: set(made.libraries) for stage, made in before.items()} == {
        "generate": {"numpy", "pyarrow"},
        "split": {"numpy", "pyarrow"},
        "train": {"numpy", "pandas", "pyarrow", "safetensors", "torch"},
        "limits": {"numpy", "scipy"},
        "baseline": {"numpy", "pandas", "pyarrow", "pywavelets", "scipy"},
        "evaluate": {"numpy", "pandas", "pyarrow", "safetensors", "scipy", "torch"},
        "report": {"jinja2", "matplotlib", "numpy", "pandas", "pillow", "pyarrow", "scipy"},
        "transfer": {"numpy", "pandas", "pyarrow", "safetensors", "torch"},
        "verdict": {
            "jinja2",
            "matplotlib",
            "numpy",
            "pandas",
            "pillow",
            "pyarrow",
            "safetensors",
            "scipy",
            "torch",
        },
    }


def test_fingerprints_do_not_depend_on_the_order_of_sets_and_need_no_import() -> None:
    code = "import sys; from tasks.cache.key import STAGES, code_of; print([code_of(s).digest for s in STAGES]); "
    code += "assert not {'torch', 'prefect', 'numpy', 'pandas', 'matplotlib'} & sys.modules.keys()"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(told) == 1


def test_fingerprints_are_kept_until_a_file_is_not_as_it_was(tmp_path: Path) -> None:
    copy_source(tmp_path)
    functions = list(FUNCTIONS.values())
    made = fingerprints(functions, tmp_path)
    kept = tmp_path / KEPT
    before = kept.stat().st_ino
    assert fingerprints(functions, tmp_path) == made
    assert kept.stat().st_ino == before
    for damage in (b"", b"{}", b"[]", kept.read_bytes()[:-9]):
        kept.write_bytes(damage)
        assert fingerprints(functions, tmp_path) == made
    metrics = tmp_path / "denoising" / "metrics.py"
    times = metrics.stat()
    metrics.write_text(metrics.read_text().replace("10 * log10", "20 * log10"))
    os.utime(metrics, ns=(times.st_atime_ns, times.st_mtime_ns))  # as long as before, and as old
    changed = fingerprints(functions, tmp_path)
    assert [name for name in functions if changed[name] != made[name]] == [
        FUNCTIONS["baseline"],
        FUNCTIONS["evaluate"],
    ]


def test_fingerprints_are_made_where_none_can_be_kept(tmp_path: Path) -> None:
    copy_source(tmp_path)
    (tmp_path / "tasks" / "__pycache__").write_text("in the way")
    functions = list(FUNCTIONS.values())
    assert fingerprints(functions, tmp_path) == fingerprints(functions, ROOT)
