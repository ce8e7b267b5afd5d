"""Statements as a tree, and its two prints: Turtle and JSON-LD.

A node is a dict: `@id` (an address; without it a blank node), `@type` (a list of terms), and a
list of values for each property. A value is a node, or a literal as JSON-LD writes it. Terms
are written with the prefixes of `terms.PREFIXES`. So the tree is JSON-LD as it stands.

Our own printing, and no library's: a catalogue is printed record by record as it is read, the
same statements must give the same bytes (they are compared by their digest), and building a
graph of objects first costs ten times what printing does. Tests read every print back by two
parsers.
Source: RDF 1.1 Turtle, section 6.5 and 6.4; JSON-LD 1.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.dcat.terms import PREFIXES
from tonle.kernel.text import UNDETERMINED

Node = dict[str, Any]

CONTEXT: Final = json.dumps(dict(PREFIXES), separators=(",", ":"))
HEAD: Final = "".join(f"@prefix {name}: <{where}> .\n" for name, where in PREFIXES.items())

_ESCAPED: Final = {
    ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t",
    ord("\b"): "\\b", ord("\f"): "\\f", 0: "\\u0000", 0x7F: "\\u007F",
}  # fmt: skip
_MUST_BE_ESCAPED: Final = re.compile('["\\\\\x00-\x1f\x7f]')
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
    r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?"
)
_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_YEAR: Final = re.compile(r"[0-9]{4}")


# --- values --------------------------------------------------------------------------------------


def plain(value: str) -> Node:
    """A text in no language: a code, a name."""
    return {"@value": value}


def typed(value: str, kind: str) -> Node:
    """A value of a type, such as `xsd:date`."""
    return {"@value": value, "@type": kind}


def said(value: str, tag: str) -> Node:
    """A text in a language."""
    return plain(value) if tag == UNDETERMINED else {"@value": value, "@language": tag}


def every(texts: Mapping[str, str]) -> list[Node]:
    """A language map."""
    return [said(value, tag) for tag, value in texts.items()]


def link(where: str, *types: str, **properties: Any) -> Node:
    """A thing with an address, what it is, and what is said of it here (`skos__prefLabel`)."""
    return _with({"@id": where}, types, properties)


def blank(*types: str, **properties: Any) -> Node:
    """A thing without a name of its own."""
    return _with({}, types, properties)


def concept(where: str, name: str, scheme: str = "") -> Node:
    """A value of a list, with its English name and the list it is of."""
    node = link(where, "skos:Concept", skos__prefLabel=said(name, "en"))
    if scheme:
        add(node, "skos:inScheme", link(scheme))
    return node


def _with(node: Node, types: tuple[str, ...], properties: Mapping[str, Any]) -> Node:
    if types:
        node["@type"] = list(types)
    for name, value in properties.items():
        add(node, name.replace("__", ":"), value)
    return node


def add(node: Node, name: str, value: Node | list[Node] | None) -> None:
    """Say one more thing; nothing where there is nothing to say."""
    if value:
        node.setdefault(name, []).extend(value if isinstance(value, list) else [value])


def moment(text: str) -> Node | None:
    """A year, month, day or instant as a literal of its own type; None for no date."""
    if _YEAR.fullmatch(text):
        return typed(text, "xsd:gYear")
    if _MONTH.fullmatch(text):
        return typed(text, "xsd:gYearMonth")
    if instant := _INSTANT.fullmatch(text):
        return typed(text, "xsd:dateTime") if _is_day(instant[1]) else None
    return typed(text, "xsd:date") if _DAY.fullmatch(text) and _is_day(text) else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


# --- JSON-LD -------------------------------------------------------------------------------------


def json_ld(nodes: Iterable[Node]) -> str:
    """The nodes as one document with an inline context."""
    return "".join(json_ld_lines(nodes))


def json_ld_lines(nodes: Iterable[Node]) -> Iterator[str]:
    """The same piece by piece, a line to a node, so that many need little memory."""
    yield f'{{"@context":{CONTEXT},\n"@graph":['
    for number, node in enumerate(nodes):
        yield ",\n" if number else "\n"
        yield json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    yield "\n]}\n"


# --- Turtle --------------------------------------------------------------------------------------


def turtle(nodes: Iterable[Node]) -> str:
    """The nodes as one document."""
    return "".join(turtle_lines(nodes))


def turtle_lines(nodes: Iterable[Node]) -> Iterator[str]:
    """The same piece by piece. What was said in the same words before is not said again."""
    yield HEAD
    told: set[int] = set()
    for node in nodes:
        waiting = [node]
        while waiting:
            block = "\n" + _block(waiting.pop(0), waiting)
            if (mark := hash(block)) not in told:
                told.add(mark)
                yield block


def _block(node: Node, waiting: list[Node]) -> str:
    """A named node with all that is said of it. Named ones within are left for later."""
    inner = _statements(node, waiting, 1)
    if "@id" not in node:
        return f"[]\n{inner} .\n"
    return f"<{node['@id']}>\n{inner} .\n"


def _statements(node: Node, waiting: list[Node], depth: int) -> str:
    lead = "  " * depth
    lines = []
    if "@type" in node:
        lines.append(f"{lead}a {', '.join(node['@type'])}")
    for name, values in node.items():
        if name[0] != "@":
            # The same said twice is one statement; sets would lose the order.
            texts = dict.fromkeys([_value(value, waiting, depth) for value in values])
            lines.append(f"{lead}{name} {', '.join(texts)}")
    return " ;\n".join(lines)


def _value(value: Node, waiting: list[Node], depth: int) -> str:
    if "@value" in value:
        text = value["@value"]
        if _MUST_BE_ESCAPED.search(text):
            text = _quoted(text)
        if "@language" in value:
            return f'"{text}"@{value["@language"]}'
        return f'"{text}"^^{value["@type"]}' if "@type" in value else f'"{text}"'
    if "@id" in value:
        if len(value) > 1:
            waiting.append(value)
        return f"<{value['@id']}>"
    return f"[\n{_statements(value, waiting, depth + 1)}\n{'  ' * depth}]"


def _quoted(text: str) -> str:
    text = text.translate(_ESCAPED)
    return re.sub("[\x01-\x1f]", lambda found: f"\\u{ord(found[0]):04X}", text)
