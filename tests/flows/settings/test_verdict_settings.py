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
    DEEP,
    DESIGNS,
    EQUAL_WIDTHS,
    KERNEL,
    LATENT,
    MIDDLE,
    PLAIN_AS_WIDE,
    PLAIN_WITH_LATENT,
    REPAIRED,
    SHALLOW,
    WIDE,
    WITH_LATENT,
    Arm,
    arms,
    label,
    named,
    parted,
    repairs,
    steps_of_an_epoch,
)
from flows.settings.study_settings import PROJECT
from flows.settings.verdict_settings import VerdictSettings

ARMS = VerdictSettings(preset="full").arms
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
    assert of("base_formula").changes == {"signals": "formula"}
    assert of("base_ecg").changes == {"signals": "ecg"}


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
    labels = {label(arm.variant) for arm in settings.arms}
    assert len(labels) == len({parted(arm.variant)[0] for arm in settings.arms})


def test_a_name_tells_the_signals() -> None:
    for arm in ARMS:
        variant, signals = parted(arm.variant)
        assert named(variant, signals) == arm.variant
        assert arm.changes.get("signals", "pictures") == signals


def test_the_page_counts_the_networks_of_both_designs() -> None:
    told = (PROJECT / "docs" / "verdict.md").read_text()
    sizes = ("default", "full")
    n, m = (len({replace(c, variant=BASE) for c in VerdictSettings(preset=s).cells}) for s in sizes)
    assert f"# {n:,} networks" in told
    assert f"# and {m - n:,} more" in told
    assert f"--preset full`: {m:,} networks" in told
    claimed, further = (len(seeds) for seeds in (DESIGNS["full"].seeds, DESIGNS["full"].further_seeds))
    assert f"over {claimed} seeds; what has none, its marker hollow, has {further} seeds" in told


def test_every_seed_draws_signals_of_its_own() -> None:
    for size in DESIGNS:
        cells = VerdictSettings(preset=size).cells
        assert all(cell.level.dataset.data_seed == cell.seed for cell in cells)


def test_the_default_design_is_a_part_of_the_full_one() -> None:
    default, full = (VerdictSettings(preset=size).cells for size in ("default", "full"))
    assert set(default) < set(full)


def test_each_repair_is_the_same_change_at_both_depths_and_together_they_are_all() -> None:
    known = repairs(BASE_VALUES)
    alone = [known[name] for name in ("growth", "normalisation", "one_cycle")]
    assert [name for changes in alone for name in changes] == [
        "growth", "normalisation", "schedule", "learning_rate",
    ]  # fmt: skip
    assert known[REPAIRED] == {name: value for changes in alone for name, value in changes.items()}
    for name, changes in known.items():
        assert (of(name).depths, of(name).changes) == ((SHALLOW, DEEP), changes)


def test_equal_parameters_are_equal_within_5_percent() -> None:
    counts = {depth: network(depth, "equal_parameters").n_parameters() for depth in EQUAL_WIDTHS}
    assert max(counts.values()) <= 1.05 * counts[DEEP]
    assert min(counts.values()) >= 0.95 * counts[DEEP]


def test_a_shallow_network_is_as_large_as_the_deep_one_and_alike_in_more() -> None:
    capped, narrow = network(DEEP, "repaired_equal"), network(SHALLOW, "repaired_equal")
    assert (capped.n_parameters(), narrow.n_parameters()) == (9265, 9249)
    assert capped.latent_size == capped.narrowest == narrow.latent_size == narrow.narrowest == 16
    with_skips = network(SHALLOW, "skips_equal"), network(DEEP, "skips")
    assert [made.n_parameters() for made in with_skips] == [773, 757]
    deep, wide = network(DEEP, REPAIRED), network(SHALLOW, "repaired_equal_to_deep")
    assert (deep.n_parameters(), wide.n_parameters()) == (91_777, 92_488)
    assert (deep.latent_size, wide.latent_size) == (deep.narrowest, wide.narrowest) == (64, 65)
    assert deep.receptive_field() == wide.receptive_field() == narrow.receptive_field() == 256


def test_no_layer_is_narrower_than_a_latent_of_a_set_size() -> None:
    for depth, variant, size in [
        *((depth, "latent_64", 64) for depth in (SHALLOW, DEEP)),
        (SHALLOW, "repaired_latent", 64),
        (SHALLOW, "latent_4", 4),
        (DEEP, REPAIRED, 64),
        *((depth, variant, LATENT) for depth in (2, 6) for variant in (WITH_LATENT, PLAIN_WITH_LATENT)),
        *((depth, PLAIN_AS_WIDE, WIDE) for depth in (2, 6)),
        (1, "plain_linear", LATENT),
    ]:
        made = network(depth, variant)
        assert made.narrowest == made.latent_size == size
    assert network(DEEP, BASE).narrowest == 4
    for depth, variant in ((SHALLOW, "plain"), (SHALLOW, "plain_repaired"), (6, "plain_no_bottleneck")):
        assert network(depth, variant).narrowest >= 256


def test_a_matched_receptive_field_is_matched_as_measured() -> None:
    ours, theirs = network(MIDDLE, BASE), network(SHALLOW, KERNEL)
    assert theirs.receptive_field() == pytest.approx(ours.receptive_field(), rel=0.05)


def test_without_a_bottleneck_there_are_as_many_parameters() -> None:
    for depth in (SHALLOW, DEEP):
        flat, base = network(depth, "no_bottleneck"), network(depth, BASE)
        assert flat.n_parameters() == base.n_parameters()
        assert {layer.length for layer in flat.architecture()} == {256}


def test_the_latent_axis_goes_from_the_signals_two_unknowns_to_as_many_numbers_as_samples() -> None:
    sizes = DESIGNS["full"].latents
    assert (min(sizes), max(sizes)) == (2, 256)
    for depth in (2, 6):
        assert [network(depth, f"latent_axis_{size}").narrowest for size in sizes] == list(sizes)


@pytest.mark.parametrize("n_signals", DESIGNS["full"].sizes)
def test_other_numbers_of_signals_take_as_many_steps(n_signals: int) -> None:
    def steps(values: dict[str, Any]) -> int:
        n: int = values["epochs"] * steps_of_an_epoch(values["n_signals"], values["batch_size"])
        return n

    changed = {**BASE_VALUES, **of(f"base_signals_{n_signals}").changes}
    assert changed["n_signals"] == n_signals
    assert steps(changed) == pytest.approx(steps(BASE_VALUES), rel=0.01)


def test_only_stages_of_the_verdict_can_be_refreshed() -> None:
    assert VerdictSettings(refresh=["verdict", "transfer"]).refresh == ("transfer", "verdict")
    with pytest.raises(ValidationError, match="'generate', 'split', 'train', 'evaluate', 'limits'"):
        VerdictSettings(refresh=["report"])


def test_the_arms_of_a_smaller_base_follow_it() -> None:
    quick = DESIGNS["quick"]
    values = {**BASE_VALUES, **quick.base}
    budget = next(arm for arm in arms(quick, values) if arm.variant == "budget")
    assert budget.changes == {"epochs": 10}
