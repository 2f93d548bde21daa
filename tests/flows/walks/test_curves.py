"""The chart of the validation error that is drawn while cells train."""

import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from typing import Any

import pytest
from prefect import flow, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.runtime import flow_run

import flows.walks.artifacts
from flows.walks.artifacts import curves_artifact
from flows.walks.curves import MOST_CURVES, Curves, ticks_of_epochs, ticks_of_errors
from flows.walks.watch import Snapshot, Trained
from tasks.run.progress import Progress
from tests.flows.terminal.test_display import CELLS

SVG = "{http://www.w3.org/2000/svg}"
DEPTHS = {"a": 2, "b": 2, "c": 8}


def seen(*progress: tuple[str, int, float | None], depths: dict[str, int] = DEPTHS) -> Curves:
    """The curves of trainings of 10 epochs, seen one after the other."""
    curves = Curves(depths)
    for label, epoch, error in progress:
        curves.see([Progress(label, epoch, 10, error)])
    return curves


def lines(curves: Curves) -> list[tuple[str, list[tuple[float, float]]]]:
    """The colour and the points of each line that is drawn."""
    root = ElementTree.fromstring(curves.drawn())
    return [(line.attrib["stroke"], points_of(line)) for line in root.iter(f"{SVG}polyline")]


def points_of(line: ElementTree.Element) -> list[tuple[float, float]]:
    pairs = (point.split(",") for point in line.attrib["points"].split())
    return [(float(x), float(y)) for x, y in pairs]


def test_errors_are_on_a_log_scale_over_the_epochs() -> None:
    [(_, points)] = lines(seen(("a", 0, 1.0), ("a", 5, 0.1), ("a", 10, 0.01)))
    (x0, y0), (x1, y1), (x2, y2) = points
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.11)
    assert y1 - y0 == pytest.approx(y2 - y1, abs=0.11)
    assert y1 > y0, "less is lower"


def test_a_colour_is_a_depth_and_a_dot_a_training_that_goes_on() -> None:
    curves = seen(("a", 1, 0.5), ("b", 1, 0.4), ("c", 1, 0.3))
    (first, _), (second, _), (third, points) = lines(curves)
    assert first == second != third
    root = ElementTree.fromstring(curves.drawn())
    [dot] = root.iter(f"{SVG}circle")
    assert (float(dot.attrib["cx"]), float(dot.attrib["cy"])) == points[-1]
    assert dot.attrib["fill"] == third
    legend = [text.text for text in root.iter(f"{SVG}text") if text.attrib.get("y") == "20"]
    assert legend == ["validation MSE", "depth", "2", "8"]


def test_what_has_no_logarithm_is_not_drawn() -> None:
    curves = seen(
        *(("a", epoch, error) for epoch, error in enumerate([None, 0.0, -1.0, float("nan"), float("inf")]))
    )
    assert curves.by_label == {}
    assert not curves.see([Progress("no training", 1, 10, 0.1)])


def test_a_training_that_was_begun_again_goes_on_from_there() -> None:
    [(_, points)] = lines(seen(*(("a", epoch, 1 / epoch) for epoch in (1, 4, 8, 3, 5))))
    assert len(points) == 3
    assert all(one[0] < other[0] for one, other in pairwise(points))


def test_the_chart_stays_small_however_many_cells_and_epochs_there_are() -> None:
    depths = {str(cell): 1 + cell % 8 for cell in range(500)}
    curves = seen(*((label, 1, 0.1) for label in depths), depths=depths)
    assert len(lines(curves)) == MOST_CURVES
    for epoch in range(1, 2000):
        curves.see([Progress("7", epoch, 2000, 0.1)])
    (_, points) = lines(curves)[-1]
    assert 50 <= len(points) <= 100
    assert len(curves.drawn()) < 20_000


@pytest.mark.parametrize(("low", "high"), [(0.003, 0.9), (0.2, 0.7), (0.95, 1.2), (1e-9, 1e3)])
def test_ticks_of_errors_lie_within_and_are_few(low: float, high: float) -> None:
    ticks = ticks_of_errors(low, high)
    assert 3 <= len(ticks) <= 13
    assert all(low <= tick <= high for tick in ticks)


@pytest.mark.parametrize("epochs", [1, 7, 10, 11, 50, 365, 100_000])
def test_ticks_of_epochs_lie_within_and_are_few(epochs: int) -> None:
    ticks = ticks_of_epochs(epochs)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 11
    assert epochs / 2 < ticks[-1] <= epochs


RUNNING = [Progress(CELLS[0].label, 3, 50, 0.25), Progress(CELLS[1].label, 0, 50, None)]
ENDED = [Trained(cell, cached=True, failed=False) for cell in CELLS]


def shown(*snapshots: Snapshot) -> tuple[list[str], list[dict[str, Any]]]:
    """Show snapshots in a flow; the descriptions after each, and the artifacts of the run at last."""
    told: list[str] = []

    @flow(name="curves")
    def show() -> str:
        observe = curves_artifact("sweep", {cell.label: cell.axes["depth"] for cell in CELLS})
        for snapshot in snapshots:
            observe(snapshot)
            told.extend(artifact["description"] for artifact in artifacts(str(flow_run.id)))
        return str(flow_run.id)

    return told, artifacts(show())


def artifacts(run: str) -> list[dict[str, Any]]:
    with get_client(sync_client=True) as client:
        mine = {"artifacts": {"flow_run_id": {"any_": [run]}}}
        found: list[dict[str, Any]] = client.request("POST", "/artifacts/filter", json=mine).json()
        return found


def test_one_artifact_is_updated_and_last_at_the_end(server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.walks.artifacts, "ARTIFACT_SECONDS", 0)
    monkeypatch.setattr(flows.walks.artifacts, "SHARE", 1e9)
    further = [RUNNING[0], Progress(CELLS[1].label, 2, 50, 0.3)]
    told, [artifact] = shown(Snapshot(4, [], RUNNING), Snapshot(4, [], further), Snapshot(4, ENDED, []))
    counts = ["1 cell", "2 cells", "2 cells"]
    assert told == [f"Validation error of {count}, as seen in training" for count in counts]
    assert artifact["key"] == "sweep-curves"
    assert artifact["data"].startswith("![Validation error over the epochs](data:image/svg+xml;base64,")


def test_the_chart_is_not_updated_too_often_and_what_was_cached_has_none(server: None) -> None:
    assert shown(Snapshot(4, [], RUNNING), Snapshot(4, [], RUNNING))[1] == []
    assert shown(Snapshot(4, ENDED, []))[1] == []


def test_a_server_that_fails_is_no_reason_to_lose_the_run(
    server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionError("database is locked")

    monkeypatch.setattr(SyncPrefectClient, "create_artifact", refuse)
    assert shown(Snapshot(4, [], RUNNING), Snapshot(4, ENDED, []))[1] == []
