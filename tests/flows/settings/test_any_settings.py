"""Whatever settings are given, in Python or in words: a plan or a line for each fault, never a traceback."""

import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flows import cache, compare, denoise, export, recordings
from flows.settings.compare_settings import CompareSettings
from flows.settings.denoise_settings import DenoiseSettings
from flows.settings.export_settings import ExportSettings
from flows.settings.kinds import settings_of
from flows.settings.messages import problems
from flows.settings.recordings_settings import OwnSettings
from flows.settings.study_settings import CommandSettings, StudySettings
from flows.settings.sweep_settings import Settings
from flows.settings.verdict_settings import VerdictSettings
from flows.sweep import SWEEP
from flows.terminal.status import Status
from flows.verdict import VERDICT
from tests.flows.terminal.test_command import arguments

Values = st.SearchStrategy[Any]

# Each has what a careless reader trips over.
TEXTS = [
    "", " ", "\0", "a\0b", "\n", "a\nb", "\udcff", "\ud800", "\x1b[31m", "\u202e", "🎉", "é", "x" * 300,
    "x" * 5000, "~nobody-of-this-name", "nope", "[a", "(", "a,b", "a=b", "=", "-", "-1", "@x", "://", "s3:/b",
    "s3://", "s3://[", "file:///x", "http://user:word@h/", "tcp://h:1", "latest", "/dev/null", "true", "TRUE",
    "yes", "auto", "ecg", "mains:50", "mains:٥٠", "mains:0", f"mains:{'9' * 400}", "pink", "None", "{}",
]  # fmt: skip
NUMBERS = [
    "0", "-0", "-0.0", "1", "2.0", "02", "1_0", "２", "٢", "0x1", "1e3", "1e-9", "1e400", "-1e400", "1e-400",
    "inf", "-inf", "nan", "0.12345678", " 2 ", "2\0", "9" * 400, "9" * 5000, str(2**63), str(2**63 - 1),
]  # fmt: skip
texts = st.one_of(st.sampled_from(TEXTS), st.text(max_size=8))
numbers = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, 2**63, 1e300, 1e-300]))
plain = st.one_of(st.none(), st.booleans(), numbers, texts, st.sampled_from(NUMBERS), st.binary(max_size=3))
odd = st.recursive(
    plain,
    lambda values: st.one_of(st.lists(values, max_size=3), st.dictionaries(texts, values, max_size=2)),
    max_leaves=4,
)
words = st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.text(max_size=8))

STUDIES: tuple[type[StudySettings], ...] = (Settings, OwnSettings, VerdictSettings)
KINDS: tuple[type[CommandSettings], ...] = (*STUDIES, DenoiseSettings, ExportSettings, CompareSettings)


