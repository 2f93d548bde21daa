"""What it takes to add a stage, a denoiser, a figure, a setting, a family of signals and a format.

Each is added to a copy of the source by a few edits, which are counted by the files that they touch. It has
to take part in the plan and in a small run of that copy, over the results of the source as it is: what the
addition does not concern stays cached. The code is that of `docs/adding.md`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tasks.cache.parsed import PACKAGES
from tasks.cache.sources import ROOT
from tests.copies import copy_source

pytestmark = pytest.mark.slow  # each runs a small study in a copy of the source

PAGE = (ROOT / "docs" / "adding.md").read_text()
ADDED = "\n".join(line for line in PAGE.splitlines() if line.startswith("+"))

SMALL = [
    "--preset", "quick", "--alphas", "0.2", "--depths", "1", "2", "--epochs", "1", "--channels", "4",
    "--n-signals", "20", "--n-test", "10", "--signal-length", "32", "--data-dir", "data",
    "--artifacts-dir", "artifacts",
]  # fmt: skip

RUN = """
import json, sys
import denoising.figures.drawing
from flows.graph import graph_of
from flows.settings.study_settings import store_of
from flows.sweep import SWEEP
from tasks.cache.record import Outcome
from tasks.run.progress import Run
from tasks.run.task import produce

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
for draw in ("to_svg", "to_png", "preview"):  # which takes most of a small run's time
    setattr(denoising.figures.drawing, draw, lambda *_, **__: PICTURE)
settings = SWEEP.settings(SWEEP.parser.parse_args(sys.argv[1:]))
graph, store, records, outcomes = graph_of(settings), store_of(settings), {}, {}
with Run(store.runs / "1").open() as run:
    for step in graph.steps:
        inputs = graph.inputs(step, outcomes if step.stage.despite_failures else records)
        record = records[step] = produce(step, store, run, inputs)
        outcomes[step] = Outcome(axes=dict(step.axes), record=record, failure=None)
        path = store.records / record["key"]
        if not path.exists():  # Prefect keeps records as this
            path.parent.mkdir(parents=True, exist_ok=True)
            serializer = {"metadata": {"serializer": {"type": "json"}}}
            path.write_text(json.dumps({**serializer, "result": json.dumps(record)}))
