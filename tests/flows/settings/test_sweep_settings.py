import subprocess
import sys
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from flows.graph import graph_of, refreshed
from flows.settings.denoise_settings import DenoiseSettings
from flows.settings.export_settings import ExportSettings
from flows.settings.messages import problems
from flows.settings.recordings_settings import OwnSettings
from flows.settings.study_settings import RUN_FIELDS
from flows.settings.sweep_settings import PRESETS, Settings
from flows.settings.verdict_settings import VerdictSettings
from flows.study import in_short
from tasks.stages.train import train


def test_every_field_is_described_and_has_a_place_in_the_order() -> None:
    assert set(Settings.fields) == set(Settings.model_fields)
    assert len(Settings.fields) == len(set(Settings.fields))
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_valid_and_can_be_overridden(preset: str) -> None:
    plain = Settings(preset=preset)
    assert plain.preset == preset
    assert all(getattr(plain, name) == value for name, value in PRESETS[preset].items())
    changed = Settings(preset=preset, epochs=3, alphas=[0.5])
    assert (changed.epochs, changed.alphas) == (3, (0.5,))
    assert changed.n_signals == plain.n_signals


def test_the_default_is_the_posts_grid() -> None:
    post = Settings()
    assert post == Settings(preset="post")
    assert (post.depths, post.alphas, post.epochs, post.n_signals) == (
        (2, 4, 6, 8),
        (0.1, 0.2, 0.3, 0.4),
        50,
        2000,
    )
    assert len(post.cells) == 16
    depths = [cell.settings.depth for cell in graph_of(post).of(train)]
    assert depths == [8] * 4 + [6] * 4 + [4] * 4 + [2] * 4, "what takes longest is begun first"


def test_the_same_settings_give_the_same_study_and_others_another() -> None:
    base = Settings()
    assert base.study == Settings(alphas=["0.40", 0.1, "0.2", 0.3], workers=7, refresh=["train"]).study
    assert base.study.startswith("post-")
    assert base.study != Settings(epochs=51).study


def test_alphas_that_print_alike_are_one_number() -> None:
    assert {cell.alpha for cell in Settings(alphas=[0.1 + 0.2]).cells} == {0.3}
    assert str(Settings(alphas=[-0.0]).alphas[0]) == "0.0"


