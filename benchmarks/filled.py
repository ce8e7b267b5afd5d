"""A node of as many published records as are wanted, made in minutes: rows and index, no files.

    TONLE_DATA=DIR python -m benchmarks.filled --records N [--passages FILE]

For pages over a million records, which an import would take hours for. The words are real where
a file of passages is given (JSON lines of {lang, text}), else made up; each record says three
pieces of them in one language, so what is asked for is found in many. Everything that a page of
results reads is there: the rows of records and documents, the change log with its chain, and the
index as the node's own indexer makes it. As pieces come again and again, each is analysed once:
the time that this takes says nothing of a node's own pace.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

from benchmarks.material import DOI_PREFIX, LANGUAGES, RIGHTS, made_up
from tonle.kernel.identifiers import mint
from tonle.kernel.text import normalise
from tonle.search.analysis import Analysed, analyse

MEMBERS = ("KHM", "LAO", "THA", "VNM", "MMR", "CHN-YN")
KINDS = ("dataset", "dataset", "software", "publication", "project", "facility", "standard")
LEVELS = ("open", "open", "restricted", "metadata_only")
ORGANISATIONS = 400
SUBJECTS = 400
PIECE_CHARACTERS = 200
# Between pieces: no word and no row of letters reaches across it.
BETWEEN = "\n\n"
OPENS = ": "
AT_ONCE = 5_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Material:
    """Records by number: the same number, the same record."""

    def __init__(self, passages: Path | None) -> None:
        self.pieces: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        for language, text in _read(passages) if passages else _made_up():
            self.pieces[language] += _cut(text)

    def language(self, number: int) -> str:
        return LANGUAGES[number % len(LANGUAGES)]

    def said(self, number: int) -> tuple[str, list[str]]:
        """The title of a record, and its pieces of text."""
        chance = random.Random(number)
        pieces = chance.choices(self.pieces[self.language(number)], k=3)
        return OPENS.join(_beginning(piece) for piece in pieces[:2]), pieces

    def document(self, number: int) -> dict[str, Any]:
        """The record as the catalogue keeps it."""
        chance, language = random.Random(-number), self.language(number)
        title, pieces = self.said(number)
        at = (NOW - timedelta(minutes=chance.randrange(2_000_000))).isoformat()[:19] + "Z"
        year = 2026 - min(int(chance.expovariate(0.15)), 60)
        name = f"Author, {chance.randrange(5_000)}"
        return {
            "access": {"level": chance.choice(LEVELS)},
            "created_at": at,
            "creators": [{"name": name, "name_type": "Personal"}],
            "dates": [{"date": str(year), "type": "Issued"}],
            "descriptions": [{"text": {language: BETWEEN.join(pieces)}, "type": "Abstract"}],
            "effects": [],
            "files": [],
            "id": mint(random.Random(number)),
            "kind": chance.choice(KINDS),
            "languages": [language],
            "members": [chance.choice(MEMBERS)],
            "pids": [{"scheme": "doi", "value": f"{DOI_PREFIX}/bench.{number}"}],
            "publication_year": year,
            "published_at": at,
            "publisher": {"name": f"Institute {_ranked(chance, ORGANISATIONS)}"},
            "relations": [],
            "resource_type": {"general": "Dataset"},
            "revision": 0,
            "rights": [{"identifier": chance.choice(RIGHTS)}],
            "schema": "tonle-record/1",
            "state": "published",
            "subjects": [{"text": {"en": f"Subject {_ranked(chance, SUBJECTS)}"}}],
            "titles": {language: title},
            "updated_at": at,
            "version": 1,
        }


def _ranked(chance: random.Random, most: int) -> int:
    """A number from 1 on, the first ones far more often: as subjects are used."""
    return min(int(chance.paretovariate(0.7)), most)


def _read(passages: Path) -> Iterator[tuple[str, str]]:
    with passages.open(encoding="utf-8") as file:
        for line in file:
            passage = json.loads(line)
            if passage["lang"] in LANGUAGES:
                yield passage["lang"], normalise(passage["text"])  # As the catalogue stores it.


def _made_up() -> Iterator[tuple[str, str]]:
    chance = random.Random(1)
    for language in LANGUAGES:
        for _ in range(2_000):
            yield language, made_up(chance, language, 120)


def _cut(text: str) -> Iterator[str]:
    """A passage in pieces, from space to space where there is one near."""
    rest = text.strip()
    while len(rest) > PIECE_CHARACTERS * 3 // 2:
        space = rest.find(" ", PIECE_CHARACTERS, PIECE_CHARACTERS * 3 // 2)
        at = space if space > 0 else PIECE_CHARACTERS
        yield rest[:at].strip()
        rest = rest[at:].strip()
    if rest:
        yield rest


def _beginning(piece: str, most: int = 40) -> str:
    return (piece[:most].rpartition(" ")[0] or piece[:most]).rstrip(" :")


# --- rows ---------------------------------------------------------------------------------------


def fill(material: Material, count: int) -> None:
    """The rows of so many records, in the database of this node; goes on where it stopped."""
    from tonle.catalogue.log import recording
    from tonle.catalogue.models import Document, Origin, Record
    from tonle.infra import audit
    from tonle.infra.bulk import insert_rows
    from tonle.infra.models import TransitionRow
    from tonle.kernel.actors import SYSTEM

    origin = Origin.objects.get(is_home=True)
    for first in range(Record.objects.count() + 1, count + 1, AT_ONCE):
        documents = [material.document(n) for n in range(first, min(first + AT_ONCE, count + 1))]
        records: list[tuple[Any, ...]] = []
        bodies: list[tuple[Any, ...]] = []
        steps: list[tuple[Any, ...]] = []
        with recording(NOW) as recorder:
            entry = audit.record("benchmark.fill", "node", origin.id, SYSTEM, NOW)
            for number, document in enumerate(documents, start=first):
                body, sha256 = _sealed(document)
                at = datetime.fromisoformat(document["updated_at"])
                level = document["access"]["level"]
                records.append(
                    (number, document["id"], document["kind"], origin.pk, "published", 1, at, "",
                     at, at, number, 1, 0, 1, "", level, "", "", "")
                )  # fmt: skip
                bodies.append((number, number, sha256, body))
                steps.append(
                    ("catalogue.record", 1, document["id"], 1, "publish", "", "published",
                     SYSTEM.id, at, "", entry.pk)
                )  # fmt: skip
                recorder.add(document["id"], "publish", sha256)
            # A trigger lets no state in without its step.
            insert_rows(TransitionRow, _STEP, steps)
            insert_rows(Record, _RECORD, records)
            insert_rows(Document, ("key", "record_id", "sha256", "body"), bodies)


_RECORD = (
    "key", "id", "kind", "origin_id", "state", "state_seq", "created_at", "created_by",
    "published_at", "updated_at", "document_id", "version", "revision", "ocfl_version",
    "ocfl_digest", "access_level", "received_sha256", "merged_into", "kept_in",
)  # fmt: skip

_STEP = (
    "machine", "machine_version", "object_id", "seq", "event", "source", "target", "actor", "at",
    "sees", "entry_id",
)  # fmt: skip


def _sealed(document: dict[str, Any]) -> tuple[bytes, str]:
    from tonle.catalogue.log import sha256
    from tonle.kernel import canonical

    body = canonical.dumps(document)
    return body, sha256(body)


# --- analysis -----------------------------------------------------------------------------------


def analysed(text: str) -> Analysed:
    """What `analyse` makes of a text, each piece of it cut once."""
    separator = BETWEEN if BETWEEN in text else OPENS
    if separator not in text:
        return analyse(text)
    parts = [_kept(part) for part in text.split(separator)]
    return Analysed(
        tuple(chain.from_iterable(part.words for part in parts)),
        tuple(chain.from_iterable(part.grams for part in parts)),
        tuple(chain.from_iterable(part.folded for part in parts)),
    )


_kept = lru_cache(maxsize=50_000)(analyse)


# --- index --------------------------------------------------------------------------------------


def index(material: Material, count: int) -> None:
    """The index of these records, by the node's own indexer."""
    from tonle.catalogue.search_source import CatalogueSource, as_document
    from tonle.search import documents, indexing, schema
    from tonle.search.documents import Change

    class Filled(CatalogueSource):
        """The node's records without reading them back."""

        def changes(self, after: int, limit: int) -> Sequence[Change]:
            numbers = range(after + 1, min(after + limit, count) + 1)
            return [_change(number) for number in numbers]

    def _change(number: int) -> Change:
        document = material.document(number)
        at = datetime.fromisoformat(document["updated_at"])
        record: Any = SimpleNamespace(
            id=document["id"], kind=document["kind"], updated_at=at, created_at=at
        )
        return Change(number, record.id, as_document(record, document))

    began = time.process_time()
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        if done % 100_000 < more:
            print(f"{done:,} indexed, {time.process_time() - began:.0f} s of CPU", flush=True)

    documents._sources.clear()
    documents.register_source(Filled())
    schema.analyse = analysed  # type: ignore[attr-defined] # Only here: each piece is cut once.
    indexing.catch_up(tell=tell)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.filled", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--passages", type=Path)
    args = parser.parse_args()
    django.setup()
    material = Material(args.passages)
    began = time.process_time()
    fill(material, args.records)
    print(f"{args.records:,} records, {time.process_time() - began:.0f} s of CPU", flush=True)
    index(material, args.records)
    print(f"and their index, {time.process_time() - began:.0f} s of CPU", flush=True)


if __name__ == "__main__":
    main()
