"""Any record document there can be, for tests that hold for all of them.

`documents()` is a hypothesis strategy of whole `tonle-record/1` documents of every registered
kind, valid by the record's schema and by its kind's profile. Readers, writers and exports share
it: what a test with it shows holds for every kind, every field and every script.

Two kinds of text. TIDY is what a reader would have left as it is (normalised, no markup, no
code for "missing", no blanks at the ends), so that a way out and back can be equal. WILD is
whatever the schema lets through: control characters, markup, brackets, broken addresses.

Kinds are registered by their contexts, so Django must be up; under pytest it is.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from tonle.catalogue.document import schema
from tonle.catalogue.kinds import kinds
from tonle.kernel import identifiers
from tonle.kernel.codes import codes
from tonle.kernel.text import normalise

Strategy = st.SearchStrategy[Any]

_WORDS: Final = (
    "rice", "Mekong", "flood", "Tonlé", "data 2024", "R&D", "pH 6.5", "ស្រូវ", "ទន្លេសាប", "ເຂົ້າ",
    "ແມ່ນ້ຳຂອງ", "ข้าว", "แม่น้ำ", "ဆန်", "မြစ်", "gạo", "sông Cửu Long", "水稻", "澜沧江", "(draft)",
    "“quoted”", "a/b",
)  # fmt: skip
_LANGUAGES: Final = ("en", "km", "lo", "th", "vi", "my", "zh-Hans", "fr", "und")
_PIDS: Final = ("doi", "ark", "handle", "cstr", "raid", "swhid")
# Fields of a hundred characters are filled from five of these at most.
_WILD_BITS: Final = (
    "\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff", "\x85", "\u2028", "<b>", "</script>",
    "&amp;", "]]>", "<!--", '"', "'", "\\", "{", "}", "^", "`", "|", " ", "\n", "\r\n", "\t", "%",
    "%zz", "[", "]", "#", ":unav", "http://", "mailto:", "\u202e", "\U0001f33e", "់", "a" * 14,
)  # fmt: skip


def _phrases() -> list[str]:
    """Texts of one to three words that normalising leaves as they are."""
    turns = range(len(_WORDS))
    made = [" ".join(_WORDS[(n + 7 * k) % len(_WORDS)] for k in range(1 + n % 3)) for n in turns]
    return sorted({normalise(one) for one in (*_WORDS, *made)}, key=len)


TIDY: Final[Strategy] = st.sampled_from(_phrases())
WILD: Final[Strategy] = (
    st.lists(st.sampled_from([*_WILD_BITS, *_WORDS]) | st.text(max_size=3), min_size=1, max_size=5)
    .map("".join)
    .filter(bool)
)
IDS: Final[Strategy] = st.integers(0, 2**32).map(lambda n: identifiers.mint(random.Random(n)))


def documents(text: Strategy = TIDY, *, kind: str = "") -> Strategy:
    """Whole documents. text: TIDY or WILD; kind: of that kind alone."""
    names = [kind] if kind else [one.name for one in kinds()]
    return st.sampled_from(names).flatmap(lambda name: _of_kind(name, text))


def descriptions_of(text: Strategy = TIDY, *, kind: str = "") -> Strategy:
    """The part of a document that people write, as drafts and readers have it."""
    own = ("schema", "id", "state", "version", "revision", "home", "created_at", "published_at",
           "updated_at", "files")  # fmt: skip
    return documents(text, kind=kind).map(
        lambda document: {key: value for key, value in document.items() if key not in own}
    )


def minimal(kind: str) -> dict[str, Any]:
    """The least that can be a published record of a kind."""
    return {
        "schema": "tonle-record/1",
        "id": "bcdfghjkmnpqrst",
        "kind": kind,
        "state": "published",
        "home": {"origin": "node.example"},
        "version": 1,
        "revision": 0,
        "created_at": "2025-02-01T00:00:00Z",
        "published_at": "2025-03-01T00:00:00Z",
        "updated_at": "2025-04-01T00:00:00Z",
        "titles": {"und": "ស្រូវ"},
        "access": {"level": "metadata_only"},
    }


# --- parts -------------------------------------------------------------------------------------


def language_map(text: Strategy, *, least: int = 1) -> Strategy:
    return st.dictionaries(st.sampled_from(_LANGUAGES), text, min_size=least, max_size=3)


def _group(required: Mapping[str, Strategy], **optional: Strategy) -> Strategy:
    return st.fixed_dictionaries(dict(required), optional=optional)


def _few(part: Strategy, least: int = 0, most: int = 3) -> Strategy:
    return st.lists(part, min_size=least, max_size=most)


def _unique(part: Strategy, least: int = 0, most: int = 3) -> Strategy:
    return st.lists(part, min_size=least, max_size=most, unique_by=repr)


def _code(name: str) -> Strategy:
    return st.sampled_from(list(codes(name)))


@cache
def _examples() -> dict[str, list[str]]:
    """Canonical values of every scheme: its example and, where digits are free, some more."""
    found = {}
    for name, scheme in identifiers.SCHEMES.items():
        values = [identifiers.normalise(name, scheme.example)]
        for more in (f"{scheme.example}/ក<1>", f"{scheme.example}.v2", f"{scheme.example}?a=b&c=d"):
            canonical = scheme.canonical(more)
            if canonical:
                values.append(canonical)
        found[name] = values
    return found


def identifier(*schemes: str) -> Strategy:
    """{scheme, value}, canonical, of one of the schemes (of any where none is named)."""
    table = _examples()
    pairs = [
        {"scheme": name, "value": value} for name in (schemes or table) for value in table[name]
    ]
    return st.sampled_from(pairs)


YEARS: Final[Strategy] = st.integers(1900, 2030)
DATES: Final[Strategy] = st.one_of(
    st.dates(date(1000, 1, 1)).map(str),
    YEARS.map(str),
    YEARS.map(lambda y: f"{y}-07"),
    YEARS.map(lambda y: f"{y}-02-03T04:05:06Z"),
    st.tuples(YEARS, st.integers(0, 9)).map(lambda p: f"{p[0]}/{p[0] + p[1]}"),
    YEARS.map(lambda y: f"{y}-05/{y}-06-30"),
    YEARS.map(lambda y: f"{y}/"),
    YEARS.map(lambda y: f"/{y}-01"),
)
DAYS: Final[Strategy] = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str)
INSTANTS: Final[Strategy] = DAYS.map(lambda day: f"{day}T01:02:03Z")
ADDRESSES: Final[Strategy] = st.sampled_from(
    ["https://example.org/", "https://example.org/a?b=c&d=e#f", "https://example.org/%E1%9E%80",
     "http://example.org:8080/x(1)"]
)  # fmt: skip


def _degrees(limit: int) -> Strategy:
    return st.integers(-limit * 1000, limit * 1000).map(
        lambda n: f"{n / 1000:.3f}".rstrip("0").rstrip(".") if n else "0"
    )


POINTS: Final[Strategy] = st.fixed_dictionaries(
    {"latitude": _degrees(90), "longitude": _degrees(180)}
)
BOXES: Final[Strategy] = st.tuples(
    _degrees(180), _degrees(180), st.tuples(_degrees(90), _degrees(90))
).map(
    lambda b: {
        "west": b[0],
        "east": b[1],
        "south": min(b[2], key=float),
        "north": max(b[2], key=float),
    }
)


def agent(text: Strategy, *, role: bool = False) -> Strategy:
    personal = _group(
        {"name_type": st.just("Personal"), "name": text},
        given_name=text,
        family_name=text,
        names=language_map(text),
        identifiers=_unique(identifier("orcid", "isni"), 1, 2),
        affiliations=_unique(
            _group({"name": text}, identifier=identifier("ror", "isni", "grid")), 1, 2
        ),
        credit_roles=st.just(["conceptualization"]),
    )
    organisation = _group(
        {"name_type": st.just("Organizational"), "name": text},
        identifiers=_unique(identifier("ror", "isni", "wikidata"), 1, 2),
    )
    either = personal | organisation
    if not role:
        return either
    return st.tuples(either, _code("contributor_types")).map(lambda p: {**p[0], "type": p[1]})


def _fields(text: Strategy) -> dict[str, Strategy]:
    """The descriptive fields that a document may have, each by its strategy."""
    maps = language_map(text)
    spdx = st.sampled_from(["CC-BY-4.0", "CC0-1.0", "MIT", "ODbL-1.0", "GPL-3.0-only"])
    relation = _group(
        {"type": _code("relation_types"), "target": identifier()},
        resource_type_general=_code("resource_types"),
        relation_type_information=text,
        related_metadata_scheme=text,
        scheme_uri=ADDRESSES,
        scheme_type=text,
    )
    item = _group(
        {
            "type": _code("resource_types"),
            "relation_type": _code("relation_types"),
            "titles": _few(_group({"text": maps}, type=_code("title_types")), 1, 2),
        },
        creators=_few(agent(text), 1, 2),
        contributors=_few(agent(text, role=True), 1, 2),
        publication_year=YEARS,
        volume=text, issue=text, number=text, number_type=_code("number_types"),
        first_page=text, last_page=text, publisher=text, edition=text,
        identifier=identifier(),
    )  # fmt: skip
    distribution = _group(
        {"access_url": ADDRESSES},
        title=maps, description=maps, download_url=ADDRESSES,
        media_type=st.sampled_from(["text/csv", "application/json"]), format=text,
        size_bytes=st.integers(0, 2**53 - 1),
        checksum=st.just({"algorithm": "sha256", "value": "ab" * 32}),
        licence=st.just({"identifier": "CC-BY-4.0"}),
    )  # fmt: skip
    place = _group(
        {}, place=maps, point=POINTS, box=BOXES,
        polygons=_few(_group({"points": _few(POINTS, 1, 5)}, in_point=POINTS), 1, 2),
    ).filter(bool)  # fmt: skip
    return {
        "other_titles": _few(_group({"type": _code("title_types"), "text": maps})),
        "descriptions": _few(_group({"type": _code("description_types"), "text": maps})),
        "creators": _few(agent(text)),
        "contributors": _few(agent(text, role=True)),
        "publisher": _group(
            {"name": text},
            identifier=identifier("ror", "isni"),
            language=st.sampled_from(_LANGUAGES[:-1]),
        ),
        "publication_year": YEARS,
        "resource_type": _group({"general": _code("resource_types")}, text=text),
        "dates": _unique(
            _group({"type": _code("date_types"), "date": DATES}, information=text), 0, 4
        ),
        "subjects": _few(
            _group({"text": maps}, scheme=text, scheme_uri=ADDRESSES, value_uri=ADDRESSES)
            | st.sampled_from(list(codes("ford").values())).map(
                lambda c: {
                    "text": {"en": c.label()},
                    "scheme": "FORD",
                    "classification_code": c.code,
                }
            )
        ),
        "languages": _unique(st.sampled_from(_LANGUAGES[:-1])),
        "members": _unique(_code("members")),
        "rights": _few(
            _group({"identifier": spdx}, uri=ADDRESSES, text=maps)
            | _group({"uri": ADDRESSES})
            | _group({"text": maps})
        ),
        "pids": st.lists(identifier(*_PIDS), max_size=3, unique_by=lambda p: p["scheme"]),
        "alternate_identifiers": _few(_group({"type": text, "value": text})),
        "relations": _few(relation),
        "related_items": _few(item, most=2),
        "serves": _serves(text),
        "geo_locations": _few(place),
        "funding_references": _few(
            _group(
                {"funder_name": text},
                funder_identifier=identifier("ror", "isni", "crossref_funder", "grid", "wikidata"),
                award_number=text,
                award_uri=ADDRESSES,
                award_title=maps,
            )
        ),
        "sizes": _unique(text),
        "formats": _unique(text),
        "version_label": text,
        "distributions": _few(distribution, most=2),
        "communities": _unique(st.sampled_from(["rice", "rivers"])),
        "translations": st.just({"km": "machine"}),
        "source": st.just({"format": "datacite-json", "uri": "https://example.org/"}),
    }


def _file(text: Strategy) -> Strategy:
    return st.fixed_dictionaries(
        {
            "name": text.map(lambda t: t.replace("/", "_")),
            "size_bytes": st.integers(0, 2**53 - 1),
            "media_type": st.sampled_from(["text/csv", "application/pdf", "image/tiff"]),
            "sha256": st.just("a" * 64),
            "sha512": st.just("b" * 128),
        }
    )


def _serves(text: Strategy) -> Strategy:
    block = schema()["properties"]["serves"]
    places = {"type": "array", "items": {"enum": ["KHM", "LAO", "KH-2"]}}
    return value_of({**block, "properties": {**block["properties"], "places": places}}, text)


ACCESS: Final[Strategy] = st.one_of(
    st.sampled_from(["open", "restricted", "metadata_only"]).map(lambda level: {"level": level}),
    DAYS.map(lambda day: {"level": "embargoed", "embargo_until": day}),
)


@cache
def _of_kind(name: str, text: Strategy) -> Strategy:
    """Made once a kind and text: making the strategies costs more than drawing from them."""
    found = next(kind for kind in kinds() if kind.name == name)
    required = {
        "schema": st.just("tonle-record/1"),
        "id": IDS,
        "kind": st.just(name),
        "state": st.just("published"),
        "home": st.just({"origin": "node.example"}),
        "version": st.integers(1, 9),
        "revision": st.integers(0, 3),
        "created_at": INSTANTS,
        "published_at": INSTANTS,
        "updated_at": INSTANTS,
        "titles": language_map(text),
        "access": ACCESS,
    }
    optional = {
        **_fields(text),
        "files": st.lists(_file(text), max_size=3, unique_by=lambda f: f["name"]),
        "profile": value_of(found.profile, text).map(
            lambda profile: {**profile, "schema": found.profile_schema}
        ),
    }
    # All at once would be more than hypothesis draws; any seven may meet.
    chosen = st.lists(st.sampled_from(sorted(optional)), max_size=7, unique=True)
    return chosen.flatmap(
        lambda names: st.fixed_dictionaries(required | {name: optional[name] for name in names})
    )


# --- profiles, by their own schemas --------------------------------------------------------------

_PATTERNS: Final = (
    ("^https", ADDRESSES),
    ("bcdfgh", IDS),
    ("-?[0-9]", _degrees(90)),
    ("A-Za-z]{2,8}", st.sampled_from(["en", "km", "zh-Hans"])),
    ("[a-z_]", st.sampled_from(["women", "ethnic_minorities"])),
    ("^[A-Z]{3}$", st.sampled_from(["KHM", "VNM", "KHR", "USD", "XXY"])),
    ("[a-z0-9-]", st.sampled_from(["water", "green-energy", "2030"])),
)


def value_of(part: Mapping[str, Any], text: Strategy) -> Strategy:
    """Values that a part of a profile's schema takes. Knows what profiles use, no more."""
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if "const" in part:
        return st.just(part["const"])
    kind = part.get("type")
    if kind == "object":
        if "propertyNames" in part:
            return language_map(text)
        parts = {key: value_of(one, text) for key, one in part.get("properties", {}).items()}
        needed = set(part.get("required", ()))
        return st.fixed_dictionaries(
            {key: one for key, one in parts.items() if key in needed},
            optional={key: one for key, one in parts.items() if key not in needed},
        )
    if kind == "array":
        inner = value_of(part["items"], text)
        return _unique(inner, part.get("minItems", 0), min(3, part.get("maxItems", 3)))
    if kind == "integer":
        low = part.get("minimum", 0)
        return st.integers(low, part.get("maximum", low + 10**6))
    if kind == "boolean":
        return st.booleans()
    return _string(part, text)


def _string(part: Mapping[str, Any], text: Strategy) -> Strategy:
    shape = part.get("format")
    if shape:
        return {"date": DAYS, "date-time": INSTANTS}[shape]
    pattern = part.get("pattern")
    if not pattern:
        return text
    return next(values for mark, values in _PATTERNS if mark in pattern)