"""


def on_page(what: str) -> str:
    """The module that the page shows under a heading."""
    [code] = re.findall(rf"^## {what}\n.*?```python\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
    return str(code)


@dataclass(frozen=True)
class Copy:
    """A copy of the source, with data and artifacts beside it."""

    folder: Path

    @property
    def source(self) -> Path:
        return self.folder / "source"

    def write(self, file: str, text: str) -> None:
        """Add a file."""
        assert not (self.source / file).exists()
        (self.source / file).write_text(text)

    def edit(self, file: str, edits: dict[str, str]) -> None:
        """Put text behind other text, which is there once."""
        text = (self.source / file).read_text()
        for anchor, more in edits.items():
            assert text.count(anchor) == 1, f"{file} has {text.count(anchor)} times {anchor!r}"
            text = text.replace(anchor, anchor + more)
            assert all(line.strip() in ADDED for line in more.splitlines()), f"the page lacks {more}"
        (self.source / file).write_text(text)

    @property
    def touched(self) -> list[str]:
        """The files that are new or other than in the source."""
        files = (path for package in PACKAGES for path in (self.source / package).rglob("*"))
        names = [path.relative_to(self.source) for path in files if path.is_file()]
        return [
            str(name)
            for name in sorted(names)
            if "__pycache__" not in name.parts
            and not (
                (ROOT / name).exists() and (ROOT / name).read_bytes() == (self.source / name).read_bytes()
            )
        ]

    def undone(self, *options: str) -> dict[str, str]:
        """The steps that the plan would run and their statuses; what the report is of is left out."""
        plan = json.loads(self.python(str(self.source / "flows" / "sweep.py"), "--plan", "--json", *options))
        names = {plan["study"]: "report"}
        steps = plan["steps"]
        return {
            names.get(step["of"], f"{step['stage']} {step['of']}"): step["status"]
            for step in steps
            if step["status"] != "cached"
        }

    def run(self, *options: str) -> Path:
        """Run every step that is not done; the folder of the study."""
        before = set(self.folder.glob("artifacts/quick-*/report.html"))
        self.python("-c", RUN, *options)
        assert self.undone(*options) == {}
        made = set(self.folder.glob("artifacts/quick-*/report.html")) - before
        return max(made or before, key=lambda page: page.stat().st_mtime_ns).parent

    def tell(self, *arguments: str) -> str:
        """What the copy tells of recordings."""
        return self.python(str(self.source / "flows" / "recordings.py"), *arguments, options=[])

    def python(self, *arguments: str, options: Sequence[str] = SMALL) -> str:
        """Run a program of the copy with the options of the small sweep; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments, *options],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.source), "PREFECT_HOME": str(self.folder / "home")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The source as it is, with a sweep that was run; nobody may change it."""
    made = Copy(tmp_path_factory.mktemp("base"))
    copy_source(made.source)
    made.run()
    assert made.touched == []
    return made


@pytest.fixture
def copy(base: Copy, tmp_path: Path) -> Copy:
    shutil.copytree(base.folder, tmp_path / "copy", symlinks=True)
    return Copy(tmp_path / "copy")


def test_a_format_of_recordings_takes_its_module_and_a_line_in_the_catalogue(copy: Copy) -> None:
    copy.write("denoising/recordings/formats/raw.py", on_page("A format of recordings"))
    copy.edit(
        "denoising/recordings/formats/catalogue.py",
        {
            "from denoising.recordings.formats.matlab import open_mat\n": (
                "from denoising.recordings.formats.raw import open_raw\n"
            ),
            '    ".mat": open_mat,\n': '    ".raw": open_raw,\n',
        },
    )
    assert len(copy.touched) == 2
    assert copy.undone() == {}, "what is of sinusoids stays"
    samples = (1000 * np.sin(np.arange(5000) / 7)).astype(np.int16)
    samples.tofile(copy.folder / "a.raw")
    told = json.loads(copy.tell("a.raw", "--json"))
    assert told["problems"] == []
    [channel] = told["channels"]
    assert (channel["rate"], channel["seconds"]) == (100, 50)


def test_a_stage_takes_its_module_its_place_in_the_graph_and_where_it_is_shown(copy: Copy) -> None:
    copy.write("tasks/stages/energy.py", on_page("A stage"))
    copy.edit(
        "flows/graph.py",
        {
            "from denoising.study.cell import Cell\n": "from denoising.settings import Group\n",
            "from tasks.stages.baseline import BaselineSettings, baseline\n": (
                "from tasks.stages.energy import energy\n"
            ),
            "SWEEP = (generate, split, ": "energy, ",
            "            graph.add(to_limit(level, names))\n": (
                "            step = Step(energy, place_of(level), names[level], Group(), level.axes)\n"
                "            graph.add(step, dataset=data[level])\n"
            ),
        },
    )
    copy.edit(
        "tasks/stages/report.py",
        {
            "    limits=EVERYTHING,\n": "    energy=EVERYTHING,\n",
            "    from denoising.figures.catalogue import figures_of\n": "    import pandas as pd\n",
            '        "limits": tables.limits,\n': (
                '        "energy": pd.DataFrame(\n'
                '            {**o["axes"], **o["record"]["values"]}\n'
                '            for o in outcomes["energy"].values() if o["record"]\n'
                "        ),\n"
            ),
        },
    )
    assert len(copy.touched) == 3
    assert copy.undone() == {"energy alpha=0.2": "missing", "report": "pending"}
    study = copy.run()
    [row] = pd.read_parquet(study / "energy.parquet").to_dict("records")
    [test] = copy.folder.glob("data/formula-*/alpha=0.2/test.parquet")
    clean = np.stack(pd.read_parquet(test)["clean"].tolist())
    assert row["alpha"] == 0.2
    assert row["energy"] == pytest.approx(np.mean(clean.astype(float) ** 2))
    assert copy.undone("--refresh", "energy") == {"energy alpha=0.2": "stale", "report": "pending"}


def test_a_denoiser_takes_a_class_and_a_line(copy: Copy) -> None:
    copy.write("denoising/denoisers/median.py", on_page("A denoiser"))
    copy.edit(
        "denoising/denoisers/catalogue.py",
        {
            '    "bayes": "denoising.denoisers.bayes:Bayes",\n': (
                '    "median": "denoising.denoisers.median:Median",\n'
            )
        },
    )
    assert len(copy.touched) == 2
    assert copy.undone() == {"baseline median alpha=0.2": "missing", "report": "pending"}
    study = copy.run()
    baselines = pd.read_parquet(study / "baselines.parquet").set_index("denoiser")
    assert baselines.index[-1] == "median"
    assert baselines.loc["median", "label"] == "running median"
    assert baselines.loc["median", "parameters"] == "gain=1.25, window=5"
    assert baselines.loc["median", "told"] == "noise level"
    row = r"^\| running median \| noise level \| (\S+) \|$"
    [shown] = re.findall(row, (study / "report.md").read_text(), re.MULTILINE)
    assert float(shown.strip("*")) == pytest.approx(baselines.loc["median", "test_mse"], rel=1e-2)
    alts = re.findall(r'aria-label="[^"]*running median', (study / "report.html").read_text())
    assert len(alts) == 2, "in the figure of the distance to the floor, for wide screens and for phones"


def test_a_figure_takes_a_module_and_a_place_in_the_catalogue(copy: Copy) -> None:
    copy.write("denoising/figures/spread.py", on_page("A figure"))
    copy.edit(
        "denoising/figures/catalogue.py",
        {"    spectra,\n": "    spread,\n", '    "spectra": spectra.draw,\n': '    "spread": spread.draw,\n'},
    )
    assert len(copy.touched) == 2
    assert copy.undone() == {"report": "stale"}
    study = copy.run()
    assert {path.name for path in (study / "figures").glob("spread.*")} == {
        "spread.svg", "spread.png", "spread.csv",
    }  # fmt: skip
    results = pd.read_parquet(study / "results.parquet")
    assert pd.read_csv(study / "figures" / "spread.csv")["test_mse"].tolist() == pytest.approx(
        results["test_mse"].tolist()
    )
    page = (study / "report.html").read_text()
    assert "The spread of the errors" in page
    assert "The test MSE of every cell." in page


def test_a_setting_takes_its_field_and_what_reads_it(copy: Copy) -> None:
    copy.edit(
        "denoising/networks/settings.py",
        {
            '    """The settings that decide the network, except its depth."""\n\n': (
                '    weight_scale: float = Field(1, gt=0, le=10, description="Factor of first weights.")\n'
            )
        },
    )
    copy.edit(
        "denoising/networks/autoencoder.py",
        {
            '        initialisation: "Initialisation" = "default",\n': "        weight_scale: float = 1,\n",
            "gain=1 if module in linear else sqrt(2))\n": "            module.weight.data *= weight_scale\n",
        },
    )
    assert len(copy.touched) == 2
    cells = ("depth=1 alpha=0.2 seed=0", "depth=2 alpha=0.2 seed=0")
    trainings = {f"train {cell}": "stale" for cell in cells}
    assert copy.undone() == {
        **trainings,
        **{f"evaluate {cell}": "pending" for cell in cells},
        "report": "pending",
    }
    study = copy.run("--vary", "weight_scale=1,0.5")
    assert "weight_scale" in (study / "report.html").read_text()
    results = pd.read_parquet(study / "results.parquet").set_index(["depth", "variant"])
    assert {variant for _, variant in results.index} == {"base", "weight_scale=0.5"}
    assert results["test_mse"].nunique() == 4
    assert results.loc[(1, "weight_scale=0.5"), "weight_scale"] == 0.5
    assert results.loc[(1, "base"), "weight_scale"] == 1


def test_a_family_of_signals_takes_its_name_and_its_numbers(copy: Copy) -> None:
    copy.edit("denoising/signals/settings.py", {'Literal["formula", "pictures"': ', "slow"'})
    copy.edit(
        "denoising/signals/sinusoids.py",
        {
            '    "pictures": Sinusoids(low=2 * pi, high=6 * pi, cosine_factor=1, end=2 * pi),\n': (
                '    "slow": Sinusoids(low=0.25, high=0.5, cosine_factor=2, end=4 * pi),\n'
            )
        },
    )
    assert len(copy.touched) == 2
    undone = copy.undone("--signals", "slow")
    missing = {step for step, status in undone.items() if status == "missing"}
    assert missing == {"generate alpha=0.2", "limits alpha=0.2"}
    assert set(undone.values()) == {"missing", "pending"}
    study = copy.run("--signals", "slow")
    [test] = copy.folder.glob("data/slow-n20-*/alpha=0.2/test.parquet")
    frequencies = pd.read_parquet(test)[["f1", "f2"]].to_numpy()
    assert 0.25 <= frequencies.min() < frequencies.max() < 0.5
    assert pd.read_parquet(study / "limits.parquet")["mmse"].gt(0).all()
    assert pd.read_parquet(study / "results.parquet")["test_mse"].notna().all()
    assert "slow" in (study / "report.html").read_text()
