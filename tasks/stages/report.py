"""The last stage of a sweep: its tables, its figures and its page."""

from collections.abc import Mapping
from typing import Any

from tasks.cache.key import Key, report_key
from tasks.cache.record import Made, StudyRecords
from tasks.cache.store import Store
from tasks.run.stage import stage

PREVIEWED = ("floor_distance", "comparison", "best_depth", "training", "recovered")


@stage(report_key, run_name="report {study}")
def report(_: Key, study: str, settings: Mapping[str, Any], records: StudyRecords, store: Store) -> Made:
    """Write a study's tables, figures and page."""
    from denoising.figures.catalogue import figures_of
    from denoising.report.sweep import sweep_report
    from tasks.formats.rendered import write_figures, write_report, write_tables
    from tasks.gather.tables import collect, signals_of_all, with_signals

    tables = with_signals(collect(study, settings, records, store), records, store)
    folder = f"artifacts/{study}"
    frames = {
        "results": tables.results,
        "history": tables.history,
        "limits": tables.limits,
        "baselines": tables.baselines,
        "per_signal": signals_of_all(tables),
    }
    outputs = write_tables(folder, frames, ["results"], store)
    drawings = {name: draw(tables) for name, draw in figures_of(tables).items()}
    files, pictures = write_figures(folder, drawings, PREVIEWED, store)
    return Made(outputs | files | write_report(folder, sweep_report(tables, pictures), store))
