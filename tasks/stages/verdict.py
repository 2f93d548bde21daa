"""The last stage of the controlled study: its tables, its figures and its page."""

from collections.abc import Mapping

from tasks.cache.record import Made, Outcome
from tasks.cache.stage import EVERYTHING, stage
from tasks.run.work import Work
from tasks.stages.report import ReportSettings

PREVIEWED = ("claims", "depth_effects", "best_networks")
TABLES = (
    "results", "history", "limits", "baselines", "transfer", "filters", "local_filters", "error_map",
    "elsewhere", "scores", "tangents", "singular_values",
)  # fmt: skip


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
    from denoising.verdict.account import verdict_report
    from denoising.verdict.claims import claims_table, judge
    from denoising.verdict.figures.catalogue import figures_of
    from tasks.formats.rendered import write_figures, write_report, write_tables
    from tasks.gather.evidence import gather

    store = work.store
    evidence = gather(settings.study, settings.science, outcomes, store)
    folder = f"artifacts/{settings.study}"
    frames = {"claims": claims_table(judge(evidence)), **{name: getattr(evidence, name) for name in TABLES}}
    outputs = write_tables(folder, frames, ["claims", "results"], store)
    drawings = {name: draw(evidence) for name, draw in figures_of(evidence).items()}
    files, pictures = write_figures(folder, drawings, PREVIEWED, store)
    return Made(outputs | files | write_report(folder, verdict_report(evidence, pictures), store))
