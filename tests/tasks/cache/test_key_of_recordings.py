"""Which settings of recordings enter the keys of which stages."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from flows.settings.recordings_settings import OwnSettings
from tests.flows.recorded import ECG
from tests.tasks.cache.test_key import digests_by_stage

# A changed value of each setting, and the stages whose keys it enters; that of `decide` it always does.
DECIDES_OWN: dict[str, tuple[Any, set[str]]] = {
    "rate": (360.2, {"cut"}),
    "picks": (("1",), {"cut"}),
    "resample": (180, {"cut"}),
    "group": ("e", {"cut"}),
    "signal_length": (128, {"cut"}),
    "data_seed": (1, {"cut", "mix", "train"}),  # training draws new noise
    "n_signals": (40, {"cut"}),
    "n_test": (20, {"cut"}),
    "noise": (("pink",), {"cut", "mix", "train"}),
    "snr": ((5.0, 7.0), {"mix", "train"}),
    "channels": (8, {"train"}),
    "fresh": (False, {"train"}),
    "objective": ("blind_spot", {"train", "evaluate"}),
    "mask_width": (3, {"train", "evaluate"}),
}
OWN = {"signals": (str(ECG),), "rate": 360, "depths": (2, 3), "snr": (5.0, 10.0)}


@pytest.mark.parametrize("name", DECIDES_OWN)
def test_a_setting_of_recordings_enters_the_keys_of_the_stages_whose_results_it_decides(name: str) -> None:
    base = digests_by_stage(OwnSettings, **OWN)
    value, stages = DECIDES_OWN[name]
    found = digests_by_stage(OwnSettings, **OWN | {name: value})
    dataset = {"cut"} <= stages  # whose folder is a part of what the next stage is told
    assert {stage for stage in base if found[stage] != base[stage]} == stages | {"decide"} | (
        {"mix"} if dataset else set()
    )


def test_where_recordings_lie_enters_no_key_but_the_reports(tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / ECG.name
    moved.parent.mkdir()
    shutil.copy(ECG, moved)
    base = digests_by_stage(OwnSettings, **OWN)
    found = digests_by_stage(OwnSettings, **OWN | {"signals": (str(moved),)})
    assert {stage for stage in base if found[stage] != base[stage]} == {"decide"}
