"""Stage 5: the tables, the figures and the page of a study."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.facts import circumstances
from tasks.keys import Key, report_key
from tasks.records import Made, Outcome, Record
from tasks.stage import stage
from tasks.store import Store

PREVIEWED = ("comparison", "best_depth", "training", "recovered")


@stage(report_key, run_name="report {study}")
def report(
    _: Key,
    study: str,
    settings: Mapping[str, Any],
    datasets: Sequence[Record],
    outcomes: Sequence[Outcome],
    store: Store,
) -> Made:
    """Write a study's tables, figures and page."""
    from denoising.figures.catalogue import FIGURES
    from denoising.figures.drawing import preview, to_png, to_svg
    from denoising.report.markdown import render_markdown
    from denoising.report.page import render
    from tasks.tables import collect

    tables = collect(study, settings, datasets, outcomes, store)
    folder = f"artifacts/{study}"
    outputs = {
        "results.parquet": store.write_frame(f"{folder}/results.parquet", tables.results),
        "results.csv": store.write(f"{folder}/results.csv", tables.results.to_csv(index=False).encode()),
        "history.parquet": store.write_frame(f"{folder}/history.parquet", tables.history),
    }
    drawings = {name: draw(tables) for name, draw in FIGURES.items()}
    svgs = {name: to_svg(drawing) for name, drawing in drawings.items()}
    pngs = {name: to_png(drawing) for name, drawing in drawings.items()}
    for name in drawings:
        outputs[f"{name}.svg"] = store.write(f"{folder}/figures/{name}.svg", svgs[name])
        outputs[f"{name}.png"] = store.write(f"{folder}/figures/{name}.png", pngs[name])
    page = render(tables, drawings, svgs, circumstances())
    markdown = render_markdown(tables, drawings, {name: preview(pngs[name]) for name in PREVIEWED})
    outputs["report.html"] = store.write(f"{folder}/report.html", page.encode())
    outputs["report.md"] = store.write(f"{folder}/report.md", markdown.encode())
    return Made(outputs)
