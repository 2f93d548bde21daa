from pathlib import Path

import numpy as np
import pytest

from denoising.recordings.channels import Channel
from denoising.recordings.formats.catalogue import FORMATS
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.catalogue import WRITERS, write_like
from denoising.signals.sinusoids import Array
from tests.denoising.recordings.made_up import channel_of
from tests.denoising.recordings.writing.rewritten import channels_in, refusal, rewritten
from tests.denoising.recordings.written import ECG, RATE, WRITTEN, ecg, text

N = 3600  # samples, whole seconds
LOSSY = (".ogg",)
PACKED = (".parquet", ".mat")  # the same content may be packed into other bytes


def recorded(folder: Path, kind: str, n_channels: int = 2) -> Path:
    path = folder / f"some{kind}"
    signals = np.stack([ecg()[N * i : N * (i + 1)] for i in range(n_channels)], axis=1)
    names = (
        [f"lead {i}" for i in range(n_channels)]
        if kind != ".mat"
        else [f"lead{i}" for i in range(n_channels)]
    )
    WRITTEN[kind].write(path, signals, names, 8000 if kind == ".ogg" else RATE)
    return path


def content(path: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in path.parent.iterdir() if one.is_file()}


def smooth(samples: Array) -> Array:
    found: Array = np.convolve(samples, np.ones(5) / 5, "same")
    return found


def test_every_format_that_is_read_is_written() -> None:
    assert WRITERS.keys() == FORMATS.keys()


@pytest.mark.parametrize("kind", sorted(WRITERS.keys() - {*LOSSY, *PACKED}))
def test_a_copy_with_the_samples_as_read_is_the_same_file(kind: str, tmp_path: Path) -> None:
    source = recorded(tmp_path, kind)
    assert content(rewritten(source, channels_in(source))) == content(source)


@pytest.mark.parametrize("kind", sorted(WRITERS.keys() - {*LOSSY, ".csv", ".tsv", ".txt"}))
def test_samples_that_are_changed_and_changed_back_are_the_same(kind: str, tmp_path: Path) -> None:
    source = recorded(tmp_path, kind)
    before = channels_in(source)
    other = rewritten(source, {name: smooth(samples) for name, samples in before.items()})
    assert all((channels_in(other)[name] != before[name]).mean() > 0.5 for name in before)
    back = rewritten(other, before)
    assert {name: samples.tolist() for name, samples in channels_in(back).items()} == {
        name: samples.tolist() for name, samples in before.items()
    }
    if kind not in PACKED:
        assert content(back) == content(source)


@pytest.mark.parametrize("kind", WRITERS)
def test_another_channel_and_all_that_is_told_stay_as_they_are(kind: str, tmp_path: Path) -> None:
    source = recorded(tmp_path, kind, 3)
    form, before = WRITTEN[kind], channels_in(source)
    name = list(before)[1]
    new = smooth(before[name])
    new[100:200] = np.nan
    after = channels_in(rewritten(source, {name: new}))
    assert list(after) == list(before)
    expected = np.where(np.isnan(new), before[name], new)
    assert np.abs(after[name] - expected).max() <= max(form.precision / form.scale, 1e-4)
    if kind not in LOSSY:
        assert np.array_equal(after[name][100:200], before[name][100:200])
        for other in before.keys() - {name}:
            assert np.array_equal(after[other], before[other])


@pytest.mark.parametrize("kind", WRITERS)
def test_channels_are_read_in_pieces(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("patching", "sound_out", "waveform_out", "numerals", "text_out"):
        monkeypatch.setattr(f"denoising.recordings.writing.{module}.BLOCK", 1000)
    monkeypatch.setattr("denoising.recordings.writing.table_out.ROWS", 1000)
    source = recorded(tmp_path, kind)
    before = channels_in(source)
    name, new = "lead 1", smooth(list(before.values())[1])
    name = list(before)[1]
    longest = []

    def read(start: int, stop: int) -> Array:
        longest.append(stop - start)
        return new[start:stop]

    (tmp_path / "copy").mkdir()
    target = tmp_path / "copy" / source.name
    write_like(source, target, {name: Channel(name, N, None, read)})
    assert max(longest) <= 1000
    form = WRITTEN[kind]
    assert np.abs(channels_in(target)[name] - new).max() <= max(form.precision / form.scale, 1e-4)


@pytest.mark.parametrize("kind", sorted(WRITERS.keys() - {".hea"}))
def test_an_extension_may_be_in_capitals(kind: str, tmp_path: Path) -> None:
    source = recorded(tmp_path, kind).rename(tmp_path / f"LOUD{kind.upper()}")
    before = channels_in(source)
    name = next(iter(before))
    after = channels_in(rewritten(source, {name: smooth(before[name])}))
    assert np.abs(after[name] - smooth(before[name])).max() < 0.1


def test_what_does_not_fit_a_recording_is_refused(tmp_path: Path) -> None:
    source = text(tmp_path, "a,label\n1,x\n2,y\n1,z\n")
    assert refusal(source, {"b": [1, 2, 3]}) == "it has no channel b; its channels are a, label"
    assert refusal(source, {"label": [1, 2, 3]}).startswith("channel label: line 2 is no number: x")
    assert refusal(source, {"a": [1, 2]}) == (
        "channel a has 3 samples, and what is to be written 2; give one for each"
    )
    assert refusal(source, {}, "some.tsv") == "its copy some.tsv has to end with .csv"
    with pytest.raises(RecordingError, match="would take its place"):
        write_like(source, tmp_path / "." / "some.csv", {"a": channel_of(np.ones(3))})
    gone = tmp_path / "gone" / "some.csv"
    with pytest.raises(RecordingError, match=f"its copy {gone} cannot be written"):
        write_like(source, gone, {"a": channel_of(np.ones(3))})


def test_a_format_without_a_writer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("denoising.recordings.writing.catalogue.WRITERS", {})
    assert refusal(text(tmp_path, "1\n5\n3\n"), {}) == (
        ".csv can be read, but not written; save the signals in another format"
    )


def test_channels_that_share_a_name_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", ecg=np.eye(3), ecg1=np.arange(3))
    assert refusal(tmp_path / "some.npz", {"ecg1": np.ones(3)}) == (
        "it has 2 channels called ecg1; rename all but one"
    )


@pytest.mark.slow
def test_the_example_keeps_its_comments(tmp_path: Path) -> None:
    source = text(tmp_path, ECG.read_bytes(), "ecg.csv")
    copy = rewritten(source, {"MLII": smooth(ecg())})
    before, after = (path.read_text().splitlines() for path in (source, copy))
    assert after[:4] == before[:4]
    assert len(after) == len(before)
    assert np.abs(channels_in(copy)["MLII"] - smooth(ecg())).max() <= 1e-4 * smooth(ecg()).std()
