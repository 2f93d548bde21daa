"""What becomes of files in an object store that spoils its answers."""

import pickle
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import tasks.cache.object_store
from tasks.cache.object_store import CONFIG, ObjectStore
from tasks.cache.places import RefusedError, StoreError, place, read, remove, state_of, unusable, write
from tasks.cache.record import DamagedError
from tasks.cache.store import Store
from tests.faulty_store import FaultyStore, faulty_store

SLOW = pytest.mark.slow
CONTENT = bytes(range(256)) * 4000


@pytest.fixture(scope="module")
def behind() -> Iterator[FaultyStore]:
    with faulty_store() as store:
        yield store


@pytest.fixture
def store(behind: FaultyStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyStore]:
    """The store, of which nothing is asked twice."""
    monkeypatch.setitem(CONFIG, "retries", {"mode": "standard", "total_max_attempts": 1})
    yield behind
    behind.spoil = lambda *_: None
    ObjectStore.silent.clear()


@pytest.fixture
def impatient(store: FaultyStore) -> Iterator[pytest.MonkeyPatch]:
    """From now on the store says nothing, and is given up soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks.cache.object_store, "SECONDS", 1.0)
        patch.setattr(tasks.cache.object_store, "SECONDS_WHEN_SILENT", 0.5)
        store.spoil = lambda *_: "hang"
        yield patch


def test_an_object_is_written_read_and_found_damaged_in_one_request_each(behind: FaultyStore) -> None:
    files, behind.asked = Store(place("s3://bucket/d"), place("s3://bucket/a")), 0
    output = files.write("data/once", CONTENT)
    assert behind.asked == 1
    assert files.read(output) == CONTENT
    assert behind.asked == 2
    files.check(output, verify=False)
    files.check(output, verify=True)
    assert behind.asked == 4
    files.check({**output, "state": f"{output['state']} 2026-11-30"}, verify=False)
    assert behind.asked == 5, "as earlier versions noted it"
    write(files.resolve("data/once"), CONTENT[:-1] + b"?")
    for verify in (False, True):
        with pytest.raises(DamagedError, match="is not what was written there"):
            files.check(output, verify)


@SLOW
@pytest.mark.parametrize("fault", [503, 500, "cut", "lost", "drop"])
def test_faults_that_pass_change_nothing(behind: FaultyStore, fault: int | str) -> None:
    behind.spoil, behind.spoiled = lambda number, *_: fault if number % 2 else None, 0
    path = place("s3://bucket/passing/a/x")
    write(path, CONTENT)
    assert read(path) == CONTENT
    assert state_of(path)[0] == len(CONTENT)
    assert list(place("s3://bucket/passing").glob("*/*")) == [path]
    remove(path)
    assert not path.exists()
    assert behind.spoiled > 4


@pytest.mark.parametrize(
    "fault", [403, 404, *(pytest.param(fault, marks=SLOW) for fault in (503, 500, "drop", "hang", "cut"))]
)
def test_what_lasts_is_told_in_a_line_and_is_no_damage(
    store: FaultyStore, fault: int | str, request: pytest.FixtureRequest
) -> None:
    files = Store(place("s3://bucket/d"), place("s3://bucket/a"))
    output = files.write("data/x", CONTENT)
    write(files.records / "stage" / "x" / "0", b"a record")
    if fault == "hang":
        patch: pytest.MonkeyPatch = request.getfixturevalue("impatient")
    store.spoil = lambda *_: fault
    asked = [
        lambda: files.read(output),
        lambda: files.read_record("stage/x/0"),
        lambda: files.forget_damaged("stage/x/0"),
        lambda: files.read_note("artifacts/s/study.json"),
        lambda: list(files.records.rglob("*")),
        lambda: files.latest,
    ]
    for ask in asked:
        if fault == "cut" and ask is not asked[0]:
            continue  # a head has no half
        with pytest.raises(StoreError, match=r"^s3://bucket cannot be used \([^\n]+\); look at") as caught:
            ask()
        assert isinstance(caught.value, RefusedError) or fault not in (403, 404)
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert str(unusable("s3://bucket/a")).startswith("cannot be used (")
    store.spoil = lambda *_: None
    if fault == "hang":
        patch.undo()
        ObjectStore.silent.clear()  # else it is not asked for some time
    assert files.read(output) == CONTENT
    assert read(files.records / "stage" / "x" / "0") == b"a record"


@SLOW
def test_who_was_silent_is_waited_for_again_but_not_as_long(
    store: FaultyStore, impatient: pytest.MonkeyPatch
) -> None:
    path = place("s3://bucket/silent")
    now = 0.0
    impatient.setattr(tasks.cache.object_store, "time", SimpleNamespace(monotonic=lambda: now))
    with pytest.raises(StoreError, match="no answer within 1 s") as caught:
        read(path)
    assert not isinstance(caught.value, RefusedError), "a task tries it again"
    with pytest.raises(RefusedError, match=r"no answer within 0\.5 s"):
        read(path)
    asked = store.asked
    with pytest.raises(RefusedError, match=r"no answer within 0\.5 s"):
        read(path)
    assert store.asked == asked, "nor is it asked for some time"
    store.spoil = lambda *_: None
    with pytest.raises(
        RefusedError, match=r"s3://other cannot be used \(The specified bucket does not exist"
    ):
        read(place("s3://other/silent"))
    with pytest.raises(RefusedError, match=r"no answer within 0\.5 s"):
        read(path)
    now = tasks.cache.object_store.SECONDS_WHEN_SILENT
    assert not path.exists()
    assert not ObjectStore.silent


def test_a_path_keeps_its_limits_in_another_process(store: FaultyStore) -> None:
    path: Any = pickle.loads(pickle.dumps(place("s3://bucket/x")))
    assert isinstance(path.fs, ObjectStore)
    assert isinstance((path.parent / "y").fs, ObjectStore)


def test_what_is_not_there_is_not_there(store: FaultyStore) -> None:
    with pytest.raises(FileNotFoundError):
        read(place("s3://bucket/nothing"))
    assert not place("s3://bucket/nothing").exists()
    assert list(place("s3://bucket/nothing").glob("*")) == []
    assert unusable("s3://bucket/nothing") is None


SET_WRONG = {
    ("AWS_ENDPOINT_URL", "nonsense"): "Invalid endpoint: nonsense",
    ("AWS_PROFILE", "nobody"): "The config profile (nobody) could not be found",
    ("AWS_DEFAULT_REGION", "us east"): "Provided region_name 'us east' doesn't match a supported format",
}


@pytest.mark.parametrize("wrong", SET_WRONG)
def test_what_is_set_wrong_is_told_in_a_line(
    store: FaultyStore, wrong: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*wrong)
    ObjectStore.clear_instance_cache()
    for writing in (True, False):
        line = str(unusable("s3://bucket", writing=writing))
        assert line.startswith(f"cannot be used ({SET_WRONG[wrong]}")
        assert "\n" not in line
    monkeypatch.undo()
    ObjectStore.clear_instance_cache()
