"""Where `latest` leads: to the study that ran last, or to the one that it is pinned to."""

import contextlib
from dataclasses import dataclass

from tasks.cache.places import point_to, read, remove, write
from tasks.cache.store import LATEST, PINNED, Store, is_name, study_note


@dataclass(frozen=True)
class Latest:
    """`latest` beside the studies of a store."""

    store: Store

    @property
    def pinned(self) -> str | None:
        """The study that it is pinned to, although that may be gone; None if it is not pinned."""
        return self.pin_note()[0]

    def pin_note(self) -> tuple[str | None, str | None]:
        """The study that it is pinned to, and the one that ran last."""
        names: list[str] = []
        with contextlib.suppress(OSError, ValueError):
            lines = read(self.store.artifacts / PINNED).decode().split("\n")
            names = [name for name in lines if name and "/" not in name and is_name(name)]
        pinned, last, *_ = (*names, None, None)
        return pinned, last

    def has(self, study: str) -> bool:
        """Whether a study was run to its end, and is there still."""
        return self.store.resolve(study_note(study)).is_file()

    def follow(self, study: str) -> None:
        """Lead to a study that has run, or to the one that is pinned, if that is there."""
        pinned, last = self.pin_note()
        leads_to = pinned if pinned and self.has(pinned) else study
        if self.store.latest == leads_to and (not pinned or last == study):
            return
        with self.store.lock(LATEST):
            if pinned:
                self.note(pinned, study)
            self.lead_to(leads_to)

    def pin(self, study: str) -> None:
        """Lead to a study until it is unpinned, whatever runs."""
        with self.store.lock(LATEST):
            _, last = self.pin_note()
            self.note(study, last or self.store.latest or study)
            self.lead_to(study)

    def unpin(self) -> None:
        """Lead to the study that ran last, if that is there, and to what runs from now on."""
        with self.store.lock(LATEST):
            _, last = self.pin_note()
            remove(self.store.artifacts / PINNED)
            if last and self.has(last):
                self.lead_to(last)

    def note(self, pinned: str, last: str) -> None:
        """Keep the study that is pinned, and the one that ran last."""
        write(self.store.artifacts / PINNED, f"{pinned}\n{last}\n".encode())

    def lead_to(self, study: str) -> None:
        """Lead to a study, in one step."""
        point_to(self.store.artifacts / LATEST, study)
