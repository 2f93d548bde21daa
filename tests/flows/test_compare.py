"""The command that compares studies, on real ones and on what is no study."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from prefect import get_client

from flows.compare import main
from flows.comparing import compare as flow
from flows.settings.study_settings import PROJECT
from flows.terminal.status import Status
from tests.flows.sweeps import Sweeps

Compare = Callable[..., tuple[int, str, str]]


@pytest.fixture
def compare(done: Sweeps, capsys: pytest.CaptureFixture[str]) -> Compare:
    """Runs the command over the artifacts of a sweep that has been run."""

    def run(*studies: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status: object = main([*map(str, studies), "--artifacts-dir", str(done.folder / "artifacts")])
        except SystemExit as error:
            status = error.code
        assert isinstance(status, int)
        return status, *capsys.readouterr()

    return run


def second(sweeps: Sweeps, name: str, **changes: object) -> Path:
    """A copy of the sweep that has been run under another name, as if with other settings."""
    folder = sweeps.folder / "artifacts" / name
    shutil.copytree(folder.with_name(sweeps.read().study), folder)
    note = json.loads((folder / "study.json").read_text())
    del note["report"]  # the record, which tells the digests of the files, is the other's
    (folder / "study.json").write_text(json.dumps({**note, "settings": {**note["settings"], **changes}}))
    return folder


def replace(folder: Path, table: str = "results", **columns: object) -> None:
    """Change columns of a study's table."""
    path = folder / f"{table}.parquet"
    pd.read_parquet(path).assign(**columns).to_parquet(path)


@pytest.mark.slow
def test_two_real_sweeps_are_compared(done: Sweeps, compare: Compare, undrawn: None) -> None:
    longer = done.read(epochs=3).study
    assert done.run(epochs=3).is_completed()
    status, out, err = compare(done.read().study, "latest")
    assert (status, err) == (Status.DONE, "")
    assert ["epochs", "2", "3"] in [line.split() for line in out.splitlines()]
    page = done.folder / "artifacts" / "comparisons" / f"{done.read().study}-and-{longer}.html"
    assert out.splitlines()[-1] == f"comparison: {page}"
    results = [
        pd.read_parquet(done.folder / "artifacts" / study / "results.parquet")
        .set_index(["depth", "alpha"])["test_mse"]
        for study in (done.read().study, longer)
    ]  # fmt: skip
    for (depth, alpha), db in (10 * np.log10(results[1] / results[0])).items():
        [row] = [
            line.split()
            for line in out.splitlines()
            if line.split()[:4] == ["depth", str(depth), "alpha", f"{alpha:g}"]
        ]
        assert float(row[4].replace("−", "-")) == pytest.approx(db, abs=0.051)
        assert " ".join(row).endswith("too few common seeds")


def test_studies_go_by_name_by_folder_and_as_the_latest(
    done: Sweeps, compare: Compare, undrawn: None
) -> None:
    name = done.read().study
    other = second(done, "post-01234567", epochs=9)
    replace(other, test_mse=lambda rows: 2 * rows["test_mse"], epochs=9)
    replace(other, "per_signal", mse=lambda rows: 2 * rows["mse"])
    told = [compare(*pair) for pair in ((name, other.name), ("latest", other), (f"{other}/../latest", other))]
    assert {status for status, _, _ in told} == {Status.DONE}
    assert len({out for _, out, _ in told}) == 1
    assert "A has the lower test MSE at 4 (by 3.0 dB)" in " ".join(told[0][1].split())
    assert [path.name for path in (done.folder / "artifacts" / "comparisons").iterdir()] == [
        f"{name}-and-post-01234567.html"
    ]


def test_the_page_needs_nothing_but_itself(done: Sweeps, compare: Compare) -> None:
    other = second(done, "post-01234567", epochs=9)
    assert compare("latest", other)[0] == Status.DONE
    [page] = (done.folder / "artifacts" / "comparisons").iterdir()
    text = page.read_text()
    assert text.count("<figure ") == 2
    assert '<link rel="stylesheet"' not in text
    assert f"A: {done.read().study}" in text


def missing(sweeps: Sweeps) -> tuple[list[str], str]:
    return ["latest", "post-99999999"], (
        f"study post-99999999: there is none in {sweeps.folder}/artifacts; there are {sweeps.read().study}"
    )


def alone(sweeps: Sweeps) -> tuple[list[str], str]:
    return ["latest"], "studies latest: give from 2 to 6 studies"


def twice(sweeps: Sweeps) -> tuple[list[str], str]:
    name = sweeps.read().study
    return [name, "latest"], f"study latest: it is {name}, which is given twice"


def no_folder(sweeps: Sweeps) -> tuple[list[str], str]:
    return ["latest", str(sweeps.folder / "no" / "post-1")], f"study: there is none in {sweeps.folder}/no yet"


def unfinished(sweeps: Sweeps) -> tuple[list[str], str]:
    folder = second(sweeps, "post-01234567")
    (folder / "study.json").unlink()
    return ["latest", folder.name], "study post-01234567: its run has not ended; run the same again"


def without_settings(sweeps: Sweeps) -> tuple[list[str], str]:
    folder = second(sweeps, "post-01234567")
    (folder / "study.json").write_text("{")
    return [
        "latest",
        folder.name,
    ], "study post-01234567: its study.json is damaged or outdated; run that study"


