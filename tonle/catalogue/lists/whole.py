"""A whole version of a record as one zip: its files, its document and a README.

The zip is a bag (RFC 8493) and a research object (RO-Crate 1.2) at once. The bag's payload is
the files, below `data/`; the crate's metadata file lies in the bag's base directory among the
other tag files, where RFC 8493 (2.2.4) lets anything lie, and makes that directory the crate's
root: its entities are `data/…` and `record.json`. So both are found where their readers look,
neither moves a file, and the crate's description is in the bag's tag manifest.
"""

from __future__ import annotations

import hashlib
import logging
import textwrap
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext

from tonle.catalogue.crosswalks.writers import ro_crate
from tonle.catalogue.crosswalks.writers.ro_crate import Payload
from tonle.catalogue.errors import FilesNotReadable, NotStored
from tonle.catalogue.lists.rules import bagit
from tonle.catalogue.models import Crc32, File
from tonle.catalogue.places import place_of
from tonle.catalogue.publication import storage
from tonle.catalogue.record_actions import ways_to_files
from tonle.catalogue.rules.access import READ_FILES, rule
from tonle.catalogue.selectors import RecordView, facts_of, record_view
from tonle.infra import audit, days
from tonle.infra.ocfl import Place
from tonle.infra.server.files import Literal, OfFile, Part
from tonle.infra.server.zips import Member, layout
from tonle.kernel import canonical
from tonle.kernel.actors import ANONYMOUS, Actor
from tonle.kernel.dates import day_at, parse_instant
from tonle.kernel.errors import NotFound, Refusal
from tonle.kernel.text import choose

logger = logging.getLogger(__name__)

# Count up when the same record makes other bytes: a download that was cut begins anew.
LAYOUT_VERSION = 2
RECORD = "record.json"
_CHUNK = 1 << 20
# The sum of a larger file is kept at once, also when its reader leaves before the end.
_LARGE_BYTES = 64 << 20
_README_WIDTH = 88


@dataclass(frozen=True)
class Whole:
    """What a `PartsAnswer` needs. open_to_all: whether a stranger would get the same."""

    parts: Sequence[Part]
    etag: str
    filename: str
    last_modified: datetime
    open_to_all: bool


def whole_record(
    *, record_id: str, actor: Actor, now: datetime, version: int | None = None
) -> Whole:
    """The zip of one version, the newest unless one is named. Six queries.

    Every file that the actor may read is in it. Reading what is not open to all leaves one
    audit row an hour, as reading a single file does. Raises NotFound, FilesNotReadable with
    the reasons, or NotStored.
    """
    view, open_to_all = opened(record_id=record_id, actor=actor, now=now, version=version)
    return _packed(view, open_to_all)


def opened(
    *, record_id: str, actor: Actor, now: datetime, version: int | None
) -> tuple[RecordView, bool]:
    """A version whose files the actor may read, which is written down; and whether all may.

    Raises NotFound, or FilesNotReadable with the reasons.
    """
    view = record_view(record_id=record_id, actor=actor, now=now, version=version)
    if view.record.state != "published":
        raise NotFound
    if not view.files_ruling:
        error = FilesNotReadable([Refusal("access", text) for text in view.files_ruling.reasons])
        error.ways = ways_to_files(view, actor, now)
        raise error
    open_to_all = bool(rule(ANONYMOUS, READ_FILES, facts_of(view.record), now))
    if not open_to_all:
        with transaction.atomic():
            audit.record_hourly("record.file_read", "record", record_id, actor, now)
    return view, open_to_all


def files_of(view: RecordView) -> list[File]:
    """The files of the version shown, in the order in which its depositor put them. One query."""
    number = view.document["version"]
    rows = File.objects.filter(version__record=view.record, version__number=number)
    return list(rows.order_by("position"))


