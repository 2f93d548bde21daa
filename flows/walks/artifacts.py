"""Shows the progress of a run in the Prefect UI, while it goes on, as artifacts that are updated."""

import base64
import time
from collections.abc import Mapping
from uuid import UUID

from prefect import get_client
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.client.schemas.actions import ArtifactUpdate

from denoising.addresses import masked
from flows.walks.curves import MOST_CURVES, Curves
from flows.walks.watch import Observer, Snapshot
from tasks.run.work import run_logger

ARTIFACT_SECONDS = 2.0
SHARE = 0.02  # of the time at most goes into updates of the chart


def progress_artifact(flow: str, what: str = "cells trained") -> Observer:
    """Return an observer that shows the share of what is done in the Prefect UI."""
    artifact = create_progress_artifact(0.0, key=f"{flow}-progress", description=what.capitalize())
    assert isinstance(artifact, UUID)  # it would be a coroutine only in an event loop
    due = time.monotonic() + ARTIFACT_SECONDS

    def show(snapshot: Snapshot) -> None:
        nonlocal due
        ended = len(snapshot.ended)
        if time.monotonic() >= due or ended == snapshot.total:
            due = time.monotonic() + ARTIFACT_SECONDS
            description = f"{ended} of {snapshot.total} {what}"
            update_progress_artifact(artifact, 100 * ended / snapshot.total, description)

    return show


def curves_artifact(flow: str, depths: Mapping[str, int]) -> Observer:
    """Return an observer that draws the validation error of the trainings that it sees in the Prefect UI.

    The chart is updated every two seconds at most, and seldom enough for its updates to take little time. If
    the server fails, an update is left out: a chart is no reason to lose a run.

    Args:
        flow: the name of the flow.
        depths: the depth of each training's network, by its label.
    """
    curves = Curves(depths)
    artifact: UUID | None = None
    due = time.monotonic() + ARTIFACT_SECONDS
    news = False

    def show(snapshot: Snapshot) -> None:
        nonlocal artifact, due, news
        news = curves.see(snapshot.running) or news
        at_end = len(snapshot.ended) == snapshot.total
        if not curves.by_label or not (at_end or (news and time.monotonic() >= due)):
            return
        began = time.monotonic()
        try:
            artifact = draw(curves, artifact, f"{flow}-curves")
            news = False
        except Exception as error:  # whatever a server can do
            run_logger().warning("the chart was not updated: %s", masked(" ".join(str(error).split())))
        due = time.monotonic() + max(ARTIFACT_SECONDS, (time.monotonic() - began) / SHARE)

    return show


def draw(curves: Curves, artifact: UUID | None, key: str) -> UUID:
    """Show the curves in their artifact, or in a new one of this key if there is none yet; return its id."""
    seen = len(curves.by_label)
    which = "a cell" if seen <= MOST_CURVES else f"one of the last {MOST_CURVES} of {seen} cells"
    image = base64.b64encode(curves.drawn().encode()).decode()
    chart = (
        f"![Validation error over the epochs](data:image/svg+xml;base64,{image})\n\n"
        f"Each line is {which} that trained in this run, at the epochs at which it was seen; a dot is a cell "
        "that trains now. Load this page again for the newest. The report has every epoch, and the cells "
        "that were taken from the cache."
    )
    told = f"Validation error of {seen} {'cell' if seen == 1 else 'cells'}, as seen in training"
    if artifact is None:
        made = create_markdown_artifact(chart, key=key, description=told)
        assert isinstance(made, UUID)  # it would be a coroutine only in an event loop
        return made
    with get_client(sync_client=True) as client:
        client.update_artifact(artifact, ArtifactUpdate(data=chart, description=told))
    return artifact