def without_table(sweeps: Sweeps) -> tuple[list[str], str]:
    folder = second(sweeps, "post-01234567")
    (folder / "limits.parquet").unlink()
    return [
        "latest",
        str(folder),
    ], f"study post-01234567: {folder}/limits.parquet cannot be read (No such file"


def cut(sweeps: Sweeps) -> tuple[list[str], str]:
    path = second(sweeps, "post-01234567") / "results.parquet"
    path.write_bytes(path.read_bytes()[:500])
    return [
        "latest",
        "post-01234567",
    ], f"study post-01234567: {path} cannot be read (it is no whole Parquet file); run"


def changed(sweeps: Sweeps) -> tuple[list[str], str]:
    replace(sweeps.folder / "artifacts" / sweeps.read().study, test_mse=1.0)
    second(sweeps, "post-01234567")
    return ["latest", "post-01234567"], "results.parquet has "


def of_another_kind(sweeps: Sweeps) -> tuple[list[str], str]:
    path = second(sweeps, "post-01234567") / "results.parquet"
    pd.read_parquet(path).astype({"test_mse": "str"}).to_parquet(path)
    return ["latest", "post-01234567"], f"{path} is damaged: its test_mse is of another kind; run"


def of_an_earlier_version(sweeps: Sweeps) -> tuple[list[str], str]:
    path = second(sweeps, "post-01234567") / "results.parquet"
    pd.read_parquet(path).drop(columns="level").to_parquet(path)
    return ["latest", "post-01234567"], f"{path}, of an earlier version, has no level; run"


def outdated(sweeps: Sweeps) -> tuple[list[str], str]:
    folder = second(sweeps, "post-01234567")
    (folder / "study.json").write_text('{"settings": {"depths": [2]}}')
    return ["latest", folder.name], "study post-01234567: its study.json is outdated; run that study again"


def a_verdict(sweeps: Sweeps) -> tuple[list[str], str]:
    from flows.settings.verdict_settings import VerdictSettings

    folder = second(sweeps, "verdict-quick-01234567")
    (folder / "study.json").write_text(json.dumps({"settings": VerdictSettings(preset="quick").parameters}))
    return [
        "latest",
        folder.name,
    ], f"study {folder.name}: it is a verdict, which has no grid; give studies of"


def recordings(sweeps: Sweeps, **given: object) -> Path:
    from flows.settings.recordings_settings import OwnSettings

    folder = second(sweeps, "recordings-01234567")
    settings = OwnSettings.model_validate(given).parameters
    (folder / "study.json").write_text(json.dumps({"settings": settings}))
    return folder


def of_two_kinds(sweeps: Sweeps) -> tuple[list[str], str]:
    name = recordings(sweeps, signals=["a.wav"]).name
    return [
        "latest",
        name,
    ], f"one is of sums of sinusoids and one of {name.partition('-')[0]}; give studies of"


def without_errors(sweeps: Sweeps) -> tuple[list[str], str]:
    replace(second(sweeps, "post-01234567"), test_mse=np.nan)
    return ["latest", "post-01234567"], "study post-01234567: no cell of it has an error; give others"


@pytest.mark.parametrize(
    "bad",
    [
        missing, alone, twice, no_folder, unfinished, without_settings, without_table, cut, changed,
        of_another_kind, of_an_earlier_version, outdated, a_verdict, of_two_kinds, without_errors,
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_told_in_a_line_and_nothing_is_written(
    done: Sweeps, compare: Compare, bad: Callable[[Sweeps], tuple[list[str], str]]
) -> None:
    studies, told = bad(done)
    status, out, err = compare(*studies)
    assert (status, out) == (Status.BAD_PARAMETERS, "")
    assert err.startswith("compare.py: ")
    assert told in err
    assert err.count("\n") == 1
    assert not (done.folder / "artifacts" / "comparisons").exists()


def test_the_flow_writes_the_page_and_shows_it_in_brief_in_the_prefect_ui(
    done: Sweeps, undrawn: None
) -> None:
    other, artifacts = second(done, "post-01234567", epochs=9), str(done.folder / "artifacts")
    name = done.read().study
    state = flow(studies=["latest", other.name], artifacts_dir=artifacts, return_state=True)
    page = done.folder / "artifacts" / "comparisons" / f"{name}-and-{other.name}.html"
    assert state.result() == {"studies": f"{name} and {other.name}", "page": str(page)}
    assert page.is_file()
    with get_client(sync_client=True) as client:
        mine = {"artifacts": {"flow_run_id": {"any_": [str(state.state_details.flow_run_id)]}}}
        [artifact] = client.request("POST", "/artifacts/filter", json=mine).json()
    assert artifact["key"] == "comparison"
    assert "| epochs | 2 | 9 |" in artifact["data"]
    for studies, why in (
        (["latest"], "give from 2 to 6"),
        (["latest", "none"], "study none: there is none in"),
    ):
        state = flow(studies=studies, artifacts_dir=artifacts, return_state=True)
        assert state.is_failed()
        assert why in state.message


def test_neither_prefect_nor_torch_is_imported(done: Sweeps, undrawn: None) -> None:
    second(done, "post-01234567", epochs=9)
    script = (
        "import sys; from flows.compare import main; status = main(sys.argv[1:]); "
        "print({name for name in sys.modules if name in ('prefect', 'torch')}); sys.exit(status)"
    )
    given = ["latest", "post-01234567", "--artifacts-dir", str(done.folder / "artifacts")]
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *given],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (ended.stdout.splitlines()[-1], ended.stderr) == ("set()", "")
