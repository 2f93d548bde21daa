"""Which dataset of a study a result rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from denoising.signals.settings import DatasetSettings
from tasks.cache.key import dataset_name
from tasks.cache.record import Record, StudyRecords


@dataclass(frozen=True)
class Datasets:
    """The datasets of a study, by the names of their folders.

    Attributes:
        settings: what each was made from.
        by_content: their names, by the digests of the signals that they train and test on.
    """

    settings: Mapping[str, DatasetSettings]
    by_content: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, records: StudyRecords, base: Mapping[str, Any]) -> Self:
        """Those that were made; where none was, the one of the study's base."""
        made = records["datasets"]
        every = [settings_of(record) for record in made] or [among(base)]
        return cls(
            {dataset_name(one): one for one in every},
            {(r["outputs"]["train"]["sha256"], r["outputs"]["test"]["sha256"]): name_of(r) for r in made},
        )

    def behind(self, trained: Record, tested: Record) -> str:
        """The dataset that something was trained on and tested on."""
        inputs = (trained["ingredients"]["inputs"]["train"], tested["ingredients"]["inputs"]["test"])
        return self.by_content[inputs]

    def limited_by(self, limits: Record) -> list[str]:
        """The datasets that limits are of: they do not depend on how many signals there are to learn from."""
        told = limits["ingredients"]["settings"]
        return [
            name
            for name, own in self.settings.items()
            if own.model_dump(exclude={"n_signals"}).items() <= told.items()
        ]

    def with_failed(self, results: pd.DataFrame) -> pd.Series:
        """The dataset of every cell: of one that failed, that of the others of its variant."""
        known = results.groupby("variant")["dataset"].first()
        filled = results["dataset"].fillna(results["variant"].map(known))
        return filled.fillna(next(iter(self.settings))) if len(self.settings) == 1 else filled


def name_of(dataset: Record) -> str:
    """The name of a dataset's folder."""
    return dataset_name(settings_of(dataset))


def settings_of(dataset: Record) -> DatasetSettings:
    """What a dataset was made from, the noise level apart."""
    return among(dataset["ingredients"]["settings"])


def among(settings: Mapping[str, Any]) -> DatasetSettings:
    """The settings of a dataset among others."""
    return DatasetSettings(**{name: settings[name] for name in DatasetSettings.model_fields})
