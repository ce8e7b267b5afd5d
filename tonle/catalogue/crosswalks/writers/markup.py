"""XML as text, quickly: elements from strings, escaped, and free of what XML does not allow.

Building strings is ten times as quick as building a tree and printing it, which is most of
what a harvest costs a node. The price is that nothing checks the order of elements; the
published schemas do, in tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from tonle.catalogue.crosswalks.writers.iri import escaped, is_plain
from tonle.kernel.text import UNDETERMINED

_IN_ATTRIBUTES: Final = re.compile('[&<>"\r\n\t]')
_ESCAPED: Final = {
    ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;",
    ord("\r"): "&#13;", ord("\n"): "&#10;", ord("\t"): "&#9;",
}  # fmt: skip
# XML 1.0, production 2, as bytes of UTF-8: the controls, and U+FFFE and U+FFFF.
_CONTROLS: Final = bytes(n for n in range(32) if n not in (9, 10, 13))
_NO_CHARACTERS: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

_ANY_URI: Final = re.compile(
    r"(?:https?|ftp)://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?][^#]*)?(?:#[^#]*)?"
    r"|[A-Za-z][A-Za-z0-9+.-]*:[^/#][^#]*(?:#[^#]*)?"
    r"|[^:#/][^:#]*"
)


def text(value: str) -> str:
    """A text between two tags. A carriage return would come back as a line feed."""
    return (
        value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    )


def attribute(value: str) -> str:
    """A text between double quotes; line ends and tabs would come back as blanks."""
    return value.translate(_ESCAPED) if _IN_ATTRIBUTES.search(value) else value


def address(value: str) -> str:
    """The value as an `xs:anyURI`, which validators read as RFC 3986 does; escaped.

    What is no address at all comes back with every sign escaped that could make it one.
    """
    if is_plain(value):
        return value
    found = escaped(value)
    if not _ANY_URI.fullmatch(found):
        found = quote(value, safe="")
    return attribute(found)


@lru_cache(maxsize=512)
def language(tag: str | None) -> str:
    """` xml:lang="km"`, with the blank before it; "" where the language is not known."""
    return "" if not tag or tag == UNDETERMINED else f' xml:lang="{attribute(tag)}"'


def legal(build: Callable[[Any], str], document: Mapping[str, Any]) -> str:
    """What `build` makes of a document, without characters that XML 1.0 does not allow.

    Records hardly ever hold one, so that looking once at the whole is enough. Where there is
    one, the document is cleaned before it is built again: a name may be left empty, and an
    element that must hold something would not.
    """
    made = build(document)
    try:
        data = made.encode()
    except UnicodeEncodeError:
        return build(_cleaned(document))
    if len(data.translate(None, _CONTROLS)) != len(data) or any(n in data for n in _NO_CHARACTERS):
        return build(_cleaned(document))
    return made


def _cleaned(value: Any) -> Any:
    """The same with every text legal and none made empty."""
    if isinstance(value, str):
        return _ILLEGAL.sub("", value) or "\ufffd"
    if isinstance(value, dict):
        return {key: _cleaned(inner) for key, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, list) else value
