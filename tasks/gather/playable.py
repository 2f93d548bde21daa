"""The networks of a study that run in the page of its report."""

from denoising.models.card import Card
from denoising.models.model_file import from_bytes
from denoising.report.playground.contents import holds_milestones, playable
from denoising.report.playground.in_page import Playable
from denoising.study.results import Study
from tasks.cache.store import Store
from tasks.formats.weights import by_epoch
from tasks.gather.models import OF_CELL, files_of, keys
from tasks.gather.tables import Outcomes, made


def playable_models(
    study: Study, outcomes: Outcomes, store: Store
) -> tuple[list[Playable], dict[float, Card]]:
    """Return the networks that a study's page holds, and the Savitzky-Golay filter of each noise level.

    Trainings of earlier versions have no weights of early epochs.
    """
    last, early = (dict(files_of(outcomes, "train", name, OF_CELL)) for name in ("last", "milestones"))
    rows = playable(study)
    room = holds_milestones(rows)
    found = [
        Playable(
            variant, int(depth), float(alpha), int(epochs), *from_bytes(store.read(last[key])),
            milestones=by_epoch(store.read(early[key])) if room and key in early else {},
        )
        for key, variant, depth, alpha, epochs in zip(
            keys(rows, OF_CELL), rows["variant"], rows["depth"], rows["alpha"], rows["epochs"], strict=True
        )
    ]  # fmt: skip
    filters = {
        told["alpha"]: from_bytes(store.read(record["outputs"]["model"]))[0]
        for told, record in made(outcomes, "baseline")
        if told["denoiser"] == "savitzky_golay"
        and "model" in record["outputs"]
        and told["dataset"] in set(rows["dataset"][:1])
    }
    return found, filters
