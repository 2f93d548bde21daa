"""Checks of folders, device and Dask scheduler before a run writes anything."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.settings.study_settings import StudySettings
from tasks.cache.places import Place, place, unusable

CONNECT_SECONDS = 5.0


def obstacles(settings: StudySettings, *, writing: bool = True) -> list[str]:
    """Return a line for each thing that a run needs and does not have.

    Args:
        settings: the settings of the study.
        writing: whether to check for a run; a plan only reads and needs no Dask scheduler.
    """
    found = [*of_places(settings, writing), *of_device(settings)]
    return [*found, *of_scheduler(settings)] if writing else found


def of_places(settings: StudySettings, writing: bool) -> Iterator[str]:
    """Yield a line for each folder that cannot be used; the check leaves nothing there."""
    for name in ("data_dir", "artifacts_dir"):
        where: str = getattr(settings, name)
        if why := unusable(where, writing=writing):
            yield f"{name} {where}: {why}"
        elif name == "artifacts_dir" and (link := taken(place(where))):
            yield f"{name} {where}: {link} is no link to the last study, which goes there; move it away"


def taken(artifacts: Place) -> Path | None:
    """Return what stands where the link to the last study goes; None if it is that, or nothing."""
    link = artifacts / "latest"
    return link if isinstance(link, Path) and link.exists() and not link.is_symlink() else None


def of_device(settings: StudySettings) -> Iterator[str]:
    """Yield a line if a cell needs CUDA and this machine has none; torch is imported only for such a cell."""
    if settings.dask_scheduler or all(cell.training.device != "cuda" for cell in settings.cells):
        return
    from denoising.networks.device import resolve_device

    try:
        resolve_device("cuda")
    except ValueError as error:
        yield str(error)


def of_scheduler(settings: StudySettings) -> Iterator[str]:
    """Yield a line if no Dask scheduler answers at the address of the settings."""
    if not settings.dask_scheduler:
        return
    with ThreadPoolExecutor(1) as thread:  # the caller's may have an event loop, as in a notebook
        reason = thread.submit(asyncio.run, no_scheduler(settings.dask_scheduler)).result()
    if reason:
        yield (
            f"dask_scheduler {settings.dask_scheduler}: it does not answer ({reason}); "
            "start it with 'dask scheduler', or leave it out for a cluster on this machine"
        )


async def no_scheduler(address: str) -> str | None:
    """Return why no Dask scheduler can be reached at an address; None if one can."""
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
