import re

import pytest

from denoising import load
from denoising.addresses import is_address, masked
from denoising.models.model_file import ModelError
from denoising.recordings.finding import find
from denoising.recordings.settings import RecordingError

SECRET = {
    "s3://KEY:WORD@bucket/x": "s3://***@bucket/x",
    "s3://KEY:WO/R+D@bucket": "s3://***@bucket",
    "s3://KEY:WO@RD@bucket": "s3://***@bucket",
    "s3:KEY:WORD@bucket": "s3:***@bucket",
    "s3:/KEY:WORD@bucket": "s3:/***@bucket",
    "S3A://KEY:WORD@bucket": "S3A://***@bucket",
    "s3://KEY:WORD": "s3://***",
    "--data-dir=s3://KEY:WORD@bucket": "--data-dir=s3://***@bucket",
    "KEYKEYKEYKEYKEY1:WORD@bucket": "KEYKEYKEYKEYKEY1:***@bucket",
    "at http://user:WORD@host:4200/api, twice": "at http://***@host:4200/api, twice",
    '"https://WORD@host"': '"https://***@host"',
    "postgresql+asyncpg://user:WORD@host:5432/name": "postgresql+asyncpg://***@host:5432/name",
    "https://host/x?X-Amz-Signature=WORD&a=b": "https://host/x?X-Amz-Signature=***&a=b",
}
PLAIN = (
    "artifacts_dir s3://bucket: cannot be used",
    "s3://bucket/me@home",
    "http://127.0.0.1:4200/api, mail me@home",
    "s3://***@bucket",
    "train/depth=2,alpha=0.1: 12:30 me@home",
)


@pytest.mark.parametrize("text", SECRET)
def test_what_is_secret_in_an_address_is_masked(text: str) -> None:
    assert masked(text) == SECRET[text]
    assert masked(SECRET[text]) == SECRET[text]


@pytest.mark.parametrize("text", PLAIN)
def test_nothing_else_is_masked(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "s3://bucket",
        "s3://bucket/",
        "s3://bucket/me@home/a:b",
        "s3://bucket/day[01]/*.csv",
        "s3://bucket/...x/",
    ],
)
def test_an_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["s3//bucket", "./s3:/bucket", "s3", "run:1/x", "a/s3://b", "mains:50", "C:/x", "/tmp/http://x"]
)
def test_a_path_is_none(text: str) -> None:
    assert not is_address(text)


NEITHER = (
    "S3://bucket", "s3:/bucket", "s3:bucket", "S3:/b", "s3a://bucket", "s3:\\\\bucket", " s3://bucket", "s3://",
    "s3:///prefix", "s3://buck*/x", "s3://bucket/day?.csv", "s3://bucket/x#1", "s3://bucket//x",
    "s3://bucket/../x", "s3://bucket/.", "gs://", "gs:bucket", "file:///x",
    "file:x", "https://host/x.csv",
)  # fmt: skip


@pytest.mark.parametrize("text", NEITHER)
def test_what_is_neither_is_refused_wherever_it_is_given(text: str) -> None:
    told = "give a path, or an address such as s3://bucket/prefix, without ?, # and .."
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        is_address(text)
    with pytest.raises(RecordingError) as caught:
        find([text])
    assert str(caught.value) == f"{text}: {told}"


@pytest.mark.parametrize(
    "text", ["s3://KEY:WORD@bucket/x.csv", "s3:KEY:WORD@bucket", "http://u:WORD@h/x.csv"]
)
def test_credentials_are_refused_and_not_repeated(text: str) -> None:
    for use, kind in ((is_address, ValueError), (lambda t: find([t]), RecordingError), (load, ModelError)):
        with pytest.raises(kind) as caught:
            use(text)
        assert "WORD" not in str(caught.value)
        assert "KEY" not in str(caught.value).partition(";")[0]