def valid(schema: dict[str, Any]) -> Values:
    """Values that a setting takes by its schema."""
    if "anyOf" in schema:
        return st.one_of(*map(valid, schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    low, high = schema.get("minimum", schema.get("exclusiveMinimum", 0)), schema.get("maximum", 1e6)
    by_type: dict[str, Callable[[], Values]] = {
        "integer": lambda: st.integers(low, int(min(high, low + 20))),
        "number": lambda: st.integers(1, 9).map(lambda tenths: low + tenths / 10 * min(high - low, 10)),
        "boolean": st.booleans,
        "string": lambda: st.sampled_from(["", "a"]),
        "array": lambda: st.lists(valid(schema["items"]), min_size=1, max_size=2, unique=True),
        "object": lambda: st.sampled_from([{}, {"channels": [4, 8]}, {"skips": [True, False]}]),
        "null": st.none,
    }
    return by_type[schema["type"]]()


@st.composite
def given_to(draw: st.DrawFn, kind: type[CommandSettings], wrong: Values) -> dict[str, Any]:
    """Valid values of some settings, and in half of all cases one that may be wrong."""
    schemas = kind.model_json_schema()["properties"]
    names = draw(st.lists(st.sampled_from(kind.fields), unique=True, max_size=4))
    values = {name: draw(valid(schemas[name])) for name in names if not name.endswith("_dir")}
    if draw(st.booleans()):
        values[draw(st.sampled_from(kind.fields))] = draw(wrong)
    return values


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_values_in_python_are_settings_or_told_in_lines(
    kind: type[CommandSettings], data: st.DataObject
) -> None:
    values = data.draw(given_to(kind, odd))
    try:
        taken = kind(**values)
    except ValidationError as error:
        lines = problems(error, values, kind)
        assert lines
        assert all(line.isprintable() and len(line) < 3000 for line in lines), lines
    else:
        assert kind(**taken.parameters) == taken
        if isinstance(taken, StudySettings) and not isinstance(taken, OwnSettings):
            assert settings_of(taken.parameters).study == taken.study


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a recording, in which commands run."""
    folder = tmp_path_factory.mktemp("any")
    np.savetxt(folder / "a.csv", np.random.default_rng(0).standard_normal(2000), header="x", comments="")
    with contextlib.chdir(folder):
        yield folder


OWN = st.sampled_from([{"signals": ["a.csv"], "rate": 100}, {"noisy": ["a.csv"], "rate": 100}])
FOLDERS = {"data_dir": "data", "artifacts_dir": "artifacts"}


@st.composite
def of_study(draw: st.DrawFn, kind: type[CommandSettings], some: Values) -> list[str]:
    wrong = st.one_of(words, st.lists(words, max_size=2))
    tail = st.sampled_from([[], ["--json"], ["--verify"]])
    least = {"preset": "quick"} if kind is VerdictSettings else {}  # the others take seconds to plan
    given = FOLDERS | draw(some) | draw(given_to(kind, wrong)) | least
    return [*arguments(given), "--plan", *draw(tail)]


def of_cache(tail: list[str], word: str) -> list[str]:
    return [*arguments(FOLDERS), *tail, word]


COMMANDS: dict[str, tuple[Callable[[list[str]], Status], Values]] = {
    "sweep.py": (SWEEP.main, of_study(Settings, st.just({"n_test": 20}))),
    "sweep.py of recordings": (SWEEP.main, of_study(OwnSettings, OWN)),
    "verdict.py": (VERDICT.main, of_study(VerdictSettings, st.just({}))),
    "denoise.py": (
        denoise.main,
        st.builds(
            lambda file, found: [file, *found, "--plan"],
            st.one_of(words.filter(lambda word: word[:1] != "-"), st.just("a.csv")),
            st.builds(
                lambda n, word: arguments(FOLDERS | {n: word}),
                st.sampled_from(
                    ["study", "model", "snr", "output_dir", "suffix", "rate", "picks", "overlap"]
                ),
                words,
            ),
        ),
    ),
    "export.py": (
        export.main,
        st.builds(
            lambda found, n, word: arguments(FOLDERS | found | {n: word}),
            st.sampled_from([{"output": "a.onnx"}, {"output": "a.safetensors"}, {}]),
            st.sampled_from(["output", "study", "model", "snr"]),
            words,
        ),
    ),
    "recordings.py": (
        recordings.main,
        st.builds(
            lambda file, name, word: [file, *arguments({name: word})],
            st.one_of(words.filter(lambda word: word[:1] != "-"), st.just("a.csv")),
            st.sampled_from(recordings.TAKEN),
            words,
        ),
    ),
    "cache.py": (
        cache.main,
        st.builds(of_cache, st.sampled_from([["explain"], ["pin"], ["remove", "--study"]]), words),
    ),
    "compare.py": (
        compare.main,
        st.builds(
            lambda studies: [*studies, "--artifacts-dir", "artifacts"],
            st.lists(st.one_of(words.filter(lambda word: word[:1] != "-"), st.just("latest")), max_size=3),
        ),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_words_of_a_command_give_a_plan_or_a_line_for_each_fault(
    name: str, place: Path, data: st.DataObject
) -> None:
    (place / "data").mkdir(exist_ok=True)
    (place / "artifacts").mkdir(exist_ok=True)
    main, given = COMMANDS[name]
    command = data.draw(given)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(command)
        except SystemExit as ended:
            status = Status(int(str(ended.code)))
    lines = err.getvalue().split("\n")[:-1]
    assert status in (Status.DONE, Status.NOT_ALL_DONE, Status.BAD_PARAMETERS)
    assert bool(lines) == (status != Status.DONE), err.getvalue()
    assert all(line.startswith(name.split()[0]) and line.isprintable() for line in lines), lines
    assert out.getvalue() or status != Status.DONE
    assert {path.name for path in place.iterdir()} == {"a.csv", "data", "artifacts"}
    assert not any((place / "artifacts").iterdir())
