"""Slots of GPUs, held by real processes; the cards are made up, since slots know no more than their names."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import tasks.run.devices
from tasks.cache.files import CancelledError
from tasks.run.devices import foreign, on_device, slot
from tests.flows.commands import wait_for
from tests.tasks.cache.users import ROOT, another_user, shared_folder

HOLD = """
import sys
from pathlib import Path
import tasks.run.devices
tasks.run.devices.SLOTS = Path(sys.argv[1])
with tasks.run.devices.slot(sys.argv[2:], 1, lambda: False) as card:
    print(card, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the slots of this test are."""
    monkeypatch.setattr(tasks.run.devices, "SLOTS", tmp_path / "slots")
    return tmp_path / "slots"


def never() -> bool:
    return False


def always() -> bool:
    return True


def test_cards_fill_evenly_and_no_further_than_their_slots(slots: Path) -> None:
    with ExitStack() as held:
        assert [held.enter_context(slot(["a", "b"], 2, never)) for _ in range(4)] == [0, 1, 0, 1]
        with pytest.raises(CancelledError), slot(["a", "b"], 2, always):
            pass
        with slot(["a", "b"], 3, always) as card:
            assert card == 0
    assert list(slots.iterdir()) == []


def test_a_slot_passes_on_when_it_is_given_back_and_when_its_process_is_killed(slots: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(slots), "a"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"0\n"
    got = threading.Event()

    def wait_for_slot() -> None:
        with slot(["a"], 1, never):
            got.set()

    waiting = threading.Thread(target=wait_for_slot)
    waiting.start()
    assert not got.wait(0.5)
    holder.kill()
    holder.communicate()
    wait_for(got.is_set)
    waiting.join()
    with slot(["a"], 1, always):
        pass


def test_cuda_means_the_card_of_the_slot_and_the_cpu_needs_none(
    slots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[int] = []

    @contextmanager
    def device(number: int) -> Iterator[None]:
        used.append(number)
        yield

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda n: SimpleNamespace(uuid=f"card-{n}"))
    monkeypatch.setattr(torch.cuda, "device", device)
    with on_device("cuda", 1, never), on_device("cuda", 1, never), on_device("cpu", 1, always):
        assert used == [0, 1]
        assert {path.name for path in slots.iterdir()} == {"card-0-0", "card-1-0"}
        with pytest.raises(CancelledError, match="GPU"), on_device("cuda", 1, always):
            pass
    assert used == [0, 1]


def test_slots_lie_where_nobody_else_can_reach_them(slots: Path) -> None:
    slots.mkdir(mode=0o755)  # as an earlier version made it
    with slot(["a"], 1, always):
        assert slots.stat().st_mode & 0o777 == 0o700


def test_what_stands_where_the_slots_go_is_neither_followed_nor_used(slots: Path) -> None:
    theirs = slots.with_name("theirs")
    theirs.mkdir()
    (theirs / "a-0").write_text("precious")
    for make in (lambda: slots.symlink_to(theirs), slots.touch, lambda: slots.symlink_to("nowhere")):
        make()
        assert "it is no folder of yours" in str(foreign(slots))
        with pytest.raises(PermissionError, match="it is no folder of yours"), slot(["a"], 1, always):
            pass
        slots.unlink()
    assert (theirs / "a-0").read_text() == "precious"
    assert foreign(slots) is None


def test_a_folder_of_another_user_is_not_used_for_slots() -> None:
    with shared_folder() as folder:
        (folder / "slots").mkdir()
        with another_user():
            assert (foreign(folder / "slots") is None) == (not ROOT)
