"""Recordings that are written as they came in, with other samples."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denoising.recordings.opening import open_recording
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.catalogue import write_like
from denoising.signals.sinusoids import Array
from tests.denoising.recordings.made_up import channel_of


def channels_in(path: Path) -> dict[str, Array]:
    """Return the samples of a recording's channels that can be used, by their names."""
    channels = [channel for channel in open_recording(path).channels if not channel.problem]
    return {channel.name: channel.read(0, channel.n_samples) for channel in channels}


def rewritten(source: Path, denoised: Mapping[str, Any], name: str = "") -> Path:
    """Return a copy with other samples, in a folder of its own."""
    folder = source.parent / f"copy{len([*source.parent.glob('copy*')])}"
    folder.mkdir()
    target = folder / (name or source.name)
    given = {channel: channel_of(np.asarray(samples, float)) for channel, samples in denoised.items()}
    files = write_like(source, target, given)
    assert sorted(files) == sorted(folder.iterdir())
    assert files[0] == target
    return target


def refusal(source: Path, denoised: Mapping[str, Any], name: str = "") -> str:
    """Return what is said of a recording that cannot be written back, which is one line."""
    with pytest.raises(RecordingError) as caught:
        rewritten(source, denoised, name)
    assert "\n" not in str(caught.value)
    return str(caught.value)
