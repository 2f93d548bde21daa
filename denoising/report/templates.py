"""The templates, style sheets and scripts that pages are made of."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

COMPACT: dict[str, Any] = {"separators": (",", ":"), "allow_nan": False}  # JSON inside a page

# In memory, so that no page is made from files that were edited after its process began.
SOURCES = {
    name: files("denoising.report").joinpath(name).read_text(encoding="utf-8")
    for name in (
        "page.html.j2", "looks.html.j2", "head.html.j2", "blocks.html.j2", "report.md.j2", "report.css",
        "claims.css", "controls.css", "looks.css", "tables.js", "looks.js",
        "playground/playground.html.j2", "playground/playground.css", "playground/networks.js",
        "playground/denoisers.js", "playground/signals.js", "playground/sources.js", "playground/views.js",
        "playground/bringing.js", "playground/playground.js",
        "uplot/uPlot.iife.min.js", "uplot/uPlot.min.css", "uplot/LICENSE",
    )
}  # fmt: skip


def environment_of(*, escaped: bool) -> Environment:
    """Where templates are found and how they are read."""
    environment = Environment(
        loader=DictLoader(SOURCES),
        autoescape=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = COMPACT
    return environment


def with_digests(*scripts: str) -> list[tuple[str, str]]:
    """Scripts by the names of their files: each one's source and its digest."""
    return [(SOURCES[name], digest(SOURCES[name])) for name in scripts]


def digest(script: str) -> str:
    """What a content security policy knows a script by: its SHA-256, in base64."""
    return b64encode(sha256(script.encode()).digest()).decode("ascii")
