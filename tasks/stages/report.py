"""The last stage of a sweep: its tables, its figures and its page."""

from collections.abc import Mapping
from typing import Any

from denoising.settings import Group
from tasks.cache.record import Made, Outcome
from tasks.cache.stage import EVERYTHING, stage
from tasks.run.work import Work

PREVIEWED = ("comparison", "floor_distance", "recovered", "training")


class ReportSettings(Group):
    """A study: its name, and the settings that decide its numbers."""

    study: str
    science: dict[str, Any]


@stage(
    "reports",
    despite_failures=True,
    split=("train",),
    limits=EVERYTHING,
    baseline=EVERYTHING,
    train=EVERYTHING,
    evaluate=EVERYTHING,
)
def report(settings: ReportSettings, work: Work, **outcomes: Mapping[str, Outcome]) -> Made:
    """Write the tables, figures and page of a sweep."""
    from denoising.figures.catalogue import figures_of
    from denoising.report.playground.of_sinusoids import playable, playground
    from denoising.report.sweep import sweep_report
    from tasks.formats.rendered import write_figures, write_report, write_tables, written
    from tasks.gather.models import best_models
    from tasks.gather.playable import filters_of, networks_of
    from tasks.gather.tables import collect, signals_of_all, with_signals

    store = work.store
    tables = with_signals(collect(settings.study, settings.science, outcomes, store), outcomes, store)
    folder = f"artifacts/{settings.study}"
    frames = {
        "results": tables.results,
        "history": tables.history,
        "limits": tables.limits,
        "baselines": tables.baselines,
        "per_signal": signals_of_all(tables),
    }
    outputs = write_tables(folder, frames, ["results"], store)
    models = best_models(settings.study, tables.results, tables.baselines, outcomes, store)
    outputs |= written(folder, models, store)
    rows = playable(tables)
    networks = networks_of(rows, "alpha", outcomes, store)
    played = playground(tables, networks, filters_of(rows, "alpha", outcomes, store))
    drawings = {name: draw(tables) for name, draw in figures_of(tables).items()}
    files, pictures = write_figures(folder, drawings, PREVIEWED, store)
    return Made(outputs | files | write_report(folder, sweep_report(tables, pictures, played), store))
