"""Stage 5: the tables, the figures and the page of a study."""

from collections.abc import Mapping
from typing import Any

from denoising.settings import Group
from tasks.cache.record import Made, Outcome
from tasks.cache.stage import EVERYTHING, stage
from tasks.run.facts import circumstances
from tasks.run.work import Work

PREVIEWED = ("floor_distance", "comparison", "best_depth", "training", "recovered")


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
    """Write a study's tables, figures and page."""
    from denoising.figures.catalogue import figures_of
    from denoising.figures.drawing import preview
    from denoising.report.markdown import render_markdown
    from denoising.report.page import render
    from tasks.formats.frames import to_csv
    from tasks.formats.rendered import write_figures, write_tables
    from tasks.gather.tables import collect, signals_of_all, study_records

    store = work.store
    tables = collect(settings.study, settings.science, study_records(outcomes), store)
    folder = f"artifacts/{settings.study}"
    frames = {
        "results": tables.results,
        "history": tables.history,
        "limits": tables.limits,
        "baselines": tables.baselines,
        "per_signal": signals_of_all(tables),
    }
    outputs = write_tables(folder, frames, store)
    outputs["results.csv"] = store.write(f"{folder}/results.csv", to_csv(tables.results))
    drawings = {name: draw(tables) for name, draw in figures_of(tables).items()}
    rendered = write_figures(folder, drawings, store)
    outputs |= rendered.outputs
    page = render(tables, drawings, rendered.svgs, circumstances())
    previews = {name: preview(rendered.pngs[name]) for name in PREVIEWED}
    outputs["report.html"] = store.write(f"{folder}/report.html", page.encode())
    outputs["report.md"] = store.write(
        f"{folder}/report.md", render_markdown(tables, drawings, previews).encode()
    )
    return Made(outputs)
