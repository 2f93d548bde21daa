"""What is said before the depths are ranked follows the numbers."""

import numpy as np
import pytest

from denoising.report.blocks import Caution
from denoising.report.cautions import cautions, harm, unfinished
from denoising.report.page import render_markdown
from denoising.report.sweep import best_depths, sweep_report
from denoising.report.tables import UNCONVERGED, best_depth_table
from denoising.study.results import Study
from tests.denoising.figures.studies import make_study, make_variants, with_history, with_mse

RISING, FLAT, FALLING = 1.02, 1.0, 0.98  # from one epoch to the next
GIVEN = 0.02  # the error of the noisy signal as given at alpha 0.1
RESCALED = 1.2 * (1 / 82)  # and divided by 1 - alpha


def told(caution: Caution | None) -> str:
    return f"{caution.short} {caution.more}" if caution else ""


def two_depths(mse: float, other: float, alpha: float = 0.1) -> Study:
    return with_mse(make_study(depths=(2, 4), alphas=(alpha,)), [mse, other])


def histories(**change_by_depth: float) -> Study:
    change = {int(name.removeprefix("d")): value for name, value in change_by_depth.items()}
    study = make_study(depths=tuple(change), alphas=(0.1, 0.2), seeds=(0, 1, 2))
    return with_history(study, lambda cell: change[cell[0]] ** np.arange(50))


def test_a_network_that_is_worse_than_doing_nothing_is_named_with_its_distance() -> None:
    assert told(harm(two_depths(0.001, 10 * RESCALED))).startswith(
        "1 of 2 networks did worse than doing nothing. They are depth 4 at alpha 0.1, by 10.0 dB. "
    )
    assert "depth 2 at alpha 0.1, by 10.0 dB" in told(harm(two_depths(10 * RESCALED, 0.001)))
    assert told(harm(two_depths(2 * RESCALED, 10 * RESCALED))).startswith(
        "All 2 networks did worse than doing nothing. They are depth 4 at alpha 0.1, by 10.0 dB; depth 2 "
    )
    assert told(harm(two_depths(0.001, 0.002))) == ""


def test_doing_nothing_is_the_better_of_the_noisy_signal_as_given_and_rescaled() -> None:
    between = (RESCALED + GIVEN) / 2
    assert told(harm(two_depths(0.001, between))), "better than as given, worse than rescaled"
    given, rescaled = 2 * 0.4**2, 1.2 * (0.4 / 0.6) ** 2 / (1 + (0.4 / 0.6) ** 2)
    assert given < rescaled
    assert told(harm(two_depths(0.001, (given + rescaled) / 2, alpha=0.4)))
    assert told(harm(two_depths(0.001, 0.99 * given, alpha=0.4))) == ""
    assert told(harm(two_depths(0.001, 0.1, alpha=0))) == "", "without noise there is nothing to remove"


def test_it_is_told_how_many_of_the_seeds_did_harm() -> None:
    study = make_study(depths=(2,), alphas=(0.1,), seeds=(0, 1, 2))
    assert "depth 2 at alpha 0.1 (1 of 3 seeds), by" in told(harm(with_mse(study, [0.001, 0.9, 0.001])))


def test_harm_is_the_first_that_is_told_and_named_beside_the_ranking() -> None:
    markdown = render_markdown(sweep_report(two_depths(0.001, 0.9), {}))
    first = markdown.split("\n\n")[1]
    assert first.endswith("1 removed noise and 1 did worse than doing nothing.")
    assert 0 < markdown.index("They are depth 4 at alpha 0.1, by") < markdown.index("| alpha |")
    assert "did worse" not in render_markdown(sweep_report(two_depths(0.001, 0.002), {}))


@pytest.mark.parametrize("change", [RISING, FLAT])
def test_trainings_that_still_fell_are_told_and_marked(change: float) -> None:
    study = histories(d2=change, d4=FALLING)
    said = told(unfinished(study))
    assert said.startswith("6 of 12 trainings had not converged. ")
    assert "depth 4 at every noise level, by 18%. " in said
    assert "depth 2" not in said
    assert "try 100 epochs" in said
    assert [[UNCONVERGED in value for value in row[3:5]] for row in best_depth_table(study).rows] == [
        [False, True]
    ] * 2
    assert f"{UNCONVERGED} marks" in best_depths(study).note


def test_converged_trainings_are_not_told() -> None:
    study = histories(d2=FLAT, d4=RISING)
    assert told(unfinished(study)) == ""
    assert UNCONVERGED not in str(best_depth_table(study).rows) + best_depths(study).note
    assert cautions(make_study(failed=None)) == ()


def test_a_rate_that_ends_at_0_is_not_judged() -> None:
    study = make_variants({"base": {}, "schedule=one_cycle": {"schedule": "one_cycle"}}, depths=(2,))
    falling = with_history(study, lambda _: FALLING ** np.arange(50))
    assert told(unfinished(falling)).startswith("4 of 8 trainings had not converged.")
    assert "depth 2 of base at every noise level" in told(unfinished(falling))
    assert "one_cycle" not in told(unfinished(falling))
