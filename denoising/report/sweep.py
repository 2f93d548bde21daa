"""The report of a sweep: which depth is best at each noise level, and beside what."""

from collections.abc import Iterator, Mapping

import numpy as np

from denoising.figures.grid import depths, seeds
from denoising.figures.original import is_comparable
from denoising.figures.wording import basis, count
from denoising.original.curves import SOURCE, distance
from denoising.report.blocks import Block, Commands, Figures, Picture, Playground, Report, Section, failures
from denoising.report.cautions import cautions
from denoising.report.order import order_beside_original
from denoising.report.summary import answer, best, nearest, reservation
from denoising.report.tables import (
    NO_LINKS,
    UNCONVERGED,
    baselines_table,
    best_depth_table,
    compared,
    effects_table,
    left_out,
    limits_table,
    original_table,
    over_variants,
    results_table,
)
from denoising.study.results import Study

LIMITS_NOTE = (
    "“Expected noisy MSE”, “best gain” and “linear MMSE” are the errors that the noisy signal as given, the "
    "best single factor and the best linear filter have on average under the prior; “two free sinusoids” is "
    "the Cramér–Rao bound of who has to find the frequencies, amplitudes and phases of both; the Bayes "
    "floor, with its standard error, is what no denoiser can beat."
)
NEXT = (
    ("Find out what denoises your own recordings best", "denoise-sweep --signals FILES --snr 5 10"),
    ("Denoise files with that", "denoise FILES --output-dir out"),
    ("Change one thing and see whether it matters", "denoise-sweep --vary skips=false,true"),
    ("See which claims on autoencoders hold under controls", "denoise-verdict"),
)


def sweep_report(study: Study, pictures: Mapping[str, Picture], played: Playground | None = None) -> Report:
    """What is told of a sweep.

    Args:
        study: the sweep.
        pictures: its figures by name, in the order of the page.
        played: its playground, if it has one.
    """
    return Report(
        study=study,
        kind="study",
        title="Are autoencoders denoisers?",
        headline=answer(study),
        reservation="",
        failures=failures(study),
        blocks=(
            *([played] if played else []),
            best_depths(study, played.links if played else NO_LINKS),
            Commands(NEXT),
            *sections_of(study),
            Figures(list(pictures.values())),
            cells(study),
        ),
    )


def best_depths(study: Study, links: Mapping[tuple[str, int, float], str] = NO_LINKS) -> Section:
    """Which depth is best at each noise level."""
    over = "seeds" if len(seeds(study)) > 1 else "test signals"
    table = over_variants(study, lambda part: best_depth_table(part, links))
    marked = any(UNCONVERGED in value for row in table.rows for value in row)
    return Section(
        "best",
        "Best depth at each noise level",
        table,
        "Test MSE by depth, and in brackets how far it lies above the best of its row: farther is darker. "
        f"{'The errors lead to the signals above. ' if links else ''}"
        f"{f'{UNCONVERGED} marks depths of which a training had not converged. ' if marked else ''}"
        "“Doing nothing” is the noisy signal as given or divided by 1 − alpha, whichever has the lower "
        "error. "
        "“Next depth” is the best one that does not tie, with how far it lies above "
        f"the best and the 95% interval of that over the {over}. The last columns: how far the best lies "
        "below doing nothing (if it is not above 0, the network does harm), and above the posterior mean on "
        "the same test signals. "
        f"{basis(study)}.{left_out(study)}",
        sentences=tuple(filter(None, [best(study), nearest(study), reservation(study)])),
        cautions=cautions(study),
        link="Best depth",
    )


def cells(study: Study) -> Section:
    """Every cell by itself."""
    return Section(
        "cells",
        "All cells",
        results_table(study),
        "One row a cell. Errors are those of the last epoch; “best epoch” is the one with the lowest "
        "validation MSE. "
        "A dash stands for a value that is undefined or was not measured. "
        f"{basis(study)}.",
        in_brief=False,
    )


def sections_of(study: Study) -> Iterator[Block]:
    """The sections that a study has something for."""
    if not study.limits.empty:
        known = over_variants(study, limits_table, once=True)
        yield Section(
            "limits", "The limits", known, f"{LIMITS_NOTE} {basis(study)}.{left_out(study)}", link="Limits"
        )
    if not study.baselines.empty:
        yield Section(
            "baselines",
            "Other denoisers",
            over_variants(study, baselines_table, once=True),
            f"Test MSE on the same {count(int(study.settings['n_test']), 'test signal')}, and what each "
            "denoiser is told besides the noisy one. A network is told the noise level and clean examples. "
            "The form is that the clean signals are two sinusoids of known amplitudes and phases, the "
            "prior how they are distributed. What is tuned was tuned on the training signals (PCA’s "
            "components were counted on the validation signals). The lowest error of a noise level stands "
            f"out.{left_out(study)}",
        )
    if len(depths(study)) > 1 and study.results["test_mse"].notna().any():
        yield Section(
            "effects",
            "The effect of depth",
            over_variants(study, effects_table),
            effects_note(study) + left_out(study),
            link="Effect of depth",
        )
    yield from original(study)


def original(study: Study) -> Iterator[Section]:
    """The original post's order of depths and errors beside those here, as far as there are any."""
    told = order_beside_original(study)
    comparisons = [cell for own in study.by_variant.values() if is_comparable(own) for cell in compared(own)]
    table, note = None, ""
    if comparisons:
        ratios = np.abs([cell.log_ratio for cell in comparisons])
        table = over_variants(study, original_table)
        note = (
            f"Validation MSE at the last epoch that the original’s curve has, from {SOURCE}; ours is the "
            f"median over {count(len(seeds(study)), 'seed')}. |log10(ours / original)|: median "
            f"{np.median(ratios):.3f}, highest {ratios.max():.3f}; mean over all epochs and curves "
            f"{distance(comparisons):.3f}. “Off the plateau” is the first epoch below 0.95."
            f"{left_out(study)}"
        )
    if told or comparisons:
        yield Section("original", "Beside the original post", table, note, told, link="The original")


def effects_note(study: Study) -> str:
    """What the effects are, and what their intervals speak of."""
    what = (
        "10 log10 of the ratio of test MSEs at equal seed, on the same test signals: above 0 the deeper "
        "network is worse. In square brackets its 95% interval: "
    )
    n = len(seeds(study))
    if n == 1:
        return (
            what
            + "a bootstrap over the test signals, which speaks of these trained networks alone (n = 1 seed)."
        )
    return what + f"Student’s t over the seeds (n = {n}). No correction is made for the number of pairs."
