"""Text into XML 1.0, so that nothing that leaves can break a harvester's parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

OAI: Final = "http://www.openarchives.org/OAI/2.0/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
# Char of XML 1.0 (fifth edition), section 2.2; no escape makes the others legal.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _ILLEGAL.sub("", text)


def escaped(text: str) -> str:
    """Legal text for an element's content."""
    return legal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attributes(values: Mapping[str, str]) -> str:
    """` name="value"` of each; white space stays as it is written."""
    made = []
    for name, value in values.items():
        safe = escaped(value).replace('"', "&quot;")
        for character in "\t\n\r":
            safe = safe.replace(character, f"&#{ord(character)};")
        made.append(f' {name}="{safe}"')
    return "".join(made)


def element(name: str, text: str, **values: str) -> str:
    """One element with text."""
    return f"<{name}{attributes(values)}>{escaped(text)}</{name}>"
