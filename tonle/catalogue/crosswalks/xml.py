"""XML from strangers: parsed without entities, network or unbounded size."""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from tonle.catalogue.crosswalks.common import Remark
from tonle.kernel.errors import N_

MAX_DEPTH: Final = 60
MAX_ELEMENTS: Final = 400_000
# Canonical form takes the square of their number.
MAX_ATTRIBUTES: Final = 500

# What may stand before the root element, but for a document type.
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_NAMED = re.compile(r"""<!DOCTYPE(?:[^<>\["']|"[^"<>]*"|'[^'<>]*'){1,4000}>""")
# Small capitals part the first letter from the others.
HEADING: Final = re.compile(r"a ?bstract\.?\Z", re.IGNORECASE)
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


class NotXml(Exception):  # Internal: the readers turn it into a refusal.
    def __init__(self, remark: Remark) -> None:
        super().__init__(str(remark))
        self.remark = remark


def parse(data: bytes, *, named_doctype: bool = False) -> etree._Element:
    """The root element. Raises NotXml, and nothing else, when there is none to trust.

    Byte order marks, UTF-16 and declared encodings are the parser's work. Depth and
    number of elements are counted, so that later walks may recurse.
    named_doctype: a document type that is only named is let pass, since publishers of JATS
    write one into every article; what it names is never fetched. One with declarations of
    its own is refused also then.
    """
    # A document type is the door for entity bombs; no metadata format here needs one.
    declared = _doctype(data)
    if declared and not (named_doctype and "[" not in declared):
        raise NotXml(Remark("", N_("The file declares a document type, which is not accepted.")))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()[:300]
        raise NotXml(
            Remark("", N_("The file is not well-formed XML: %(reason)s."), {"reason": reason})
        ) from None
    # A DOCTYPE in an encoding that the scan above does not read shows itself here.
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype and not declared:
        raise NotXml(Remark("", N_("The file declares a document type, which is not accepted.")))
    _bound(root)
    return root


def instruction(data: bytes, target: str) -> str:
    """What the first processing instruction of that target says; "" where there is none.

    Only for what `parse` has taken: no tree is built, so that a million of them cost nothing.
    """
    listener: Any = _Listener(target)
    parser = etree.XMLParser(
        target=listener, resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        return str(etree.fromstring(data, parser))
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return ""


class _Listener:
    """A parser's target, by lxml's names, that hears instructions alone."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._found: str | None = None

    def pi(self, target: str, data: str | None) -> None:
        if target == self._target and self._found is None:
            self._found = data or ""

    def close(self) -> str:
        return self._found or ""


def _doctype(data: bytes) -> str:
    """The document type before the root element, with its declarations if any; "" for none."""
    head = data[:65536]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:4]:
        head = head.replace(b"\x00", b"")
    text = head.decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe")
    at = 0
    while found := _PROLOG.match(text, at):
        at = found.end()
    if not text.startswith("<!", at):
        return ""
    named = _NAMED.match(text, at)
    # One that is not closed right behind its names has declarations of its own.
    return text[at : named.end()] if named else "["


def _bound(root: etree._Element) -> None:
    depth = elements = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            depth += 1
            elements += 1
            too_many = depth > MAX_DEPTH or elements > MAX_ELEMENTS
            if too_many or len(element.attrib) > MAX_ATTRIBUTES:
                raise NotXml(
                    Remark("", N_("The XML is nested too deeply or has too many elements."))
                )
        else:
            depth -= 1


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    # Asked fifty times a record; lxml's own QName is four times as slow.
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: etree._Element) -> str:
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag[:1] == "{" else ""


def below(element: etree._Element, *path: str) -> list[etree._Element]:
    """Elements below, along local names from parent to child."""
    here = [element]
    for name in path:
        here = [child for parent in here for child in children(parent, name)]
    return here


def line(element: etree._Element, *path: str) -> str:
    """The text of the first element along the path, in one line; "" when there is none."""
    first = next(iter(below(element, *path)), None)
    return "" if first is None else " ".join(content(first).split())


def children(element: etree._Element, name: str = "") -> list[etree._Element]:
    """Child elements, of that local name if one is given."""
    return [c for c in element if (own := local(c)) and (not name or own == name)]


def content(element: etree._Element) -> str:
    """All text inside; a `br` is a line break. Nothing is trimmed."""
    if len(element) == 0:
        return element.text or ""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if node is not element and local(node) == "br":
                parts.append("\n")
            parts.append(node.text or "")
        elif node is not element:
            parts.append(node.tail or "")
    return "".join(parts)


def paragraphs(element: etree._Element) -> str:
    """The text inside with an empty line between paragraphs, without "Abstract" above them."""
    parts = [
        " ".join(content(child).split())
        for child in element.iter()
        if local(child) in ("p", "simple-para", "title") and child.getparent() is not None
    ]
    kept = [part for part in parts if part and not HEADING.match(part)]
    return "\n\n".join(kept) or content(element)


def attributes(element: etree._Element) -> dict[str, str]:
    """Attributes by local name; xml:lang is `lang`."""
    return {str(etree.QName(key).localname): str(value) for key, value in element.attrib.items()}


def canonical(element: etree._Element) -> bytes:
    """Exclusive C14N: the same item has the same bytes in whatever envelope it came."""
    result: bytes = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    return result
