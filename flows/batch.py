"""The Prefect flow that denoises recordings, which is the entrypoint of its deployment."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.runtime import flow_run
from prefect.states import Failed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import opaque
from pydantic import ValidationError

from denoising.addresses import masked
from flows.server.abandoned import end_with_worker, mark_crashed
from flows.server.parameters import mask_parameters
from flows.settings.denoise_settings import DenoiseSettings
from flows.settings.form import takes_settings
from flows.settings.messages import problems
from flows.settings.study_settings import CORES
from flows.walks.artifacts import progress_artifact
from flows.walks.execution import failure_of, in_words
from flows.walks.watch import watch
from tasks.batch.apply import apply
from tasks.batch.job import Job
from tasks.batch.page import in_the_way, write_page
from tasks.batch.plan import Batch, BatchError, batch_of
from tasks.cache.failures import told
from tasks.cache.places import StoreError
from tasks.run.progress import Run
from tasks.run.task import until_over

Result = dict[str, Any]  # see `apply`


@flow(name="denoise", flow_run_name="denoise with {study}")
@takes_settings(DenoiseSettings)
def denoise(**parameters: Any) -> Any:
    """Denoise recordings with the best denoisers of a study."""
    end_with_worker()
    mask_parameters(parameters)
    try:
        settings = DenoiseSettings(**parameters)
        batch = batch_of(settings.request)
        look = settings.wants_page(len(batch.jobs))
        if look and (why := in_the_way(batch.page, force=settings.force)):
            return Failed(message=masked(why))
        return run_batch(settings, batch, look=look)
    except ValidationError as error:
        return Failed(message="; ".join(problems(error, parameters, DenoiseSettings)))
    except (BatchError, StoreError) as error:
        return Failed(message=masked(str(error)))
    except OSError as error:  # such as a folder that was removed meanwhile
        return Failed(message=told(error))


def run_batch(settings: DenoiseSettings, batch: Batch, *, look: bool) -> State[Any] | dict[str, Any]:
    """Denoise what is not denoised yet, and draw the page."""
    import torch

    jobs = [job for job in batch.jobs if look or job not in batch.done]
    workers = min(settings.workers, len(jobs)) or 1
    torch.set_num_threads(max(1, CORES // workers))
    store = settings.request.store
    run = Run(store.runs / str(flow_run.id))
    futures: dict[Job, PrefectFuture[Result]] = {}
    pool: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=workers)
    with pool as runner, run.open():
        mark_crashed(store.remove_abandoned())
        for job in sorted(jobs, key=lambda job: -job.cost):
            parameters = {
                "job": opaque(job),
                "batch": opaque(batch),
                "run": opaque(run),
                "force": settings.force,
                "look": look,
            }
            futures[job] = runner.submit(denoise_file, parameters)
        watch(futures, run, progress_artifact("denoise", "files denoised"))
    return conclude(batch, futures, look=look)


@task(name="denoise", task_run_name="denoise {job.of}")
def denoise_file(job: Job, batch: Batch, run: Run, force: bool, look: bool) -> Result | State[Any]:
    """Denoise one recording."""

    def work() -> Result:
        with run.track(job.label, 100) as tracker:
            return apply(job, batch.models, tracker, force=force, look=look)

    return until_over(run, work)


def conclude(
    batch: Batch, futures: Mapping[Job, PrefectFuture[Result]], *, look: bool
) -> State[Any] | dict[str, Any]:
    """Draw the page, show what was done in the Prefect UI and return the state of the flow run."""
    failures = {job.of: failure_of(future.state) for job, future in futures.items()}
    results = {job: futures[job].result() for job in batch.jobs if job in futures and not failures[job.of]}
    page = None
    if look and results:
        looks = [one for result in results.values() for one in result["looks"]]
        page = write_page(batch.page, looks, batch.shows)
    rows = [
        {"file": job.of, **{name: channel[name] for name in ("channel", "denoiser", "level", "noise")}}
        for job, result in results.items()
        for channel in result["channels"]
    ]
    if rows:
        create_table_artifact(rows, key="denoised-files", description=f"Denoised into {batch.folder}")
    if any(failures.values()):
        return Failed(message=in_words("files", failures))
    return {"folder": str(batch.folder), "page": page and str(page)}
