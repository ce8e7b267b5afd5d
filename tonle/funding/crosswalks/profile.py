"""Fields of an opportunity's profile as strangers send them: kept where they are of our form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from tonle.funding.kinds import KINDS


def kept(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The fields that the profile's schema knows and allows, and the names of the others."""
    allowed: dict[str, Any] = {}
    lost: list[str] = []
    for name, value in fields.items():
        validator = _validator(name)
        if validator is not None and validator.is_valid(value):
            allowed[name] = value
        else:
            lost.append(name)
    return allowed, lost


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator | None:
    schema = next(one for one in KINDS if one.name == "funding_opportunity").profile
    field = schema["properties"].get(name)
    return jsonschema_rs.Draft202012Validator(field, validate_formats=True) if field else None
