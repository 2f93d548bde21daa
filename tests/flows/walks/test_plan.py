"""What `--plan` says, beside what a sweep then does."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from flows.graph import graph_of
from flows.settings.study_settings import PROJECT, report_of, store_of
from flows.settings.sweep_settings import Settings
from flows.sweep import SWEEP
from flows.terminal import command
from flows.terminal.status import Status
from flows.walks.plan import MOST_ALIKE, Plan, make_plan
from tasks.cache import key as keys
from tasks.cache.key import versions
from tasks.stages.report import report
from tasks.stages.train import train
from tests.copies import copy_source
from tests.flows.sweeps import BESIDE, STEPS, WHOLE, Sweeps

STATUSES = ("cached", "missing", "stale", "damaged", "pending")

# Runs the command and then tells which of the slow libraries it has imported.
WATCHED = """
import runpy, sys
command = sys.argv = sys.argv[1:]
try:
    runpy.run_path(command[0], run_name="__main__")
finally:
    slow = {"torch", "prefect", "pandas", "numpy", "pyarrow", "matplotlib"} & sys.modules.keys()
    print("imported:", *sorted(slow), file=sys.stderr)
"""


def command_line(sweeps: Sweeps, **changes: Any) -> list[str]:
    listed = {name: v if isinstance(v, list) else [v] for name, v in {**sweeps.settings, **changes}.items()}
    return [t for name, values in listed.items() for t in (f"--{name.replace('_', '-')}", *map(str, values))]


def run_command(arguments: list[str], home: Path, project: Path = PROJECT) -> tuple[int, str, str]:
    """Run the command where no API is configured; its status, what it printed, and what it imported."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(project / "flows" / "sweep.py"), *arguments],
        env={**environment, "PREFECT_HOME": str(home), "PYTHONPATH": str(project)},
        cwd=home.parent,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def statuses(plan: Plan) -> dict[str, set[str]]:
    """The statuses of each stage's steps."""
    found: dict[str, set[str]] = {}
    for step in plan.steps:
        found.setdefault(step.stage, set()).add(step.status)
    return found


def reasons(plan: Plan, stage: str) -> set[str]:
    return {"; ".join(step.why) for step in plan.steps if step.stage == stage}


def test_a_plan_tells_what_a_sweep_will_do(done: Sweeps, tmp_path: Path) -> None:
    plan = make_plan(done.read(data_dir=str(tmp_path / "none"), artifacts_dir=str(tmp_path / "none")))
    assert statuses(plan) == {
        "generate": {"missing"}, "split": {"pending"}, "limits": {"missing"}, "baseline": {"pending"},
        "train": {"pending"}, "evaluate": {"pending"}, "report": {"pending"},
    }  # fmt: skip
    assert reasons(plan, "evaluate") == {"after split; after train"}
    assert sum(WHOLE.values()) == len(plan.steps) + 1

    assert make_plan(done.read()).nothing_to_do
    assert make_plan(done.read(), verify=True).nothing_to_do

    longer = make_plan(done.read(epochs=3, learning_rate=0.01))
    assert longer.counts == {"cached": BESIDE, "stale": 4, "pending": 5}
    assert reasons(longer, "train") == {"epochs 2 -> 3; learning_rate 0.001 -> 0.01"}
    assert done.ran(epochs=3, learning_rate=0.01) == {"train": 4, "evaluate": 4, "report": 1, "publish": 1}

    more = make_plan(done.read(alphas=[0.1, 0.3, 0.5]))
    assert [(step.stage, step.of) for step in more.steps if step.status == "missing"] == [
        ("generate", "alpha=0.5"),
        ("limits", "alpha=0.5"),
    ]
    assert more.counts["cached"] == STEPS - 1

    other_data = make_plan(done.read(n_signals=30))
    assert reasons(other_data, "generate") == {"n_signals 20 -> 30"}
    assert statuses(other_data)["train"] == {"pending"}

    refreshed = make_plan(done.read(refresh=["evaluate"]))
    assert statuses(refreshed)["train"] == {"cached"}
    assert reasons(refreshed, "evaluate") == {"to be refreshed"}
    assert statuses(refreshed)["report"] == {"pending"}


