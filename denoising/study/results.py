"""What a report is made from: the finished tables of a study, in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.networks.layers import Layer
from denoising.signals.sinusoids import FAMILIES
from denoising.study.cell import BASE
from denoising.study.schema import (
    AXES,
    EXAMPLES,
    OF_BASELINE,
    PER_SIGNAL,
    SAMPLES,
    SPECTRA,
    TRANSFER,
    Columns,
    table,
)
from denoising.study.variants import natural_order


def empty(columns: Columns) -> Callable[[], pd.DataFrame]:
    """Makes a table of these columns without rows."""
    return lambda: table([], columns)


@dataclass(frozen=True, eq=False, kw_only=True)
class Study:
    """The tables of one study, with the columns that `denoising.study.schema` lists.

    The tables of single signals (per_signal and those below it) are empty where a study's report needs none.

    Attributes:
        name: the study's folder name, such as `post-1a2b3c4d`.
        settings: what the study was told, by name (of a sweep signals, n_signals, n_test, signal_length,
            alphas, depths, seeds, data_seed, channels, kernel_size, epochs, batch_size ...).
        results: a row a cell: its axes (depth, alpha, seed, variant), n_parameters, epochs, train_mse,
            validation_loss and gradient_norm (of the last epoch: train_mse and this loss against what the
            network was trained for, the norm a mean over its steps), the columns of `baselines` from
            validation_mse on, best_epoch, best_validation_mse, best_test_mse, latent_size (numbers in the
            bottleneck), narrowest (the least numbers that any layer's output holds, that of the network left
            out), receptive_field (samples of the input that one sample of the output depends on, measured),
            as_given_test_mse (of the network's output as it is, fed with the noisy signal as it is),
            train_seconds, status ("done" or "failed"), failure (the reason, or null), and every setting
            that decided the cell. A failed cell has its axes, its status and its reason; the rest is null.
        history: a row a cell and epoch: the axes, epoch (from 0), train_mse, validation_mse and
            gradient_norm: the fields of `denoising.networks.training.Epoch`.
        limits: a row a noise level and test set: the fields of `denoising.theory.limits.Limits`, and the
            settings of the test signals.
        baselines: a row a (denoiser, alpha, dataset) that is defined: label (what it is called), told (what
            it knows besides the noisy signal, in words), parameters (in words), validation_mse, test_mse,
            noisy_mse, input_snr_db, output_snr_db, snr_improvement_db, snr_improvement_over_rescaled_db and
            snr_improvement_over_best_gain_db (over these two), prd, cosine_similarity, test_mse_p10,
            test_mse_median, test_mse_p90 (over the test signals), db_above_mmse (how far test_mse lies above
            that of the posterior mean on the same test signals), gap_closed (from the best linear filter, 0,
            to the posterior mean, 1), and the settings of the dataset.
        transfer: a row a cell and noise level it was tested at: the axes (alpha: trained at), tested_alpha,
            test_mse (as given), rescaled_test_mse (the input rescaled to the gain that it was trained at).
        x: the sample positions, shape (signal_length,).
        per_signal: a row a cell and test signal: the axes, signal_id, f1, f2, noisy_mse, mse, output_snr_db,
            snr_improvement_db, prd, cosine_similarity.
        examples: chosen test signals of each cell: the axes, rule, percentile, signal_id, clean, noisy,
            denoised (arrays of signal_length). Rule "denoised": the signals at the 10th, 50th, 90th
            percentile of this cell's own error. Rule "noisy": at the same percentiles of the noisy signals'
            error, so the same signals for every depth at an alpha.
        spectra: the axes, frequency (cycles a sample) and the mean power spectral densities clean, noise,
            removed and error over the test signals.
        baseline_signals, baseline_examples, baseline_spectra: the last three with denoiser, alpha and the
            settings of the dataset in place of the cell's axes.
        samples: the first few training signals of each dataset and alpha: alpha, signal_id, clean, noisy
            (arrays of signal_length), and the settings of the dataset.
        architectures: the layers of the network of each variant and depth, input first.
    """

    name: str
    settings: Mapping[str, Any]
    results: pd.DataFrame
    history: pd.DataFrame
    limits: pd.DataFrame
    baselines: pd.DataFrame
    transfer: pd.DataFrame = field(default_factory=empty(TRANSFER))
    x: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    per_signal: pd.DataFrame = field(default_factory=empty(AXES | PER_SIGNAL))
    examples: pd.DataFrame = field(default_factory=empty(AXES | EXAMPLES))
    spectra: pd.DataFrame = field(default_factory=empty(AXES | SPECTRA))
    baseline_signals: pd.DataFrame = field(default_factory=empty(OF_BASELINE | PER_SIGNAL))
    baseline_examples: pd.DataFrame = field(default_factory=empty(OF_BASELINE | EXAMPLES))
    baseline_spectra: pd.DataFrame = field(default_factory=empty(OF_BASELINE | SPECTRA))
    samples: pd.DataFrame = field(default_factory=empty(SAMPLES))
    architectures: Mapping[tuple[str, int], Sequence[Layer]] = field(default_factory=dict)

    @cached_property
    def variants(self) -> tuple[str, ...]:
        """The names of its variants: the base first, the others by the values that they change."""
        return tuple(sorted(dict.fromkeys(self.results["variant"]), key=natural_order)) or (BASE,)

    @cached_property
    def by_variant(self) -> Mapping[str, "Study"]:
        """The study of each variant alone; itself where there is one."""
        if len(self.variants) == 1:
            return {self.variants[0]: self}
        tables = {name: by_value(getattr(self, name), "variant") for name in OF_CELLS}
        return {variant: self.part((variant,), self.rows_of(tables, variant)) for variant in self.variants}

    def only(self, *variants: str) -> "Study":
        """Return the study of some variants alone, with the settings and the limits of the first of them."""
        if set(variants) == set(self.variants) and len(variants) == 1:
            return self
        tables = {name: getattr(self, name) for name in OF_CELLS}
        own = {
            name: rows[rows["variant"].isin(variants)].reset_index(drop=True) for name, rows in tables.items()
        }
        return self.part(variants, own)

    def part(self, variants: Collection[str], own: Mapping[str, Any]) -> "Study":
        """Return the study of some variants, whose tables of cells are given.

        All parts on one dataset share its tables.
        """
        known = own["results"]["dataset"].dropna()
        dataset = known.iloc[0] if len(known) else None
        settings = {**self.settings, **first_values(own["results"], self.settings)}
        same = all(settings.get(name) == self.settings.get(name) for name in ("signals", "signal_length"))
        designs = {at: layers for at, layers in self.architectures.items() if at[0] in variants}
        return replace(
            self,
            settings=settings,
            x=self.x if same else positions(settings),
            architectures=designs,
            **own,
            **self.rows_of(self.by_dataset, dataset),
        )

    @cached_property
    def by_dataset(self) -> Mapping[str, Mapping[str, pd.DataFrame]]:
        """The rows of each dataset of the tables of datasets."""
        return {name: by_value(getattr(self, name), "dataset") for name in OF_DATASETS}

    def rows_of(self, tables: Mapping[str, Mapping[str, pd.DataFrame]], value: Any) -> dict[str, Any]:
        """Return the rows of tables that belong to a variant or a dataset; none where it has none."""
        return {name: rows.get(value, getattr(self, name)[:0]) for name, rows in tables.items()}


def by_value(rows: pd.DataFrame, column: str) -> Mapping[str, pd.DataFrame]:
    """Return the rows of each value of a column of text."""
    return {str(value): own.reset_index(drop=True) for value, own in rows.groupby(column, sort=False)}


def first_values(results: pd.DataFrame, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first value of each setting that the results have as a column."""
    told = {name: results[name].dropna()[:1].tolist() for name in settings if name in results}
    return {name: values[0] for name, values in told.items() if values}


def positions(settings: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the sample positions of a study's signals."""
    return FAMILIES[settings["signals"]].positions(int(settings["signal_length"]))


OF_CELLS = ("results", "history", "transfer", "per_signal", "examples", "spectra")
OF_DATASETS = (
    "limits", "baselines", "baseline_signals", "baseline_examples", "baseline_spectra", "samples",
)  # fmt: skip
