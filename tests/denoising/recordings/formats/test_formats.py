from pathlib import Path

import numpy as np
import pytest

from denoising.recordings.finding import find
from denoising.recordings.formats.catalogue import FORMATS
from denoising.recordings.opening import open_recording
from denoising.recordings.survey import survey
from tests.denoising.recordings.written import ECG, RATE, WRITTEN, ecg

N = 3600  # samples, whole seconds


def test_every_format_is_tried_here() -> None:
    assert WRITTEN.keys() == FORMATS.keys()


def test_the_example_is_read_as_it_is_written() -> None:
    (signal,) = survey(find([str(ECG)]), 256, rate=RATE)
    assert np.array_equal(signal.channel.read(0, signal.channel.n_samples), ecg())
    assert (signal.channel.name, signal.channel.unit, signal.rate) == ("MLII", "mV", RATE)


@pytest.mark.parametrize("names", [("MLII",), ("MLII", "V5", "II")])
@pytest.mark.parametrize("kind", WRITTEN)
def test_signals_come_back_from_every_format_to_its_precision(
    kind: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    form, path = WRITTEN[kind], tmp_path / f"some{kind}"
    signals = np.stack([ecg()[N * i : N * (i + 1)] for i in range(len(names))], axis=1)
    rate = 8000 if kind == ".ogg" else RATE
    form.write(path, signals, names, rate)
    channels = open_recording(path).channels
    plain = ["channel"] if len(names) == 1 else [f"channel{i + 1}" for i in range(len(names))]
    assert [channel.name for channel in channels] == (list(names) if form.names else plain)
    for channel, signal in zip(channels, signals.T, strict=True):
        assert (channel.n_samples, channel.problem) == (N, "")
        assert channel.rate == (rate if form.rate else None)
        assert channel.unit == ("mV" if form.unit else "")
        found = channel.read(0, N)
        assert found.dtype == np.float64
        assert np.abs(found * form.scale - signal).max() <= form.precision
        assert np.array_equal(channel.read(1001, 2345), found[1001:2345])


@pytest.mark.parametrize("kind", sorted(WRITTEN.keys() - {".hea"}))
def test_an_extension_counts_in_capitals_too(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"LOUD{kind}"
    WRITTEN[kind].write(path, ecg()[:N, None], ("I",), 8000 if kind == ".ogg" else RATE)
    loud = path.rename(path.with_suffix(kind.upper()))
    assert [channel.n_samples for channel in open_recording(loud).channels] == [N]
