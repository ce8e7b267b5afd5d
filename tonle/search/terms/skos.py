"""A thesaurus in SKOS, read as a term table: any of RDF's syntaxes, statement by statement.

Of each concept its names are taken (`skos:prefLabel`, `altLabel`, `hiddenLabel`, SKOS-XL's with
their literal forms) in the region's languages, its notation, what it belongs under, and its
scheme. Statements wait in a file on disk until all of a concept are there, so that a thesaurus
of any size is read in the same memory.

The file is a stranger's: no document type, no context or document is fetched, and statements
and labels are counted. Source: SKOS Reference (W3C, 2009), sections 5 and appendix B.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from tonle.kernel.text import normalise
from tonle.search.terms.errors import NotSkos
from tonle.search.terms.lexicon import LONGEST_LABEL
from tonle.search.terms.tables import LANGUAGES, Concept

MAX_STATEMENTS: Final = 100_000_000
MAX_LABELS: Final = 10_000_000

_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_XL: Final = "http://www.w3.org/2008/05/skos-xl#"
_PREFERRED: Final = frozenset({f"{_SKOS}prefLabel", f"{_XL}prefLabel"})
_OTHER: Final = frozenset(
    f"{vocabulary}{name}" for vocabulary in (_SKOS, _XL) for name in ("altLabel", "hiddenLabel")
)
_FORM: Final = f"{_XL}literalForm"
_NOTATION: Final = f"{_SKOS}notation"
_SCHEMES: Final = frozenset({f"{_SKOS}inScheme", f"{_SKOS}topConceptOf"})
_BROADER: Final = f"{_SKOS}broader"
_NARROWER: Final = f"{_SKOS}narrower"
_FACTS: Final = frozenset({_NOTATION, *_SCHEMES, _BROADER, _NARROWER})
# A notation longer than this is no code, and a concept has not so many above it.
_LONGEST_CODE: Final = 100
_MOST_ABOVE: Final = 20

# RDF's syntaxes by the ending of a file's name, and by how a file begins where that says nothing.
_ENDINGS: Final = {
    ".rdf": "RDF_XML",
    ".xml": "RDF_XML",
    ".owl": "RDF_XML",
    ".ttl": "TURTLE",
    ".nt": "N_TRIPLES",
    ".nq": "N_QUADS",
    ".n3": "TURTLE",
    ".trig": "TRIG",
    ".jsonld": "JSON_LD",
    ".json": "JSON_LD",
}
_HEAD_BYTES = 65_536
# JSON-LD is held whole while it is read: a larger thesaurus comes as Turtle.
_MOST_JSON_BYTES = 50_000_000
_BATCH = 20_000
_TELL_EVERY = 100_000

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Read:
    """What a file held. left_out: labels in other languages than the region's, or too long."""

    statements: int
    labels: int
    left_out: int


