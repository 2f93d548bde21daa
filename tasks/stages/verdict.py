"""The last stage of the controlled study: its tables, its figures and its page."""

from collections.abc import Mapping
from typing import Any

from tasks.cache.key import Key, verdict_key
from tasks.cache.record import Made, StudyRecords
from tasks.cache.store import Store
from tasks.run.facts import circumstances
from tasks.run.stage import stage

PREVIEWED = ("claims", "depth_effects", "latent_axis")


@stage(verdict_key, run_name="verdict {study}")
def verdict(_: Key, study: str, settings: Mapping[str, Any], records: StudyRecords, store: Store) -> Made:
    """Judge the claims by what the controlled study found, and write it down."""
    from denoising.figures.drawing import preview
    from denoising.verdict.claims import claims_table, judge
    from denoising.verdict.figures.catalogue import FIGURES
    from denoising.verdict.markdown import render_markdown
    from denoising.verdict.page import render
    from tasks.formats.frames import to_csv
    from tasks.formats.rendered import write_figures, write_tables
    from tasks.gather.evidence import gather

    evidence = gather(study, settings, records, store)
    folder = f"artifacts/{study}"
    frames = {
        "claims": claims_table(judge(evidence)),
        "results": evidence.results,
        "history": evidence.history,
        "limits": evidence.limits,
        "baselines": evidence.baselines,
        "transfer": evidence.transfer,
        "filters": evidence.filters,
        "local_filters": evidence.local_filters,
        "error_map": evidence.error_map,
        "elsewhere": evidence.elsewhere,
    }
    drawings = {name: draw(evidence) for name, draw in FIGURES.items()}
    rendered = write_figures(folder, drawings, store)
    previews = {name: preview(rendered.pngs[name]) for name in PREVIEWED}
    markdown = render_markdown(evidence, drawings, previews)
    page = render(evidence, drawings, rendered.svgs, circumstances())
    return Made(
        {
            **write_tables(folder, frames, store),
            "claims.csv": store.write(f"{folder}/claims.csv", to_csv(frames["claims"])),
            "results.csv": store.write(f"{folder}/results.csv", to_csv(frames["results"])),
            **rendered.outputs,
            "report.html": store.write(f"{folder}/report.html", page.encode()),
            "report.md": store.write(f"{folder}/report.md", markdown.encode()),
        }
    )
