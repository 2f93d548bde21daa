"""The scripts of a page, and how its policy tells them from any other."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from jinja2 import Environment


@dataclass(frozen=True)
class Script:
    """A script that a page holds."""

    source: str

    @property
    def digest(self) -> str:
        """What the content security policy knows it by: its SHA-256, in base64."""
        return b64encode(sha256(self.source.encode()).digest()).decode("ascii")


def scripts_of(environment: Environment, names: Iterable[str]) -> list[Script]:
    """Scripts that lie beside the templates. They are no templates: braces mean something else there."""
    loader = environment.loader
    assert loader is not None
    return [Script(loader.get_source(environment, name)[0]) for name in names]
