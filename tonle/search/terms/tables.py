"""Term tables as files: concepts, and what they are called in each language.

A table is a gzip file of JSON lines. The first says whose it is:

    {"format": "tonle-terms/1", "name": "cldr", "title": "...", "source": "...", "licence": "..."}

and each other one is a concept:

    {"id": "https://…", "preferred": {"en": ["rice"]}, "other": {"en": ["paddy"]}}

`id` is the concept's address where it has one, else "". Only concepts with an address or a
`code` (its notation) are suggested as subjects of records. `broader` are the addresses of the
concepts it belongs under, or their codes where they have none. The first line may have the
address of the whole scheme, as `uri`. Languages are the first part of a BCP 47 tag.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

FORMAT: Final = "tonle-terms/1"
# The region's languages. What tables say in others is not kept: nobody is asked in them.
LANGUAGES: Final = ("en", "km", "lo", "my", "th", "vi", "zh")
SUFFIX: Final = ".jsonl.gz"


@dataclass(frozen=True, slots=True)
class Source:
    """Whose a table is. name: short, of letters, digits and hyphens. licence: SPDX where it
    has an identifier there, else its name. uri: of the scheme, "" where it has none."""

    name: str
    title: str
    source: str
    licence: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """What one thing is called. id: its address, or "". preferred, other: language to labels.
    code: its notation, or "". broader: addresses of what it belongs under, or codes. hidden: what
    it is also called, of which something else is called, too: understood, never looked for."""

    id: str
    preferred: Mapping[str, Sequence[str]]
    other: Mapping[str, Sequence[str]] = field(default_factory=dict)
    code: str = ""
    broader: Sequence[str] = ()
    hidden: Mapping[str, Sequence[str]] = field(default_factory=dict)


class NotATable(ValueError):
    """The file is no term table; the message says why."""


def read_source(path: Path) -> Source:
    """The head of a table. Raises NotATable."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        try:
            said = json.loads(file.readline())
            if said.pop("format") != FORMAT:
                raise NotATable(f"{path.name} is of another format than {FORMAT}.")
            return Source(**said)
        except (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError) as error:
            raise NotATable(f"{path.name} is not a term table: {error}") from error


def read_concepts(path: Path) -> Iterator[Concept]:
    """The concepts of a table one by one: no table need fit into memory."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        file.readline()
        for line in file:
            said = json.loads(line)
            yield Concept(
                said["id"],
                said["preferred"],
                said.get("other", {}),
                said.get("code", ""),
                said.get("broader", ()),
                said.get("hidden", {}),
            )


def write(path: Path, source: Source, concepts: Iterable[Concept]) -> int:
    """Write a table; how many concepts it has. The same concepts give the same bytes."""
    count = 0
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed,
    ):
        head = {"format": FORMAT, **asdict(source)}
        packed.write(_line({key: value for key, value in head.items() if key != "uri" or value}))
        for concept in concepts:
            said: dict[str, object] = {"id": concept.id, "preferred": dict(concept.preferred)}
            if concept.other:
                said["other"] = dict(concept.other)
            if concept.code:
                said["code"] = concept.code
            if concept.broader:
                said["broader"] = list(concept.broader)
            if concept.hidden:
                said["hidden"] = dict(concept.hidden)
            packed.write(_line(said))
            count += 1
    return count


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
