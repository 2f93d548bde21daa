"""Windows of recordings as the bytes of Parquet files."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from denoising.recordings.windowing import WindowSet
from denoising.signals.dataset import Split
from denoising.signals.sinusoids import Array
from tasks.formats.parquet import as_lists, as_matrix, table_from_parquet, table_to_parquet

KNOWN = ("file", "channel", "offset", "block")


def to_parquet(parts: Mapping[Split, WindowSet]) -> bytes:
    """Windows, by their part, as the content of one Parquet file: a row a window, its samples a list."""
    tables = [
        part_table(
            part,
            {"samples": windows.samples, "partner": windows.partner},
            {name: getattr(windows, name) for name in KNOWN},
        )
        for part, windows in parts.items()
    ]
    return table_to_parquet(pa.concat_tables(tables))


def from_parquet(content: bytes) -> dict[Split, WindowSet]:
    """The windows in a Parquet file, by their part."""
    return {
        part: WindowSet(
            **{name: table.column(name).to_numpy() for name in KNOWN},
            samples=as_matrix(table.column("samples")),
            partner=as_matrix(table.column("partner")) if "partner" in table.column_names else None,
        )
        for part, table in by_part(content)
    }


def noise_to_parquet(parts: Mapping[Split, Array]) -> bytes:
    """Windows of noise, shape (n, length), by their part, as the content of one Parquet file."""
    return table_to_parquet(
        pa.concat_tables([part_table(part, {"samples": s}, {}) for part, s in parts.items()])
    )


def noise_from_parquet(content: bytes) -> dict[Split, Array]:
    """The windows of noise in a Parquet file, by their part."""
    return {part: as_matrix(table.column("samples")) for part, table in by_part(content)}


def part_table(part: Split, samples: Mapping[str, Array | None], known: Mapping[str, Any]) -> pa.Table:
    """The windows of one part as a table: what is known of each, and lists of samples by name."""
    lists = {name: as_lists(each) for name, each in samples.items() if each is not None}
    n = len(next(iter(lists.values())))
    return pa.table({"part": [part] * n, **known, **lists})


def by_part(content: bytes) -> Iterator[tuple[Split, pa.Table]]:
    """Yield each part in a Parquet file with its rows."""
    table = table_from_parquet(content)
    for part in dict.fromkeys(table.column("part").to_pylist()):
        yield part, table.filter(pc.equal(table.column("part"), part)).combine_chunks()