class Thesaurus:
    """A file's labels, gathered beside it on disk. Use it as a context: the gathering goes."""

    def __init__(self, path: Path, workplace: Path) -> None:
        self._path = path
        self._place = workplace / f".{path.name}.labels"

    def __enter__(self) -> Thesaurus:
        self._place.unlink(missing_ok=True)
        self._database = sqlite3.connect(self._place)
        self._database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            # kind: 1 preferred, 0 other. A label of SKOS-XL is a thing with a form of its own.
            "CREATE TABLE label (concept TEXT, kind INTEGER, language TEXT, text TEXT);"
            "CREATE TABLE pointed (concept TEXT, kind INTEGER, label TEXT);"
            "CREATE TABLE form (label TEXT, language TEXT, text TEXT);"
            "CREATE TABLE fact (concept TEXT, what TEXT, value TEXT);"
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        self._place.unlink(missing_ok=True)

    def read(self, tell: Tell = lambda _: None) -> Read:
        """Take the labels out of the file. tell: gets the statements read since the last time.
        Raises NotSkos."""
        try:
            return self._gather(_statements(self._path), tell)
        except (SyntaxError, ValueError, RecursionError, OSError) as error:
            reason = re.sub(r"\s+", " ", str(error)).strip()[:300]
            raise NotSkos(reason=reason) from None

    def _gather(self, statements: Iterable[Any], tell: Tell) -> Read:
        count = labels = left_out = 0
        waiting: dict[str, list[tuple[Any, ...]]] = {
            "label": [], "pointed": [], "form": [], "fact": []
        }  # fmt: skip
        for count, statement in enumerate(statements, start=1):
            if count > MAX_STATEMENTS or labels > MAX_LABELS:
                raise NotSkos(reason=f"more than {MAX_STATEMENTS:,} statements or labels")
            if count % _TELL_EVERY == 0:
                tell(_TELL_EVERY)
            said = statement.predicate.value
            if said in _FACTS:
                waiting["fact"].append(_fact(statement.subject.value, said, statement.object.value))
                if len(waiting["fact"]) >= _BATCH:
                    self._keep(waiting)
            if said not in _PREFERRED and said not in _OTHER and said != _FORM:
                continue
            value = statement.object
            subject = statement.subject.value
            kind = 1 if said in _PREFERRED else 0
            if type(value).__name__ != "Literal":
                if said != _FORM:
                    waiting["pointed"].append((subject, kind, value.value))
                continue
            language = (value.language or "").partition("-")[0].lower()
            text = " ".join(normalise(value.value).split())
            if language not in LANGUAGES or not text or len(text) > LONGEST_LABEL:
                left_out += 1
                continue
            labels += 1
            if said == _FORM:
                waiting["form"].append((subject, language, text))
            else:
                waiting["label"].append((subject, kind, language, text))
            if labels % _BATCH == 0:
                self._keep(waiting)
        self._keep(waiting)
        self._database.executescript(
            "CREATE INDEX by_label ON form (label);"
            "INSERT INTO label SELECT concept, kind, language, text"
            " FROM pointed JOIN form USING (label);"
            "CREATE INDEX by_concept ON label (concept, kind DESC, language, text);"
            "CREATE INDEX of_concept ON fact (concept);"
        )
        tell(count % _TELL_EVERY)
        return Read(count, labels, left_out)

    def _keep(self, waiting: dict[str, list[tuple[Any, ...]]]) -> None:
        for table, rows in waiting.items():
            if rows:
                places = ",".join("?" * len(rows[0]))
                # The names of tables are ours.
                self._database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 # As said above.
                rows.clear()

    def concepts(self) -> Iterator[Concept]:
        """Concepts with names in two languages or more, by their address: others lead nowhere."""
        rows = self._database.execute(
            "SELECT DISTINCT concept, kind, language, text FROM label"
            " ORDER BY concept, kind DESC, language, text"
        )
        for address, said in groupby(rows, key=lambda row: str(row[0])):
            named: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
            for _, kind, language, text in said:
                named[kind].setdefault(language, []).append(text)
            other, preferred = named
            if len({*preferred, *other}) > 1:
                code, broader = self._facts(address)
                yield Concept(_address(address), preferred, other, code, broader)

    def scheme(self) -> str:
        """The address of the scheme that most of the concepts are in, "" where none is said."""
        rows = self._database.execute(
            "SELECT value FROM fact WHERE what = 'scheme' GROUP BY value"
            " ORDER BY count(*) DESC, value LIMIT 1"
        ).fetchall()
        return _address(rows[0][0]) if rows else ""

    def _facts(self, concept: str) -> tuple[str, list[str]]:
        rows = self._database.execute(
            "SELECT DISTINCT what, value FROM fact WHERE concept = ? AND what <> 'scheme'"
            " ORDER BY what, value",
            (concept,),
        ).fetchall()
        code = next((value for what, value in rows if what == "code"), "")
        broader = [value for what, value in rows if what == "broader" and _address(value)]
        return code[:_LONGEST_CODE], broader[:_MOST_ABOVE]


def _fact(subject: str, said: str, value: str) -> tuple[str, str, str]:
    """(concept, what, value): what is code, scheme or broader."""
    if said == _NARROWER:
        return value, "broader", subject
    return subject, {_NOTATION: "code", _BROADER: "broader"}.get(said, "scheme"), value


def _address(name: str) -> str:
    """A concept's address; a blank node has none."""
    return name if "://" in name or name.startswith("urn:") else ""


def _statements(path: Path) -> Iterator[Any]:
    import pyoxigraph

    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    name = _ENDINGS.get(path.suffix.lower()) or _guessed(head)
    if name == "RDF_XML" and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
        raise ValueError("it declares a document type; give it as Turtle or N-Triples")
    if name == "JSON_LD":
        _check_json(path)
    form = getattr(pyoxigraph.RdfFormat, name)
    found: Iterator[Any] = pyoxigraph.parse(
        path=str(path), format=form, base_iri="https://relative.invalid/", lenient=True
    )
    return found


def _guessed(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"["):
        return "JSON_LD"
    return "RDF_XML" if start.startswith((b"<?xml", b"<rdf", b"<!")) else "TURTLE"


def _check_json(path: Path) -> None:
    """No context that lies elsewhere, and a bound on what is held in memory."""
    if path.stat().st_size > _MOST_JSON_BYTES:
        raise ValueError("a JSON-LD file of this size is given as Turtle or N-Triples")
    waiting: list[Any] = [json.loads(path.read_text(encoding="utf-8-sig"))]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            contexts = one.get("@context", [])
            for context in contexts if isinstance(contexts, list) else [contexts]:
                if isinstance(context, str) or (isinstance(context, dict) and "@import" in context):
                    raise ValueError("its words are defined elsewhere, which is not fetched")
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
