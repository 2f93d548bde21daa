"""What it costs to find out that there is nothing to do: this program, Snakemake and DVC over the same steps.

python -m benchmarks.nothing_to_do [ROUNDS]

Installs Snakemake and DVC into a virtual environment that goes again, runs the same graph of 85 steps with
each program once (theirs only copy files), and then times the three in alternation with all of it done.
Prints a table in Markdown; takes about five minutes.
"""

import contextlib
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from denoising.settings import BASELINE_NAMES
from flows.server import embedded_server
from flows.settings import Settings
from tasks.facts import processor

PROJECT = Path(__file__).resolve().parents[1]
TOOLS = {"snakemake": "9.27.1", "dvc": "3.67.1"}
STEPS = 85
PRESET = "quick"  # its grid is that of the default, with less to compute

SNAKEFILE = """
ALPHAS = {alphas}
DEPTHS = {depths}
NAMES = {names}
rule report:
    input:
        expand("evaluate/{{depth}}-{{alpha}}", depth=DEPTHS, alpha=ALPHAS),
        expand("limits/{{alpha}}", alpha=ALPHAS),
        expand("baseline/{{name}}-{{alpha}}", name=NAMES, alpha=ALPHAS)
    output: "report"
    shell: "cat {{input}} > {{output}}"
rule generate:
    output: "generate/{{alpha}}"
    shell: "echo {{wildcards.alpha}} > {{output}}"
rule split:
    input: "generate/{{alpha}}"
    output: "split/{{alpha}}"
    shell: "cat {{input}} > {{output}}"
rule limits:
    output: "limits/{{alpha}}"
    shell: "echo {{wildcards.alpha}} > {{output}}"
rule baseline:
    input: "split/{{alpha}}"
    output: "baseline/{{name}}-{{alpha}}"
    shell: "cat {{input}} > {{output}}"
rule train:
    input: "split/{{alpha}}"
    output: "train/{{depth}}-{{alpha}}"
    shell: "cat {{input}} > {{output}}"
rule evaluate:
    input: "split/{{alpha}}", "train/{{depth}}-{{alpha}}"
    output: "evaluate/{{depth}}-{{alpha}}"
    shell: "cat {{input}} > {{output}}"
"""

DVC_YAML = """
stages:
  generate:
    matrix: {{alpha: {alphas}}}
    cmd: mkdir -p generate && echo ${{item.alpha}} > generate/${{item.alpha}}
    outs: ["generate/${{item.alpha}}"]
  split:
    matrix: {{alpha: {alphas}}}
    cmd: mkdir -p split && cat generate/${{item.alpha}} > split/${{item.alpha}}
    deps: ["generate/${{item.alpha}}"]
    outs: ["split/${{item.alpha}}"]
  limits:
    matrix: {{alpha: {alphas}}}
    cmd: mkdir -p limits && echo ${{item.alpha}} > limits/${{item.alpha}}
    outs: ["limits/${{item.alpha}}"]
  baseline:
    matrix: {{name: {names}, alpha: {alphas}}}
    cmd: mkdir -p baseline && cat split/${{item.alpha}} > baseline/${{item.name}}-${{item.alpha}}
    deps: ["split/${{item.alpha}}"]
    outs: ["baseline/${{item.name}}-${{item.alpha}}"]
  train:
    matrix: {{depth: {depths}, alpha: {alphas}}}
    cmd: mkdir -p train && cat split/${{item.alpha}} > train/${{item.depth}}-${{item.alpha}}
    deps: ["split/${{item.alpha}}"]
    outs: ["train/${{item.depth}}-${{item.alpha}}"]
  evaluate:
    matrix: {{depth: {depths}, alpha: {alphas}}}
    cmd: mkdir -p evaluate && cat split/${{item.alpha}} train/${{item.depth}}-${{item.alpha}} > evaluate/${{item.depth}}-${{item.alpha}}
    deps: ["split/${{item.alpha}}", "train/${{item.depth}}-${{item.alpha}}"]
    outs: ["evaluate/${{item.depth}}-${{item.alpha}}"]
  report:
    cmd: cat evaluate/* limits/* baseline/* > report
    deps: [evaluate, limits, baseline]
    outs: [report]
"""  # noqa: E501


