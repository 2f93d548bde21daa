"""Checks of folders, device and Dask scheduler before a run writes anything."""

from collections.abc import Iterator
from functools import lru_cache

from denoising.recordings.settings import RecordingError, RecordingsSettings
from flows.graph import to_cut
from flows.runners.own_folders import of_folders, of_roots
from flows.settings.study_settings import StudySettings, store_of
from tasks.cache.key import key_of
from tasks.run.devices import SLOTS, foreign

CONNECT_SECONDS = 5.0


def obstacles(settings: StudySettings, *, writing: bool = True) -> list[str]:
    """Return a line for each thing that a run needs and does not have.

    Args:
        settings: the settings of the study.
        writing: whether to check for a run; a plan only reads and needs no Dask scheduler.
    """
    found = [*of_roots(settings, writing), *of_recordings(settings)]
    if found:
        return found
    found = [*of_folders(settings, writing), *of_device(settings)]
    return [*found, *of_scheduler(settings)] if writing else found


def of_recordings(settings: StudySettings) -> Iterator[str]:
    """Yield a line if the recordings of a study cannot be used; they are read unless that was done before."""
    try:
        datasets = dict.fromkeys(level.dataset for level in settings.compared)
        for dataset in datasets:
            if isinstance(dataset, RecordingsSettings) and not is_cut(dataset, settings):
                check(dataset)
    except RecordingError as error:
        yield str(error)


@lru_cache(maxsize=8)
def check(dataset: RecordingsSettings) -> None:
    """Read recordings, once in a process: the command and the flow that it calls both look for obstacles.

    Raises:
        RecordingError: they cannot be used.
    """
    from denoising.recordings.cutting import cut_recordings
    from denoising.recordings.noises import cut_noises
    from denoising.recordings.survey import of_setting

    signals, _ = cut_recordings(dataset)
    if dataset.noises:
        with of_setting("noise"):
            cut_noises(dataset, signals[0].rate)


def is_cut(dataset: RecordingsSettings, settings: StudySettings) -> bool:
    """Whether the recordings of a dataset were cut into windows before, and so are known to be usable."""
    step = to_cut(dataset, several=False)
    return store_of(settings).whole_record(str(key_of(step, {}))) is not None


def of_device(settings: StudySettings) -> Iterator[str]:
    """Yield a line if a cell needs CUDA and cannot have it; torch is imported only for such a cell."""
    if settings.dask_scheduler or all(cell.training.device != "cuda" for cell in settings.cells):
        return
    from denoising.networks.device import resolve_device

    try:
        resolve_device("cuda")
    except ValueError as error:
        yield str(error)
    if why := foreign(SLOTS):
        yield f"device cuda: {SLOTS}: {why}"


def of_scheduler(settings: StudySettings) -> Iterator[str]:
    """Yield a line if no Dask scheduler answers at the address of the settings."""
    if not settings.dask_scheduler:
        return
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:  # the caller's may have an event loop, as in a notebook
        reason = thread.submit(asyncio.run, no_scheduler(settings.dask_scheduler)).result()
    if reason:
        yield (
            f"dask_scheduler {settings.dask_scheduler}: it does not answer ({reason}); "
            "start it with 'dask scheduler', or leave it out for a cluster on this machine"
        )


async def no_scheduler(address: str) -> str | None:
    """Return why no Dask scheduler can be reached at an address; None if one can."""
    import asyncio

    from distributed.core import rpc
    from distributed.security import Security

    arguments = Security().get_connection_args("client")
    try:
        # Not a `Client`: one that cannot connect prints a traceback when it is collected.
        async with asyncio.timeout(CONNECT_SECONDS), rpc(address, connection_args=arguments) as asked:
            kind = (await asked.identity())["type"]
    except TimeoutError:
        return f"not within {CONNECT_SECONDS:g} s"
    except (OSError, ValueError, TypeError, ImportError) as error:
        return str(error).partition("\n")[0] or type(error).__name__
    return None if kind == "Scheduler" else f"a {kind.lower()} does"
