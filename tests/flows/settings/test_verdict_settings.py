"""The design: each arm changes what its name says, and what is held equal is equal."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from denoising.networks.autoencoder import Autoencoder
from denoising.networks.settings import NetworkSettings
from denoising.verdict.design import (
    BASE,
    CAUSES,
    DEEP,
    DESIGNS,
    EQUAL_WIDTHS,
    FORMULA,
    MATCHED,
    RECIPE,
    SHALLOW,
    Arm,
    arms,
    label,
    steps_of_an_epoch,
)
from flows.settings.study_settings import PROJECT
from flows.settings.verdict_settings import VerdictSettings

ARMS = VerdictSettings().arms
BASE_VALUES = VerdictSettings().base


def of(variant: str) -> Arm:
    return next(arm for arm in ARMS if arm.variant == variant)


def network(depth: int, variant: str) -> Autoencoder:
    """The network of a variant at a depth."""
    arm = next(arm for arm in ARMS if arm.variant == variant and depth in arm.depths)
    values = {name: ({**BASE_VALUES, **arm.changes})[name] for name in NetworkSettings.model_fields}
    length: int = BASE_VALUES["signal_length"]
    return Autoencoder(depth=depth, signal_length=length, generator=torch.Generator(), **values)


def test_the_base_is_the_preset_that_reproduces_the_original() -> None:
    assert (BASE_VALUES["signals"], BASE_VALUES["channels"], BASE_VALUES["n_signals"]) == (
        "pictures",
        4,
        3000,
    )
    assert not of(BASE).changes
    assert of(FORMULA).changes == {"signals": "formula"}


@pytest.mark.parametrize("size", DESIGNS)
def test_no_cell_is_there_twice_and_every_variant_has_a_name_in_words(size: str) -> None:
    settings = VerdictSettings(preset=size)
    cells = Counter(
        (arm.variant, depth, alpha, seed)
        for arm in settings.arms
        for depth in arm.depths
        for alpha in arm.alphas
        for seed in arm.seeds
    )
    assert set(cells.values()) == {1}
    assert len(settings.cells) == len(cells)
    labels = {arm.variant: label(arm.variant) for arm in settings.arms}
    assert len(set(labels.values())) == len(labels)


def test_the_readme_counts_the_networks_of_the_default_design() -> None:
    networks = {replace(cell, variant=BASE) for cell in VerdictSettings().cells}
    assert f"{len(networks)} networks, five seeds" in (PROJECT / "README.md").read_text()


def test_at_least_five_seeds_are_reported_and_none_of_them_tunes_anything() -> None:
    design = DESIGNS["default"]
    assert len(design.seeds) >= 5
    assert design.alphas == (0.2, 0.5)
    assert not set(design.seeds) & set(design.tuning_seeds)


def test_a_cause_is_added_alone_to_the_base_and_removed_alone_from_the_recipe() -> None:
    whole = dict(of(RECIPE).changes)
    assert whole == {
        "normalisation": "batch",
        "schedule": "one_cycle",
        "learning_rate": 7.5e-3,
        "epochs": 500,
    }
    for cause in CAUSES:
        alone, without = dict(of(cause).changes), dict(of(f"{RECIPE}_without_{cause}").changes)
        assert alone
        assert alone | without == whole
        assert not set(alone) & set(without)


def test_every_other_arm_changes_one_thing() -> None:
    together = {RECIPE, "channels_16_recipe", "one_cycle", "fewer_signals", "more_signals"}
    for arm in ARMS:
        if not arm.variant.startswith((*together, "plain_latent")):
            assert len(arm.changes) <= 1, arm.variant


def test_equal_parameters_are_equal_within_5_percent() -> None:
    counts = {depth: network(depth, "equal_parameters").n_parameters() for depth in EQUAL_WIDTHS}
    assert max(counts.values()) <= 1.05 * counts[DEEP]
    assert min(counts.values()) >= 0.95 * counts[DEEP]


def test_latents_of_64_numbers_come_from_the_innermost_channels_alone() -> None:
    for depth, channels in {2: 1, 4: 4, 6: 16, 8: 64}.items():
        made = network(depth, "latent_64")
        assert made.latent_size == 64
        assert not len(made.code)
        assert made.architecture()[depth].channels == channels


def test_matched_receptive_fields_are_matched_as_measured() -> None:
    for depth, variant in MATCHED.items():
        ours, theirs = network(depth, BASE), network(SHALLOW, variant)
        assert theirs.receptive_field() == pytest.approx(ours.receptive_field(), rel=0.05)


def test_without_a_bottleneck_there_are_as_many_parameters() -> None:
    for depth in (SHALLOW, DEEP):
        flat, base = network(depth, "no_bottleneck"), network(depth, BASE)
        assert flat.n_parameters() == base.n_parameters()
        assert {layer.length for layer in flat.architecture()} == {256}


def test_the_latent_axis_goes_from_2_to_1024() -> None:
    sizes = DESIGNS["default"].latents
    assert (min(sizes), max(sizes)) == (2, 1024)
    for depth in (2, 6):
        assert [network(depth, f"latent_axis_{size}").latent_size for size in sizes] == list(sizes)


@pytest.mark.parametrize(("variant", "times"), [("fewer_signals", 0.1), ("more_signals", 10)])
def test_other_numbers_of_signals_take_as_many_steps(variant: str, times: float) -> None:
    def steps(values: dict[str, Any]) -> int:
        n: int = values["epochs"] * steps_of_an_epoch(values["n_signals"], values["batch_size"])
        return n

    changed = {**BASE_VALUES, **of(variant).changes}
    assert changed["n_signals"] == times * BASE_VALUES["n_signals"]
    assert steps(changed) == pytest.approx(steps(BASE_VALUES), rel=0.01)


def test_only_stages_of_the_verdict_can_be_refreshed() -> None:
    assert VerdictSettings(refresh=["verdict", "transfer"]).refresh == ("transfer", "verdict")
    with pytest.raises(ValidationError, match="'generate', 'split', 'train', 'evaluate', 'limits'"):
        VerdictSettings(refresh=["report"])


def test_the_arms_of_a_smaller_base_follow_it() -> None:
    quick = DESIGNS["quick"]
    values = {**BASE_VALUES, **quick.base}
    budget = next(arm for arm in arms(quick, values) if arm.variant == "budget")
    assert budget.changes == {"epochs": 20}
