"""Whatever stands in the place of a record is the record, damage, or nothing; never a traceback."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prefect.results import ResultRecord

from flows import cache
from flows.graph import graph_of
from flows.settings.study_settings import store_of
from flows.settings.sweep_settings import Settings
from flows.walks.inventory import Inventory
from flows.walks.plan import make_plan
from tasks.cache.key import Key, key_of
from tasks.cache.record import SERIALIZER, DamagedError, Made, Record, digest, parse_record
from tasks.cache.store import Store

DROPPED = object()
odd = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(
            ["", "..", "../../x", "/etc/passwd", "data", "data/../../x", "data/\0", "data/\ud800"]
        ),
        st.sampled_from(["artifacts/records", "artifacts/" + "x" * 5000, "\udcff", "__class__"]),
        st.sampled_from([10**400, 2**63, -1, float("nan"), float("inf"), [[[[]]]]]),
    ),
    lambda values: st.one_of(
        st.lists(values, max_size=3), st.dictionaries(st.text(max_size=4), values, max_size=3)
    ),
    max_leaves=6,
)


def nodes(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all values in a JSON value."""
    yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in items:
        yield from nodes(each, (*way, name))


def changed(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    """A JSON value with another one at a place, or without it."""
    if not way:
        return new
    whole = dict(value) if isinstance(value, dict) else dict(enumerate(value))
    if new is DROPPED and len(way) == 1:
        del whole[way[0]]
    else:
        whole[way[0]] = changed(whole[way[0]], way[1:], new)
    return whole if isinstance(value, dict) else list(whole.values())


def in_envelope(text: str, key: str) -> dict[str, Any]:
    """What Prefect writes of a record."""
    metadata = {
        "storage_key": key, "expiration": None, "serializer": SERIALIZER, "prefect_version": "3.9.1",
        "storage_block_id": None,
    }  # fmt: skip
    return {"metadata": metadata, "result": text}


@st.composite
def contents(draw: st.DrawFn, record: Record) -> bytes:
    """A file that may or may not be that of a record."""
    envelope = in_envelope(json.dumps(record), record["key"])
    whole = json.dumps(envelope).encode()
    size = len(whole)
    kind = draw(st.sampled_from(["bytes", "JSON", "cut", "doubled", "flipped", "deep", "record", "envelope"]))
    if kind == "bytes":
        return draw(st.binary(max_size=300))
    if kind == "JSON":
        return json.dumps(
            draw(st.sampled_from([odd, odd.map(lambda v: {**envelope, "result": v})]).flatmap(lambda s: s))
        ).encode()
    if kind == "cut":
        return whole[: draw(st.integers(0, size))]
    if kind == "doubled":
        return whole + draw(st.sampled_from([b"", b"\n"])) + whole[: draw(st.integers(0, size))]
    if kind == "flipped":
        at, bit = draw(st.integers(0, size - 1)), draw(st.integers(0, 7))
        return whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
    if kind == "deep":
        text = draw(
            st.sampled_from(["[" * 100_000, "[" * 900 + "]" * 900, '{"a":' * 5000 + "1" + "}" * 5000])
        )
        return draw(st.sampled_from([text, json.dumps({**envelope, "result": text})])).encode()
    new = draw(st.one_of(st.just(DROPPED), odd))
    if kind == "envelope":
        return json.dumps(changed(envelope, draw(st.sampled_from([*nodes(envelope)][1:])), new)).encode()
    other = changed(record, draw(st.sampled_from([*nodes(record)][1:])), new)
    if draw(st.booleans()):
        with contextlib.suppress(ValueError):  # a number that is none has no digest
            other["digest"] = digest({name: told for name, told in other.items() if name != "digest"})
    return json.dumps(in_envelope(json.dumps(other), record["key"])).encode()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("any-record")
    return Settings(
        preset="quick", alphas=[0.1], depths=[1], n_signals=20, n_test=10, signal_length=32,
        data_dir=str(folder / "data"), artifacts_dir=str(folder / "artifacts"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def kept(small: Settings) -> tuple[Store, Key, Record]:
    """The store, key and record of a first step that is done."""
    store, key = store_of(small), key_of(graph_of(small).steps[0], {})
    record = key.record(Made({"signals": store.write("data/x/signals", b"signals")}, {"n": 1}))
    (store.records / str(key)).parent.mkdir(parents=True)
    return store, key, {**record, "files": dict([*record["files"].items()][:2])}


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_file_is_a_record_or_damage(
    small: Settings, kept: tuple[Store, Key, Record], data: st.DataObject
) -> None:
    store, key, record = kept
    whole = {**record, "digest": digest({n: told for n, told in record.items() if n != "digest"})}
    content = data.draw(contents(whole))  # type: ignore[arg-type]
    path = store.records / str(key)
    path.write_bytes(content)
    for verify in (False, True):
        try:
            found = store.read_record(str(key), verify=verify)
        except DamagedError:
            found = None
        assert found is None or ResultRecord.deserialize(content).result == found
        assert found is None or isinstance(found["outputs"], dict)
    assert store.whole_record(str(key)) == found
    plan = make_plan(small)
    assert plan.steps[0].status in (("cached",) if found else ("damaged",))
    assert json.dumps(plan.as_json())
    assert list(plan.lines())
    assert make_plan(small.model_copy(update={"data_seed": 1})).steps[0].status in ("missing", "stale")
    assert Inventory(store).records.keys() == {str(key)}
    assert Inventory(store).unneeded().files
    assert cache.explain(str(key), Inventory(store)) == 0
    assert bool(store.forget_damaged(str(key))) == (found is None)
    assert path.exists() == (found is not None)


def test_what_prefect_would_read_otherwise_is_no_record(kept: tuple[Store, Key, Record]) -> None:
    """Escapes and doubled names hide from a look at the text what a reader then finds."""
    record = kept[2]
    whole = {**record, "digest": digest({n: told for n, told in record.items() if n != "digest"})}
    text = json.dumps(whole)
    envelope = in_envelope(text, str(kept[1]))
    assert parse_record(json.dumps(envelope).encode()) == whole
    for other in (text.replace("format", r"forma\u0074"), '{"key": 1, ' + text[1:], f" {text}"):
        with pytest.raises(DamagedError, match="not what was written"):
            parse_record(json.dumps({**envelope, "result": other}).encode())
    for name, value in (("jsonlib", "antigravity"), ("loads_kwargs", {"cls": "x"}), ("object_decoder", None)):
        odd_one = changed(envelope, ("metadata", "serializer", name), value)
        with pytest.raises(DamagedError, match="more than plain values"):
            parse_record(json.dumps(odd_one).encode())
    for name, value in (
        ("expiration", "2000-01-01T00:00:00Z"),
        ("storage_block_id", "x"),
        ("storage_key", 1),
    ):
        with pytest.raises(DamagedError, match="not readable"):
            parse_record(json.dumps(changed(envelope, ("metadata", name), value)).encode())


@pytest.mark.parametrize("key", ["../../x", "/etc/passwd", "train/\0/x", "train/\ud800/x", "", "train//x"])
def test_a_key_leads_nowhere_else(kept: tuple[Store, Key, Record], key: str) -> None:
    with pytest.raises(DamagedError, match="is no path below"):
        kept[0].read_record(key)
    assert kept[0].whole_record(key) is None


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"[]", b"1"])
def test_a_note_that_is_none_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "note.json").write_bytes(content)
    assert Store(tmp_path, tmp_path).read_note("artifacts/note.json") is None
