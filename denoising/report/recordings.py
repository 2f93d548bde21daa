"""The report of a study of recordings: what denoises them best, and how that is known."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from denoising.figures.recordings.gains import designs
from denoising.figures.recordings.words import (
    at_level,
    denoiser_words,
    interval_words,
    level_words,
    network_words,
)
from denoising.figures.wording import DASH, count, decibels, number
from denoising.recordings.notes import by_note
from denoising.report.blocks import Block, Failure, Figures, Picture, Playground, Report, Section, Table
from denoising.report.decided import decision_sentences, headline, limits_of, reservation, winner_words
from denoising.study.decision import Measure, measure_of
from denoising.study.recorded import RecordedStudy

SURVEY = {
    "file": "recording", "channel": "channel", "unit": "unit", "rate": "rate (1/s)", "seconds": "seconds",
    "n_missing": "missing", "n_windows": "windows", "noise_std": "noise", "noise_looks_white": "white there",
}  # fmt: skip

DIFFERENCE = (
    "The difference is positive where the network is better. It is taken in each of n parts that share no "
    "sample, and so its mean is not quite that of the two columns; in brackets its 95% interval (Student)."
)
PARTS = {"n_train": "training", "n_validation": "validation", "n_test": "tests"}
NOTE: Mapping[Measure, str] = {
    "mse": "A gain is by how many dB the ratio of signal to noise rises on the test windows; ratio in is "
    "that of these windows before. Levels are ratios over the windows to train on.",
    "second_mse": "A loss is the mean squared error against the second recording. It holds the denoiser’s "
    "error and the variance of the noise there, and no denoiser can avoid the latter.",
    "j_invariant_loss": "A loss is the mean squared error with which a denoiser tells samples that are "
    "hidden from it. It holds its error and the variance of the noise, and no denoiser can avoid the latter.",
}
OF_DENOISERS: Mapping[Measure, Mapping[str, str]] = {
    "mse": {"validation_mse": "validation MSE", "test_mse": "test MSE", "snr_improvement_db": "gain (dB)"},
    "second_mse": {"validation_second_mse": "validation MSE", "second_mse": "test MSE"},
    "j_invariant_loss": {
        "validation_j_invariant_loss": "validation loss", "j_invariant_loss": "test loss",
        "check_mse": "MSE of the check",
    },
}  # fmt: skip
NOT_PLAYED = (
    "The networks of this study do not run in the page: it would have to show how near each comes to the "
    "clean signal, and nobody knows that one."
)
MOST_NOTES = 8  # on recordings


def recordings_report(
    study: RecordedStudy, pictures: Mapping[str, Picture], played: Playground | None = None
) -> Report:
    """What is told of a study of recordings.

    Args:
        study: it.
        pictures: its figures by name, in the order of the page.
        played: its playground, if it has one.
    """
    return Report(
        study=study,
        kind="study of recordings",
        title="What denoises these recordings best?",
        headline=headline(study),
        reservation=reservation(study),
        failures=failures(study),
        blocks=(*([played] if played else []), *blocks(study, pictures)),
    )


def summary(study: RecordedStudy) -> dict[str, Any]:
    """What a terminal shows of the report: sentences on each level and their limits, and what to do."""
    return {"decisions": decision_sentences(study), "limits": list(limits_of(study)), "use": use_of(study)}


def use_of(study: RecordedStudy) -> str:
    """The command that denoises files with what was found best."""
    return f"denoise FILES --output-dir FOLDER --study {study.name}"


def failures(study: RecordedStudy) -> list[Failure]:
    """The failed cells."""
    failed = study.results[study.results["status"] == "failed"]
    told = failed[["depth", "variant", "level", "seed", "failure"]].itertuples(index=False)
    return [
        Failure(f"{network_words(study, depth, variant)}, {at_level(level)}, seed {seed}", str(failure))
        for depth, variant, level, seed, failure in told
    ]


def blocks(study: RecordedStudy, pictures: Mapping[str, Picture]) -> list[Block]:
    """The parts of the page."""
    found: list[Block] = []
    if study.decisions:
        found.append(
            Section(
                "decision",
                "The decision",
                decisions_table(study),
                f"{NOTE[study.decisions[0].measure]} {DIFFERENCE}",
                link="Decision",
            )
        )
        found.append(
            Section(
                "use",
                "To use it",
                sentences=(
                    f"{use_of(study)} denoises files with the best denoiser of each level by validation. For "
                    "each channel, the level is the one whose noise is most like its own.",
                    *(() if study.is_known else (NOT_PLAYED,)),
                ),
            )
        )
    if told := limits_of(study):
        found.append(Section("holds", "How far that holds", sentences=told))
    found.append(
        Section(
            "recordings",
            "The recordings",
            survey_table(study),
            "A row a channel. Windows are those without a gap. Noise is the standard deviation of what looks "
            "like noise at the highest frequencies; if it is not white there, it may be signal.",
            sentences=notes_on(study),
            link="Recordings",
        )
    )
    found.append(Figures(list(pictures.values())))
    if len(study.baselines):
        found.append(
            Section(
                "denoisers", "All denoisers", denoisers_table(study),
                "A row a denoiser and level, the lowest on validation windows first. Losses and mean squared "
                "errors (MSE) are in the recordings’ own unit, squared.", in_brief=False,
            )
        )  # fmt: skip
    return found


def notes_on(study: RecordedStudy) -> tuple[str, ...]:
    """What was taken for granted of the recordings, in sentences."""
    notes = by_note(dict.fromkeys(zip(study.survey["file"], study.survey["notes"], strict=True)))
    rest = len(notes) - MOST_NOTES
    more = [f"There {'is' if rest == 1 else 'are'} {count(rest, 'further note')}."] if rest > 0 else []
    return tuple(notes[:MOST_NOTES] + more)


def decisions_table(study: RecordedStudy) -> Table:
    """A row a level."""
    rows = [
        (
            level_words(decision.level), winner_words(study, decision),
            network_words(study, decision.depth, decision.variant),
            shown(decision.network_db, decision.network_loss),
            denoiser_words(study, decision.denoiser),
            shown(decision.classical_db, decision.classical_loss),
            interval_words(decision), str(decision.n),
            *([decibels(decision.input_db)] if study.is_known else []),
        )
        for decision in study.decisions
    ]  # fmt: skip
    quantity = "gain (dB)" if study.is_known else "loss"
    columns = (
        "level", "use", "best network", quantity, "best classical", quantity, "difference (dB)", "n",
        *(["ratio in (dB)"] if study.is_known else []),
    )  # fmt: skip
    return Table(columns, tuple(rows))


def shown(db: float | None, loss: float) -> str:
    """A gain in dB or, where none is known, a loss."""
    return number(loss) if db is None else decibels(db)


def survey_table(study: RecordedStudy) -> Table:
    """A row a channel."""
    told = study.survey[[*SURVEY, *PARTS]].itertuples(index=False)
    rows = tuple(
        (
            file, channel, unit or DASH, f"{rate:g}", f"{seconds:.1f}", f"{missing:,}", f"{windows:,}",
            number(noise), "yes" if white else "no", parts_words(*parts),
        )
        for file, channel, unit, rate, seconds, missing, windows, noise, white, *parts in told
    )  # fmt: skip
    return Table((*SURVEY.values(), "is for"), rows)


def parts_words(*counts: int) -> str:
    """For which parts a channel has windows."""
    return ", ".join(name for name, n in zip(PARTS.values(), counts, strict=True) if n) or DASH


def denoisers_table(study: RecordedStudy) -> Table:
    """A row a denoiser and level."""
    headings = OF_DENOISERS[measure_of(study.baselines)]
    columns = [*headings]
    groups = study.results.groupby(["level", "depth", "variant"], sort=False, as_index=False)
    networks: pd.DataFrame = groups[columns].median()
    named = networks.assign(
        parameters="", label=[network_words(study, *design) for design in designs(networks)]
    )
    both = pd.concat(
        [frame[["level", "label", *columns, "parameters"]] for frame in (named, study.baselines)]
    )
    order = {level: i for i, level in enumerate(study.baselines.sort_values("snr")["level"].unique())}
    ordered = both.assign(order=both["level"].map(order)).dropna(subset=columns[:1])
    ordered = ordered.sort_values(["order", columns[0]])[["level", "label", "parameters", *columns]]
    rows = tuple(
        (
            level_words(level),
            label,
            *(
                decibels(value) if name.endswith("_db") else number(value)
                for name, value in zip(columns, values, strict=True)
            ),
            parameters,
        )
        for level, label, parameters, *values in ordered.itertuples(index=False)
    )
    return Table(("level", "denoiser", *headings.values(), "parameters"), rows)
