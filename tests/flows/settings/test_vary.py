"""What `--vary` and its mapping ask for, and what is refused before anything is written."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from flows.graph import graph_of
from flows.settings import sweep_settings
from flows.settings.messages import problems
from flows.settings.sweep_settings import Settings
from flows.sweep import SWEEP
from flows.terminal.command import by_name
from flows.terminal.status import Status
from tests.flows.sweeps import read


def test_words_become_values_by_the_names_of_settings() -> None:
    assert by_name(["channels=4,8,16", "batch-size=32"], ()) == {
        "channels": ("4", "8", "16"),
        "batch_size": ("32",),
    }
    together = read(["--vary", "channels=4,8", "skips=true,false"])
    assert read(["--vary", "channels=4,8", "--vary", "skips=true,false"]) == together
    assert together.vary == {"channels": (4, 8), "skips": (False, True)}


REFUSED = [
    ("--vary colour=red,blue", "vary colour: there is no such setting; those that can are signals, "),
    ("--vary workers=1,2", "vary workers: there is no such setting; those that can are signals, "),
    ("--vary depths=2,4", "vary depths: it cannot be varied with vary; give --depths several values"),
    ("--vary alphas=0.1,0.2", "vary alphas: it cannot be varied with vary; give --alphas several values"),
    ("--vary seeds=0,1", "vary seeds: it cannot be varied with vary; give --seeds several values"),
    ("--vary device=cpu,cuda", "vary device: it cannot be varied; those that can are signals, "),
    ("--vary channels=4 channels=8", "vary channels=8: channels is there twice; give all its values at once"),
    ("--vary channels=4 --vary channels=4", "vary channels=4: channels is there twice; give all its values"),
    ("--vary batch-size=8 batch_size=16", "vary batch_size=16: batch_size is there twice; give all"),
    ("--channels 8 --vary channels=4,8", "vary channels=4,8: --channels is given too; give one of the two"),
    ("--vary batch-size=4,8 --batch-size 4", "vary batch-size=4,8: --batch-size is given too; give one"),
    ("--vary channels", "vary channels: give a name and its values, such as channels=4,8,16"),
    ("--vary channels=", "vary channels=: give a name and its values, such as channels=4,8,16"),
    ("--vary channels=4,,8", "vary channels=4,,8: give a name and its values, such as channels=4,8,16"),
    ("--vary =4,8", "vary =4,8: give a name and its values, such as channels=4,8,16"),
    ("--vary channels=4,8,4", "vary channels: 4 is repeated; give each value once"),
    ("--vary learning_rate=0.001,1e-3", "vary learning_rate: 0.001 is repeated; give each value once"),
    ("--vary channels=four", "vary channels four: must be a valid integer"),
    ("--vary channels=4,0", "vary channels 0: must be greater than or equal to 1"),
    ("--vary kernel_size=3,4", "vary kernel_size 4: an even kernel has no middle sample"),
    ("--vary skips=true,perhaps", "vary skips perhaps: must be a valid boolean, true or false"),
    ("--vary skips=yes,no", "vary skips yes: must be a valid boolean, true or false"),
    ("--vary skips=1,0", "vary skips 1: must be a valid boolean, true or false"),
    ("--vary fresh=TRUE", "vary fresh TRUE: must be a valid boolean, true or false"),
    ("--vary learning_rate=1e400,0.1", "vary learning_rate 1e400: must be"),
    ("--vary learning_rate=nan", "vary learning_rate nan: must be"),
    ("--vary signals=formula,speech", "vary signals speech: must be 'formula' or 'pictures'"),
    (
        "--vary objective=denoising,plain --blind true",
        "vary objective=plain: blind true: objective plain needs the gain",
    ),
    (
        "--vary blind=true,false objective=noise2noise,plain",
        "vary objective=plain,blind=true: blind true: objective plain needs the gain",
    ),
    (
        "--depths 2 6 --vary signal_length=32,256",
        "vary signal_length=32: depths 6: too deep for signal_length 32; use depths up to 5 or a longer",
    ),
]


@pytest.mark.parametrize(("command", "line"), REFUSED, ids=[command for command, _ in REFUSED])
def test_what_cannot_be_varied_ends_with_status_2_and_a_line_before_anything_is_written(
    command: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = ["--data-dir", str(tmp_path / "data"), "--artifacts-dir", str(tmp_path / "artifacts")]
    assert SWEEP.main([*command.split(), *folders]) == Status.BAD_PARAMETERS
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"sweep.py: {line}")
    assert told.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"vary": {"channels": []}}, "vary channels: give a list of values, such as channels=4,8,16"),
        ({"vary": {"channels": "4,8"}}, "vary channels: give a list of values, such as channels=4,8,16"),
        ({"vary": {"channels": 4}}, "vary channels: give a list of values, such as channels=4,8,16"),
        ({"vary": {"channels": b"48"}}, "vary channels: give a list of values, such as channels=4,8,16"),
        (
            {"vary": {"channels": range(1, 129), "epochs": range(1, 129)}},
            "vary, alphas, depths and seeds: together they make 262,144 cells, and a study has at most",
        ),
        ({"vary": {"channels": [4, "4"]}}, "vary channels: 4 is repeated; give each value once"),
        ({"vary": {"channels": [4, None]}}, "vary channels None: must be a valid integer"),
        ({"vary": {"channels": [4, True]}}, "vary channels True: it is not a matter of true or false"),
        ({"vary": {"skips": [0, 1]}}, "vary skips 0: must be a valid boolean, true or false"),
        ({"vary": {"epochs": [10**5000]}}, "vary epochs (a number of too many digits): must be"),
        ({"vary": {"a\udcff\n": [1]}}, r"vary a\udcff\n: there is no such setting"),
        ({"vary": "channels=4,8"}, "vary channels=4,8: must be a valid dictionary"),
        (
            {"vary": {"channels": [4, 16]}, "channels": 8},
            "vary channels: channels 8 is given too; give one of the two",
        ),
    ],
)
def test_a_mapping_is_held_to_the_same_rules(given: dict[str, Any], line: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**given)
    [told] = problems(caught.value, given, Settings)
    assert told.startswith(line)


def test_exactly_the_listed_values_run_at_every_point_of_the_grid() -> None:
    settings = Settings(depths=[2, 4], alphas=[0.1], vary={"channels": [4, 8], "skips": [True, False]})
    cells = [(cell.depth, cell.network.channels, cell.network.skips) for cell in settings.cells]
    assert sorted(cells) == [
        (depth, channels, skips) for depth in (2, 4) for channels in (4, 8) for skips in (False, True)
    ]
    assert settings.channels == 16, "which none of the cells has"


def test_a_variant_is_called_after_what_it_changes_in_the_order_of_the_settings() -> None:
    settings = Settings(vary={"skips": [True, False], "channels": [8, 16], "signals": ["pictures"]})
    assert set(settings.variants) == {"base", "skips=true", "channels=8", "channels=8,skips=true"}
    assert {cell.level.dataset.signals for cell in settings.cells} == {"pictures"}
    close = Settings(vary={"learning_rate": [0.00123456789, 0.0012345678]})
    assert len(close.variants) == 2, "values that differ have names that differ"


def test_one_value_makes_no_axis() -> None:
    assert read(["--vary", "channels=8"]) == read(["--channels", "8"])
    both = read(["--vary", "channels=8", "skips=true,false"])
    assert both == read(["--channels", "8", "--vary", "skips=true,false"])
    assert set(both.variants) == {"base", "skips=true"}
    assert Settings(vary={"channels": [8]}).study == Settings(channels=8).study


def test_the_same_variants_are_the_same_study_in_whatever_order_they_are_listed() -> None:
    one = Settings(vary={"channels": [4, 8], "skips": [True, False]})
    other = Settings(vary={"skips": ["false", "true"], "channels": ["8", "4"]})
    assert one == other
    assert one.study == other.study
    assert one.study != Settings(vary={"channels": [4, 8, 16], "skips": [True, False]}).study


def test_what_the_user_gives_replaces_what_a_preset_varies_by_that_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    varied = {"epochs": 3, "vary": {"channels": (4, 8), "skips": (False, True)}}
    monkeypatch.setitem(sweep_settings.PRESETS, "quick", varied)
    assert Settings(preset="quick").vary == varied["vary"]
    skips = {"skips": (False, True)}
    other = Settings(preset="quick", vary={"channels": [2, 4]})
    assert other.vary == {"channels": (2, 4), **skips}
    for given in ({"channels": 8}, {"vary": {"channels": [8]}}):
        fixed = Settings(preset="quick", **given)
        assert (fixed.channels, fixed.vary) == (8, skips)
    assert read(["--preset", "quick", "--channels", "8"]).vary == skips
    more = Settings(preset="quick", vary={"kernel_size": [3, 5]}).vary
    assert more == {**varied["vary"], "kernel_size": (3, 5)}
    for settings in (Settings(preset="quick"), other, fixed):
        assert Settings(**settings.parameters) == settings


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"channels": 8},
        {"vary": {"channels": [8]}},
        {"vary": {"channels": ["4", "8"], "skips": ["true", "false"], "learning_rate": ["1e-3", "0.01"]}},
        {"preset": "best", "vary": {"signals": ["formula", "pictures"], "n_signals": [50, 60]}},
    ],
)
def test_the_parameters_of_settings_give_the_same_settings(given: dict[str, Any]) -> None:
    settings = Settings(**given)
    again = Settings(**settings.parameters)
    assert again == settings
    assert again.study == settings.study
    assert again.cells == settings.cells


def test_steps_of_several_datasets_are_told_apart() -> None:
    settings = Settings(vary={"n_signals": [100, 200], "signals": ["formula", "pictures"]})
    steps = graph_of(settings).steps
    assert len({(step.stage, step.label) for step in steps}) == len(steps)
    assert len({(step.stage, step.of) for step in steps}) == len(steps)
    assert len({cell.level.dataset.folder for cell in settings.cells}) == 4
