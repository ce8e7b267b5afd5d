"""RO-Crate 1.0 to 1.2: the metadata file of a crate, alone or in the zip that is the crate.

Only the description is read: the files of a crate come in as any files do. A crate of our own
also has what schema.org cannot say, as notes that hold where nobody has edited it (`unsaid`).
Source: RO-Crate Metadata Specification 1.2, "Root Data Entity", "Finding the Root".
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite, jsontext, schema_org, tonle_record
from tonle.catalogue.crosswalks.clean import as_text
from tonle.catalogue.crosswalks.common import (
    MAX_BYTES,
    Document,
    Notes,
    Parsed,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.jsonld import Entity, Graph, text_of
from tonle.kernel.errors import N_

FORMAT: Final = "ro-crate"
# What a note is of: `tonle-record/1#creators`.
PROPERTY: Final = f"{tonle_record.SCHEMA}#"
_NAMES: Final = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")
# What a broken, encrypted or crafted archive makes the standard library raise.
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, KeyError,
    NotImplementedError, RuntimeError, MemoryError, OverflowError, IndexError,
)  # fmt: skip


class _NoMetadata(Exception):
    def __init__(self, remark: Remark) -> None:
        super().__init__(str(remark))
        self.remark = remark


def parse(data: bytes, name: str) -> Parsed:
    """One crate: the work that its root entity is."""
    try:
        text = _metadata(data) if data[:4] == b"PK\x03\x04" else data
        graph = Graph(jsontext.parse(text))
    except (_NoMetadata, jsontext.NotJson) as error:
        return refused_file(FORMAT, data, name, error.remark)
    root = _root(graph)
    if root is None:
        return refused_file(
            FORMAT, data, name, Remark("", N_("The crate does not say what its root is."))
        )
    notes = Notes()
    source = {"format": FORMAT, "key": f"file:{name}", "received_sha256": digest(text)}
    made = tonle_record.beside(_said(root, graph, notes), _notes(root, graph), notes, source)
    return Parsed(FORMAT, (made,))


def said(crate: Any) -> Document:
    """What a crate says of its root in schema.org's words, before any notes."""
    graph = Graph(crate)
    root = _root(graph)
    return {} if root is None else _said(root, graph, Notes())


def _said(root: Entity, graph: Graph, notes: Notes) -> Document:
    # A crate needs no author to be one.
    made = schema_org.described(root, graph, notes, FORMAT, datacite.People.NOBODY)
    del made["source"]
    return made


def _notes(root: Entity, graph: Graph) -> dict[str, Any]:
    """Notes on the record by its keys."""
    found: dict[str, Any] = {}
    for one in graph.all(root, "additionalProperty"):
        named = as_text(one.get("propertyID")) if isinstance(one, dict) else ""
        key = named.removeprefix(PROPERTY)
        if key != named:
            try:
                found.setdefault(key, jsontext.parse(text_of(one.get("value")).encode()))
            except (jsontext.NotJson, UnicodeEncodeError):
                continue
    return found


def _metadata(data: bytes) -> bytes:
    """The metadata file in a zipped crate, at its top or in its one folder.

    Bounded by what is read, not by what the archive says of itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            known = [i for i in archive.infolist() if i.filename.rsplit("/", 1)[-1] in _NAMES]
            known.sort(key=lambda info: info.filename.count("/"))
            if not known or known[0].filename.count("/") > 1:
                raise _NoMetadata(Remark("", N_("The archive holds no RO-Crate metadata.")))
            with archive.open(known[0]) as file:
                text = file.read(MAX_BYTES + 1)
    except _BROKEN:
        raise _NoMetadata(Remark("", N_("The archive is broken or locked."))) from None
    if len(text) > MAX_BYTES:
        limit = {"limit": MAX_BYTES // 1_000_000}
        raise _NoMetadata(Remark("", N_("The metadata are larger than %(limit)s MB."), limit))
    return text


def _root(graph: Graph) -> Entity | None:
    """The entity that the metadata descriptor is about."""
    for entity in graph.entities:
        # That of a crate which lies nowhere has a name before it, parted by a hyphen.
        if as_text(entity.get("@id")).rsplit("/", 1)[-1].endswith(_NAMES):
            about: Any = next(iter(graph.all(entity, "about")), None)
            if isinstance(about, dict) and len(about) > 1:
                return about
    return graph.get("./")
