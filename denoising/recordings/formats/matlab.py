"""MATLAB's files up to version 7."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
from numpy.typing import NDArray

from denoising.recordings.channels import Recording
from denoising.recordings.formats.matrix import named_arrays
from denoising.recordings.settings import RecordingError


def open_mat(path: Path) -> Recording:
    """Open named arrays, of which a single number called rate, fs or the like gives the rate.

    Raises:
        RecordingError: the file is of version 7.3, which is another format.
    """
    try:
        return named_arrays(variables_in(scipy.io.loadmat(path)))
    except NotImplementedError as error:
        raise RecordingError("it is of version 7.3; save it again with '-v7'") from error


def variables_in(loaded: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the arrays by their names among what a file holds."""
    arrays = {name: value for name, value in loaded.items() if isinstance(value, np.ndarray)}
    return {name: value for name, value in arrays.items() if not name.startswith("__")}
