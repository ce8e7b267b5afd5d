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
    """The attributes of DataCite's API, with the year as a number."""
    made = properties(document, here)
    return {**made, "publicationYear": int(made["publicationYear"])}
