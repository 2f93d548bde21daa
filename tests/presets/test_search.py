"""The presets that were chosen by their errors are the best of what was tried."""

import pandas as pd
import pytest

from flows.settings.sweep_settings import Preset, Settings
from tests.presets.search import GRIDS, NEAR_DB, TRIED, candidates, in_time_of, label, row_of

ROWS = pd.read_csv(TRIED).to_dict("records")


@pytest.mark.parametrize("preset", GRIDS)
def test_no_change_of_a_preset_does_better_in_its_time(preset: Preset) -> None:
    tried = {label(row): row for row in ROWS}
    chosen, *changed = (tried[label(row_of(preset, values))] for values in candidates(preset))
    assert chosen["epochs"] == Settings(preset=preset).epochs
    lowest = min(row["validation_db_above_mmse"] for row in ROWS if row["preset"] == preset)
    assert chosen["validation_db_above_mmse"] < lowest + NEAR_DB
    for row in changed:
        assert row["core_seconds"] == pytest.approx(chosen["core_seconds"], rel=0.25), row


def test_a_costlier_change_has_fewer_epochs() -> None:
    preset = next(candidates("tuned"))
    wider = {**preset, "channels": 64}
    assert in_time_of("tuned", preset, workers=1).epochs == Settings(preset="tuned").epochs
    assert in_time_of("tuned", wider, workers=1).epochs < 0.7 * Settings(preset="tuned").epochs
