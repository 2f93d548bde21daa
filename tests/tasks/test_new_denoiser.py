"""What README says of a further denoiser: a class and a line, and it takes part."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.copies import copy_source

MEDIAN = '''
from dataclasses import dataclass
from typing import ClassVar, Self

from scipy.ndimage import median_filter

from denoising.denoisers.denoiser import Known, Signals, rescale


@dataclass(frozen=True)
class Median:
    """The median of neighbouring samples."""

    label: ClassVar[str] = "running median"

    gain: float
    window: int

    @classmethod
    def fit(cls, known: Known) -> Self:
        return cls(known.gain, 5)

    def __call__(self, noisy: Signals) -> Signals:
        return median_filter(rescale(noisy, self.gain), (1, self.window))
'''

TRIAL = """
import json, sys
from pathlib import Path
from prefect.logging import disable_run_logger
from denoising.signals.settings import DatasetSettings
from flows.walks.plan import make_plan
from flows.settings.sweep_settings import Settings
from tasks.stages.baseline import baseline
from tasks.stages.generate import generate
from tasks.cache.record import StudyRecords
from tasks.stages.split import split
from tasks.cache.store import Store
from tasks.gather.tables import collect
from denoising.figures.catalogue import FIGURES
from denoising.report.tables import baselines_table

small = {"alphas": [0.2], "depths": [2], "n_signals": 20, "n_test": 10, "signal_length": 64}
settings = Settings(**small, data_dir="d", artifacts_dir="a")
planned = [step.of for step in make_plan(settings).steps if step.stage == "baseline"]
store, dataset = settings.store, settings.dataset
with disable_run_logger():
    data = split.fn(dataset, 0.2, generate.fn(dataset, 0.2, store), store)
    made = [baseline.fn(name, dataset, 0.2, data, store) for name in ("best_gain", "median")]
study = collect("x", settings.science, StudyRecords(
    generated=[], datasets=[data], limits=[], baselines=made, transfers=[], cells=[]), store)
print(json.dumps({
    "planned": planned,
    "table": baselines_table(study).rows,
    "parameters": study.baselines["parameters"].tolist(),
    "drawn": FIGURES["floor_map"](study).alt + FIGURES["floor_distance"](study).alt,
}))
"""


def test_a_further_denoiser_takes_part_in_plan_tables_and_figures(tmp_path: Path) -> None:
    copy = copy_source(tmp_path / "copy")
    (copy / "denoising" / "denoisers" / "median.py").write_text(MEDIAN)
    edits = {
        "denoising/settings.py": (' "bayes",\n', ' "bayes", "median",\n'),
        "denoising/denoisers/catalogue.py": (
            '    "bayes": Bayes,\n',
            '    "bayes": Bayes,\n    "median": Median,\n',
        ),
    }
    for file, (old, new) in edits.items():
        text = (copy / file).read_text()
        assert old in text
        (copy / file).write_text(text.replace(old, new))
    catalogue = copy / "denoising" / "denoisers" / "catalogue.py"
    catalogue.write_text(f"from denoising.denoisers.median import Median\n{catalogue.read_text()}")
    done = subprocess.run(
        [sys.executable, "-c", TRIAL],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "median alpha=0.2" in told["planned"]
    assert told["table"][1][0] == "running median"
    assert float(told["table"][1][1]) > 0
    assert told["parameters"][1] == "gain=1.25, window=5"
    assert told["drawn"].count("running median") == 2