def _packed(view: RecordView, open_to_all: bool) -> Whole:
    number = view.document["version"]
    rows = files_of(view)
    # A takedown empties the path: the file is named in the document and gone.
    kept, gone = [row for row in rows if row.content_path], [r for r in rows if not r.content_path]
    folder = storage().object_path(f"tonle:{view.record.id}")
    names = safe_names([row.name for row in kept])
    payload = [
        bagit.Payload(name, row.size_bytes, row.sha512)
        for name, row in zip(names, kept, strict=True)
    ]
    at = parse_instant(view.document["published_at"])
    described = _described(view, [row.name for row in gone])
    described[ro_crate.METADATA_FILE] = _crate(view, names, kept, described, open_to_all)
    tags = bagit.tag_files(payload, _info(view, at), described)
    root = f"{view.record.id}-v{number}"
    sums = Sums([row.sha512 for row in kept])
    members = [
        Member(f"{root}/{name}", Literal(body), _known(zlib.crc32(body)))
        for name, body in tags.items()
    ]
    there = storage().there(f"tonle:{view.record.id}", [row.content_path for row in kept])
    for name, row in zip(names, kept, strict=True):
        path = folder / row.content_path
        if row.content_path not in there:
            raise NotStored(record=view.record.id)
        part = OfFile(path, row.size_bytes)
        members.append(
            Member(f"{root}/{bagit.PAYLOAD}{name}", part, sums.of(path, row.sha512, row.size_bytes))
        )
    said = [str(LAYOUT_VERSION), root, at.isoformat()]
    said += [f"{name} {hashlib.sha256(body).hexdigest()}" for name, body in tags.items()]
    etag = hashlib.sha256("\n".join(said).encode()).hexdigest()
    parts = layout(members, at, read=sums.keep)
    return Whole(parts, f'"{etag}"', f"{root}.zip", at, open_to_all)


def safe_names(names: Sequence[str]) -> list[str]:
    """The names under which files lie in a zip, in the same order, each once.

    Files that came in here have good names. Those of a storage root that was made elsewhere
    may not: no part climbs out of the folder, begins at a root, or holds a character that
    ends a line.
    """
    used: set[str] = set()
    safe = []
    for name in names:
        pieces = [
            "".join(letter if letter.isprintable() else "_" for letter in piece)
            for piece in name.replace("\\", "/").split("/")
        ]
        pieces = [piece for piece in pieces if piece not in {"", ".", ".."}] or ["file"]
        if len(pieces[0]) == 2 and pieces[0][1] == ":":
            pieces[0] = pieces[0][0]
        found = "/".join(pieces)
        number = 1
        while found in used:
            number += 1
            found = f"{'/'.join(pieces)}.{number}"
        used.add(found)
        safe.append(found)
    return safe


# --- what is said of it -------------------------------------------------------------


def _info(view: RecordView, at: datetime) -> list[tuple[str, str]]:
    document = view.document
    return [
        ("Source-Organization", settings.TONLE_NODE_NAME),
        ("External-Description", choose(document["titles"], "en")[1]),
        ("External-Identifier", f"{settings.TONLE_URL}/records/{view.record.id}"),
        *(("External-Identifier", f"{p['scheme']}:{p['value']}") for p in document.get("pids", ())),
        ("Bagging-Date", days.day_of(at).isoformat()),
    ]


def _described(view: RecordView, gone: Sequence[str]) -> dict[str, bytes]:
    """The document, and a README in English and in each other language that the record has a
    title in and this node speaks."""
    spoken = [
        code
        for code, _ in settings.LANGUAGES
        if any(tag.lower().split("-")[0] == code.split("-")[0] for tag in view.document["titles"])
    ]
    tags = {RECORD: canonical.dumps(view.document)}
    for code in dict.fromkeys(["en", *spoken]):
        name = "README.txt" if code == "en" else f"README.{code}.txt"
        with translation.override(code):
            tags[name] = _readme(view, code, gone).encode()
    return tags


