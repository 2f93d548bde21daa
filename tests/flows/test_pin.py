"""A study that `latest` stays with, whatever runs."""

from flows.settings.study_settings import store_of
from flows.terminal.words import note_of_pin
from tasks.cache.latest import Latest
from tests.flows.conftest import Cache
from tests.flows.sweeps import Sweeps


def test_latest_stays_with_the_study_that_is_pinned_until_it_is_unpinned(
    done: Sweeps, cache: Cache, undrawn: None
) -> None:
    pinned, later = done.read().study, done.read(alphas=[0.1])
    store = store_of(later)
    assert cache("pin", "latest")[1].startswith(f"latest is pinned to {pinned}, whatever runs from now on; ")
    assert done.run(alphas=[0.1]).is_completed()
    assert store.latest == pinned
    assert note_of_pin(store, later.study).startswith(f"latest is pinned to {pinned} and leads there still; ")
    assert note_of_pin(store, pinned) == ""
    assert cache("list")[1].splitlines()[-1] == f"latest is pinned to {pinned}; cache.py unpin ends that"
    before = {*store.artifacts.rglob("*")}
    assert cache("remove", "--study", pinned, "--yes")[::2] == (
        2, f"cache.py: study {pinned}: latest is pinned to it; use cache.py unpin first\n",
    )  # fmt: skip
    assert {*store.artifacts.rglob("*")} == before

    assert cache("unpin") == (
        0, f"latest is not pinned and leads to {later.study}\n", "",
    )  # fmt: skip
    assert store.latest == later.study
    assert done.run().is_completed()
    assert store.latest == pinned, "which ran last"
    assert cache("pin", later.study)[0] == 0
    Latest(store).follow(pinned)  # as a run does that has nothing to do
    assert store.latest == later.study
    assert cache("unpin")[1] == f"latest is not pinned and leads to {pinned}\n"
    assert cache("unpin")[1] == f"latest is not pinned and leads to {pinned}\n"
    assert cache("remove", "--study", later.study)[0] == 0


def test_only_a_finished_study_can_be_pinned_and_a_pin_to_one_that_is_gone_holds_nothing(
    done: Sweeps, cache: Cache
) -> None:
    store, study = store_of(done.read()), done.read().study
    assert cache("pin", "post-01234567")[::2] == (
        2,
        f"cache.py: study post-01234567: there is none in {store.artifacts}; there are {study}\n",
    )
    for text in ("post-01234567\n", "../data\n", "", "\0"):
        (store.artifacts / "pinned").write_text(text)
        Latest(store).follow(study)
        assert store.latest == study
        assert note_of_pin(store, study) == ""


def test_a_pin_holds_though_its_study_is_damaged_and_ends_though_it_is_gone(
    done: Sweeps, cache: Cache, undrawn: None
) -> None:
    pinned, later = done.read().study, done.read(alphas=[0.1]).study
    store = store_of(done.read())
    assert done.run(alphas=[0.1]).is_completed()
    assert cache("pin", pinned)[0] == 0
    note = store.artifacts / pinned / "study.json"
    told = note.read_text()
    note.write_text("damaged")
    Latest(store).follow(later)
    assert store.latest == pinned
    assert "latest is pinned to it" in cache("remove", "--study", pinned)[2]
    note.unlink()
    Latest(store).follow(later)
    assert store.latest == later
    assert cache("list")[1].splitlines()[-1].startswith(f"latest is pinned to {pinned}, which is gone; ")
    note.write_text(told)
    Latest(store).follow(later)
    assert store.latest == pinned
    note.unlink()
    assert cache("unpin")[:2] == (0, f"latest is not pinned and leads to {later}\n")
    assert Latest(store).pinned is None
