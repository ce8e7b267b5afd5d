"""A document out in a format and in again: what is not as it was."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, given, seed, settings

from tonle.catalogue.crosswalks import parse
from tonle.catalogue.crosswalks.tests.documents import TIDY, documents, minimal
from tonle.catalogue.crosswalks.tonle_record import OWN_FIELDS
from tonle.catalogue.crosswalks.writers import FORMATS
from tonle.catalogue.kinds import kind, kinds
from tonle.catalogue.places import place_of
from tonle.kernel import canonical

NODE: Final = "https://node.example"
# What harvesters get is the format of pages without what our own reader alone understands.
PLAIN: Final[Mapping[str, str]] = {"oai_datacite": "datacite-xml"}
# What each written format is read by.
READER_OF: Final[Mapping[str, str]] = {
    "tonle-record": "tonle-record",
    "datacite-json": "datacite-json",
    "datacite-xml": "datacite-xml",
    "oai_datacite": "datacite-xml",
    "ro-crate": "ro-crate",
    "schema-org": "schema-org-jsonld",
    "oai-dc": "oai-dc",
    "dcat": "dcat",
    "dcat-jsonld": "dcat",
    "codemeta": "codemeta",
    "cff": "cff",
    "bibtex": "bibtex",
    "ris": "ris",
    "csl-json": "csl-json",
}
# Croissant describes files for machines that learn; what it says of the record is schema.org.
NOT_READ_BACK: Final = frozenset(["croissant"])


def written(format_name: str, document: dict[str, Any]) -> bytes | None:
    """The document in a format; None where it cannot be written so."""
    if format_name == "tonle-record":
        return canonical.dumps(document)
    here = place_of(document, NODE, files_open=True)
    found = FORMATS[PLAIN.get(format_name, format_name)]
    write = found.write_plain if format_name in PLAIN else found.write
    return write(document, here).encode() if found.possible(document, here) else None


def described(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a person wrote of it: without the catalogue's fields, its origin and empty lists."""
    left = {*OWN_FIELDS, "source"}
    return {k: v for k, v in document.items() if k not in left and v not in ([], {})}


def changed(format_name: str, document: dict[str, Any]) -> tuple[set[str], set[str]] | str | None:
    """(fields that lost something, fields that the record gained), or why it was refused.

    None where the format is not for this record.
    """
    data = written(format_name, document)
    if data is None:
        return None
    (record,) = parse(READER_OF[format_name], data, "x").documents
    if record.document is None:
        return str(record.refusal)
    went, came = described(document), described(record.document)
    lost = {key for key, value in went.items() if came.get(key) != value}
    return lost, set(came) - set(went)


DRAWN: Final = Path(__file__).parent / "drawn.jsonl"


