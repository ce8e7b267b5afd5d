"""From what a source sent to what the catalogue keeps: words from a reader, provenance from us."""

from __future__ import annotations

import hashlib
import logging
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tonle.catalogue import public as catalogue
from tonle.catalogue.public import Foreign, segments
from tonle.federation.harvest.clients import Received
from tonle.federation.harvest.models import NAME, Source
from tonle.federation.harvest.rules.reasons import Reason, keepable, reasons_of
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import N_, TonleError
from tonle.kernel.sentences import invalid

# Bytes of one item that are kept while it waits to be mended.
KEPT_BYTES = 1_000_000
# What an item may unpack to: our own rows, but rows can be tampered with.
_UNPACKED = 16_000_000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Described:
    """What a reader made of an item: a description, or the reasons why there is none."""

    description: dict[str, Any] | None
    reasons: tuple[Reason, ...] = ()


def short(identifier: str) -> str:
    """The name by which rows know an item: itself, or its beginning and a digest."""
    if len(identifier) <= NAME:
        return identifier
    return f"{identifier[: NAME - 65]}#{hashlib.sha256(identifier.encode()).hexdigest()}"


def sound(received: Received) -> Received:
    """The item with a name, a date and an address that rows and documents can hold."""
    told = received.identifier, received.datestamp, received.home_url
    kept = tuple(map(keepable, told))
    if kept == told:
        return received
    identifier, datestamp, home_url = kept
    return replace(received, identifier=identifier, datestamp=datestamp, home_url=home_url)


def segments_of(source_id: str) -> str:
    """The name of the segments that keep a source's records."""
    return f"harvest:{source_id}"


def describe(source: Source, received: Received, now: datetime) -> Described:
    """Read one item. Whatever was sent, this does not raise."""
    # Fetched here: the readers bring parsers, which no start of a node should wait for.
    if received.format not in catalogue.READERS:
        fault = invalid("", N_("There is no reader for the format %(name)s."), name=received.format)
        return Described(None, tuple(reasons_of(fault)))
    try:
        parsed = catalogue.parse(received.format, received.data, received.identifier)
    except (TonleError, ValueError, RecursionError) as error:
        return Described(None, tuple(reasons_of(_as_fault(error))))
    except Exception as error:
        # A fault of ours. It costs this one item: raised, it would end every harvest of its
        # source at this page, and nobody would be told why.
        log.exception("the reader of %s failed", received.format)
        return Described(None, tuple(reasons_of(_as_fault(error))))
    if not parsed.documents:
        fault = invalid("", N_("There is no record in what was received."))
        return Described(None, tuple(reasons_of(fault)))
    record = catalogue.answered(parsed.documents[0], name_of(source))
    if record.document is None:
        return Described(None, tuple(reasons_of(record.refusal or invalid("", N_("Faulty.")))))
    return Described(_with_source(source, received, record.document, now))


def _as_fault(error: Exception) -> TonleError:
    if isinstance(error, TonleError):
        return error
    why = str(error)[:200] or type(error).__name__
    return invalid("", N_("What was received cannot be read: %(why)s"), why=why)


def _with_source(
    source: Source, received: Received, document: dict[str, Any], now: datetime
) -> dict[str, Any]:
    said = {
        "protocol": source.protocol,
        "base_url": source.base_url,
        "prefix": source.prefix,
        "set_name": source.set_name,
        "identifier": received.identifier[:4000],
        "datestamp": received.datestamp[:60],
        "home_name": name_of(source)[:1000],
        "home_url": received.home_url if is_address(received.home_url) else "",
    }
    provenance = {
        **document.get("source", {}),
        **{name: value for name, value in said.items() if value},
        "format": received.format,
        "harvested_at": format_instant(now),
    }
    described = {**document, "source": provenance}
    if source.member and not described.get("members"):
        described["members"] = [source.member]
    return described


def name_of(source: Source) -> str:
    """One name of the source, English before others."""
    names = source.names
    return str(names.get("en") or next(iter(names.values()), source.base_url))


def is_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and len(text) <= 4000 and " " not in text


def thing(source: Source, received: Received, described: dict[str, Any], kept_in: str) -> Foreign:
    """The item as the catalogue takes it.

    kept_in: the segments that keep its record. In those of another source, which had the
    record first, its name says whose it is, so that no two names can meet.
    """
    own = kept_in == segments_of(source.id)
    name = received.identifier if own else f"{source.id} {received.identifier}"
    return Foreign(name, described, received.data, received.format)


def pack(data: bytes) -> bytes:
    """Bytes as a row keeps them; nothing of nothing, and of what is too large."""
    return zlib.compress(data, 3) if 0 < len(data) <= KEPT_BYTES else b""


def unpack(data: bytes | memoryview[int]) -> bytes:
    return zlib.decompressobj().decompress(bytes(data), _UNPACKED) if data else b""


def locator_text(where: segments.Locator) -> str:
    return f"{where.number}/{where.file}/{where.line}"


def locator_of(text: str) -> segments.Locator | None:
    parts = text.split("/")
    return segments.Locator(*map(int, parts)) if len(parts) == 3 else None
