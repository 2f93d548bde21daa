"""The last stage of a study of recordings: its decision, its tables, its figures and its page."""

from collections.abc import Mapping

from tasks.cache.record import Made, Outcome
from tasks.cache.stage import EVERYTHING, stage
from tasks.run.work import Work
from tasks.stages.report import ReportSettings

PREVIEWED = ("gains", "denoised_windows")


@stage(
    "reports",
    despite_failures=True,
    cut=("survey",),
    mix=("train", "test"),
    baseline=EVERYTHING,
    train=EVERYTHING,
    evaluate=EVERYTHING,
)
def decide(settings: ReportSettings, work: Work, **outcomes: Mapping[str, Outcome]) -> Made:
    """Decide what denoises recordings best at each noise level, and write it down."""
    from dataclasses import fields

    import pandas as pd

    from denoising.figures.recordings.catalogue import figures_of
    from denoising.report.playground.of_recordings import playable, playground
    from denoising.report.recordings import recordings_report, summary
    from denoising.study.decision import Recommendation
    from tasks.formats.rendered import write_figures, write_report, write_tables, written
    from tasks.gather.models import best_models
    from tasks.gather.playable import filters_of, networks_of, windows_of
    from tasks.gather.recordings import gather_recordings

    store, folder = work.store, f"artifacts/{settings.study}"
    study = gather_recordings(settings.study, settings.science, outcomes, store)
    frames = {
        "results": study.results,
        "history": study.history,
        "baselines": study.baselines,
        "per_signal": pd.concat([study.per_signal, study.baseline_signals], ignore_index=True),
        "recordings": study.survey,
        "decisions": pd.DataFrame(
            list(study.decisions), columns=[field.name for field in fields(Recommendation)]
        ),
    }
    outputs = write_tables(folder, frames, ["results", "decisions"], store)
    models = best_models(settings.study, study.results, study.baselines, outcomes, store)
    outputs |= written(folder, models, store)
    rows = playable(study)
    networks = networks_of(rows, "snr", outcomes, store)
    filters = filters_of(rows, "snr", outcomes, store)
    played = playground(study, networks, filters, windows_of(rows, outcomes, store))
    drawings = {name: draw(study) for name, draw in figures_of(study).items()}
    files, pictures = write_figures(folder, drawings, PREVIEWED, store)
    files["summary.json"] = store.write_json(f"{folder}/summary.json", summary(study))
    return Made(outputs | files | write_report(folder, recordings_report(study, pictures, played), store))
