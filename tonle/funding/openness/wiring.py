"""Joining the register to the formats of the world. Light: the work is fetched when it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tonle.api.public import register_router
from tonle.catalogue.public import (
    Reader,
    register_grants,
    register_reader,
    register_schema_org,
)
from tonle.funding.crosswalks import looks

if TYPE_CHECKING:
    from tonle.catalogue.public import Parsed


def connect() -> None:
    register_router("opportunities", "tonle.funding.openness.api:router")
    # Where programs that know the protocol look for it.
    register_router(
        "common-grants/opportunities", "tonle.funding.openness.api:common_grants_router"
    )
    register_schema_org("funding_opportunity", _scheme)
    register_grants("project", _grants)
    register_reader(
        "common-grants-json",
        Reader("CommonGrants opportunities", looks.like_common_grants, _common_grants),
    )
    register_reader("calls-csv", Reader("a table of calls", looks.like_calls, _calls))


def _scheme(document: Mapping[str, Any]) -> Mapping[str, Any]:
    from tonle.funding.crosswalks import linked

    return linked.scheme(document)


def _grants(document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    from tonle.funding.crosswalks import linked

    return linked.grants(document)


def _common_grants(data: bytes, name: str) -> Parsed:
    from tonle.funding.crosswalks import common_grants_json

    return common_grants_json.read(data, name)


def _calls(data: bytes, name: str) -> Parsed:
    from tonle.funding.crosswalks import calls_csv

    return calls_csv.read(data, name)
