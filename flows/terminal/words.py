"""What the terminal calls the progress of a run, and says where its results are."""

from dataclasses import dataclass

from flows.settings.study_settings import StudySettings, report_of, store_of
from tasks.cache.latest import Latest
from tasks.cache.store import Store


@dataclass(frozen=True)
class Words:
    """What the progress of a run is called.

    Attributes:
        things: what ends one by one, in the plural.
        done: what became of one.
        part: what progress in one is counted in.
    """

    things: str
    done: str
    part: str


CELLS = Words("cells", "trained", "epoch")
FILES = Words("files", "denoised", "percent")


def pointers(settings: StudySettings) -> list[str]:
    """Return lines on where a study's report is and, if that is elsewhere, where `latest` is pinned to."""
    told = note_of_pin(store_of(settings), settings.study)
    return [f"report: {report_of(settings)}", *([told] if told else [])]


def note_of_pin(store: Store, study: str) -> str:
    """Return a line on where `latest` leads if it is pinned to another study than this one, else nothing."""
    pinned = Latest(store).pinned
    if pinned in (None, study) or store.latest != pinned:
        return ""
    return f"latest is pinned to {pinned} and leads there still; cache.py unpin ends that"
