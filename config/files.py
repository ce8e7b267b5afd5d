"""What the options about the place of kept files may say. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# S3 takes keys of 1,024 bytes; what lies below the prefix takes 821 at most.
LONGEST_PREFIX = 200
_PLACE = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[A-Za-z0-9._/-]+))?"
)


def no_place(*, files: str, endpoint: str, key: str, cache: int) -> str:
    """What is wrong with the options, as a sentence; "" where nothing is."""
    if not files:
        return ""
    bucket, prefix = parts(files)
    if not bucket:
        return f"TONLE_FILES is empty or an address such as s3://bucket/prefix, not {files!r}."
    if len(prefix) > LONGEST_PREFIX or {"", ".", ".."} & set(prefix.split("/") if prefix else ()):
        return f"The prefix in TONLE_FILES is a path of at most {LONGEST_PREFIX} letters."
    if endpoint:
        where = urlsplit(endpoint)
        if where.scheme not in {"http", "https"} or not where.hostname or where.username:
            return "TONLE_FILES_ENDPOINT is an address such as https://s3.example.org."
    if not key:
        return "TONLE_FILES needs TONLE_FILES_KEY, the access key of the object store."
    if not cache:
        return "TONLE_FILES_CACHE is at least 1."
    return ""


def parts(files: str) -> tuple[str, str]:
    """Bucket and prefix of an address; the bucket is "" where it is none."""
    found = _PLACE.fullmatch(files)
    return (found["bucket"], found["prefix"] or "") if found else ("", "")
