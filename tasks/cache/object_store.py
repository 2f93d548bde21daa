"""How long an object store that speaks S3 is waited for, and what is told of one that cannot be used.

Faults that pass are tried again here, for some seconds; then, with a step's other faults, by its task.
"""

import asyncio
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from aiohttp import ClientError as ConnectionBreak
from botocore.exceptions import BotoCoreError, HTTPClientError, ReadTimeoutError
from botocore.exceptions import ConnectionError as ConnectionFailure
from botocore.parsers import ResponseParserError
from fsspec.asyn import sync_wrapper
from s3fs import S3FileSystem
from upath.implementations.cloud import S3Path
from upath.registry import register_implementation

from denoising.addresses import masked
from tasks.cache.places import RefusedError, StoreError

SECONDS = 30.0  # that a request may take, with all its repetitions, beside the time for its content
SECONDS_WHEN_SILENT = 10.0  # the same after one that was not answered, until one is; and a pause after that
SLOWEST = 100_000.0  # bytes a second at which content has to be taken
CONFIG = {
    "connect_timeout": 5,
    "read_timeout": 10,
    "retries": {"mode": "standard", "total_max_attempts": 5},
}
LOOK_AT = "look at the bucket, AWS_ENDPOINT_URL and the credentials"


class ObjectStore(S3FileSystem):  # type: ignore[misc]
    """An object store in which each wait has a limit.

    Where it keeps what it lists, it lists a folder once for all questions on what is in it.

    Attributes:
        silent: by the name of each bucket that left the last request of this process without an answer: until
            when nothing more is asked of it, by the monotonic clock. After a first silence it is asked again
            at once; after a second one there is a pause, since each of a run's steps would wait in vain.
    """

    retries = 3  # of reading a body whose connection breaks off
    silent: ClassVar[dict[str, float]] = {}

    async def _call_s3(self, method: str, *more: Any, **given: Any) -> Any:
        """Ask for something.

        Raises:
            FileNotFoundError: it is not there.
            StoreError: the store cannot be used.
            RefusedError: nor will it be usable soon; or it was silent before.
        """
        bucket = given.get("Bucket", "")
        again = bucket in ObjectStore.silent
        seconds = SECONDS_WHEN_SILENT if again else SECONDS
        if time.monotonic() < ObjectStore.silent.get(bucket, -math.inf):
            raise RefusedError(cannot_be_used(bucket, no_answer(seconds)))
        try:
            with told_of(bucket, seconds):
                async with asyncio.timeout(seconds + len(given.get("Body", b"")) / SLOWEST):
                    answer = await super()._call_s3(method, *more, **given)
        except (StoreError, FileNotFoundError) as error:
            if isinstance(error, FileNotFoundError) or not error.silent:
                ObjectStore.silent.pop(bucket, None)
                raise
            ObjectStore.silent[bucket] = time.monotonic() + (SECONDS_WHEN_SILENT if again else 0)
            if again:
                raise RefusedError(str(error)) from None
            raise
        ObjectStore.silent.pop(bucket, None)
        return answer

    call_s3 = sync_wrapper(_call_s3)

    async def _lsdir(self, path: str, *more: Any, **given: Any) -> list[dict[str, Any]]:
        """Return what is told of everything in a folder.

        Raises:
            StoreError: the store cannot be used.
        """
        with told_of(self.split_path(path)[0], CONFIG["read_timeout"]):
            listed: list[dict[str, Any]] = await super()._lsdir(path, *more, **given)
        return listed

    async def _info(self, path: str, *more: Any, **given: Any) -> dict[str, Any]:
        """Return what is told of an object, without its content.

        Raises:
            FileNotFoundError: it is not there.
            StoreError: the store cannot be used.
        """
        if self.dircache.use_listings_cache and self.split_path(path)[1]:  # a bucket is in no folder
            await self._lsdir(self._parent(path))
        told: dict[str, Any] = await super()._info(path, *more, **given)
        return told

    async def _cat_file(self, path: str, *more: Any, **given: Any) -> bytes:
        """Return the content of an object in one request, without asking for its size to take it in parts.

        Raises:
            FileNotFoundError: it is not there.
            StoreError: the store cannot be used.
        """
        with told_of(self.split_path(path)[0], CONFIG["read_timeout"]):
            content: bytes = await super()._cat_file(path, *more, **{"max_concurrency": 1, **given})
        return content


class Prefix(S3Path):
    """The name of an object, or what the names of several begin with."""

    __slots__ = ()

    @classmethod
    def _fs_factory(cls, _: str, __: str, storage_options: Mapping[str, Any]) -> ObjectStore:
        return ObjectStore(config_kwargs=CONFIG, **storage_options)


register_implementation("s3", Prefix, clobber=True)  # else it could not be made


@contextmanager
def told_of(bucket: str, seconds: Any) -> Iterator[None]:
    """Say of whatever is raised why a bucket cannot be used.

    Raises:
        FileNotFoundError: what is asked for is not there, but the bucket is.
        StoreError: the bucket cannot be used.
    """
    try:
        yield
    except (OSError, ValueError, BotoCoreError, ConnectionBreak, ResponseParserError) as error:
        if isinstance(error, FileNotFoundError) and error_code(error) != "NoSuchBucket":
            raise
        kind = StoreError if may_pass(error) else RefusedError
        failure = kind(cannot_be_used(bucket, reason(error, seconds)))
        failure.silent = isinstance(error, TimeoutError | ReadTimeoutError)
        raise failure from None  # it may tell the endpoint's address, and so a password


def cannot_be_used(bucket: str, why: str) -> str:
    """Return the line that tells of a bucket that cannot be used."""
    return f"s3://{bucket} cannot be used ({why}); {LOOK_AT}"


def may_pass(error: Exception) -> bool:
    """Whether the same may be answered another time; not if the store refuses it, or is not set up right."""
    if isinstance(error, HTTPClientError | ConnectionFailure | ConnectionBreak | ResponseParserError):
        return True
    return isinstance(error, OSError) and not isinstance(error, FileNotFoundError | PermissionError)


def error_code(error: Exception) -> str:
    """Return the code of an answer that tells of an error."""
    answer: Any = getattr(error.__cause__, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))


def reason(error: Exception, seconds: float) -> str:
    """Return why a request failed, in words that are the same for all requests."""
    if isinstance(error, TimeoutError | ReadTimeoutError):
        return no_answer(seconds)
    if isinstance(error, ConnectionFailure):
        return "it cannot be reached"
    if isinstance(error, HTTPClientError | ConnectionBreak):
        return "the connection breaks off"
    if isinstance(error, ResponseParserError):
        return "what answers is no object store"
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return masked(" ".join(told.split()).rstrip("."))


def no_answer(seconds: float) -> str:
    """Return why a request that was waited for in vain failed."""
    return f"no answer within {seconds:g} s"
