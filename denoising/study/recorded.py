"""The tables of a study of recordings, for its report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from denoising.study.decision import Recommendation


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordedStudy:
    """The tables of one study of recordings.

    Cells have the axes depth, level, seed and variant; other denoisers have denoiser and level.

    Attributes:
        name: the study's folder name.
        settings: what the study was told, by name.
        rate: samples a second.
        unit: of the recordings; empty where it is not told.
        survey: a row a channel: what `denoising.recordings.survey` tells of it.
        results: a row a cell, as in `denoising.study.results.Study`; alpha is s / (s + r) for noise of
            standard deviation s and clean windows of root mean square r.
        history: a row a cell and epoch.
        baselines: a row a classical denoiser and level.
        per_signal, baseline_signals: a row a test window, with its file, channel, offset and block.
        examples, baseline_examples, spectra, baseline_spectra: as in `Study`.
        samples: the first training windows of each level.
        decisions: what denoises best at each level, the lowest ratio first.
        ranking: see `denoising.study.trust`; empty where clean signals are known.
        notes: what was taken for granted, beside what the survey tells.
    """

    name: str
    settings: Mapping[str, Any]
    rate: float
    unit: str
    survey: pd.DataFrame
    results: pd.DataFrame
    history: pd.DataFrame
    baselines: pd.DataFrame
    per_signal: pd.DataFrame
    baseline_signals: pd.DataFrame
    examples: pd.DataFrame
    baseline_examples: pd.DataFrame
    spectra: pd.DataFrame
    baseline_spectra: pd.DataFrame
    samples: pd.DataFrame
    decisions: tuple[Recommendation, ...]
    ranking: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the clean signals are known."""
        return bool(self.settings["signals"])