def test_a_newer_library_is_named(done: Sweeps, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = keys.versions

    def with_newer_torch(*modules: str) -> dict[str, str]:
        return {name: "99.0" if name == "torch" else now for name, now in versions(*modules).items()}

    monkeypatch.setattr(keys, "versions", with_newer_torch)
    plan = make_plan(done.read())
    assert statuses(plan)["split"] == {"cached"}
    assert statuses(plan)["train"] == {"stale"}
    assert reasons(plan, "train") == {f"torch {versions(train.module)['torch']} -> 99.0"}


def copy_with_steps(size: str, tmp_path: Path) -> Path:
    """A copy of the project in which the steps of training have another size."""
    copy = copy_source(tmp_path / "copy")
    training = copy / "denoising" / "networks" / "training.py"
    text = training.read_text()
    assert "self.adam.step(self.rate)" in text
    training.write_text(text.replace("self.adam.step(self.rate)", f"self.adam.step({size})"))
    return copy


def test_edited_code_is_named_and_only_what_reaches_it_runs_again(done: Sweeps, tmp_path: Path) -> None:
    copy = copy_with_steps("2 * self.rate", tmp_path)
    arguments = [*command_line(done), "--plan", "--json"]
    status, out, err = run_command(arguments, tmp_path / "home", copy)
    assert (status, err) == (0, "imported:\n")
    plan = json.loads(out)
    assert plan["counts"] == {"cached": BESIDE, "stale": 4, "pending": 5}
    assert {tuple(step["why"]) for step in plan["steps"] if step["status"] == "stale"} == {
        ("denoising/networks/training.py changed",)
    }
    assert {step["stage"] for step in plan["steps"] if step["status"] == "stale"} == {"train"}
    assert plan["notes"] == []


def test_code_that_cannot_be_followed_is_told(sweeps: Sweeps, tmp_path: Path) -> None:
    copy = copy_with_steps("__import__(str(self)).rate", tmp_path)
    status, out, _ = run_command([*command_line(sweeps), "--plan"], tmp_path / "home", copy)
    assert status == 0
    note = out.splitlines()[-1]
    assert note.startswith("all code counts, because denoising.networks.training")


def test_a_plan_for_people_and_one_for_programs_say_the_same(done: Sweeps, tmp_path: Path) -> None:
    home = tmp_path / "home"
    before = sorted(tmp_path.rglob("*"))
    arguments = [*command_line(done, epochs=5), "--plan"]
    status, out, err = run_command(arguments, home)
    assert (status, err) == (0, "imported:\n")
    head, *lines = out.splitlines()
    assert head == f"{done.read(epochs=5).study}: {BESIDE} cached, 4 stale, 5 pending"
    first = WHOLE["generate"] + WHOLE["split"]  # of the trainings
    words = "train depth=3 alpha=0.1 seed=0 stale epochs 2 -> 5"
    assert lines[first].split() == words.split()
    plan = json.loads(run_command([*arguments, "--json"], home)[1])
    assert [(s["stage"], s["of"], s["status"]) for s in plan["steps"]] == [
        (line[:10].strip(), line[10:].split("  ")[0], next(word for word in STATUSES if f" {word}" in line))
        for line in lines
    ]
    assert plan["steps"][first]["key"].startswith("train/depth=3,alpha=0.1,seed=0/")
    assert sorted(tmp_path.rglob("*")) == before, "nothing is written"


def test_nothing_to_do_needs_no_library_no_server_and_says_where_the_report_is(
    done: Sweeps, tmp_path: Path
) -> None:
    settings, other = done.read(), done.read(alphas=[0.1])
    assert done.run(alphas=[0.1]).is_completed()
    latest = store_of(settings).artifacts / "latest"
    assert latest.readlink() == Path(other.study)
    status, out, err = run_command([*command_line(done), "--verify"], tmp_path / "home")
    assert (status, err) == (0, "imported:\n")
    assert (
        out
        == f"{settings.study}: nothing to do, all {STEPS} steps are cached\nreport: {report_of(settings)}\n"
    )
    assert latest.readlink() == Path(settings.study)
    assert not (tmp_path / "home").exists()


def test_what_a_later_run_has_written_over_is_stale_and_not_damaged(
    done: Sweeps, monkeypatch: pytest.MonkeyPatch, undrawn: None
) -> None:
    with monkeypatch.context() as newer:
        others = {"torch": "99"}
        newer.setattr(keys, "versions", lambda *m: others if report.module in m else versions(*m))
        assert done.ran() == {"report": 1, "publish": 1}
    assert reasons(make_plan(done.read()), "report") == {"a later run has written over its files"}
    page = report_of(done.read())
    page.write_text(f"{page.read_text()} ")
    assert make_plan(done.read()).steps[-1].status == "damaged"


def test_a_study_whose_note_is_damaged_is_not_taken_for_done(
    done: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "configured_url", lambda: None)
    monkeypatch.setattr("flows.terminal.launch.launch", lambda *_: Status.NOT_ALL_DONE)
    assert SWEEP.main(command_line(done)) == Status.DONE
    settings = done.read()
    for content in ("{", "[]", '{"study": "another"}'):
        (store_of(settings).artifacts / settings.study / "study.json").write_text(content)
        assert SWEEP.main(command_line(done)) == Status.NOT_ALL_DONE, "it is run"


def test_the_nearest_record_gives_the_reason(done: Sweeps) -> None:
    assert done.run(epochs=4, batch_size=8).is_completed()
    assert reasons(make_plan(done.read(epochs=5)), "train") == {"epochs 2 -> 5"}
    assert reasons(make_plan(done.read(epochs=5, batch_size=8)), "train") == {"epochs 4 -> 5"}


def test_the_plan_on_the_page_is_that_of_its_command() -> None:
    longer = Settings(epochs=60)
    steps = Counter(step.stage.name for step in graph_of(longer).steps)
    pending = steps["evaluate"] + steps["report"]
    cached = steps.total() - steps["train"] - pending
    line = f"{longer.study}: {cached} cached, {steps['train']} stale, {pending} pending\n"
    assert line in (PROJECT / "docs" / "cache.md").read_text()


@pytest.mark.parametrize("more", [0, 1])
def test_many_steps_that_are_alike_have_one_line_and_json_names_them_all(tmp_path: Path, more: int) -> None:
    n_cells = MOST_ALIKE + more
    settings = Sweeps(tmp_path).read(depths=[2], alphas=[0.1], seeds=list(range(n_cells)))
    plan = make_plan(settings)
    trained = [line for line in plan.lines() if line.startswith("train ")]
    if more:
        (line,) = trained
        assert line.split() == ["train", f"{n_cells}", "steps", "pending", "after", "split"]
    else:
        assert [line[len("generate  ") :].partition("  ")[0] for line in trained] == [
            str(cell) for cell in settings.cells
        ]
    assert Counter(step["stage"] for step in plan.as_json()["steps"])["train"] == n_cells
    generated = [line.split() for line in plan.lines() if line.startswith("generate")]
    assert generated == [["generate", "alpha=0.1", "missing"]], (
        "those of which there are few have a line each"
    )
