"""HTML: the words that a browser would show, in the font that it would show them in."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from lxml import etree

from tonle.explore.rules.delimited import encoding_name
from tonle.explore.rules.dialect import decoded
from tonle.explore.rules.letters import ANY_BYTES, Runs
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import Preview
from tonle.kernel import encodings

_MOST_BYTES = 4 << 20
_UNSEEN = frozenset({"script", "style", "template", "noscript", "title", "head"})
_BLOCKS = frozenset(
    [
        *("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"),
        *("dl", "dt", "dd", "pre", "blockquote", "section", "article", "hr", "header", "footer"),
        *("main", "nav", "form"),
    ]
)
_FAMILY = re.compile(r"font-family\s*:\s*([^;]+)", re.IGNORECASE)


def look(path: Path, limits: Limits) -> Preview:
    """How its text begins, without scripts and styles; its title."""
    found = Preview("document")
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES)
    encoding = encodings.detect(data[: encodings.SAMPLE_BYTES])
    if encoding is None:
        found.note("no_text")
        return found
    if encoding in ANY_BYTES:
        encoding = _declared(data) or encoding
    found.fact("encoding", encoding_name(encoding))
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    # A declaration of another encoding does not count any more: these are letters.
    text = re.sub(r"^\s*<\?xml[^>]*>", "", decoded(data, encoding)).replace("\0", "")
    runs = Runs()
    try:
        page = etree.fromstring(text or " ", parser)
    except (etree.LxmlError, ValueError):
        page = None
    if page is None:
        found.note("broken")
        return found
    found.fact("title", " ".join((page.findtext(".//title") or "").split()))
    whole = _walk(page, runs, limits) and len(data) < _MOST_BYTES
    runs.into(found, whole=whole)
    if not found.text:
        found.note("empty")
    return found


_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w:-]{2,40})""", re.IGNORECASE)


def _declared(data: bytes) -> str:
    """The encoding that a page says it is in, "" where it says none or an unknown one."""
    match = _CHARSET.search(data[:4096])
    try:
        name = codecs.lookup(match[1].decode("ascii", "replace")).name if match else ""
    except LookupError:
        return ""
    # Of ISO 8859-1, browsers make Windows-1252; of one that is no text, nothing.
    return "cp1252" if name in {"iso8859-1", "ascii"} else name if _reads_letters(name) else ""


def _reads_letters(name: str) -> bool:
    try:
        return isinstance(b"a".decode(name), str)
    except (LookupError, ValueError):
        return False


def _walk(page: etree._Element, runs: Runs, limits: Limits) -> bool:
    fonts = [""]
    unseen = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            fonts.append(_font(element) or fonts[-1])
            unseen += tag in _UNSEEN
            if tag in _BLOCKS:
                runs.end_line()
            if not unseen:
                runs.put(_spaced(element.text), fonts[-1])
        else:
            unseen -= tag in _UNSEEN
            fonts.pop()
            if not unseen:
                runs.put(_spaced(element.tail), fonts[-1])
        if runs.full or not limits.go_on():
            return False
    return True


def _spaced(text: str | None) -> str:
    # Spaces that cannot break are not taken for others: they may be codes.
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")


def _font(element: etree._Element) -> str:
    face = element.get("face", "") if element.tag == "font" else ""
    if not face and (match := _FAMILY.search(element.get("style", ""))):
        face = match[1]
    return face.split(",")[0].strip("'\" ")
