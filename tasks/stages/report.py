"""Stage 5: the tables, the figures and the page of a study."""

from collections.abc import Mapping
from typing import Any

from tasks.cache.key import Key, report_key
from tasks.cache.record import Made, StudyRecords
from tasks.cache.store import Store
from tasks.run.facts import circumstances
from tasks.run.stage import stage

PREVIEWED = ("floor_distance", "comparison", "best_depth", "training", "recovered")


@stage(report_key, run_name="report {study}")
def report(_: Key, study: str, settings: Mapping[str, Any], records: StudyRecords, store: Store) -> Made:
    """Write a study's tables, figures and page."""
    from denoising.figures.catalogue import figures_of
    from denoising.figures.drawing import preview
    from denoising.report.markdown import render_markdown
    from denoising.report.page import render
    from tasks.formats.frames import to_csv
    from tasks.formats.rendered import write_figures, write_tables
    from tasks.gather.tables import collect, signals_of_all

    tables = collect(study, settings, records, store)
    folder = f"artifacts/{study}"
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