def _crate(
    view: RecordView,
    names: Sequence[str],
    rows: Sequence[File],
    tags: Mapping[str, bytes],
    open_to_all: bool,
) -> bytes:
    """The metadata file of the crate that the zip is. names: of the rows' files, in the zip."""
    here = place_of(view.document, settings.TONLE_URL, files_open=open_to_all)
    if not view.is_newest:
        here = here.at_version(view.document["version"])
    body = tags[RECORD]
    record = {
        "name": RECORD,
        "size_bytes": len(body),
        "media_type": "application/json",
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    described = "The whole description of the record, as its node keeps it: tonle-record/1."
    # First, so that it is there also where a crate can list no more of a hundred thousand files.
    parts = [Payload(RECORD, record, described)]
    parts += [
        Payload(
            f"{bagit.PAYLOAD}{name}",
            {
                "name": row.name,
                "size_bytes": row.size_bytes,
                "media_type": row.media_type,
                "sha256": row.sha256,
            },
        )
        for name, row in zip(names, rows, strict=True)
    ]
    return ro_crate.attached(view.document, here, parts).encode()


def _readme(view: RecordView, language: str, gone: Sequence[str]) -> str:
    document = view.document
    title = choose(document["titles"], language)[1]
    creators = "; ".join(creator["name"] for creator in document.get("creators", ()))
    rights = "; ".join(
        right.get("identifier") or choose(right.get("text", {"und": ""}), language)[1]
        for right in document.get("rights", ())
    )
    names = "; ".join(f"{pid['scheme']}:{pid['value']}" for pid in document.get("pids", ()))
    facts = [
        (gettext("Creators"), creators),
        (gettext("Version"), f"{document['version']}.{document['revision']}"),
        (gettext("Published on"), day_at(document["published_at"], days.zone())),
        (gettext("Licence"), rights or gettext("None was stated. Ask before you reuse it.")),
        (gettext("Persistent names"), names),
        (gettext("Page"), f"{settings.TONLE_URL}/records/{view.record.id}"),
    ]
    about = [d for d in document.get("descriptions", ()) if d["type"] == "Abstract"]
    lines = [title, "=" * min(len(title), _README_WIDTH), ""]
    lines += [f"{label}: {value}" for label, value in facts if value]
    for description in about[:1]:
        lines += ["", *_wrapped(choose(description["text"], language)[1])]
    lines += ["", *_wrapped(gettext("The files of the record lie in the folder “data”."))]
    lines += _wrapped(
        gettext(
            "record.json is its full description. manifest-sha512.txt has a digest of every file: "
            "with “sha512sum -c manifest-sha512.txt” you can tell whether all of them are whole."
        )
    )
    if gone:
        lines += ["", *_wrapped(gettext("Taken down, and therefore not here:"))]
        lines += [f"- {' '.join(name.split())}" for name in gone]
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    return [
        line
        for paragraph in text.splitlines()
        for line in textwrap.wrap(paragraph, _README_WIDTH, break_long_words=False) or [""]
    ]


# --- checksums ----------------------------------------------------------------------


def _known(crc: int) -> Callable[[], Iterator[int | None]]:
    def known() -> Iterator[int | None]:
        yield crc

    return known


class Sums:
    """CRC-32 of contents: read once out of the files, when somebody first asks, and kept.

    One query when made, one when new sums are kept.
    """

    def __init__(self, sha512s: Sequence[str]) -> None:
        # Long lists of digests in pieces: SQLite takes so many parameters and no more.
        pieces = [sha512s[at : at + 500] for at in range(0, len(sha512s), 500)]
        self._known = {
            row.sha512: row.crc32
            for piece in pieces
            for row in Crc32.objects.filter(sha512__in=piece)
        }
        self._new: list[str] = []

    def of(self, path: Place, sha512: str, size_bytes: int) -> Callable[[], Iterator[int | None]]:
        """The sum of a file as a `Member` asks for it; in steps, for a file may be large."""

        def found() -> Iterator[int | None]:
            if sha512 not in self._known:
                crc = 0
                with path.open("rb") as file:
                    while chunk := file.read(_CHUNK):
                        crc = zlib.crc32(chunk, crc)
                        yield None
                self._known[sha512] = crc
                self._new.append(sha512)
                if size_bytes >= _LARGE_BYTES:
                    self.keep()
            yield self._known[sha512]

        return found

    def keep(self) -> None:
        """Write down what was found out. A database that is busy is no reason to break a zip."""
        new, self._new = self._new, []
        if not new:
            return
        rows = [Crc32(sha512=sha512, crc32=self._known[sha512]) for sha512 in dict.fromkeys(new)]
        try:
            Crc32.objects.bulk_create(rows, ignore_conflicts=True)
        except DatabaseError:
            logger.warning("%d checksums could not be kept; they will be made again.", len(rows))
