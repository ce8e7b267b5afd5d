"""Whether the rows say what the documents say.

The log vouches for documents, and the storage for files. What the database filters by
follows from both; a row changed by another hand would open what is closed, or hide what
is public, and nobody would see it. So everything that follows is worked out once more, by
the code that writes it, and compared.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max, Model

from tonle.catalogue.adoption import follow_document
from tonle.catalogue.models import Change, File, Intent, Pid, Record, Revision
from tonle.catalogue.publication import object_id, storage
from tonle.catalogue.publication.claims import claimed
from tonle.catalogue.publication.visible import DEPENDANTS, dependants
from tonle.kernel import canonical
from tonle.kernel.errors import Invalid

BATCH = 200
# Columns that a document tells. Left out: those that the clock moves, and instants, which
# open nothing.
_COLUMNS = (
    "version", "revision", "access_level", "embargo_until", "received_sha256", "merged_into"
)  # fmt: skip
_FILE = ("name", "size_bytes", "media_type", "sha256", "sha512")


def disagreements(
    *, paths: bool, step: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[str, str]]:
    """(record, what is not as its document says), by record. About ten queries for 200 records.

    paths: also where each file's bytes are said to lie, which reads every inventory. step is
    called with the number of records looked at. What is being published is passed over.
    """
    last = 0
    while rows := list(
        Record.objects.select_related("document")
        .filter(key__gt=last, document__isnull=False)
        .exclude(key__in=Intent.objects.values("record"))
        .order_by("key")[:BATCH]
    ):
        last = rows[-1].key
        yield from _batch(rows, paths=paths)
        step(len(rows))
    yield from _ways()


def _batch(records: Sequence[Record], *, paths: bool) -> Iterator[tuple[str, str]]:
    told = _Told(records)
    for record in records:
        document = told.documents[record.key]
        if document is None:
            yield record.id, "its document cannot be read"
            continue
        try:
            found = [
                *_columns(record, document),
                *told.newest(record),
                *told.rows(record, document),
                *told.names(record, document),
                *told.files(record, document, paths=paths),
            ]
        except (LookupError, TypeError, ValueError, AttributeError, Invalid):
            # Another hand may have put anything in its place, and the check goes on.
            found = ["its document is none of a record"]
        yield from ((record.id, what) for what in found)


def _columns(record: Record, document: dict[str, Any]) -> Iterator[str]:
    expected = Record()
    follow_document(expected, document, datetime.now(UTC))
    for name in _COLUMNS:
        if getattr(record, name) != getattr(expected, name):
            yield f"{name} is {_shown(record, name)}, its document says {_shown(expected, name)}"
    if record.id != document["id"] or record.kind != document["kind"]:
        yield "its document is of another record"
    if (record.state == "published") != (document["state"] == "published"):
        yield f"it is {record.state}, its document says {document['state']}"


def _shown(record: Record, name: str) -> str:
    return str(getattr(record, name)) or "nothing"


class _Told:
    """What the database holds of some records beside their own rows, by the record's key."""

    def __init__(self, records: Sequence[Record]) -> None:
        keys = [record.key for record in records]
        self.documents = {record.key: _document(record.document) for record in records}
        self._dependants: dict[tuple[type[Model], int], Counter[str]] = defaultdict(Counter)
        for model in DEPENDANTS:
            for row in model._default_manager.filter(record__in=keys):
                self._dependants[model, row.serializable_value("record_id")][_content(row)] += 1
        self._newest = self._last_entries([record.id for record in records])
        self._files: dict[tuple[int, int], list[File]] = defaultdict(list)
        files = File.objects.filter(version__record__in=keys).select_related("version")
        for file in files.order_by("position"):
            self._files[file.version.record_id, file.version.number].append(file)
        self._holders = self._names()
        self._earlier = {
            (row.version.record_id, row.version.number): _document(row.document)
            for row in Revision.objects.filter(
                version__record__in=[record.key for record in records if record.version > 1],
                number=0,
            ).select_related("version", "document")
        }

    def _last_entries(self, ids: Sequence[str]) -> dict[str, str]:
        entries = Change.objects.filter(record__in=ids).values("record").annotate(pos=Max("pos"))
        newest = Change.objects.filter(pos__in=[entry["pos"] for entry in entries])
        return dict(newest.values_list("record", "sha256"))

    def _names(self) -> dict[tuple[str, str], int]:
        values = {
            value for document in self.documents.values() if document
            for _, value in claimed(document)
        }  # fmt: skip
        rows = Pid.objects.filter(value__in=values).values_list("scheme", "value", "record_id")
        return {(scheme, value): holder for scheme, value, holder in rows}

    def newest(self, record: Record) -> Iterator[str]:
        """The document is the one that the log told last."""
        assert record.document is not None  # noqa: S101 # As its rows were chosen.
        if self._newest.get(record.id) != record.document.sha256:
            yield "its document is not the newest that the log tells"

    def rows(self, record: Record, document: dict[str, Any]) -> Iterator[str]:
        expected: dict[type[Model], Counter[str]] = defaultdict(Counter)
        for row in dependants(record, document):
            expected[type(row)][_content(row)] += 1
        for model in DEPENDANTS:
            if self._dependants[model, record.key] != expected[model]:
                yield f"its rows of {model._meta.model_name} are not those of its document"

    def names(self, record: Record, document: dict[str, Any]) -> Iterator[str]:
        """Each name that it claims leads to it; of what others own, unless it was taken."""
        for scheme, value in claimed(document):
            holder = self._holders.get((scheme, value))
            if holder != record.key and not (record.kept_in and holder is not None):
                yield f"its name {scheme} {value} does not lead to it"

    def files(self, record: Record, document: dict[str, Any], *, paths: bool) -> Iterator[str]:
        if record.state == "purged":
            return
        expected = {record.version: document} if record.version else {}
        for (key, number), earlier in self._earlier.items():
            if key == record.key and number < record.version and earlier is not None:
                expected[number] = earlier
        for number, says in sorted(expected.items()):
            held = self._files[record.key, number]
            told = [tuple(file[name] for name in _FILE) for file in says["files"]]
            if [tuple(getattr(file, name) for name in _FILE) for file in held] != told:
                yield f"its files of version {number} are not those of its document"
        if paths and not record.kept_in:
            yield from _paths(record, self._files, expected)


