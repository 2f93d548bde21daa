import json
import re
import subprocess
import sys
from pathlib import Path

import onnx
import pytest

import denoising
from denoising.models import onnx_file
from denoising.models.loading import model_at
from denoising.models.model_file import KEY, SUFFIX
from flows import export
from flows.export import main
from flows.settings.study_settings import PROJECT
from flows.terminal.status import Status
from tests.denoising.models.made_models import classical_file, network_file

LEVELS = {"snr=0": 0.0, "snr=5": 5.0, "snr=20": 20.0}
STUDY = "recordings-1a2b3c4d"


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    """Folder with a study of three levels, which is the latest, and one of a level at which PCA was best."""
    folder = tmp_path / "artifacts"
    files = {
        f"{STUDY}/models/{level}{SUFFIX}": network_file(told={"level": level, "snr": snr, "study": STUDY})
        for level, snr in LEVELS.items()
    }
    for name, content in {**files, f"other/models/snr=10{SUFFIX}": classical_file(study="other")}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        (path.parents[1] / "study.json").write_text("{}")
    (folder / "latest").symlink_to(STUDY)
    return folder


def exported(artifacts: Path, *arguments: str, output: str = "it.safetensors") -> Status:
    """What comes of exporting to a file beside the artifacts."""
    return main(["--output", str(artifacts.parent / output), "--artifacts-dir", str(artifacts), *arguments])


def refused(capsys: pytest.CaptureFixture[str], status: Status) -> str:
    """The one line on why nothing was exported."""
    assert status == Status.BAD_PARAMETERS
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("export.py: ")
    assert told.err.count("\n") == 1
    return told.err


@pytest.mark.parametrize(
    ("snr", "level"), [((), "snr=5"), (("--snr", "1"), "snr=0"), (("--snr=30",), "snr=20")]
)
def test_the_level_asked_for_is_written_else_the_middle_one(
    snr: tuple[str, ...], level: str, artifacts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exported(artifacts, *snr) == Status.DONE
    output = artifacts.parent / "it.safetensors"
    assert output.read_bytes() == (artifacts / STUDY / "models" / f"{level}{SUFFIX}").read_bytes()
    told = (
        f"{output}: network of depth 2, trained at {level.removeprefix('snr=')} dB, from study {STUDY}, "
        "of its levels snr=0, snr=5, snr=20; "
    )
    assert capsys.readouterr().out == f"{told}choose another with --snr\n"
    assert denoising.load(output).card.level == level


def test_a_blind_one_is_written_if_there_is_one(artifacts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blind = network_file(3, told={"level": "blind", "snr": 0.0, "blind": True})
    (artifacts / STUDY / "models" / f"blind{SUFFIX}").write_bytes(blind)
    assert exported(artifacts) == Status.DONE
    assert (artifacts.parent / "it.safetensors").read_bytes() == blind
    assert ", of its levels " in (told := capsys.readouterr().out)
    assert "blind (0.0 dB)" in told


@pytest.mark.slow
def test_onnx_is_written_with_the_card(artifacts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exported(artifacts, output="it.onnx") == Status.DONE
    told = {each.key: each.value for each in onnx.load(artifacts.parent / "it.onnx").metadata_props}
    model = model_at(artifacts / STUDY / "models" / f"snr=5{SUFFIX}")
    assert json.loads(told[KEY])["digest"] == model.digest
    assert capsys.readouterr().err == ""


def test_a_file_of_a_cell_and_an_export_can_be_exported(
    artifacts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = artifacts / "other" / "models" / f"snr=10{SUFFIX}"
    assert exported(artifacts, "--model", str(cell)) == Status.DONE
    again = artifacts.parent / "it.safetensors"
    assert capsys.readouterr().out == f"{again}: PCA, trained at 10 dB, from {cell}\n"
    assert exported(artifacts, "--model", str(again), output="again.safetensors") == Status.DONE
    assert (artifacts.parent / "again.safetensors").read_bytes() == cell.read_bytes()


def test_a_file_in_the_way_is_replaced_by_force_alone(
    artifacts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = artifacts.parent / "it.safetensors"
    output.write_text("mine")
    assert "it is there already; give another, or --force" in refused(capsys, exported(artifacts))
    assert output.read_text() == "mine"
    assert exported(artifacts, "--force") == Status.DONE
    assert denoising.load(output).card.level == "snr=5"


@pytest.mark.parametrize(
    ("output", "arguments", "message"),
    [
        ("it.pt", (), "let it end in .safetensors or .onnx"),
        ("it", (), "let it end in .safetensors or .onnx"),
        ("no/it.onnx", (), "make it first"),
        ("it.onnx", ("--snr", "loud"), "snr loud: must be a valid number"),
        (
            "it.onnx",
            ("--study", "other"),
            "PCA, trained at 10 dB: a classical denoiser has no ONNX; export it as",
        ),
        ("it.onnx", ("--study", "none"), f"study none: there is none in .*; there are other, {STUDY}"),
        ("it.onnx", ("--model", "none.safetensors"), "there is no such file or study"),
        ("it.onnx", ("--depth", "3"), "unrecognized arguments"),
    ],
)
def test_what_cannot_be_written_is_told_in_a_line(
    output: str, arguments: tuple[str, ...], message: str, artifacts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(artifacts.parent.iterdir())
    try:
        status = exported(artifacts, *arguments, output=output)
    except SystemExit as end:
        status = Status(end.code)  # type: ignore[arg-type]
    told = refused(capsys, status)
    assert re.search(message, told)
    assert sorted(artifacts.parent.iterdir()) == before


def test_an_object_store_cannot_be_written(artifacts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--output", "s3://bucket/it.onnx", "--artifacts-dir", str(artifacts)])
    assert "give a file of this machine" in refused(capsys, status)


def test_no_study_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "run a sweep first" in refused(capsys, exported(tmp_path / "artifacts"))


def test_an_unknown_ratio_cannot_be_asked_for(artifacts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = artifacts.parent / "unknown.safetensors"
    unknown.write_bytes(network_file(told={"level": "recorded", "snr": None}))
    status = exported(artifacts, "--model", str(unknown), "--snr", "3")
    assert "snr 3: at which ratio it was trained is not known; leave --snr out" in refused(capsys, status)


def test_missing_packages_and_failed_writes_are_told(
    artifacts: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_file, "NEEDED", ("no_such_package",))
    assert "install the project as '.[onnx]'" in refused(capsys, exported(artifacts, output="it.onnx"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "write_atomically", full)
    assert "it cannot be written (No space left on device)" in refused(capsys, exported(artifacts))


@pytest.mark.slow
def test_no_prefect_is_imported_and_no_torch_where_none_is_needed(artifacts: Path) -> None:
    script = (
        "import sys; from flows.export import main; status = main(sys.argv[1:]); "
        "print({name for name in sys.modules if name in ('prefect', 'torch', 'sklearn')}); sys.exit(status)"
    )
    for suffix, expected in {"safetensors": "set()", "onnx": "{'torch'}"}.items():
        output = artifacts.parent / f"it.{suffix}"
        given = ["--output", str(output), "--artifacts-dir", str(artifacts)]
        ended = subprocess.run(
            [sys.executable, "-W", "error", "-c", script, *given],
            cwd=PROJECT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        first, second = ended.stdout.splitlines()
        assert first.startswith(str(output))
        assert second == expected
        assert ended.stderr == ""
