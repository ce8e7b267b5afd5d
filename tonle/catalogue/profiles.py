"""Words for writing the JSON Schema of a kind's profile. Pure.

A profile has named properties with a type and a description each; a test and the page
docs/reference/profiles.md read the descriptions. Unknown properties are kept, as
everywhere in a record; amounts and dates of which a source gives only words are `…_as_stated`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def profile(description: str, /, *, required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """The schema of a profile."""
    schema = {"type": "string", "description": "The profile's own name and version."}
    return {
        "type": "object",
        "description": description,
        "required": ["schema", *required],
        "properties": {"schema": schema, **properties},
    }


def text(description: str) -> Schema:
    """Plain text in the source's own words; a name, a place, a statement."""
    return {"type": "string", "minLength": 1, "maxLength": 20_000, "description": description}


def language_map(description: str) -> Schema:
    """Text by language tag."""
    return {
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
        "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 200_000},
        "description": description,
    }


def address(description: str) -> Schema:
    """A web address that people may follow."""
    return {
        "type": "string",
        "pattern": "^https?://",
        "maxLength": 4_000,
        "description": description,
    }


def day(description: str) -> Schema:
    """A calendar day, ISO 8601."""
    return {"type": "string", "format": "date", "description": description}


def instant(description: str) -> Schema:
    """An instant in UTC, RFC 3339."""
    return {"type": "string", "format": "date-time", "description": description}


def number(description: str, *, minimum: int = 0) -> Schema:
    """A whole number; quantities with fractions are decimal strings."""
    return {"type": "integer", "minimum": minimum, "description": description}


def decimal(description: str) -> Schema:
    """A decimal number as a string: a record holds no floating-point numbers."""
    return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "description": description}


def choice(description: str, *values: str) -> Schema:
    return {"enum": list(values), "description": description}


def flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def many(item: Schema, description: str) -> Schema:
    """A list of such values."""
    return {"type": "array", "items": item, "maxItems": 1_000, "description": description}


def record(description: str) -> Schema:
    """The id of another record of this commons."""
    return {
        "type": "string",
        "pattern": "^[0-9bcdfghjkmnpqrstvwxz]{15}$",
        "description": description,
    }


def group(description: str, /, *, required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """Several properties that belong together."""
    return {
        "type": "object",
        "description": description,
        "required": list(required),
        "properties": properties,
    }
