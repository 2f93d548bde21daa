"""The last stage of the controlled study: its tables, its figures and its page."""

from collections.abc import Mapping

from tasks.cache.record import Made, Outcome
from tasks.cache.stage import EVERYTHING, stage
from tasks.run.facts import circumstances
from tasks.run.work import Work
from tasks.stages.report import ReportSettings

PREVIEWED = ("claims", "depth_effects", "latent_axis")


@stage(
    "reports",
    despite_failures=True,
    limits=EVERYTHING,
    baseline=EVERYTHING,
    train=EVERYTHING,
    evaluate=EVERYTHING,
    transfer=EVERYTHING,
)
def verdict(settings: ReportSettings, work: Work, **outcomes: Mapping[str, Outcome]) -> Made:
    """Judge the claims by what the controlled study found, and write it down."""
    from denoising.figures.drawing import preview
    from denoising.verdict.claims import claims_table, judge
    from denoising.verdict.figures.catalogue import FIGURES
    from denoising.verdict.markdown import render_markdown
    from denoising.verdict.page import render
    from tasks.formats.frames import to_csv
    from tasks.formats.rendered import write_figures, write_tables
    from tasks.gather.evidence import gather
    from tasks.gather.tables import study_records

    store = work.store
    evidence = gather(settings.study, settings.science, study_records(outcomes), store)
    folder = f"artifacts/{settings.study}"
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
