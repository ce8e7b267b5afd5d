"""DataCite JSON, schema 4.7, as DOI content negotiation and DataCite's REST API give it.

Source: DataCite REST API, application/vnd.datacite.datacite+json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tonle.catalogue.crosswalks.writers.datacite import properties
from tonle.catalogue.crosswalks.writers.here import Here


def write(document: Mapping[str, Any], here: Here) -> str:
    """The record as one JSON object."""
    return json.dumps(attributes(document, here), ensure_ascii=False, indent=1) + "\n"


def attributes(document: Mapping[str, Any], here: Here) -> dict[str, Any]:
    """The attributes of DataCite's API: each value of a list once, the year as a number."""
    made = {key: _once(value) for key, value in properties(document, here).items()}
    return {**made, "publicationYear": int(made["publicationYear"])}


def _once(value: Any) -> Any:
    if not isinstance(value, list) or len(value) < 2:
        return value
    return list({repr(item): item for item in value}.values())
