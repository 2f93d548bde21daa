"""What is told beside the claims."""

from dataclasses import replace

import numpy as np
import pytest

from denoising.report.blocks import Section
from denoising.signals.sinusoids import FAMILIES
from denoising.verdict.causes import ADDED, REMOVED, TUNED, depth_effects, shares, tuned
from denoising.verdict.depth_sections import objectives, rates, steps
from denoising.verdict.design import DESIGNS
from denoising.verdict.latents import latent_frame, pca_errors
from denoising.verdict.practice import practice
from tests.denoising.verdict.evidences import gain, make_evidence

EFFECTS = {  # of depth, in dB
    "base": 10.0, "normalisation": 7.0, "one_cycle": 9.0, "budget": 6.0, "recipe": -2.0,
    "recipe_without_normalisation": 1.0, "recipe_without_one_cycle": -1.5, "recipe_without_budget": 2.0,
}  # fmt: skip


def by_effect(variant: str, depth: int, alpha: float, seed: int) -> float:
    """Errors that the effect of depth of each variant follows exactly, at any seed."""
    db = EFFECTS.get(variant, 10.0) if depth == 8 else 0.0
    return 0.1 * gain(alpha) * 10 ** ((db + 0.1 * seed * (seed < 100)) / 10)


def rows(section: Section) -> tuple[tuple[str, ...], ...]:
    """The rows of a section's table."""
    assert section.table is not None
    return section.table.rows


def test_each_cause_has_its_share_alone_and_in_company() -> None:
    found = {(e.group, e.what, e.alpha): e.estimate.db for e in shares(make_evidence(by_effect))}
    assert found[ADDED, "batch normalisation", 0.2] == pytest.approx(3)
    assert found[ADDED, "10 times the steps", 0.5] == pytest.approx(4)
    assert found[REMOVED, "batch normalisation", 0.2] == pytest.approx(3)
    assert found[REMOVED, "10 times the steps", 0.5] == pytest.approx(4)


def test_the_effect_of_depth_is_told_of_both_families() -> None:
    effects = depth_effects(make_evidence(by_effect))
    assert {effect.group for effect in effects} == {"pictures signals", "formula signals"}
    recipe = [e for e in effects if e.what == "normalisation, one-cycle rate and budget"]
    assert recipe[0].estimate.db == pytest.approx(-2)


def test_rates_are_chosen_on_the_seeds_for_tuning() -> None:
    def faster(variant: str, depth: int, alpha: float, seed: int) -> float:
        chosen = variant == ("rate_times_10" if depth == 8 else "rate_times_3")
        decoy = variant == "rate_times_30" and seed < 100
        return gain(alpha) * (0.01 if decoy else 0.1 if chosen else 0.4) * (1 + 0.01 * (seed % 7))

    evidence = make_evidence(faster)
    deep, shallow = tuned(evidence, 8, 0.2), tuned(evidence, 2, 0.2)
    assert deep is not None
    assert shallow is not None
    assert (deep.variant, shallow.variant) == ("rate_times_10", "rate_times_3")
    found = [e for e in depth_effects(evidence) if e.what == TUNED]
    assert found[0].estimate.db == pytest.approx(0, abs=1e-9)
    assert rows(rates(evidence))[-1][2] == "learning rate times 10"


def test_steps_in_depth_stand_beside_each_other() -> None:
    table = steps(make_evidence(by_effect)).table
    assert table is not None
    assert table.columns[3:] == ("4 over 2 (dB)", "6 over 4 (dB)", "8 over 6 (dB)")
    assert len(table.rows) == 2 * 2 * 2, "two kinds of network, families and noise levels"
    assert table.rows[0][-1].startswith("+10.00")


def test_objectives_are_told_as_given_too() -> None:
    told = rows(objectives(make_evidence()))
    assert {row[0] for row in told} == {
        "to denoise", "plain autoencoder, noisy to noisy", "plain autoencoder, clean to clean", "Noise2Noise",
    }  # fmt: skip
    assert len(told) == 16


def test_what_to_use_follows_the_errors() -> None:
    good = rows(practice(make_evidence(lambda _v, _d, alpha, s: (0.1 + s / 1e4) * gain(alpha))))
    assert {(row[2], row[5]) for row in good} == {("the network", "wavelet shrinkage")}
    poor = rows(practice(make_evidence(lambda _v, _d, alpha, s: (0.9 + s / 1e4) * gain(alpha))))
    assert {row[2] for row in poor} == {"wavelet shrinkage"}
    alike = rows(practice(make_evidence(lambda _v, _d, alpha, s: (0.4 + (s - 2) / 1e4) * gain(alpha))))
    assert {row[2] for row in alike} == {"either"}
    none = rows(practice(make_evidence(failed=None)))
    assert {row[2] for row in none} == {"–"}
    assert len(none) == 4


def test_no_denoiser_that_is_told_more_than_a_network_is_offered_beside_it() -> None:
    evidence = make_evidence()
    for told, offered in (
        ("noise level, noisy examples", "wavelet shrinkage"), ("number of sinusoids", "best gain"),
        ("noise level, form", "best gain"), ("noise level, prior", "best gain"),
    ):  # fmt: skip
        is_wavelet = evidence.baselines["denoiser"] == "wavelet"
        baselines = evidence.baselines.assign(told=evidence.baselines["told"].mask(is_wavelet, told))
        assert {row[5] for row in rows(practice(replace(evidence, baselines=baselines)))} == {offered}


@pytest.mark.parametrize("alpha", [0.2, 0.5])
def test_the_error_of_projection_is_what_projection_leaves(alpha: float) -> None:
    generator, length = np.random.default_rng(0), 64
    family = FAMILIES["pictures"]
    clean = family.clean(family.draw_frequencies(generator, 20_000), length)
    noisy = clean + alpha / (1 - alpha) * generator.standard_normal(clean.shape)
    mean, directions = clean.mean(axis=0), np.linalg.eigh(np.cov(clean.T))[1][:, ::-1]
    for k in (2, 8, 40, 64):
        kept = directions[:, :k]
        projected = mean + (noisy - mean) @ kept @ kept.T
        measured = np.square(projected - clean).mean()
        assert pca_errors([k], alpha, length)[0] == pytest.approx(measured, rel=0.03)
    assert pca_errors([1000], alpha, length) == pca_errors([64], alpha, length)


def test_the_latent_axis_has_both_objectives_at_both_depths() -> None:
    table = latent_frame(make_evidence())
    assert len(table) == 2 * 2 * 2 * len(DESIGNS["default"].latents)
    assert (table["lowest"] <= table["mean"]).all()
    assert (table["n"] == 5).all()
