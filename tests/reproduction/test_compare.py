"""The comparison with the original says what is so."""

import pandas as pd

from denoising.original.curves import at, theirs
from flows.settings.sweep_settings import Settings
from tests.reproduction.compare import EPOCHS, swaps
from tests.reproduction.search import NAMES, SETTINGS, TRIED, closest


def test_the_original_agrees_with_itself() -> None:
    assert swaps(theirs(), theirs()) == []


def test_depths_that_change_places_are_found() -> None:
    original = theirs()
    mirrored = {(alpha, depth): original[alpha, 10 - depth] for alpha, depth in original}
    found = swaps(mirrored, original)
    assert (0.1, 20, 2, 8) in [swap[:4] for swap in found]
    assert {swap[1] for swap in found} == set(EPOCHS)


def test_depths_that_lie_close_may_change_places() -> None:
    original = theirs()
    nudged = {cell: curve - 0.01 * (cell == (0.4, 4)) for cell, curve in original.items()}
    assert at(nudged[0.4, 4], 49) < at(nudged[0.4, 2], 49)
    assert swaps(nudged, original) == []


def test_the_preset_is_the_closest_of_what_was_tried() -> None:
    rows = pd.read_csv(TRIED).to_dict("records")
    assert {tuple(row[name] for name in NAMES) for row in rows} == set(SETTINGS)
    chosen, preset = closest(rows), Settings(preset="reproduction")
    assert {name: chosen[name] for name in NAMES} == {name: getattr(preset, name) for name in NAMES}
    assert chosen["last_median"] < 0.15
    assert chosen["last_most"] < 0.5
