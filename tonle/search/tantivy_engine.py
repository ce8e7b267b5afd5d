"""The embedded engine: tantivy over tokens that were made before they came here.

An index is a directory. One writer at a time (tantivy holds a file lock); readers map
the files into memory and see a commit as soon as they look for it. Measured in
docs/decisions/0010-search-analysed-in-python.md.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Order, Query

from tonle.search.engine import (
    DEEPEST,
    AllOf,
    Answer,
    AnyOf,
    BestOf,
    Between,
    Clause,
    Constant,
    Entry,
    Everything,
    Filter,
    OneOf,
    Phrase,
    Place,
    Prefix,
    Ranked,
    Request,
    Row,
    Schema,
    SortKey,
    Term,
    Within,
    Without,
)

# Count up when the same Schema is laid out in another way.
LAYOUT_VERSION = 1

_KEY, _STATE = "key", "state"
_SPLITTER = "space"
_STATE_MARK = "state"

# Most values counted for one facet. Counts stay exact: every segment counts all of its
# values and the largest come out.
_FACET_VALUES = 1_000
_SEGMENT_VALUES = 65_000

# Bytes of a beginning in UTF-8: no word and no code is longer, and tantivy refuses a regular
# expression of more than 1,000 states.
_LONGEST_BEGINNING = 600

# Tokens with one beginning that are named one by one.
_FEW_TOKENS = 200

# Rows read beyond a page, so that rows with equal heads can be put in order.
_SLACK = 16


def schema_hash(schema: Schema) -> str:
    """Another schema, layout or tantivy needs another index."""
    said = f"{LAYOUT_VERSION} {version('tantivy')} {schema!r}"
    return hashlib.sha256(said.encode()).hexdigest()


def _columns(schema: Schema) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_KEY, stored=True, tokenizer_name="raw", index_option="basic")
    # One document holds what was committed with the others: cursors travel with the index.
    builder.add_text_field(_STATE, stored=True, tokenizer_name="raw", index_option="basic")
    for name in schema.texts:
        builder.add_text_field(name, tokenizer_name=_SPLITTER, index_option="position")
    for name in schema.codes:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in schema.numbers:
        builder.add_unsigned_field(name, fast=True, indexed=True)
    for name in (*schema.by_number, *schema.by_text):
        builder.add_unsigned_field(_head(name), fast=True)
    for name in schema.by_text:
        builder.add_text_field(_text(name), fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _head(order: str) -> str:
    return f"{order}_head"


def _text(order: str) -> str:
    return f"{order}_text"


def _prepared(index: Any) -> Any:
    splitter = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_SPLITTER, splitter)
    # Readers look for commits themselves: no thread watches files.
    index.config_reader(reload_policy="manual")
    return index


class TantivyWriter:
    """The `engine.Writer` of a directory, which is made where it is missing.

    heap_bytes: what documents may take before they are written to a segment; tantivy
    asks for 15 MB at least. Raises ValueError while another writer is open.
    """

    def __init__(self, path: Path, schema: Schema, *, heap_bytes: int = 15_000_000) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._index = _prepared(tantivy.Index(_columns(schema), path=str(path)))
        # One thread: the analysis before it is the slower half, and each thread has a heap.
        self._writer: Any = self._index.writer(heap_size=heap_bytes, num_threads=1)

    def put(self, entry: Entry, *, fresh: bool = False) -> None:
        if not fresh:
            self.delete(entry.key)
        document = tantivy.Document()
        document.add_text(_KEY, entry.key)
        for name, values in entry.texts.items():
            for tokens in values:
                if tokens:
                    document.add_text(name, " ".join(tokens))
        for name, codes in entry.codes.items():
            for code in codes:
                document.add_text(name, code)
        for name, number in entry.numbers.items():
            document.add_unsigned(name, number)
        for name, sort_key in entry.orders.items():
            document.add_unsigned(_head(name), sort_key.head)
            if sort_key.text:
                document.add_text(_text(name), sort_key.text)
        self._writer.add_document(document)

    def delete(self, key: str) -> None:
        self._writer.delete_documents_by_term(_KEY, key)

    def commit(self, state: Mapping[str, str | int]) -> None:
        self._writer.delete_documents_by_term(_STATE, _STATE_MARK)
        document = tantivy.Document()
        document.add_text(_STATE, _STATE_MARK)
        document.add_text(_KEY, json.dumps(dict(state), sort_keys=True))
        self._writer.add_document(document)
        self._writer.commit()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.rollback()
            # Merges under way finish, so that small commits do not leave ever more segments.
            self._writer.wait_merging_threads()
            self._writer = None


class TantivyReader:
    """The `engine.Reader` of a directory. Raises ValueError where there is no index.

    It reads an index of another schema too, as long as tantivy does: what is asked of a
    field that is not there matches nothing. So pages go on while a new one is built.
    """

    def __init__(self, path: Path) -> None:
        self._meta = path / "meta.json"
        if not self._meta.exists():
            raise ValueError(f"There is no index in {path}.")
        self._index = _prepared(tantivy.Index.open(str(path)))
        self._columns = self._index.schema
        said = json.loads(self._meta.read_text(encoding="utf-8"))
        self._fields = {str(field["name"]): str(field["type"]) for field in said["schema"]}
        # Making one takes longer than asking it, and pages ask for the same ones again.
        self._beginning = lru_cache(maxsize=512)(partial(Query.regex_query, self._columns))
        # A page asks for rows, counts and facets of one clause: it is built once.
        self._built: tuple[Clause, Any] = (Everything(), self._clause(Everything()))
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._searcher()

    # --- questions ---

    def search(self, request: Request) -> Answer:
        searcher = self._searcher()
        if request.sort and _head(request.sort) in self._fields:
            rows, more = self._sorted(searcher, request)
        elif request.place is None:
            return self._best(searcher, request)
        else:
            rows, more = self._ranked(searcher, request, request.place)
        total, facets = self._counts(searcher, request)
        return Answer(tuple(rows), total, facets, more)

    def count(self, clause: Clause, filters: Mapping[str, Filter]) -> int:
        query = self._query(clause, filters)
        found: int = self._searcher().search(query, 1, count=True).count
        return found

    def state(self) -> Mapping[str, str | int]:
        searcher = self._searcher()
        query = Query.term_query(self._columns, _STATE, _STATE_MARK, index_option="basic")
        for _, address in searcher.search(query, 1, count=False).hits:
            state: dict[str, str | int] = json.loads(searcher.doc(address).get_first(_KEY))
            return state
        return {}

    def documents(self) -> int:
        # One of them holds the state.
        return max(0, int(self._searcher().num_docs) - 1)

    def frequency(self, field: str, token: str) -> int:
        if field not in self._fields:
            return 0
        # Spelling asks for hundreds between two questions, which have looked for a new commit.
        found: int = self._index.searcher().doc_freq(field, token)
        return found

    def vocabulary(self, field: str, beginning: str, most: int) -> Sequence[tuple[str, int]]:
        if field not in self._fields:
            return []
        found: list[tuple[str, int]] = self._searcher().terms_with_prefix(
            field, beginning, limit=most
        )
        return found

    # --- rows ---

    def _best(self, searcher: Any, request: Request) -> Answer:
        """The first rows by score. Without facets they are counted in the same pass."""
        query = self._query(request.clause, request.filters)
        alone = not request.facets
        found = searcher.search(query, request.limit + 1, count=alone)
        rows = tuple(
            Row(key, Place(key, at, float(score)))
            for at, (score, key) in enumerate(
                (score, _key(searcher, address)) for score, address in found.hits
            )
        )
        total, facets = (found.count, {}) if alone else self._counts(searcher, request)
        return Answer(rows[: request.limit], total, facets, len(rows) > request.limit)

    def _ranked(self, searcher: Any, request: Request, place: Place) -> tuple[list[Row], bool]:
        """Rows by score from a place on. The place is found again by its key near where it was;
        where the row is gone, by its score."""
        query = self._query(request.clause, request.filters)

        def window(start: int, size: int) -> list[Row]:
            hits = searcher.search(query, size, count=False, offset=start).hits
            return [
                Row(key, Place(key, start + at, float(score)))
                for at, (score, key) in enumerate(
                    (score, _key(searcher, address)) for score, address in hits
                )
            ]

        around = window(max(0, min(place.depth, DEEPEST) - request.limit), 2 * request.limit + 1)
        found = next((row for row in around if row.key == place.key), None)
        if request.direction == "before":
            first = found or next((row for row in around if row.place.score <= place.score), None)
            end = first.place.depth if first else min(place.depth, DEEPEST)
            start = max(0, end - request.limit)
            return window(start, end - start) if end else [], start > 0
        if found:
            start = found.place.depth + 1
        else:
            lower = next((row for row in around if row.place.score < place.score), None)
            start = lower.place.depth if lower else place.depth + 1
        if start >= DEEPEST:
            return [], False
        rows = window(start, request.limit + 1)
        more = len(rows) > request.limit and start + request.limit < DEEPEST
        return rows[: request.limit], more

    def _sorted(self, searcher: Any, request: Request) -> tuple[list[Row], bool]:
        """Rows by a sort key. Leaps to the head of the place, then passes rows up to it."""
        backwards = request.direction == "before"
        descending = request.descending != backwards
        order = Order.Desc if descending else Order.Asc
        textual = _text(request.sort) in self._fields
        filters = dict(request.filters)
        place = request.place
        if place is not None:
            head = place.sort_key.head
            filters[_head(request.sort)] = Between(*((None, head) if descending else (head, None)))
        query = self._query(request.clause, filters)
        column = _text(request.sort) if textual else _head(request.sort)
        wanted = request.limit + 1
        rows: list[Row] = []
        offset, size = 0, wanted + _SLACK
        while len(rows) < wanted:
            hits = searcher.search(
                query, size, count=False, order_by_field=column, order=order, offset=offset
            ).hits
            batch = [(value, address) for value, address in hits if value is not None]
            if textual:
                batch = [hit for hit in batch if _past(hit[0], place, descending)]
                batch = batch[: wanted - len(rows)]
            found = self._placed(searcher, request.sort, batch, textual)
            if not textual:
                # Equal numbers come in no order of their own: the key decides.
                found.sort(key=lambda row: (row.place.sort_key.head, row.key), reverse=descending)
                found = [row for row in found if _past_number(row, place, descending)]
            rows.extend(found)
            if len(hits) < size:
                break
            offset, size = offset + size, size * 2
        more = len(rows) > request.limit
        rows = rows[: request.limit]
        return (rows[::-1] if backwards else rows), more

    def _placed(
        self, searcher: Any, sort: str, hits: Sequence[tuple[Any, Any]], textual: bool
    ) -> list[Row]:
        if not textual:
            return [
                Row(key, Place(key, sort_key=SortKey(int(value))))
                for value, key in ((value, _key(searcher, address)) for value, address in hits)
            ]
        heads = searcher.fast_field_values(_head(sort), [address for _, address in hits])
        return [
            Row(key, Place(key, sort_key=SortKey(int(head), value)))
            for (value, key), head in zip(
                ((value, _key(searcher, address)) for value, address in hits), heads, strict=True
            )
        ]

    # --- counts ---

    def _counts(self, searcher: Any, request: Request) -> tuple[int, dict[str, dict[str, int]]]:
        """Total and facets, without scoring. A field with a filter of its own is counted
        without that filter; the others share one pass, which counts the total too."""
        own = [name for name in request.facets if name in request.filters]
        shared = [name for name in request.facets if name not in request.filters]
        totals = self._aggregate(searcher, request.clause, request.filters, shared)
        facets = dict(totals[1])
        for name in own:
            others = {key: value for key, value in request.filters.items() if key != name}
            facets |= self._aggregate(searcher, request.clause, others, [name])[1]
        return totals[0], {name: facets.get(name, {}) for name in request.facets}

    def _aggregate(
        self, searcher: Any, clause: Clause, filters: Mapping[str, Filter], names: Sequence[str]
    ) -> tuple[int, dict[str, dict[str, int]]]:
        known = [name for name in names if name in self._fields]
        wanted: dict[str, Any] = {
            f"facet {name}": {
                "terms": {"field": name, "size": _FACET_VALUES, "segment_size": _SEGMENT_VALUES}
            }
            for name in known
        }
        # Every document has every order, so counting heads of one counts documents.
        heads = next(name for name in self._fields if name.endswith(_head("")))
        wanted["total"] = {"value_count": {"field": heads}}
        found = searcher.aggregate(self._query(clause, filters), wanted)
        facets = {
            name: {
                _value(bucket["key"]): int(bucket["doc_count"])
                for bucket in found[f"facet {name}"]["buckets"]
            }
            for name in known
        }
        return int(found["total"]["value"]), facets

    # --- queries ---

    def _query(self, clause: Clause, filters: Mapping[str, Filter]) -> Any:
        known, built = self._built
        if known is not clause:
            built = self._clause(clause)
            self._built = (clause, built)
        if not filters:
            return built
        parts = [(Occur.Must, built)]
        parts += [
            (Occur.Must, Query.const_score_query(self._filter(name, value), 0.0))
            for name, value in sorted(filters.items())
        ]
        return Query.boolean_query(parts)

    def _filter(self, name: str, value: Filter) -> Any:
        if name not in self._fields:
            return Query.empty_query()
        if isinstance(value, OneOf):
            return Query.boolean_query(
                [
                    (Occur.Should, Query.term_query(self._columns, name, code, "basic"))
                    for code in value.values
                ]
            )
        return Query.range_query(self._columns, name, FieldType.Unsigned, value.low, value.high)

    def _clause(self, clause: Clause) -> Any:
        match clause:
            case Term(name) | Phrase(name) | Prefix(name) | Within(name) if (
                name not in self._fields
            ):
                return Query.empty_query()
            case Term(name, token, boost):
                return _boosted(Query.term_query(self._columns, name, token, "freq"), boost)
            case Phrase(name, tokens, boost):
                return _boosted(Query.phrase_query(self._columns, name, list(tokens)), boost)
            case Prefix(text=text) if len(text.encode()) > _LONGEST_BEGINNING:
                return Query.empty_query()
            case Prefix(name, text, boost, whole):
                return _boosted(self._begun(name, text, whole), boost)
            case AllOf(parts):
                return Query.boolean_query([(Occur.Must, self._clause(part)) for part in parts])
            case AnyOf(parts, at_least):
                return Query.boolean_query(
                    [(Occur.Should, self._clause(part)) for part in parts],
                    minimum_number_should_match=at_least,
                )
            case BestOf(parts):
                return Query.disjunction_max_query([self._clause(part) for part in parts])
            case Ranked(must, should):
                return Query.boolean_query(
                    [
                        (Occur.Must, self._clause(must)),
                        *((Occur.Should, self._clause(part)) for part in should),
                    ]
                )
            case Constant(inner, score):
                return Query.const_score_query(self._clause(inner), score)
            case Without(inner, excluded):
                return Query.boolean_query(
                    [
                        (Occur.Must, self._clause(inner)),
                        *((Occur.MustNot, self._clause(part)) for part in excluded),
                    ]
                )
            case Within(name, low, high):
                within = Query.range_query(self._columns, name, FieldType.Unsigned, low, high)
                return Query.const_score_query(within, 0.0)
            case Everything():
                state = Query.term_query(self._columns, _STATE, _STATE_MARK, "basic")
                return Query.boolean_query(
                    [(Occur.Must, Query.all_query()), (Occur.MustNot, state)]
                )

    def _begun(self, name: str, text: str, whole: bool) -> Any:
        """Any token that begins so. Few ones are looked up and named: to make an automaton of a
        beginning takes a hundred times as long as to ask for it, and most find nothing."""
        found = self._index.searcher().terms_with_prefix(name, text, limit=_FEW_TOKENS + 1)
        if len(found) > _FEW_TOKENS:
            rest = f"([^{_MARKS}].*)?" if whole else ".*"
            return self._beginning(name, f"{_escaped(text)}{rest}")
        tokens = [token for token, _ in found]
        if whole:
            tokens = [token for token in tokens if not _IS_MARK.match(token, len(text))]
        return Query.term_set_query(self._columns, name, tokens) if tokens else Query.empty_query()

    def _searcher(self) -> Any:
        """A view of the newest commit. Looking costs one stat; no thread watches files.

        Of an index that was replaced and removed, the last view stays good: its files are
        open. Whoever holds this reader moves on at the next question.
        """
        try:
            status = self._meta.stat()
            now = (status.st_ino, status.st_mtime_ns)
            if now != self._seen:
                with self._lock:
                    if now != self._seen:
                        self._index.reload()
                        self._seen = now
                        # What was built named the tokens of the commit before.
                        self._built = (Everything(), self._clause(Everything()))
        except (FileNotFoundError, ValueError):
            if self._seen is None:
                raise
        return self._index.searcher()


# Signs that belong to the letter before them: of Thai, Lao, Burmese and Khmer.
_MARKS = (
    "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0eb0-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1060"
    "\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u17b4-\u17d3\u17dd"
)
_IS_MARK = re.compile(f"[{_MARKS}]")


def _boosted(query: Any, boost: float) -> Any:
    return query if boost == 1.0 else Query.boost_query(query, boost)


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in r"\.+*?()|[]{}^$#&-~" else c for c in text)


def _key(searcher: Any, address: Any) -> str:
    key: str = searcher.doc(address).get_first(_KEY)
    return key


def _past(value: str, place: Place | None, descending: bool) -> bool:
    if place is None:
        return True
    return value < place.sort_key.text if descending else value > place.sort_key.text


def _past_number(row: Row, place: Place | None, descending: bool) -> bool:
    if place is None:
        return True
    here, there = (row.place.sort_key.head, row.key), (place.sort_key.head, place.key)
    return here < there if descending else here > there


def _value(key: Any) -> str:
    """A facet's value as text; numbers come as floats."""
    return str(int(key)) if isinstance(key, float | int) else str(key)
