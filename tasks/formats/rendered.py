"""What every report leaves: tables, figures and the report itself as files."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from tasks.cache.record import Output
from tasks.cache.store import Store
from tasks.run.facts import circumstances

if TYPE_CHECKING:
    import pandas as pd

    from denoising.figures.drawing import Drawing
    from denoising.report.blocks import Picture, Report


def write_tables(
    folder: str, frames: "Mapping[str, pd.DataFrame]", csvs: Collection[str], store: Store
) -> dict[str, Output]:
    """Write tables into a study's folder: all as Parquet, those named in `csvs` as CSV too."""
    from tasks.formats.frames import to_csv, to_parquet

    parquet = {f"{name}.parquet": to_parquet(frame) for name, frame in frames.items()}
    return written(folder, parquet | {f"{name}.csv": to_csv(frames[name]) for name in csvs}, store)


def write_figures(
    folder: str, drawings: "Mapping[str, Drawing]", previewed: Collection[str], store: Store
) -> "tuple[dict[str, Output], dict[str, Picture]]":
    """Write each figure as SVG, PNG and the numbers behind it, into a study's folder.

    Returns:
        The files, and the figures as reports show them, those named in `previewed` in small too.
    """
    from denoising.figures.drawing import preview, to_png, to_svg
    from denoising.report.blocks import Picture

    outputs: dict[str, Output] = {}
    pictures = {}
    for name, drawing in drawings.items():
        svg, png, path = to_svg(drawing), to_png(drawing), f"figures/{name}"
        outputs |= written(
            folder, {f"{path}.svg": svg, f"{path}.png": png, f"{path}.csv": drawing.csv}, store
        )
        pictures[name] = Picture(name, drawing, svg, preview(png) if name in previewed else None)
    return outputs, pictures


def write_report(folder: str, report: "Report", store: Store) -> dict[str, Output]:
    """Write a report into a study's folder: as a page, and in brief as Markdown."""
    from denoising.report.page import render_markdown, render_page

    page, brief = render_page(report, circumstances()), render_markdown(report)
    return written(folder, {"report.html": page.encode(), "report.md": brief.encode()}, store)


def written(folder: str, files: Mapping[str, bytes], store: Store) -> dict[str, Output]:
    """Write files into a study's folder; each goes by its path there, so that no two have one name."""
    return {path: store.write(f"{folder}/{path}", content) for path, content in files.items()}
