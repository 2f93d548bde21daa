"""Two pipelines as Prefect's documentation has one write them: tasks cached by their inputs, in threads.

python -m benchmarks.rivals.bare_prefect copies|cells

They work in the current folder and read its `params.json`, as Snakemake and DVC do here: `copies` is the
graph of this program's stages, each of which only copies what it reads; `cells` does the notebook's work.
Tasks are given the names of their inputs' files, so a file that changes or is lost is not noticed.
"""

import json
import sys
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import INPUTS
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from benchmarks.rivals.steps import run_step
from flows.settings.study_settings import CORES

RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=CORES)

Futures = list[PrefectFuture[str]]  # a caller of the flow gets their states


@task(cache_policy=INPUTS, persist_result=True)
def copy(path: str, inputs: list[Any]) -> str:
    """Copy files into one; its path."""
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text("".join(Path(name).read_text() for name in inputs))
    return path


@task(cache_policy=INPUTS, persist_result=True)
def step(name: str, paths: list[Any], options: list[str]) -> str:
    """Run a step of the notebook's work; the path that it writes."""
    run_step(name, paths, options)
    return str(paths[-1])


@flow(task_runner=RUNNER)
def copies(params: dict[str, Any]) -> Futures:
    """Every stage of the study."""
    alphas, grid = (
        params["alphas"],
        [(depth, alpha) for depth in params["depths"] for alpha in params["alphas"]],
    )
    generated = {alpha: copy.submit(f"generate/{alpha}", []) for alpha in alphas}
    split = {alpha: copy.submit(f"split/{alpha}", [generated[alpha]]) for alpha in alphas}
    trained = {cell: copy.submit("train/{}-{}".format(*cell), [split[cell[1]]]) for cell in grid}
    evaluated = {
        cell: copy.submit("evaluate/{}-{}".format(*cell), [split[cell[1]], trained[cell]]) for cell in grid
    }
    limits = [copy.submit(f"limits/{alpha}", []) for alpha in alphas]
    baselines = [
        copy.submit(f"baseline/{name}-{alpha}", [split[alpha]])
        for name in params["names"]
        for alpha in alphas
    ]
    ends = [*evaluated.values(), *limits, *baselines]
    report = copy.submit("report", ends)
    return [*generated.values(), *split.values(), *trained.values(), *ends, report]


@flow(task_runner=RUNNER)
def cells(params: dict[str, Any]) -> Futures:
    """The cells of a grid and a report."""
    made, evaluated = [], []
    for alpha in params["alphas"]:
        at_alpha = [*params["options"].split(), "--alphas", str(alpha)]
        data = step.submit("data", [f"data/{alpha}.pt"], at_alpha)
        made.append(data)
        for depth in params["depths"]:
            name, options = f"{depth}-{alpha}", [*at_alpha, "--depths", str(depth)]
            trained = step.submit("train", [data, f"train/{name}.pt"], options)
            made.append(trained)
            evaluated.append(step.submit("evaluate", [data, trained, f"evaluate/{name}.json"], options))
    report = step.submit("report", [*evaluated, "report"], [])
    return [*made, *evaluated, report]


if __name__ == "__main__":
    pipeline: Any = {"copies": copies, "cells": cells}[sys.argv[1]]
    states = pipeline(json.loads(Path("params.json").read_bytes()))
    print(f"{sum(state.name == 'Cached' for state in states)} of {len(states)} tasks cached")