def _paths(
    record: Record, files: dict[tuple[int, int], list[File]], numbers: Iterable[int]
) -> Iterator[str]:
    """Each file's bytes are said to lie where the inventory keeps them."""
    root = storage()
    if root.head(object_id(record.id)) is None:
        return  # Told by the check of the files.
    manifest = root.inventory(object_id(record.id)).manifest
    for number in sorted(numbers):
        for file in files[record.key, number]:
            if file.content_path not in manifest.get(file.sha512, ()):
                yield f"{file.name} of version {number} leads to other bytes than its own"


def _ways() -> Iterator[tuple[str, str]]:
    """Every duplicate leads to a record that is there, and none in a circle."""
    leads = dict(Record.objects.exclude(merged_into="").values_list("id", "merged_into"))
    targets = Record.objects.exclude(merged_into="").values("merged_into")
    known = set(Record.objects.filter(id__in=targets).values_list("id", flat=True))
    for start, target in leads.items():
        if target not in known:
            yield start, f"it is part of {target}, which is not there"
            continue
        seen, place = {start}, target
        while place in leads and place not in seen:
            seen.add(place)
            place = leads[place]
        if place == start:
            yield start, f"it is part of {target} in a circle; reinstate one of them"


def _document(row: Any) -> dict[str, Any] | None:
    """A document, None where it was erased or is no document any more."""
    try:
        document: dict[str, Any] = canonical.loads(bytes(row.body))
    except ValueError:
        return None
    return document


def _content(row: Model) -> str:
    """What a row says of its record, as one word."""
    said = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.attname != "record_id"
    }
    return json.dumps(said, sort_keys=True, default=str)
