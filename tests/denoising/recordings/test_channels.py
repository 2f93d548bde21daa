from collections.abc import Sequence
from pathlib import Path

import pytest

from denoising.recordings.channels import picked
from denoising.recordings.opening import open_recording
from denoising.recordings.settings import RecordingError
from tests.denoising.recordings.written import fault, text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = "\n".join(f"{i % 3},beat,{i % 5},{i % 7}" for i in range(64))
    return text(tmp_path, f"a,label,b two,3\n{rows}\n")


@pytest.mark.parametrize(
    ("picks", "names"),
    [
        (["a"], ["a"]),
        (["3", "1"], ["3", "a"]),  # a name goes before a number
        (["b two", "a", "1"], ["b two", "a"]),
        (["4"], ["3"]),
    ],
)
def test_channels_are_picked_by_name_and_number_in_this_order(
    picks: Sequence[str], names: Sequence[str], path: Path
) -> None:
    assert [channel.name for channel in picked(open_recording(path), picks)] == names


@pytest.mark.parametrize("pick", ["c", "0", "5", "-1", "A"])
def test_an_unknown_channel_is_refused_by_the_names_of_all(pick: str, path: Path) -> None:
    with pytest.raises(RecordingError) as caught:
        picked(open_recording(path), ["a", pick])
    assert str(caught.value) == f"it has no channel {pick}; its channels are 1 a, 2 label, 3 b two, 4 3"


@pytest.mark.parametrize(
    ("picks", "remedy"), [([], "a 'b two' 3"), (["2", "a"], "a"), (["label"], "a 'b two' 3")]
)
def test_a_channel_of_text_is_refused_with_the_picks_that_leave_it_out(
    picks: Sequence[str], remedy: str, path: Path
) -> None:
    assert fault(path, rate=1, picks=picks) == (
        f"some.csv: channel label: line 2 is no number: beat; leave it out with --picks {remedy}"
    )