def test_settings_of_the_run_do_not_enter_the_science() -> None:
    assert set(Settings().science) == set(Settings.fields) - set(RUN_FIELDS) - {"preset"}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"alphas": [1.5]}, "alphas 1.5: must be less than or equal to 1"),
    ({"alphas": [-0.1]}, "alphas -0.1: must be greater than or equal to 0"),
    ({"alphas": ["a lot"]}, "alphas a lot: must be a valid number"),
    ({"alphas": ["nan"]}, "alphas nan: must be a finite number"),
    ({"alphas": ["inf"]}, "alphas inf: must be a finite number"),
    ({"alphas": ["0.1", "0.10"]}, "alphas 0.1 0.10: 0.1 is repeated; give each value once"),
    ({"alphas": [0.3, 0.1 + 0.2]}, "0.3 is repeated; give each value once"),
    (
        {"alphas": ["0.12345678"]},
        "alphas 0.12345678: folders and tables tell only 6 digits of it; give 0.123457",
    ),
    (
        {"alphas": [0.1, 0.1000001]},
        "alphas 0.1000001: folders and tables tell only 6 digits of it; give 0.1 (",
    ),
    ({"alphas": ["0,1"]}, "alphas 0,1: must be a valid number"),
    ({"alphas": ["٠.١"]}, "alphas ٠.١: must be a valid number"),
    ({"alphas": []}, "alphas (none): give at least one"),
    ({"depths": []}, "depths (none): give at least one"),
    ({"depths": [0]}, "depths 0: must be greater than or equal to 1"),
    ({"depths": [-2]}, "depths -2: must be greater than or equal to 1"),
    ({"depths": ["2.5"]}, "depths 2.5: must be a valid integer"),
    ({"depths": [2, 2]}, "depths 2 2: 2 is repeated; give each value once"),
    ({"depths": ["2", "2.0"]}, "depths 2 2.0: 2 is repeated; give each value once"),
    ({"seeds": ["1e3"]}, "seeds 1e3: must be a valid integer"),
    ({"seeds": ["２"]}, "seeds ２: must be a valid integer"),
    ({"skips": "yes"}, "skips yes: must be a valid boolean, true or false"),
    ({"skips": "1"}, "skips 1: must be a valid boolean, true or false"),
    ({"fresh": "TRUE"}, "fresh TRUE: must be a valid boolean, true or false"),
    ({"depths": [9]}, "depths 9: too deep for signal_length 256; use depths up to 8 or a longer signal"),
    ({"signal_length": 100}, "depths 8: too deep for signal_length 100; use depths up to 6"),
    ({"epochs": 0}, "epochs 0: must be greater than or equal to 1"),
    ({"batch_size": 0}, "batch_size 0: must be greater than or equal to 1"),
    ({"n_signals": 0}, "n_signals 0: must be greater than or equal to 2"),
    ({"n_signals": 1}, "n_signals 1: must be greater than or equal to 2"),
    ({"n_test": 0}, "n_test 0: must be greater than or equal to 1"),
    ({"workers": 0}, "workers 0: must be greater than or equal to 1"),
    ({"seeds": [-1]}, "seeds -1: must be greater than or equal to 0"),
    ({"data_seed": -1}, "data_seed -1: must be greater than or equal to 0"),
    ({"kernel_size": 4}, "kernel_size 4: an even kernel has no middle sample; use an odd number"),
    ({"learning_rate": "nan"}, "learning_rate nan: must be"),
    ({"time_limit": "inf"}, "time_limit inf: must be a finite number"),
    ({"checkpoint_seconds": "inf"}, "checkpoint_seconds inf: must be a finite number"),
    ({"checkpoint_seconds": "nan"}, "checkpoint_seconds nan: must be a finite number"),
    ({"checkpoint_seconds": "1e400"}, "checkpoint_seconds 1e400: must be a finite number"),
    ({"time_limit": "-0"}, "time_limit -0: must be greater than 0"),
    ({"data_dir": "~nobody-of-this-name/x"}, "data_dir ~nobody-of-this-name/x: it leads nowhere"),
    (
        {"preset": "finest"},
        "preset finest: must be 'quick', 'post', 'tuned', 'best', 'reproduction' or 'thorough'",
    ),
    ({"objective": "plain", "blind": True}, "blind true: objective plain needs the gain"),
    ({"latent_size": -1}, "latent_size -1: must be greater than or equal to 0"),
    ({"stride": 3}, "stride 3: must be less than or equal to 2"),
    ({"signals": "speech"}, "signals speech: must be 'formula' or 'pictures'"),
    ({"runner": "spark"}, "runner spark: must be 'threads', 'processes' or 'dask'"),
    ({"data_dir": ""}, "data_dir (none): give the path of a folder"),
    ({"artifacts_dir": " "}, "give the path of a folder"),
    (
        Settings().parameters | {"preset": "quick"},
        "preset quick: every other setting is that of preset post; choose",
    ),
    (
        {"refresh": ["all"]},
        "refresh all: must be 'generate', 'split', 'train', 'evaluate', 'limits', 'baseline' or 'report'",
    ),
    ({"colour": "red"}, "colour: there is no such parameter for sums of sinusoids; they are preset, alphas"),
]


@pytest.mark.parametrize(("given", "line"), BAD, ids=[line.partition(":")[0] for _, line in BAD])
def test_bad_values_are_told_in_one_line_that_names_parameter_value_and_remedy(
    given: dict[str, Any], line: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**given)
    [told] = problems(caught.value, given, Settings)
    assert line in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"skips": 1}, "skips 1: must be a valid boolean, true or false"),
        ({"blind": 0.0}, "blind 0.0: must be a valid boolean, true or false"),
        ({"epochs": True}, "epochs True: it is not a matter of true or false; give another value"),
        ({"depths": [True, 2]}, "depths True 2: it is not a matter of true or false; give another value"),
        ({"alphas": (False,)}, "alphas False: it is not a matter of true or false; give another value"),
        ({"data_dir": True}, "data_dir True: it is not a matter of true or false; give another value"),
        ({"epochs": 10**5000}, "epochs (a number of too many digits): must be less than or equal to"),
        ({"normalisation": "a\nb\x1b\udcff"}, r"normalisation a\nb\x1b\udcff: must be a valid string"),
        ({"normalisation": "x" * 5000}, f"normalisation {'x' * 300}...: must be 'none' or 'batch'"),
    ],
    ids=lambda told: told.partition(":")[0][:40] if isinstance(told, str) else "",
)
def test_bad_values_of_python_are_told_in_one_line(given: dict[str, Any], line: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**given)
    [told] = problems(caught.value, given, Settings)
    assert told.startswith(line)
    assert told.isprintable()


