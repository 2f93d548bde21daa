"""Stage 5: the tables, the figures and the page of a study."""

from collections.abc import Mapping
from typing import Any

from tasks.facts import circumstances
from tasks.keys import Key, report_key
from tasks.records import Made, StudyRecords
from tasks.stage import stage
from tasks.store import Store

PREVIEWED = ("floor_distance", "comparison", "best_depth", "training", "recovered")


@stage(report_key, run_name="report {study}")
def report(_: Key, study: str, settings: Mapping[str, Any], records: StudyRecords, store: Store) -> Made:
    """Write a study's tables, figures and page."""
    from denoising.figures.catalogue import figures_of
    from denoising.figures.drawing import preview, to_png, to_svg
    from denoising.report.markdown import render_markdown
    from denoising.report.page import render
    from tasks.tables import collect, signals_of_all

    tables = collect(study, settings, records, store)
    folder = f"artifacts/{study}"
    frames = {
        "results": tables.results,
        "history": tables.history,
        "limits": tables.limits,
        "baselines": tables.baselines,
        "per_signal": signals_of_all(tables),
    }
    outputs = {
        f"{name}.parquet": store.write_frame(f"{folder}/{name}.parquet", frame)
        for name, frame in frames.items()
    }
    outputs["results.csv"] = store.write_csv(f"{folder}/results.csv", tables.results)
    drawings = {name: draw(tables) for name, draw in figures_of(tables).items()}
    svgs = {name: to_svg(drawing) for name, drawing in drawings.items()}
    pngs = {name: to_png(drawing) for name, drawing in drawings.items()}
    for name, drawing in drawings.items():
        path = f"{folder}/figures/{name}"
        outputs[f"{name}.svg"] = store.write(f"{path}.svg", svgs[name])
        outputs[f"{name}.png"] = store.write(f"{path}.png", pngs[name])
        outputs[f"{name}.csv"] = store.write_csv(f"{path}.csv", drawing.data)
    page = render(tables, drawings, svgs, circumstances())
    previews = {name: preview(pngs[name]) for name in PREVIEWED}
    outputs["report.html"] = store.write(f"{folder}/report.html", page.encode())
    outputs["report.md"] = store.write(
        f"{folder}/report.md", render_markdown(tables, drawings, previews).encode()
    )
    return Made(outputs)
