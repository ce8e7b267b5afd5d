"""DataCite JSON, schema 4.7, as DOI content negotiation and DataCite's REST API give it.

A file for people to keep also has what DataCite cannot say, so that it comes back as the record
that it was (`crosswalks.unsaid`; decision 28); what DataCite itself is told has not.
Source: DataCite REST API, application/vnd.datacite.datacite+json; JSON:API 1.1, "Meta
Information".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tonle.catalogue.crosswalks import datacite_json as reader
from tonle.catalogue.crosswalks.tonle_record import SCHEMA
from tonle.catalogue.crosswalks.writers.common import beside
from tonle.catalogue.crosswalks.writers.datacite import properties
from tonle.catalogue.crosswalks.writers.here import Here


def write(document: Mapping[str, Any], here: Here) -> str:
    """The record as one JSON object, with notes on what DataCite leaves unsaid."""
    notes = beside(document, reader.said(write_plain(document, here).encode()))
    made = attributes(document, here)
    return _dumped({**made, reader.META: {SCHEMA: notes}} if notes else made)


def write_plain(document: Mapping[str, Any], here: Here) -> str:
    """The record as one JSON object, and nothing but DataCite's."""
    return _dumped(attributes(document, here))


def _dumped(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def attributes(document: Mapping[str, Any], here: Here) -> dict[str, Any]:
    """The attributes of DataCite's API, with the year as a number."""
    made = properties(document, here)
    return {**made, "publicationYear": int(made["publicationYear"])}
