"""The last stage of the controlled study: its tables, its figures and its page."""

from collections.abc import Mapping
from typing import Any

from tasks.cache.key import Key, verdict_key
from tasks.cache.record import Made, StudyRecords
from tasks.cache.store import Store
from tasks.run.stage import stage

PREVIEWED = ("claims", "depth_effects", "latent_axis")
TABLES = (
    "results", "history", "limits", "baselines", "transfer", "filters", "local_filters", "error_map",
    "elsewhere",
)  # fmt: skip


@stage(verdict_key, run_name="verdict {study}")
def verdict(_: Key, study: str, settings: Mapping[str, Any], records: StudyRecords, store: Store) -> Made:
    """Judge the claims by what the controlled study found, and write it down."""
    from denoising.verdict.account import verdict_report
    from denoising.verdict.claims import claims_table, judge
    from denoising.verdict.figures.catalogue import FIGURES
    from tasks.formats.rendered import write_figures, write_report, write_tables
    from tasks.gather.evidence import gather

    evidence = gather(study, settings, records, store)
    folder = f"artifacts/{study}"
    frames = {"claims": claims_table(judge(evidence)), **{name: getattr(evidence, name) for name in TABLES}}
    outputs = write_tables(folder, frames, ["claims", "results"], store)
    drawings = {name: draw(evidence) for name, draw in FIGURES.items()}
    files, pictures = write_figures(folder, drawings, PREVIEWED, store)
    return Made(outputs | files | write_report(folder, verdict_report(evidence, pictures), store))
