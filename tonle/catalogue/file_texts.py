"""What files say, for the search index: the beginning of the text of files that are open to all.

A context that reads files registers where their text is found; the index asks for it when it reads
a record. Where a text becomes known later, the record is read again. Light, so that a context can
register at start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tonle.kernel.actors import ANONYMOUS

if TYPE_CHECKING:
    from tonle.catalogue.models import Record

# Of one record: more would drown the words of its description, and fill the disk.
MOST_CHARS = 20_000
MOST_FILES = 20

# Digest (SHA-256) and name of a file to how its text begins, "" where that is not known.
Texts = Callable[[str, str], str]

_TEXTS: dict[str, Texts] = {}


def register_file_texts(name: str, texts: Texts) -> None:
    """Let the index find files by what `texts(sha256, name)` gives. The text is asked for only
    of files that everybody may read."""
    if _TEXTS.get(name, texts) is not texts:
        raise RuntimeError(f"Two readers of files are registered as {name!r}.")
    _TEXTS[name] = texts


def contents(record: Record, document: Mapping[str, Any], now: datetime) -> list[str]:
    """How the texts of a record's files begin; nothing of files that are not open to all. One
    query for the effects, where there is a text."""
    if not _TEXTS or record.state != "published" or not document["files"]:
        return []
    if document["access"]["level"] not in {"open", "embargoed"}:
        return []
    found: list[str] = []
    left = MOST_CHARS
    for file in document["files"][:MOST_FILES]:
        for name in sorted(_TEXTS):
            text = _TEXTS[name](file["sha256"], file["name"])[:left]
            if text:
                found.append(text)
                left -= len(text)
    if not found:
        return []
    from tonle.catalogue.rules.access import READ_FILES, rule
    from tonle.catalogue.selectors import facts_of

    return found if rule(ANONYMOUS, READ_FILES, facts_of(record), now) else []


def text_is_known(sha256: str) -> None:
    """Let the index read again the records whose newest version has these bytes."""
    from tonle.catalogue.models import File
    from tonle.search.public import index_again

    files = File.objects.filter(sha256=sha256, version__record__state="published")
    for record_id in files.values_list("version__record__id", flat=True).distinct():
        index_again("record", record_id)
