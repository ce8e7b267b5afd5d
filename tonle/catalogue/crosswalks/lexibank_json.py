"""The short metadata of a Lexibank dataset: title, licence, address, and what it derives from.

Source: the `metadata.json` that pylexibank reads (lexibank/pylexibank, 2.0 to 3.4).
"""

from __future__ import annotations

from typing import Any, Final

from tonle.catalogue.crosswalks import datacite, jsontext
from tonle.catalogue.crosswalks.clean import Cleaner, as_map, as_text
from tonle.catalogue.crosswalks.common import Notes, Parsed, Remark, digest, refused_file
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import from_citation, quiet
from tonle.kernel.errors import N_

FORMAT: Final = "lexibank-json"


def parse(data: bytes, name: str) -> Parsed:
    """One dataset."""
    try:
        value = jsontext.parse(data)
    except jsontext.NotJson as error:
        return refused_file(FORMAT, data, name, error.remark)
    given = as_map(value)
    if not given:
        return refused_file(FORMAT, data, name, Remark("", N_("The file describes no dataset.")))
    notes = Notes()
    clean = Cleaner(notes)
    made = datacite.document(_properties(given, clean), notes, format_name=FORMAT)
    quiet(notes)
    return Parsed(FORMAT, (finish(made, notes, f"file:{name}", digest(data)),))


def _properties(given: dict[str, Any], clean: Cleaner) -> dict[str, Any]:
    creators, year, source = from_citation(as_text(given.get("citation")), clean)
    return {
        "titles": [{"title": given.get("title")}],
        "types": {"resourceTypeGeneral": "Dataset"},
        "creators": creators,
        "publicationYear": year,
        "descriptions": [{"description": given.get("description"), "descriptionType": "Abstract"}],
        "rightsList": [{"rights": given.get("license")}] if given.get("license") else [],
        "identifiers": [
            {"identifier": given.get("url"), "identifierType": "URL"},
            {"identifier": given.get("id"), "identifierType": "Lexibank"},
        ],
        "relatedItems": source,
    }
