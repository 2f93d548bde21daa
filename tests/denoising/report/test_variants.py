"""A study of several variants is told variant by variant, and what they share once."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from denoising.figures.ranking import rank
from denoising.report.blocks import Section, Table, failures
from denoising.report.page import render_markdown, render_page
from denoising.report.summary import best
from denoising.report.sweep import sweep_report
from denoising.report.tables import MOST_VARIANTS, best_depth_table, results_table
from denoising.study.results import Study
from tests.denoising.figures.studies import REASON, make_study, with_mse
from tests.denoising.report.test_page import Page

FIRST, SECOND = "channels=4", "channels=8"
OF_CELLS = ("results", "history", "per_signal", "examples", "spectra")


def of_variants(**parts: Study) -> Study:
    """One study made of several, each a variant of it."""
    studies = {name.replace("_", "="): part for name, part in parts.items()}
    first = next(iter(studies.values()))
    tables = {
        table: pd.concat(
            [getattr(part, table).assign(variant=name) for name, part in studies.items()], ignore_index=True
        )
        for table in OF_CELLS
    }
    return replace(first, **tables)


def one(*mse: float) -> Study:
    """Two depths at two noise levels with these test errors, depth 2 first."""
    return with_mse(make_study(depths=(2, 4), alphas=(0.1, 0.4)), mse)


@pytest.fixture(scope="module")
def study() -> Study:
    return of_variants(channels_4=one(0.1, 0.2, 0.3, 0.4), channels_8=one(0.3, 0.4, 0.15, 0.19))


def tables(study: Study) -> dict[str, Table]:
    blocks = sweep_report(study, {}).blocks
    return {block.name: table for block in blocks if (table := getattr(block, "table", None))}


def test_a_variant_alone_is_the_study_of_it(study: Study) -> None:
    assert list(study.by_variant) == [FIRST, SECOND], "in the order of the study"
    alone = study.by_variant[SECOND]
    assert alone.results["test_mse"].tolist() == [0.3, 0.4, 0.15, 0.19]
    assert set(alone.history["variant"]) == set(alone.examples["variant"]) == {SECOND}
    assert [ranking.winners for ranking in rank(alone)] == [(4,), (4,)]
    base = make_study(depths=(2,), alphas=(0.1,))
    assert base.by_variant["base"] is base


def test_the_best_depth_has_a_row_a_variant_and_noise_level(study: Study) -> None:
    table = tables(study)["best"]
    assert table.columns[:3] == ("variant", "alpha", "best depth")
    assert [row[:3] for row in table.rows] == [
        (FIRST, "0.1", "2"), (FIRST, "0.4", "2"), (SECOND, "0.1", "4"), (SECOND, "0.4", "4"),
    ]  # fmt: skip
    assert table.strong == {(0, 4), (1, 4), (2, 5), (3, 5)}
    own = [best_depth_table(part).rows for part in study.by_variant.values()]
    assert [row[1:] for row in table.rows] == [row for rows in own for row in rows]


def test_effects_are_within_a_variant_and_limits_told_once(study: Study) -> None:
    found = tables(study)
    assert [row[:2] for row in found["effects"].rows] == [
        (FIRST, "0.1"), (FIRST, "0.4"), (SECOND, "0.1"), (SECOND, "0.4"),
    ]  # fmt: skip
    assert found["effects"].rows[2][2].startswith("−3.0")
    assert found["limits"].columns == (
        "alpha",
        "expected noisy MSE",
        "best gain",
        "linear MMSE",
        "two free sinusoids",
        "Bayes floor",
    )
    assert len(found["limits"].rows) == 2
    assert found["baselines"].columns[0] == "denoiser"


def test_limits_of_other_signals_are_told_with_their_variants() -> None:
    parts = {}
    for name, family, factor in (("signals_formula", "formula", 1.0), ("signals_pictures", "pictures", 2.0)):
        own = make_study(depths=(2, 4), alphas=(0.1,), signals=family)
        limits = own.limits.assign(signals=family, mmse=factor * own.limits["mmse"])
        parts[name] = replace(own, results=own.results.assign(signals=family), limits=limits)
    study = replace(of_variants(**parts), limits=pd.concat([part.limits for part in parts.values()]))
    assert study.by_variant["signals=pictures"].settings["signals"] == "pictures"
    rows = tables(study)["limits"].rows
    assert [row[0] for row in rows] == ["signals=formula", "signals=pictures"]
    floors = [float(row[-1].split(" ± ")[0]) for row in rows]
    assert floors[1] == pytest.approx(2 * floors[0], rel=0.01)


def test_the_headline_tells_each_variant_and_the_lowest_error(study: Study) -> None:
    told = best(study)
    said = "Of the networks trained here, that of depth {} has the lowest test MSE at every noise level."
    assert told == (
        f"{FIRST}: {said.format(2)} {SECOND}: {said.format(4)} "
        f"The lowest test MSE is that of depth 2 of {FIRST} at alpha 0.1; depth 4 of {SECOND} at alpha 0.4."
    )
    alike = of_variants(channels_4=one(0.1, 0.2, 0.3, 0.4), channels_8=one(0.2, 0.3, 0.4, 0.5))
    assert best(alike).startswith(f"{said.format(2)[:-1]}, in each of the 2 variants. The lowest")


def test_cells_are_linked_to_and_failures_named_with_their_variant() -> None:
    lost = make_study(depths=(2, 4), alphas=(0.1,), failed={(4, 0.1, 0)})
    study = of_variants(base=make_study(depths=(2, 4), alphas=(0.1,)), channels_4=lost)
    assert [(failure.cell, failure.reason) for failure in failures(study)] == [
        (f"{FIRST}, depth 4 at alpha 0.1, seed 0", REASON)
    ]
    table = results_table(study)
    assert [row[table.columns.index("variant")] for row in table.rows] == ["base", "base", FIRST, FIRST]
    anchors = [anchor.id for anchor in table.anchors]
    assert anchors[0] == "cell-depth=2,alpha=0.1,seed=0"
    assert anchors[2] == f"cell-depth=2,alpha=0.1,seed=0,{FIRST}"


def test_the_page_is_whole(study: Study) -> None:
    html = render_page(sweep_report(study, {}), {})
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"] for link in page.all("a") if "download" not in link} <= {f"#{name}" for name in ids}
    assert not re.search(r"\b(nan|None)\b", page.text)
    assert f"| {SECOND} | 0.1 | 4 |" in render_markdown(sweep_report(study, {}))


def test_of_many_variants_tables_show_those_with_the_lowest_validation_error() -> None:
    n = MOST_VARIANTS + 10
    parts = {f"channels_{i}": one(0.1 + 0.001 * i, 0.2, 0.3, 0.4) for i in range(1, n + 1)}
    lower = {name: with_validation(part, 1 / (i + 1)) for i, (name, part) in enumerate(parts.items())}
    block = next(block for block in sweep_report(of_variants(**lower), {}).blocks if block.name == "best")
    assert isinstance(block, Section)
    assert block.table is not None
    shown = list(dict.fromkeys(row[0] for row in block.table.rows))
    assert shown == [f"channels={i}" for i in range(11, n + 1)], "and these in their own order"
    assert f"Of {n} variants, the {MOST_VARIANTS} with the lowest validation MSE are shown" in block.note


def with_validation(study: Study, factor: float) -> Study:
    """The study with all validation errors changed by a factor."""
    return replace(
        study, results=study.results.assign(validation_mse=study.results["validation_mse"] * factor)
    )


def test_variants_on_one_dataset_share_its_tables(study: Study) -> None:
    first, second = study.by_variant.values()
    assert first.baseline_examples is second.baseline_examples
    for part in (first, second):
        pd.testing.assert_frame_equal(part.baselines, study.baselines)