@dataclass
class Contestant:
    """A command that has nothing to do, and what it says then."""

    name: str
    command: list[str]
    folder: Path
    says: str
    environment: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def run(self) -> tuple[float, str]:
        """Run the command; how long it took, from start to end, and what it printed."""
        began = time.perf_counter()
        environment = {k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"} | self.environment
        done = subprocess.run(self.command, cwd=self.folder, env=environment, capture_output=True, text=True)
        seconds = time.perf_counter() - began
        told = done.stdout + done.stderr
        if done.returncode:
            raise RuntimeError(f"{' '.join(self.command)} ended with {done.returncode}:\n{told}")
        return seconds, told

    def measure(self) -> None:
        """Run it once more, with nothing to do."""
        seconds, told = self.run()
        assert self.says in told, f"{self.name} had something to do:\n{told}"
        self.seconds.append(seconds)


def main(rounds: int) -> None:
    """Prepare the contestants, time them and print the table."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        contestants = prepare(Path(name))
        for contestant in contestants:
            contestant.run()
        url = stack.enter_context(embedded_server())
        served = contestants[0]
        with_server = Contestant(
            "this program, recorded on a server", served.command, served.folder, "from the cache",
            {"PREFECT_API_URL": url},
        )  # fmt: skip
        for _ in range(rounds):
            for contestant in [*contestants, with_server]:
                contestant.measure()
        show([*contestants, with_server])


def prepare(folder: Path) -> list[Contestant]:
    """The three programs with the same steps before them, this one first."""
    tools = folder / "tools"
    subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
    wanted = [f"{name}=={version}" for name, version in TOOLS.items()]
    subprocess.run([str(tools / "bin" / "pip"), "install", "-q", *wanted], check=True)
    settings = Settings.model_validate({"preset": PRESET})
    grid = {
        "alphas": list(settings.alphas), "depths": list(settings.depths), "names": list(BASELINE_NAMES),
    }  # fmt: skip
    places = {name: folder / name for name in ("ours", "snakemake", "dvc")}
    for place in places.values():
        place.mkdir()
    (places["snakemake"] / "Snakefile").write_text(SNAKEFILE.format(**grid))
    (places["dvc"] / "dvc.yaml").write_text(DVC_YAML.format(**grid))
    dvc = str(tools / "bin" / "dvc")
    subprocess.run([dvc, "init", "--no-scm", "-q"], cwd=places["dvc"], check=True)
    sweep = [sys.executable, str(PROJECT / "flows" / "sweep.py"), "--preset", PRESET]
    folders = ["--data-dir", "data", "--artifacts-dir", "artifacts"]
    alone = {"PREFECT_PROFILES_PATH": str(folder / "none")}  # whatever API the user has configured
    return [
        Contestant(
            "this program", [*sweep, *folders], places["ours"], f"all {STEPS} steps are cached", alone
        ),
        Contestant(
            "Snakemake",
            [str(tools / "bin" / "snakemake"), "-c", "2"],
            places["snakemake"],
            "Nothing to be done",
        ),
        Contestant("DVC", [dvc, "repro"], places["dvc"], "up to date", {"DVC_NO_ANALYTICS": "1"}),
    ]


def show(contestants: list[Contestant]) -> None:
    """Print the times as a table, and what they were measured on."""
    ours = median(contestants[0].seconds)
    print(f"| nothing to do in {STEPS} steps | median | range | times ours |\n|---|---:|---:|---:|")
    for contestant in contestants:
        middle, low, high = median(contestant.seconds), min(contestant.seconds), max(contestant.seconds)
        print(f"| {contestant.name} | {middle:.2f} s | {low:.2f}–{high:.2f} s | {middle / ours:.1f} |")
    versions = ", ".join(f"{name} {version}" for name, version in TOOLS.items())
    print(f"\n{len(contestants[0].seconds)} rounds on {os.cpu_count()} cores, {processor()}, ", end="")
    print(f"Python {platform.python_version()}, {versions}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
