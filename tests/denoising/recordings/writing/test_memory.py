"""A long recording is written block by block."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyedflib
import pytest
from pyedflib.highlevel import make_signal_header
from scipy.io import wavfile

MIB = 2**20
PROGRAM = """
import sys, threading, time
from dataclasses import replace
from pathlib import Path
from denoising.recordings.opening import open_recording
from denoising.recordings.writing.catalogue import write_like
source, target = map(Path, sys.argv[1:])
channels = open_recording(source).channels
halved = {c.name: replace(c, read=lambda a, b, c=c: c.read(a, b) / 2) for c in channels}
def memory():
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if "RssAnon" in line]
    return 1024 * int(line.split()[1])
def watch():
    while True:
        seen.append(memory())
        time.sleep(0.01)
seen = [memory()]
threading.Thread(target=watch, daemon=True).start()
write_like(source, target, halved)
print(max(seen) - seen[0])
"""


def memory(source: Path) -> float:
    """Return how many bytes more than to open a recording it takes to write it with other samples.

    Pages of files that are mapped do not count: the system takes them back when it needs them.
    """
    target = source.with_name(f"copy{source.suffix}")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, source, target], check=True, capture_output=True, text=True
    )
    assert target.stat().st_size == source.stat().st_size
    return int(done.stdout)


@pytest.mark.slow
def test_a_day_of_edf_takes_little_memory(tmp_path: Path) -> None:
    hour = np.random.default_rng(0).normal(size=250 * 3600)
    with pyedflib.EdfWriter(str(tmp_path / "some.edf"), 3) as file:
        file.setSignalHeaders(
            [
                make_signal_header(f"{i}", sample_frequency=250, physical_min=-9, physical_max=9)
                for i in range(3)
            ]
        )
        for _ in range(24):
            file.writeSamples([hour] * 3)
    assert memory(tmp_path / "some.edf") < 200 * MIB


@pytest.mark.slow
def test_hours_of_wav_take_little_memory(tmp_path: Path) -> None:
    samples = np.memmap(tmp_path / "samples", np.int16, "w+", shape=(3 * 3600 * 44_100, 1))
    samples[::1000] = 9999
    wavfile.write(tmp_path / "some.wav", 44_100, samples)
    assert memory(tmp_path / "some.wav") < 200 * MIB
