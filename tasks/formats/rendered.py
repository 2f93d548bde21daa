"""What every report leaves: tables and figures as files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.cache.record import Output
from tasks.cache.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from denoising.figures.drawing import Drawing


@dataclass(frozen=True)
class Rendered:
    """What was written: the files as outputs, and the pictures for the pages that show them."""

    outputs: dict[str, Output]
    svgs: dict[str, bytes]
    pngs: dict[str, bytes]


def write_tables(folder: str, frames: "Mapping[str, pd.DataFrame]", store: Store) -> dict[str, Output]:
    """Write tables as Parquet into a study's folder."""
    from tasks.formats.frames import to_parquet

    return {
        f"{name}.parquet": store.write(f"{folder}/{name}.parquet", to_parquet(frame))
        for name, frame in frames.items()
    }


def write_figures(folder: str, drawings: "Mapping[str, Drawing]", store: Store) -> Rendered:
    """Write each figure as SVG, PNG and the numbers behind it, into a study's folder."""
    from denoising.figures.drawing import to_png, to_svg

    svgs = {name: to_svg(drawing) for name, drawing in drawings.items()}
    pngs = {name: to_png(drawing) for name, drawing in drawings.items()}
    outputs: dict[str, Output] = {}
    for name, drawing in drawings.items():
        path = f"{folder}/figures/{name}"
        outputs[f"{name}.svg"] = store.write(f"{path}.svg", svgs[name])
        outputs[f"{name}.png"] = store.write(f"{path}.png", pngs[name])
        outputs[f"{name}.csv"] = store.write(f"{path}.csv", drawing.csv)
    return Rendered(outputs, svgs, pngs)
