"""One answer to ListRecords as records: parsed whole, or cut apart where it is no XML.

A repository that writes what people typed sends a stray ampersand or a control character
sooner or later, and with it a page that no parser takes. The records of such a page are cut
out by their tags and parsed one by one: the faulty one is mended or told of, the others come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from tonle.catalogue.public import xml
from tonle.federation.harvest.clients.door import Received
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence

READER: Final = "oai-pmh"
_OAI: Final = "http://www.openarchives.org/OAI/2.0/"

_NAME: Final = rb"(?:[\w.-]{1,40}:)?"
_BEGIN = re.compile(rb"<" + _NAME + rb"record(?:\s[^<>]*)?>(?=\s*<" + _NAME + rb"header\b)")
_CLOSE = re.compile(rb"</" + _NAME + rb"record\s*>")
_ROOT = re.compile(rb"<" + _NAME + rb"OAI-PMH\b([^<>]*)>")
_DECLARATION = re.compile(rb"<\?xml[^<>]*\?>")
_NAMESPACE = re.compile(rb"\sxmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')")
_TOKEN = re.compile(
    rb"<" + _NAME + rb"resumptionToken([^<>]*?)(?:/>|>([^<]*)</" + _NAME + rb"resumptionToken)"
)
_RESPONSE_DATE = re.compile(rb"<" + _NAME + rb"responseDate[^<>]*>([^<]*)<")
_SIZE = re.compile(rb"completeListSize\s*=\s*[\"']\s*(\d{1,12})")
_IDENTIFIER = re.compile(rb"<" + _NAME + rb"identifier[^<>]*>([^<]{1,2000})<")
_DATESTAMP = re.compile(rb"<" + _NAME + rb"datestamp[^<>]*>([^<]{1,40})<")
# What XML 1.0 has no place for, and ampersands that begin none of its own entities.
_ILLEGAL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*[01]?[0-8bcefBCEF]|0*[0-8]);")
_STRAY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")


class NotAPage(Exception):  # Internal: the client turns it into an error of the harvest.
    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class Truncated(Exception):  # Internal, as NotAPage.
    """The page has a beginning and no end."""


@dataclass(frozen=True)
class ListRecords:
    """A page. token: of the next one, "" for none. ended: the list was closed as it must be.

    total: `completeListSize`. errors: codes of the protocol, with what was said.
    """

    items: tuple[Received, ...]
    token: str
    total: int | None
    ended: bool
    response_date: str
    errors: list[tuple[str, str]]


def read(body: bytes) -> ListRecords:
    """The page in an answer. Raises NotAPage, Truncated."""
    body = body.lstrip()
    try:
        root = xml.parse(body)
    except xml.NotXml as error:
        if not _ROOT.search(body[:10_000]) or b"<!DOCTYPE" in body[:10_000]:
            raise NotAPage(Sentence(error.remark.message, **error.remark.data)) from None
        return _apart(body)
    if xml.local(root) != "OAI-PMH":
        raise NotAPage(Sentence(N_("It is XML of another kind.")))
    listed = next(iter(xml.children(root, "ListRecords")), None)
    items: list[Received] = []
    token: etree._Element | None = None
    if listed is not None:
        items = [_received(record) for record in xml.children(listed, "record")]
        token = next(iter(xml.children(listed, "resumptionToken")), None)
    size = "" if token is None else (xml.attributes(token).get("completeListSize") or "").strip()
    return ListRecords(
        items=tuple(items),
        token="" if token is None else xml.content(token).strip(),
        total=int(size) if size.isascii() and size.isdigit() and len(size) < 13 else None,
        ended=token is not None,
        response_date=xml.line(root, "responseDate"),
        errors=errors(root),
    )


def errors(root: etree._Element) -> list[tuple[str, str]]:
    """What the repository says went wrong: codes and texts."""
    return [
        ((xml.attributes(one).get("code") or "?").strip(), " ".join(xml.content(one).split()))
        for one in xml.children(root, "error")
    ]


def _received(record: etree._Element, fault: Sentence | None = None) -> Received:
    header = next(iter(xml.children(record, "header")), None)
    identifier = "" if header is None else xml.line(header, "identifier")
    datestamp = "" if header is None else xml.line(header, "datestamp")
    deleted = header is not None and xml.attributes(header).get("status") == "deleted"
    faults = () if fault is None else (fault,)
    if not identifier:
        fault = Sentence(N_("A record of this page has no identifier."))
        return Received("", datestamp, False, b"", READER, faults=(*faults, fault))
    if deleted:
        return Received(identifier, datestamp, True, b"", READER, faults=faults)
    data = etree.tostring(record, encoding="utf-8", with_tail=False)
    return Received(identifier, datestamp, False, data, READER, _home(record), faults)


def _home(record: etree._Element) -> str:
    """The page about the record: the first address among its identifiers, else its DOI's."""
    doi = ""
    for metadata in xml.children(record, "metadata"):
        for element in metadata.iter("{*}identifier", "{*}alternateIdentifier"):
            given = (element.text or "").strip()
            if re.match(r"https?://\S+\Z", given):
                return given
            if not doi and (named := re.match(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)\Z", given, re.I)):
                doi = f"https://doi.org/{named[1]}"
    return doi


# A page that is no XML -----------------------------------------------------------------------


def _apart(body: bytes) -> ListRecords:
    """The records of a page that is not well-formed, each by itself."""
    begins = [one.start() for one in _BEGIN.finditer(body)]
    tail = body[begins[-1] if begins else 0 :]
    if not re.search(rb"</" + _NAME + rb"(?:ListRecords|OAI-PMH)\s*>", tail):
        raise Truncated
    token = next(iter(_TOKEN.finditer(tail)), None)
    size = _SIZE.search(token[1]) if token else None
    date = _RESPONSE_DATE.search(body[:20_000])
    return ListRecords(
        items=tuple(_pieces(body, begins)),
        token=_text(token[2]) if token and token[2] else "",
        total=int(size[1]) if size else None,
        ended=token is not None,
        response_date=_text(date[1]) if date else "",
        errors=[],
    )


def _pieces(body: bytes, begins: list[int]) -> Iterator[Received]:
    root = _ROOT.search(body)
    spaces = b"".join(_NAMESPACE.findall(root[1])) if root else b""
    if b"xmlns=" not in spaces:
        spaces += b' xmlns="' + _OAI.encode() + b'"'
    declaration = _DECLARATION.match(body)
    head = (declaration[0] if declaration else b"") + b"<record-of-a-page" + spaces + b">"
    for begin, end in zip(begins, [*begins[1:], len(body)], strict=True):
        closes = [one.end() for one in _CLOSE.finditer(body, begin, end)]
        piece = body[begin : closes[-1] if closes else end]
        yield _piece(head, piece)


def _piece(head: bytes, piece: bytes) -> Received:
    record = _one(head, piece)
    if not isinstance(record, Sentence):
        return _received(record)
    mended = _STRAY.sub(b"&amp;", _ILLEGAL.sub(b"", piece))
    if not re.search(rb"encoding\s*=\s*[\"'](?!utf-?8)", head[:200], re.IGNORECASE):
        mended = mended.decode("utf-8", "replace").encode()
    again = _one(head, mended)
    if not isinstance(again, Sentence):
        fault = Sentence(N_("It came with letters that XML does not allow; they were mended."))
        return _received(again, fault)
    identifier, datestamp = _IDENTIFIER.search(piece), _DATESTAMP.search(piece)
    return Received(
        _text(identifier[1]) if identifier else "",
        _text(datestamp[1]) if datestamp else "",
        False,
        b"",
        READER,
        faults=(record,),
    )


def _one(head: bytes, piece: bytes) -> etree._Element | Sentence:
    """The record element of a piece, or why there is none."""
    try:
        root = xml.parse(head + piece + b"</record-of-a-page>")
    except xml.NotXml as error:
        return Sentence(error.remark.message, **error.remark.data)
    records = xml.children(root, "record")
    return records[0] if len(records) == 1 else Sentence(N_("The record is not closed."))


def _text(value: bytes) -> str:
    plain = value.decode("utf-8", "replace")
    for name, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(name, letter)
    return plain.strip()
