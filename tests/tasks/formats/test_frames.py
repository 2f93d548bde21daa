from io import BytesIO

import pandas as pd

from tasks.formats import frames

FRAME = pd.DataFrame(
    {
        "name": ["a", None],
        "whole": pd.array([1, None], dtype="Int64"),
        "number": [0.1, float("nan")],
        "rows": [[1.0, 2.0], [3.0]],
    },
    index=[7, 8],
)


def test_a_frame_comes_back_and_other_programs_read_the_same_without_its_index() -> None:
    content = frames.to_parquet(FRAME)
    back = frames.from_parquet(content)
    assert (back["name"][0], back["name"].isna().tolist()) == ("a", [False, True])
    assert back["whole"].isna().tolist() == back["number"].isna().tolist() == [False, True]
    assert (back["whole"][0], back["number"][0]) == (1, 0.1)
    assert [list(row) for row in back["rows"]] == [[1, 2], [3]]
    pd.testing.assert_frame_equal(back, pd.read_parquet(BytesIO(content)))
    assert frames.to_parquet(FRAME) == content


def test_a_frame_as_csv_has_a_head_and_a_line_a_row() -> None:
    assert frames.to_csv(FRAME[["name", "number"]]) == b"name,number\na,0.1\n,\n"
