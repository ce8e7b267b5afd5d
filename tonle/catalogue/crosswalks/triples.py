"""RDF from strangers: bounded, without entities, and no context or document is ever fetched.

Source: RDF 1.1 Concepts; the syntaxes Turtle, N-Triples, RDF/XML and JSON-LD 1.1.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any, Final

from tonle.catalogue.crosswalks import jsontext
from tonle.catalogue.crosswalks.common import Remark
from tonle.kernel.errors import N_

MAX_TRIPLES: Final = 1_000_000
# How far from a thing what is said of it may lie: dataset, distribution, checksum, algorithm.
_DEPTH: Final = 5
_MOST_ABOUT_ONE: Final = 20_000
# A name for what a file names only relatively: nobody's address, by RFC 2606.
BASE: Final = "https://relative.invalid/"

RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class NotRdf(Exception):  # Internal: the readers turn it into a refusal.
    def __init__(self, remark: Remark) -> None:
        super().__init__(str(remark))
        self.remark = remark


@dataclass(frozen=True, order=True)
class Node:
    """A term. kind: "iri", "blank" or "literal"; language and datatype of literals alone."""

    kind: str
    value: str
    language: str = ""
    datatype: str = ""


class Graph:
    """The triples of a file by their subject, in no order that means anything."""

    def __init__(self, triples: Iterable[tuple[Node, str, Node]]) -> None:
        self._by_subject: dict[Node, dict[str, list[Node]]] = {}
        self._prints: dict[tuple[Node, int], str] = {}
        for subject, predicate, value in triples:
            self.add(subject, predicate, value)

    def __bool__(self) -> bool:
        return bool(self._by_subject)

    def add(self, subject: Node, predicate: str, value: Node) -> None:
        """One more statement. Not after `about`: it remembers what was said of blank nodes."""
        self._by_subject.setdefault(subject, {}).setdefault(predicate, []).append(value)

    def values(self, *predicates: str) -> set[Node]:
        """What any thing points at by one of these."""
        return {
            value
            for said in self._by_subject.values()
            for one in predicates
            for value in said.get(one, ())
        }

    def subjects(self, *types: str) -> list[Node]:
        """Things of any of these classes, by name, so that the order is the same each time."""
        wanted = {Node("iri", one) for one in types}
        return sorted(
            subject
            for subject, said in self._by_subject.items()
            if wanted & set(said.get(RDF_TYPE, ()))
        )

    def all(self, subject: Node, *predicates: str) -> list[Node]:
        said = self._by_subject.get(subject, {})
        return [value for one in predicates for value in self._sorted(said.get(one, ()))]

    def _sorted(self, values: Iterable[Node]) -> list[Node]:
        """In an order that is the same each time, which the names of blank nodes are not."""
        return sorted(values, key=lambda n: (n.kind, self._print(n, 0)) if n.kind == "blank"
                      else (n.kind, n.value, n.language))  # fmt: skip

    def one(self, subject: Node, *predicates: str) -> Node | None:
        return next(iter(self.all(subject, *predicates)), None)

    def said_of(self, subject: Node) -> dict[str, list[Node]]:
        return self._by_subject.get(subject, {})

    def about(self, subject: Node, stop: Set[Node]) -> bytes:
        """What the file says of one thing and of what hangs on it, as sorted N-Triples.

        stop: things that are told of by themselves. Blank nodes get names by what is said of
        them, so that the same statements give the same bytes each time.
        """
        lines: set[str] = set()
        self._tell(subject, stop, {subject}, lines, 0)
        return ("\n".join(sorted(lines)) + "\n").encode()

    def _tell(
        self, subject: Node, stop: Set[Node], seen: set[Node], lines: set[str], depth: int
    ) -> None:
        for predicate, values in self._by_subject.get(subject, {}).items():
            for value in self._sorted(values):
                if len(lines) >= _MOST_ABOUT_ONE:
                    return
                lines.add(f"{self._written(subject)} <{predicate}> {self._written(value)} .")
                new = value.kind != "literal" and value not in seen and value not in stop
                if new and depth < _DEPTH and predicate != RDF_TYPE:
                    seen.add(value)
                    self._tell(value, stop, seen, lines, depth + 1)

    def _written(self, node: Node) -> str:
        if node.kind == "iri":
            return f"<{_escaped_iri(node.value)}>"
        if node.kind == "blank":
            return f"_:b{self._print(node, 0)}"
        text = _escaped(node.value)
        if node.language:
            return f'"{text}"@{node.language}'
        plain = node.datatype in ("", "http://www.w3.org/2001/XMLSchema#string")
        return f'"{text}"' if plain else f'"{text}"^^<{_escaped_iri(node.datatype)}>'

    def _print(self, node: Node, depth: int) -> str:
        """A fingerprint of a blank node: of what is said of it, and of its blank neighbours.

        Each is taken once a depth: where all know all, their paths are beyond counting.
        """
        if (node, depth) in self._prints:
            return self._prints[node, depth]
        said = []
        for predicate, values in self._by_subject.get(node, {}).items():
            for value in values:
                if value.kind == "blank":
                    told = self._print(value, depth + 1) if depth < _DEPTH else ""
                else:
                    told = repr(value)
                said.append(f"{predicate} {told}")
        found = hashlib.sha256("\n".join(sorted(said)).encode("utf-8", "replace")).hexdigest()[:16]
        self._prints[node, depth] = found
        return found


def load(data: bytes, *, base: str = BASE) -> Graph:
    """The triples of a file in any of the syntaxes, told by its first letters.

    base: against which relative names are read. Raises NotRdf, and nothing else.
    """
    import pyoxigraph

    text = _decoded(data)
    start = text.lstrip()[:1]
    if start in ("{", "["):
        syntax = pyoxigraph.RdfFormat.JSON_LD
        _check_json_ld(text)
    elif text.lstrip()[:200].startswith(("<?xml", "<rdf", "<!--", "<RDF", "<!")):
        syntax = pyoxigraph.RdfFormat.RDF_XML
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise NotRdf(
                Remark("", N_("The file declares a document type, which is not accepted."))
            )
    else:
        syntax = pyoxigraph.RdfFormat.TURTLE
    try:
        quads = pyoxigraph.parse(input=text, format=syntax, base_iri=base, lenient=True)
        return Graph(_triples(quads))
    except (SyntaxError, ValueError, RecursionError, OSError) as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()[:300]
        raise NotRdf(
            Remark("", N_("The file is not valid RDF: %(reason)s."), {"reason": reason})
        ) from None


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def _check_json_ld(text: str) -> None:
    """Bounds of depth and numbers, and no context that lies elsewhere."""
    try:
        value = jsontext.parse(text.encode("utf-8", "replace"))
    except jsontext.NotJson as error:
        raise NotRdf(error.remark) from None
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for name, inner in one.items():
                if name == "@context":
                    _check_context(inner)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _check_context(context: Any) -> None:
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, str) or (isinstance(one, dict) and "@import" in one):
            address = one if isinstance(one, str) else str(one["@import"])
            raise NotRdf(
                Remark(
                    "@context",
                    N_("Its words are defined at %(address)s, which is not fetched. Give the "
                       "file with its context inside, or as Turtle."),
                    {"address": address[:200]},
                )
            )  # fmt: skip


def _triples(quads: Iterable[Any]) -> Iterator[tuple[Node, str, Node]]:
    for number, quad in enumerate(quads):
        if number >= MAX_TRIPLES:
            raise NotRdf(
                Remark("", N_("The file holds more than %(limit)s statements; split it."),
                       {"limit": MAX_TRIPLES})
            )  # fmt: skip
        yield _node(quad.subject), quad.predicate.value, _node(quad.object)


def _node(term: Any) -> Node:
    kind = type(term).__name__
    if kind == "NamedNode":
        return Node("iri", term.value)
    if kind == "BlankNode":
        return Node("blank", term.value)
    if kind == "Literal":
        return Node("literal", term.value, term.language or "", term.datatype.value)
    # A statement about a statement, of RDF 1.2: no catalogue needs it.
    return Node("literal", "")


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("\n", "\\n").replace("\r", "\\r")


def _escaped_iri(value: str) -> str:
    return re.sub(r'[\x00-\x20<>"{}|^`\\]', lambda m: f"\\u{ord(m[0]):04X}", value)
