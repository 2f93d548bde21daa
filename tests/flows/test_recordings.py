"""Studies of the user's own recordings: what comes of clean and noisy ones, and what makes results stale."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from denoising.denoisers.catalogue import FOR_RECORDINGS
from denoising.study.schema import RESULTS
from flows.redraw import redraw
from flows.settings.study_settings import report_of, store_of
from flows.sweep import SWEEP
from flows.terminal.launch import launched
from flows.terminal.status import Status
from flows.walks.inventory import Inventory
from flows.walks.plan import make_plan
from tests.flows.commands import with_runner
from tests.flows.recorded import electrocardiogram, noisy, small, write_csv
from tests.flows.sweeps import ran, read, unrecorded

STD = 0.2  # mV
UNKNOWN = ["test_mse", "validation_mse", "output_snr_db", "snr_improvement_db", "alpha"]
SECONDS = 40
SHORT = electrocardiogram()[: SECONDS * 360]


def of_levels(n: int) -> dict[str, int]:
    """The stages of a small study that run at so many levels."""
    return {
        "cut": 1, "mix": n, "train": 2 * n, "evaluate": 2 * n, "baseline": n * len(FOR_RECORDINGS),
        "decide": 1, "publish": 1,
    }  # fmt: skip


def table(settings: Any, name: str) -> pd.DataFrame:
    return pd.read_parquet(report_of(settings).parent / f"{name}.parquet")


@pytest.mark.slow
def test_clean_recordings_get_noise_and_a_decision_at_each_level(server: None, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "ecg.csv", SHORT)
    arguments = small(tmp_path, "--signals", file, "--snr", "0", "10")
    assert ran(arguments) == of_levels(2)
    settings = read(arguments)
    results, decisions = table(settings, "results"), table(settings, "decisions")
    assert list(results) == list(RESULTS)
    assert results.groupby("level").size().to_dict() == {"snr=0": 2, "snr=10": 2}
    assert results["input_snr_db"].to_numpy() == pytest.approx(results["snr"], abs=1)
    assert results["alpha"].between(0, 1).all()
    assert results["test_mse"].notna().all()
    assert results["db_above_mmse"].isna().all(), "there is no prior"
    assert list(decisions["level"]) == ["snr=0", "snr=10"]
    assert (decisions["n"] > 1).all()
    text = (report_of(settings).parent / "report.md").read_text()
    assert text.split("\n\n")[1].startswith(
        ("At signal-to-noise ratios of 0 and 10 dB, ", "At a signal-to-noise ratio of 0 dB, ")
    )
    figures = report_of(settings).parent / "figures"
    assert {path.stem for path in figures.glob("*.svg")} == {
        "gains", "denoised_windows", "removed", "mixed_windows",
    }  # fmt: skip
    gains = pd.read_csv(figures / "gains.csv")
    of_networks = gains[gains["kind"] == "network"].sort_values(["level", "name"])["db"]
    expected = results.sort_values(["level", "depth"])["snr_improvement_db"]
    assert of_networks.to_numpy() == pytest.approx(expected.to_numpy())
    windows = pd.read_csv(figures / "mixed_windows.csv")
    assert windows["seconds"].max() == pytest.approx(63 / 360)
    assert unrecorded(settings) == {"settings.json", "study.json"}
    assert make_plan(settings, verify=True).nothing_to_do
    inventory = Inventory(store_of(settings))
    assert list(inventory.studies) == [settings.study]
    assert inventory.unneeded().files == ()


@pytest.mark.slow
def test_touched_files_change_nothing_and_edited_or_added_ones_what_depends_on_them(
    server: None, tmp_path: Path, undrawn: None
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, part in ((here, SHORT[: len(SHORT) // 2]), (there, SHORT[len(SHORT) // 2 :])):
        for number, samples in enumerate(np.array_split(part, 3)):
            write_csv(folder / f"{number}.csv", samples)
    studies = [small(tmp_path, "--signals", folder, "--snr", "5") for folder in (here, there)]
    for arguments in studies:
        assert ran(arguments) == of_levels(1)
    file = here / "1.csv"
    os.utime(file, (1, 1))
    assert make_plan(read(studies[0])).nothing_to_do
    (here / "notes.md").write_text("not a recording")
    assert make_plan(read(studies[0])).nothing_to_do
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:-1], "0.5\n"]))
    changed = make_plan(read(studies[0]))
    assert changed.counts.keys() == {"stale", "pending"}
    assert [step.stage for step in changed.steps if step.status == "stale"] == ["cut"]
    file.write_text("\n".join(lines) + "\n")
    assert make_plan(read(studies[0])).nothing_to_do
    write_csv(here / "3.csv", electrocardiogram()[-3000:])
    assert not make_plan(read(studies[0])).nothing_to_do
    assert make_plan(read(studies[1])).nothing_to_do, "of recordings that stayed"
    store = store_of(read(studies[0]))
    here.rename(tmp_path / "moved")
    there.rename(tmp_path / "moved too")
    inventory = Inventory(store)
    assert len(inventory.studies) == 2
    assert inventory.unneeded().files == (), "what studies hold stays though their recordings are gone"
    state = redraw(artifacts_dir=str(tmp_path / "artifacts"), return_state=True)
    assert state.is_failed()
    assert state.message == f"signals {there}: there is no such file or folder"


@pytest.mark.slow
def test_a_study_whose_networks_all_fail_still_reports_and_names_the_failure(
    server: None, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "ecg.csv", SHORT)
    arguments = small(tmp_path, "--signals", file, "--snr", "5", "--time-limit", "0.001")
    assert SWEEP.main(with_runner(arguments)) == Status.NOT_ALL_DONE
    text = (report_of(read(arguments)).parent / "report.md").read_text()
    assert "No network was measured" in text
    assert "TimeLimitError" in text
    assert "wavelet shrinkage" in report_of(read(arguments)).read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("again", "objective", "levels"),
    [(False, "blind_spot", ["as-recorded", "noise-doubled"]), (True, "noise2noise", ["as-recorded"])],
)
def test_without_clean_signals_nothing_is_called_an_error(
    server: None, tmp_path: Path, undrawn: None, again: bool, objective: str, levels: list[str]
) -> None:
    files = [write_csv(tmp_path / f"{i}.csv", noisy(SHORT, STD, i)) for i in (1, 2)]
    arguments = small(tmp_path, "--noisy", files[0], *(["--again", files[1]] if again else []))
    assert ran(arguments) == of_levels(len(levels))
    settings = read(arguments)
    results, baselines = table(settings, "results"), table(settings, "baselines")
    for rows in (results, baselines):
        assert rows[UNKNOWN].isna().to_numpy().all()
        assert (rows["j_invariant_loss"] > 0).all()
        doubled = rows["level"] == "noise-doubled"
        assert rows["check_mse"].notna().tolist() == doubled.tolist()
    assert set(results["objective"]) == {objective}
    assert list(dict.fromkeys(results["level"])) == levels
    identity = baselines[(baselines["denoiser"] == "identity") & (baselines["level"] == "noise-doubled")]
    if not again:  # what keeps all noise has an error of twice its variance
        assert float(identity["check_mse"].iloc[0]) == pytest.approx(2 * STD**2, rel=0.1)
    text = (report_of(settings).parent / "report.md").read_text()
    assert text.split("\n\n")[1].startswith("As recorded: ")
    assert "No clean signal is known" in text
    assert " dB)" not in text.split("\n\n")[1]
    figures = {path.stem for path in (report_of(settings).parent / "figures").glob("*.svg")}
    assert "gains" not in figures
    assert ("agreement" in figures) is not again


@pytest.mark.slow
def test_pairs_are_held_against_the_clean_one(server: None, tmp_path: Path, undrawn: None) -> None:
    clean = write_csv(tmp_path / "clean" / "a.csv", SHORT)
    write_csv(tmp_path / "noisy" / "a.csv", noisy(SHORT, STD, 3))
    arguments = small(tmp_path, "--signals", clean.parent, "--noisy", tmp_path / "noisy")
    assert ran(arguments) == of_levels(1)
    settings = read(arguments)
    results = table(settings, "results")
    assert set(results["level"]) == {"as-recorded"}
    assert results["noisy_mse"].to_numpy() == pytest.approx(STD**2, rel=0.1)
    assert results["alpha"].isna().all()
    assert list((tmp_path / "data").glob("recordings-*/as-recorded/train.parquet"))


@pytest.mark.slow
def test_recorded_noise_is_added_at_the_asked_ratio(server: None, tmp_path: Path, undrawn: None) -> None:
    chance = np.random.default_rng(4)
    hum = np.convolve(chance.standard_normal(len(SHORT)), np.ones(9), "same")
    file, noise = write_csv(tmp_path / "ecg.csv", SHORT), write_csv(tmp_path / "hum.csv", hum)
    arguments = small(tmp_path, "--signals", file, "--noise", noise, "--snr", "3")
    assert ran(arguments) == of_levels(1)
    results = table(read(arguments), "results")
    assert results["input_snr_db"].to_numpy() == pytest.approx(3, abs=1)


@pytest.mark.slow
def test_processes_and_dask_train_the_same_networks_on_recordings_as_threads(
    server: None, tmp_path: Path, undrawn: None
) -> None:
    file = write_csv(tmp_path / "ecg.csv", SHORT)
    digests = []
    for runner in ("threads", "processes", "dask"):
        settings = read([*small(tmp_path / runner, "--signals", file, "--snr", "5"), "--runner", runner])
        assert ran([*small(tmp_path / runner, "--signals", file, "--snr", "5"), "--runner", runner])
        store = store_of(settings)
        records = [
            store.read_record(str(step.key)) for step in make_plan(settings).steps if step.stage == "train"
        ]
        digests.append([record["outputs"]["last"]["sha256"] for record in records if record])
    assert digests[0] == digests[1] == digests[2]
    assert len(digests[0]) == 2


def test_a_run_knows_its_recordings_though_they_move_while_it_goes_on(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "ecg.csv", SHORT[:5000])
    settings = read(small(tmp_path, "--signals", file))
    cells = settings.cells
    file.rename(tmp_path / "moved.csv")
    assert settings.cells == cells
    assert launched(settings).n_task_runs == 1 + sum(of_levels(2).values()) - 1


def test_one_line_tells_what_is_wrong_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = SHORT[:5000]
    ecg = write_csv(tmp_path / "ecg.csv", samples)
    other = write_csv(tmp_path / "other" / "b.csv", samples[:900])
    flat = write_csv(tmp_path / "flat.csv", np.full(5000, 2.0))
    words = tmp_path / "words.csv"
    words.write_text("a,b\nno,number\n")
    short = write_csv(tmp_path / "short.csv", samples[:50])
    out = tmp_path / "out"
    for inputs, told in {
        ("--signals", "nowhere.csv"): "nowhere.csv: there is no such file or folder",
        ("--signals", str(tmp_path / "x*.wav")): "no file is of this pattern",
        ("--signals", str(ecg), "--picks", "V5"): "it has no channel V5; its channels are 1 ECG",
        ("--signals", str(flat)): "is flat: every sample is 2; leave it or its file out",
        ("--signals", str(words)): "there is no number in it",
        ("--signals", str(short)): "has 50 samples, and a window 64; use a lower --signal-length",
        ("--signals", str(ecg), "--noisy", str(other)): "has 5,000 samples",
        ("--signals", str(ecg), "--noise", "mains"): "give the frequency of the mains too, such as mains:50",
        ("--signals", str(ecg), "--noise", str(flat)): "is flat",
        ("--signals", str(ecg), "--objective", "plain"): "objective plain: these recordings allow denoising",
        ("--signals", str(ecg), "--group", "("): "it is no regular expression",
        ("--noisy", str(ecg), "--snr", "3"): "snr: noisy recordings have noise of their own; leave it out",
        ("--again", str(ecg)): "signals: give recordings",
        ("--signals", "formula", str(ecg)): "formula: there is no such file or folder",
        ("--signals", str(ecg), "--alphas", "0.1"): "alphas",
    }.items():
        status = SWEEP.main(small(out, *inputs))
        line = capsys.readouterr().err
        assert status == Status.BAD_PARAMETERS, inputs
        assert line.startswith("sweep.py: ")
        assert line.count("\n") == 1, line
        assert told in line, line
    assert SWEEP.main(small(out, "--signals", ecg, depths=[9])) == Status.BAD_PARAMETERS
    assert "too deep for signal_length 64" in capsys.readouterr().err
    assert not out.exists()


def test_a_file_that_tells_no_rate_and_two_that_tell_different_ones_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ecg = write_csv(tmp_path / "ecg.csv", SHORT[:5000])
    for name, rate in (("one", 250), ("two", 500)):
        np.savez(tmp_path / f"{name}.npz", ecg=SHORT[:5000], fs=rate)
    two = [str(tmp_path / "one.npz"), str(tmp_path / "two.npz")]
    for inputs, told in (
        ([str(ecg)], "it does not tell its rate; give it with --rate"),
        ([two[0], "--rate", "300"], "rate 300 contradicts the 250 samples a second that it tells"),
        (two, "bring all to one rate with --resample 250"),
    ):
        assert SWEEP.main(["--signals", *inputs, "--plan"]) == Status.BAD_PARAMETERS
        assert told in capsys.readouterr().err
    assert (
        SWEEP.main(
            ["--signals", *two, "--resample", "250", "--signal-length", "64", "--depths", "2", "--plan"]
        )
        == Status.DONE
    )
