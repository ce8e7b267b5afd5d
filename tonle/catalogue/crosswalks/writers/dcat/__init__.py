"""Records in DCAT 3, by the application profile DCAT-AP 3.0.1: Turtle and JSON-LD.

`describe` makes the statements once, as a tree; `turtle` and `json_ld` print it. A catalogue of
many records prints the same trees, one after another.
Source: W3C DCAT 3 (2024); SEMIC DCAT-AP 3.0.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tonle.catalogue.crosswalks.writers.dcat.catalog import Catalog, Page, statements
from tonle.catalogue.crosswalks.writers.dcat.rdf import (
    json_ld,
    json_ld_lines,
    turtle,
    turtle_lines,
)
from tonle.catalogue.crosswalks.writers.dcat.record import describe
from tonle.catalogue.crosswalks.writers.dcat.terms import PROFILE
from tonle.catalogue.crosswalks.writers.here import Here

__all__ = [
    "PROFILE",
    "Catalog",
    "Page",
    "describe",
    "json_ld",
    "json_ld_lines",
    "statements",
    "turtle",
    "turtle_lines",
    "write_json_ld",
    "write_turtle",
]


def write_turtle(document: Mapping[str, Any], here: Here) -> str:
    """The record and its catalogue entry, as text/turtle."""
    return turtle([describe(document, here)])


def write_json_ld(document: Mapping[str, Any], here: Here) -> str:
    """The record and its catalogue entry, as application/ld+json; its context is inline."""
    return json_ld([describe(document, here)])
