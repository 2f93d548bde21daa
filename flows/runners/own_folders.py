"""Checks of the folders that a study is made from and makes; they leave nothing there."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from flows.graph import graph_of
from flows.settings.study_settings import StudySettings, store_of
from tasks.cache.folders import held, unfit
from tasks.cache.places import Place, place, unusable
from tasks.cache.store import IN_ARTIFACTS, IN_DATA, LATEST, PINNED, Store, study_note, study_settings

LIKE_STUDY = re.compile(r"[a-z]+(-[a-z]+)?-[0-9a-f]{8}")  # the folder of one
DATASET = re.compile(r"[a-z]+-n\d+-[0-9a-f]{8}")  # the folder of one
IN_STUDY = ("figures", "models")  # the folders in that of a study
DIGEST = "[0-9a-f]" * 16


def of_roots(settings: StudySettings, writing: bool) -> Iterator[str]:
    """Yield a line if the data or the artifacts folder cannot be used, or would mix with the other."""
    found = False
    for name in ("data_dir", "artifacts_dir"):
        where: str = getattr(settings, name)
        why = unusable(where, writing=writing)
        if why is None and name == "artifacts_dir":
            why = taken(place(where))
        if why:
            found = True
            yield f"{name} {where}: {why}"
    if not found and (line := mixed(store_of(settings))):
        yield line


def taken(artifacts: Place) -> str | None:
    """Return what is wrong with what stands where the link to the last study goes; None if nothing is."""
    link = artifacts / LATEST
    if not isinstance(link, Path):
        return None
    if os.path.lexists(link) and not link.is_symlink():
        return f"{link} is no link to the last study, which goes there; move it away"
    return held(link)


def mixed(store: Store) -> str | None:
    """Return a line if data would lie among what is kept of studies, or the reverse."""
    if not (isinstance(store.data, Path) and isinstance(store.artifacts, Path)):
        return None
    data, artifacts = (Path(os.path.realpath(root)) for root in (store.data, store.artifacts))
    if (first := below(artifacts, data)) in IN_ARTIFACTS or LIKE_STUDY.fullmatch(first):
        kept = f"it lies in {artifacts / first}, where results are kept"
        return f"data_dir {store.data}: {kept}; choose another folder"
    if (first := below(data, artifacts)) in IN_DATA or DATASET.fullmatch(first):
        kept = f"it lies in {data / first}, where datasets are kept"
        return f"artifacts_dir {store.artifacts}: {kept}; choose another folder"
    return None


def below(outer: Path, inner: Path) -> str:
    """Return the name of the folder in `outer` through which `inner` is reached; empty if there is none."""
    return inner.relative_to(outer).parts[0] if outer in inner.parents else ""


def of_folders(settings: StudySettings, writing: bool) -> Iterator[str]:
    """Yield a line for the first folder below the data that a study cannot use, and below the artifacts."""
    store = store_of(settings)
    for name, root, folders in (
        ("data_dir", store.data, of_data(settings)),
        ("artifacts_dir", store.artifacts, of_artifacts(settings)),
    ):
        if isinstance(root, Path):
            found = (unfit(root / folder, writing=writing) for folder in dict.fromkeys(folders))
            if why := next(filter(None, found), None):
                yield f"{name} {root}: {why}"
    for note in (study_note(settings.study), study_settings(settings.study)):
        path = store.resolve(note)
        if isinstance(path, Path) and (why := held(path)):
            yield f"artifacts_dir {store.artifacts}: {why}"


def of_data(settings: StudySettings) -> Iterator[str]:
    """Yield the folders of a study's datasets below the data folder, the outer ones first."""
    levels = [*settings.compared, *(cell.level for cell in settings.cells)]
    for level in dict.fromkeys(levels):
        for base in (".", *IN_DATA):
            yield from (base, f"{base}/{level.dataset.folder}", f"{base}/{level.dataset.folder}/{level.name}")


def of_artifacts(settings: StudySettings) -> Iterator[str]:
    """Yield the folders of a study below the artifacts folder, the outer ones first."""
    yield from (name for name in IN_ARTIFACTS if name not in (LATEST, PINNED))
    artifacts = store_of(settings).artifacts
    yield from (settings.study, *(f"{settings.study}/{name}" for name in IN_STUDY))
    for step in graph_of(settings).steps:
        cell = f"cells/{step.place}"
        yield from (f"records/{step.stage}", f"records/{step.stage}/{step.place}", cell)
        yield from (f"{cell}/{path.name}" for path in (artifacts / cell).glob(f"{step.stage}-{DIGEST}"))