@cache
def drawn() -> tuple[dict[str, Any], ...]:
    """Documents of every kind, drawn once and kept: what Hypothesis draws, even without
    randomness, depends on which modules a process has loaded. `python -m
    tonle.catalogue.crosswalks.tests.ways` draws them anew."""
    lines = DRAWN.read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def _draw() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    @seed(7)
    @settings(
        max_examples=800, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(documents(TIDY))
    def draw(document: dict[str, Any]) -> None:
        found.append(document)

    draw()
    # The fullest say most: so many of each kind.
    fullest = sorted(found, key=lambda one: len(json.dumps(one)), reverse=True)
    of_kinds = [[d for d in fullest if d["kind"] == one.name][:8] for one in kinds()]
    return [document for of_one in of_kinds for document in of_one]


# What random documents rarely hold together, and what formats lose of it.
RICH: Final[dict[str, Any]] = {
    "titles": {"km": "ស្រូវ", "en": "Rice", "und": "Oryza"},
    "other_titles": [
        {"type": "TranslatedTitle", "text": {"lo": "ເຂົ້າ"}},
        {"type": "AlternativeTitle", "text": {"en": "Paddy", "km": "ស្រែ"}},
    ],
    "pids": [{"scheme": "doi", "value": "10.5555/12345678"}, {"scheme": "handle", "value": "1/2"}],
    "languages": ["km", "en"],
    "relations": [{"type": "IsCitedBy", "target": {"scheme": "pmcid", "value": "PMC3531190"}}],
    "funding_references": [
        {"funder_name": "Fund", "funder_identifier": {"scheme": "wikidata", "value": "Q42"},
         "award_title": {"en": "Grant", "km": "ជំនួយ"}},
    ],
    "distributions": [{"access_url": "https://example.org/"}],
    "subjects": [{"text": {"km": "ស្រូវ", "en": "rice"}}],
    "version_label": "2.1-beta",
    "dates": [{"type": "Created", "date": "1999", "information": "by hand"}],
}  # fmt: skip


# Names in an order, and of a kind, that others do not keep.
NAMED: Final[dict[str, Any]] = {
    "resource_type": {"general": "Other", "text": "Dataset"},
    "pids": [
        {"scheme": "ark", "value": "ark:99999/fk4ws5"},
        {"scheme": "cstr", "value": "31253.11.sciencedb.00001"},
        {"scheme": "cstr", "value": "31253.11.sciencedb.00002"},
        {"scheme": "doi", "value": "10.5555/12345678"},
        {"scheme": "raid", "value": "10.83962/a1b2c3d4"},
    ],
    "publisher": {
        "name": "ទន្លេ",
        "language": "fr",
        "identifier": {"scheme": "isni", "value": "0000000121032683"},
    },
}


@cache
def plain() -> tuple[dict[str, Any], ...]:
    """Of every kind: the least, with an author, with a file, with all of RICH."""
    author = {"creators": [{"name_type": "Personal", "name": "Chan Sophea"}]}
    file = {"name": "a.csv", "size_bytes": 1, "media_type": "text/csv",
            "sha256": "a" * 64, "sha512": "b" * 128}  # fmt: skip
    item = {"type": "JournalArticle", "relation_type": "IsDescribedBy",
            "titles": [{"text": {"en": "Of it"}}],
            "identifier": {"scheme": "doi", "value": "10.5555/of-it"}}  # fmt: skip
    made = []
    for one in kinds():
        least = minimal(one.name)
        made += [least, {**least, **author}, {**least, **author, **RICH}]
        made.append({**least, **author, **NAMED})
        made.append({**least, **author, "files": [file], "related_items": [item]})
    # Its first title is not the one that stands first in the alphabet.
    several = {"titles": {"lo": "ເຂົ້າ", "en": "Rice"}}
    made.append({**minimal("dataset"), **author, **several})
    # Nobody wrote it, somebody publishes it, and its source lies elsewhere.
    source = {"schema": kind("software").profile_schema, "repository": "https://example.org/code"}
    code = {**minimal("software"), **several, "profile": source}
    made.append({**code, "publisher": NAMED["publisher"]})
    return tuple(made)


@cache
def full() -> tuple[dict[str, Any], ...]:
    """Documents in which nearly every field is filled; the same every time."""
    rng = random.Random(7)
    by_field: dict[str, list[Any]] = {}
    for document in drawn():
        for key, value in described(document).items():
            if key not in ("kind", "profile"):
                by_field.setdefault(key, []).append(value)
    made = []
    for number, document in enumerate(drawn()[::3]):
        filled = {key: rng.choice(values) for key, values in sorted(by_field.items())}
        kept = {key: v for key, v in document.items() if key in (*OWN_FIELDS, "kind")}
        profile = {"profile": {"schema": kind(document["kind"]).profile_schema}}
        rich = RICH if number % 2 else {"titles": document["titles"]}
        made.append({**filled, **kept, **profile, **rich})
    return tuple(made)


def main() -> None:
    """Draw the documents anew, in a process that has loaded nothing else."""
    import django

    django.setup()
    lines = (json.dumps(one, ensure_ascii=False, sort_keys=True) for one in _draw())
    DRAWN.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