def test_every_number_of_every_command_is_finite_and_every_truth_is_true_or_false() -> None:
    for kind in (Settings, OwnSettings, VerdictSettings, DenoiseSettings, ExportSettings):
        for name, field in kind.model_fields.items():
            wrong = ["yes", "True", 1] if bool in (field.annotation, *get_args(field.annotation)) else [True]
            wrong += ["inf", "nan", float("-inf")] if "float" in str(field.annotation) else []
            for value in wrong:
                for given in (value, [value]):
                    with pytest.raises(ValidationError) as caught:
                        kind(**{name: given})
                    assert (name,) in [details["loc"][:1] for details in caught.value.errors()]


def test_a_preset_is_a_word() -> None:
    with pytest.raises(ValidationError, match="preset"):
        Settings(preset=["quick"])


def test_everything_that_is_wrong_is_told_at_once() -> None:
    given = {"alphas": [3], "epochs": 0, "depths": [0]}
    with pytest.raises(ValidationError) as caught:
        Settings(**given)
    assert sorted(line.split()[0] for line in problems(caught.value, given, Settings)) == [
        "alphas",
        "depths",
        "epochs",
    ]


def test_a_refresh_takes_along_what_depends_on_it() -> None:
    reports = {"report", "verdict"}
    depends = {
        "generate": {"generate", "split", "baseline", "train", "evaluate", "transfer", *reports},
        "limits": {"limits", *reports},
        "baseline": {"baseline", *reports},
        "train": {"train", "evaluate", "transfer", *reports},
    }
    for stage, others in depends.items():
        for kind in (Settings, VerdictSettings):
            settings = kind(refresh=[stage])
            again = {step.stage.name for step in refreshed(graph_of(settings), settings.refresh)}
            assert again == others & {stage.name for stage in kind.stages}


def test_settings_keys_and_the_command_import_neither_prefect_nor_torch_nor_pandas() -> None:
    heavy = "{'prefect', 'torch', 'pandas'}"
    parsers = "flows.sweep.SWEEP.parser, flows.verdict.VERDICT.parser"
    code = f"import sys, flows.sweep, flows.verdict; {parsers}; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_flow_runs_name_lists_few_values_and_the_ends_of_many() -> None:
    assert in_short([0.1, 0.3]) == "0.1,0.3"
    assert in_short([True, False]) == "true,false"
    assert in_short(list(range(100))) == "0,…,99"


def test_a_line_tells_what_a_preset_sets_and_what_was_given_otherwise() -> None:
    quick = "preset quick sets n_signals=1000 n_test=500 epochs=15"
    for as_it_is in (Settings(preset="quick"), Settings(preset="quick", workers=1, epochs=15)):
        assert as_it_is.beside_preset == f"{quick}; the run takes it as it is"
    changed = Settings(preset="quick", depths=[2, 3], n_test=1000, vary={"skips": [True, False]})
    assert changed.beside_preset == f"{quick}; given otherwise: depths=2,3 n_test=1000 vary skips=false,true"
    assert Settings().beside_preset == "preset post sets nothing but the defaults; the run takes it as it is"


def test_a_preset_that_is_chosen_in_the_form_of_another_is_told_to_be_but_a_name() -> None:
    form = Settings(preset="quick").parameters
    told = Settings(**{**form, "preset": "tuned", "depths": [3]}).beside_preset
    for name in ("kernel_size=3", "epochs=15", "batch_size=64", "learning_rate=0.001", "schedule=constant"):
        assert name in told.partition("; given otherwise: ")[2].split()


def test_a_preset_whose_variants_are_given_up_is_told() -> None:
    told = OwnSettings(signals=("somewhere",), skips=False).beside_preset
    assert told.endswith(" vary skips=false,true; given otherwise: vary nothing")
