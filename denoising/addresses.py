"""Tells addresses of object stores from paths, and keeps what is secret in one from being shown."""

import re

# What begins like this is meant for an address; a folder that is named so can be given as ./s3:/name.
LIKE_ADDRESS = re.compile(
    r"\s*([a-z][a-z0-9+.-]+:[/\\]|(s3[an]?|gs|gcs|az|abfss?|hdfs|file|https?|ftp):)", re.IGNORECASE
)
ADDRESS = re.compile(r"s3://[a-zA-Z0-9][\w.-]*(/(?!\.\.?(/|$))[^/?#]+)*/*", re.ASCII)
HIDDEN = "***"
# What is secret, after what is shown before it.
SECRETS = re.compile(
    r"""
      (?P<user>(?<![a-z0-9+.-])[a-z0-9+.-]+:/{1,3}) (?: [^\s/@":]*:[^\s"]*(?=@) | [^\s/@"]+(?=@) )  # http://NAME:WORD@
    | (?P<keys>\bs3[an]?:/{0,3}) [^\s/@":]+:(?: [^\s"]+(?=@) | [^\s"]+ )                     # s3:KEY:SECRET
    | (?P<bare>\b[A-Z0-9]{16,}:) [^\s"]+(?=@)                                                # KEY:SECRET@
    | (?P<asked>[?&;][^\s=&"]*(?:sig|token|key|secret|pass|credential)[^\s=&"]*=) [^\s&"]+     # ?token=WORD
    """,
    re.IGNORECASE | re.VERBOSE,
)


def masked(text: str) -> str:
    """Return a text with *** in place of names and passwords in addresses, and of tokens in their queries."""
    return SECRETS.sub(lambda found: (found[found.lastgroup or 0] or "") + HIDDEN, text)


def is_remote(path: str) -> bool:
    """Whether the full name of a file or a folder is an address of an object store."""
    return path.startswith("s3://")


def is_address(text: str) -> bool:
    """Whether a text is the address of an object store, and not a path.

    Raises:
        ValueError: it is neither, or holds credentials. The message does not repeat it.
    """
    if not LIKE_ADDRESS.match(text):
        return False
    if masked(text) != text:
        raise ValueError(
            "an address must not hold credentials; give s3://bucket/prefix, and the credentials as "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or in ~/.aws"
        )
    if not ADDRESS.fullmatch(text):
        raise ValueError("give a path, or an address such as s3://bucket/prefix, without ?, # and ..")
    return True
