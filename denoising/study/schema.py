"""The columns of a study's tables with their types, and tables made of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.settings import Group
from denoising.signals.settings import DatasetSettings

Columns = Mapping[str, str]  # types by name


def numbers(*names: str) -> dict[str, str]:
    """Columns of numbers, null where undefined."""
    return dict.fromkeys(names, "float64")


def settings_of(group: type[Group]) -> dict[str, str]:
    """A column for each setting of a group, null where it is not known."""
    kinds: dict[Any, str] = {int: "Int64", float: "float64", bool: "boolean"}
    return {name: kinds.get(field.annotation, "str") for name, field in group.model_fields.items()}


DATASET = {"dataset": "str"} | settings_of(DatasetSettings)  # its folder, and what it was made from
SETTINGS = DATASET | settings_of(NetworkSettings) | settings_of(TrainingSettings)

AXES = {"depth": "int64", "alpha": "float64", "seed": "int64", "variant": "str"}
BASELINE_AXES = {"denoiser": "str", "alpha": "float64"}
RECORDED_AXES = {
    "depth": "int64",
    "level": "str",
    "seed": "int64",
    "variant": "str",
}  # of cells of recordings
RECORDED_BASELINE_AXES = {"denoiser": "str", "level": "str"}
MEASURED = numbers("validation_mse", "test_mse", "input_snr_db", "output_snr_db", "snr_improvement_db")
MORE = numbers(
    "snr_improvement_over_rescaled_db", "snr_improvement_over_best_gain_db", "db_above_mmse", "gap_closed",
    "prd", "cosine_similarity", "noisy_mse", "test_mse_p10", "test_mse_median", "test_mse_p90",
)  # fmt: skip

# Of recordings without clean signals: `second` is a second recording, `check_mse` where noise is doubled.
LOSSES = numbers(
    "validation_j_invariant_loss", "j_invariant_loss", "validation_second_mse", "second_mse", "check_mse"
)

RESULTS = (
    AXES
    | {"n_parameters": "Int64", "epochs": "Int64", "train_mse": "float64"}
    | MEASURED
    | {"train_seconds": "float64", "status": "str"}
    | MORE
    | {"best_epoch": "Int64"}
    | numbers("best_validation_mse", "best_test_mse")
    | {
        "latent_size": "Int64",
        "narrowest": "Int64",
        "receptive_field": "Int64",
        "as_given_test_mse": "float64",
        "failure": "str",
    }
    | numbers("validation_loss", "gradient_norm")
    | {"level": "str", "snr": "float64"}
    | LOSSES
)
RESULTS |= {name: kind for name, kind in SETTINGS.items() if name not in RESULTS}
HISTORY = AXES | {"epoch": "int64"} | numbers("train_mse", "validation_mse", "gradient_norm")
LIMITS = (
    numbers(
        "alpha", "noisy_mse", "rescaled_mse", "best_gain_mse", "linear_mmse", "mmse", "mmse_standard_error",
        "crb", "crb_free",
    )
    | {"n_inputs": "int64", "prior_variance": "float64"}
    | DATASET
)  # fmt: skip
BASELINES = (
    BASELINE_AXES
    | {"level": "str", "label": "str", "told": "str", "parameters": "str"}
    | MEASURED
    | MORE
    | DATASET
)
TRANSFER = AXES | numbers("tested_alpha", "test_mse", "rescaled_test_mse")

# Of single signals: those of a cell have its axes beside these, those of a baseline its own.
OF_SIGNAL = numbers("noisy_mse", "mse", "output_snr_db", "snr_improvement_db", "prd", "cosine_similarity")
PER_SIGNAL = {"signal_id": "int64"} | numbers("f1", "f2") | OF_SIGNAL
PER_WINDOW = {
    "signal_id": "int64",
    "file": "str",
    "channel": "str",
    "offset": "int64",
    "block": "int64",
} | OF_SIGNAL
EXAMPLES = {
    "rule": "str", "percentile": "int64", "signal_id": "int64",
    "clean": "object", "noisy": "object", "denoised": "object",
}  # fmt: skip
SPECTRA = numbers("frequency", "clean", "noise", "removed", "error")
SAMPLES = {"alpha": "float64", "signal_id": "int64", "clean": "object", "noisy": "object"} | DATASET
OF_BASELINE = BASELINE_AXES | DATASET


def table(rows: Sequence[Mapping[str, Any]], columns: Columns) -> pd.DataFrame:
    """Rows as a data frame with exactly these columns and types; what a row lacks is null."""
    return pd.DataFrame(rows, columns=list(columns)).astype(dict(columns))


def stack(frames: Sequence[pd.DataFrame], columns: Columns) -> pd.DataFrame:
    """Tables one below the other, with these columns and types even where there is none."""
    return pd.concat([table([], columns), *frames], ignore_index=True).astype(dict(columns))
