"""MATLAB's files up to version 7."""

from pathlib import Path

import numpy as np
import scipy.io

from denoising.recordings.channels import Recording
from denoising.recordings.formats.matrix import named_arrays
from denoising.recordings.settings import RecordingError


def open_mat(path: Path) -> Recording:
    """Open named arrays, of which a single number called rate, fs or the like gives the rate.

    Raises:
        RecordingError: the file is of version 7.3, which is another format.
    """
    try:
        found = scipy.io.loadmat(path)
    except NotImplementedError as error:
        raise RecordingError("it is of version 7.3; save it again with '-v7'") from error
    arrays = {name: value for name, value in found.items() if isinstance(value, np.ndarray)}
    return named_arrays({name: value for name, value in arrays.items() if not name.startswith("__")})
