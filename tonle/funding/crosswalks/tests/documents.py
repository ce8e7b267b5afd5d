"""Records of invented calls and projects, whole enough for every crosswalk."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)
NODE: Final = "https://node.example"
CALL_ID: Final = "0123456789bcdfc"
PROJECT_ID: Final = "zxwvtsrqpnmkjh0"

CALL: Final[dict[str, Any]] = {
    "schema": "tonle-record/1",
    "id": CALL_ID,
    "kind": "funding_opportunity",
    "titles": {"en": "Invented call for clean water", "km": "ការអំពាវនាវដែលប្រឌិតឡើង"},
    "descriptions": [{"type": "Abstract", "text": {"en": "For an invented commission."}}],
    "published_at": "2026-10-01T00:00:00Z",
    "updated_at": "2026-10-02T00:00:00Z",
    "profile": {
        "schema": "tonle-funding-opportunity/1",
        "funders": [
            {
                "name": {"en": "Invented Science Fund", "km": "មូលនិធិប្រឌិត"},
                "country": "KHM",
                "identifiers": [{"scheme": "ror", "value": "03yrm5c26"}],
            }
        ],
        "themes": [{"id": "water", "name": {"en": "Water"}}],
        "amounts_as_stated": "from 300,000 to 1,000,000 dollars a project",
        "amounts": [
            {"currency": "USD", "min_minor": 30000000, "max_minor": 100000000, "per": "project"},
            {"currency": "KHR", "max_minor": 400000000000, "per": "call"},
            {"currency": "VND", "max_minor": 5000000, "per": "person"},
        ],
        "opens_at": "2026-10-15T02:00:00Z",
        "closes_at": "2026-12-31T17:00:00Z",
        "zone": "Asia/Phnom_Penh",
        "deadlines": [
            {
                "id": "pre-proposal",
                "name": {"en": "Pre-proposal", "km": "សំណើបឋម"},
                "at": "2026-11-30T10:00:00Z",
                "zone": "Asia/Shanghai",
            }
        ],
        "languages": ["en", "km"],
        "documents": [{"name": {"en": "Guideline"}, "url": "https://fund.example/guide.pdf"}],
        "corrigenda": [
            {"number": 1, "at": "2026-10-20T00:00:00Z", "text": {"en": "A later deadline."},
             "changed": ["closes_at"]}
        ],
        "eligibility": [
            {"id": "where", "scope": "applicant", "test": "country", "values": ["KHM", "CN-53"]},
            {"id": "who", "scope": "applicant", "test": "organisation_type",
             "values": ["university", "ngo", "individual"]},
            {"id": "together", "scope": "consortium", "test": "countries_at_least", "number": 2},
        ],
        "url": "https://fund.example/calls/7",
    },
}  # fmt: skip

PROJECT: Final[dict[str, Any]] = {
    "schema": "tonle-record/1",
    "id": PROJECT_ID,
    "kind": "project",
    "titles": {"en": "Invented water project"},
    "descriptions": [{"type": "Abstract", "text": {"en": "It cleans water that is not there."}}],
    "published_at": "2027-04-01T00:00:00Z",
    "updated_at": "2027-04-02T00:00:00Z",
    "creators": [{"name_type": "Organizational", "name": "Invented University"}],
    "profile": {
        "schema": "tonle-project/1",
        "call": CALL_ID,
        "partners": ["Invented University"],
        "awards": [
            {
                "id": "cambodia",
                "funder": {
                    "name": {"en": "Invented Science Fund"},
                    "country": "KHM",
                    "identifiers": [{"scheme": "ror", "value": "03yrm5c26"}],
                },
                "currency": "KHR",
                "amount_minor": 40000000050,
                "awarded_on": "2027-03-01",
                "starts_on": "2027-04-01",
                "ends_on": "2030-03-31",
                "recipients": [
                    {"name": {"en": "Invented University"}, "country": "KHM",
                     "identifiers": [{"scheme": "ror", "value": "00hx57361"}]}
                ],
                "number": "K-7",
            },
            {
                "id": "china",
                "funder": {"name": {"en": "Invented Foundation", "zh-Hans": "虚构基金会"},
                           "country": "CHN"},
                "currency": "CNY",
                "amount_minor": 100000000,
                "awarded_on": "2027-03-02",
                "number": "C-7",
            },
            # Without a day it is no grant of 360Giving, and told of all the same.
            {"id": "undated", "funder": {"name": {"en": "Another"}}, "currency": "USD",
             "amount_minor": 100},
        ],
    },
}  # fmt: skip
