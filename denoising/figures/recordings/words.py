"""What figures and tables of recordings call levels, denoisers and axes."""

import pandas as pd

from denoising.figures.wording import decibels
from denoising.study.cell import BASE
from denoising.study.decision import Recommendation
from denoising.study.recorded import RecordedStudy


def level_words(level: str) -> str:
    """Return a noise level in words: `10 dB in`, `as recorded`, `noise doubled`."""
    name, _, value = level.partition("=")
    return f"{value.replace('-', '−')} dB in" if name == "snr" else level.replace("-", " ")


def at_level(level: str) -> str:
    """Return where a noise level is, in words: `at 10 dB in`, `as recorded`."""
    words = level_words(level)
    return f"at {words}" if level.startswith("snr") else words


def network_words(study: RecordedStudy, depth: int, variant: str) -> str:
    """Return what a network is called, such as `depth 4 with skips`."""
    changes = [] if variant == BASE else variant.split(",")
    named = {"skips=true": "with skips", "skips=false": "without skips"}
    told = " ".join([f"depth {depth}", *(named.get(change, change) for change in changes)])
    varied = "skips" in study.settings["vary"]
    return f"{told} without skips" if varied and not any("skips" in change for change in changes) else told


def denoiser_words(study: RecordedStudy, name: str) -> str:
    """Return what a classical denoiser is called."""
    rows = study.baselines
    return str(rows.loc[rows["denoiser"] == name, "label"].iloc[0])


def interval_words(decision: Recommendation) -> str:
    """Return the difference of a decision with its interval, in dB."""
    if decision.low_db is None:
        return decibels(decision.difference_db)
    return f"{decibels(decision.difference_db)} [{decibels(decision.low_db)}, {decibels(decision.high_db)}]"


def unit_words(study: RecordedStudy, quantity: str) -> str:
    """Return a quantity with the recordings' unit, if it is told."""
    return f"{quantity} ({study.unit})" if study.unit else quantity


def network_examples(study: RecordedStudy, decision: Recommendation) -> pd.DataFrame:
    """Return the examples of the network of a decision, of its lowest seed."""
    rows = study.examples
    own = rows[of_network(rows, decision)]
    lowest: pd.DataFrame = own[own["seed"] == own["seed"].min()]
    return lowest


def of_network(rows: pd.DataFrame, decision: Recommendation) -> "pd.Series[bool]":
    """Return which rows are those of the network of a decision."""
    here = (rows["level"] == decision.level) & (rows["depth"] == decision.depth)
    return here & (rows["variant"] == decision.variant)


def classical_examples(study: RecordedStudy, decision: Recommendation) -> pd.DataFrame:
    """Return the examples of the classical denoiser of a decision."""
    rows = study.baseline_examples
    return rows[(rows["level"] == decision.level) & (rows["denoiser"] == decision.denoiser)]


def middle(study: RecordedStudy) -> Recommendation:
    """Return the decision at the middle one of the noise levels."""
    known = [decision for decision in study.decisions if decision.network_db is not None]
    several = known or study.decisions
    return several[len(several) // 2]
