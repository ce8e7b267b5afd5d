"""Opportunities as CommonGrants has them, and back again."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue.document import problems
from tonle.funding.crosswalks import common_grants, common_grants_json
from tonle.funding.crosswalks.tests.documents import CALL, CALL_ID, NODE, NOW
from tonle.funding.rules.uuids import uuid_of

GOLDEN = Path(__file__).parent / "golden"
MONEY = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {"amount": {"type": "string", "pattern": r"^-?[0-9]+\.?[0-9]*$"}},
}
EVENT = {
    "type": "object",
    "required": ["name", "eventType"],
    "oneOf": [
        {
            "required": ["date"],
            "properties": {
                "eventType": {"const": "singleDate"},
                "date": {"format": "date"},
                "time": {"pattern": r"^\d\d:\d\d:\d\d$"},
            },
        },
        {"properties": {"eventType": {"const": "other"}}},
    ],
}
# What the protocol demands, version 0.5, in our words.
SHAPE = jsonschema_rs.Draft202012Validator(
    {
        "type": "object",
        "required": ["id", "title", "status", "description", "createdAt", "lastModifiedAt"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "status": {
                "required": ["value"],
                "properties": {"value": {"enum": list(common_grants.STATUS_VALUES)}},
            },
            "funding": {
                "properties": {
                    "details": {"type": "string"},
                    "totalAmountAvailable": MONEY,
                    "minAwardAmount": MONEY,
                    "maxAwardAmount": MONEY,
                },
                "additionalProperties": False,
            },
            "keyDates": {
                "properties": {
                    "postDate": EVENT,
                    "closeDate": EVENT,
                    "otherDates": {"additionalProperties": EVENT},
                },
                "additionalProperties": False,
            },
            "acceptedApplicantTypes": {"type": "array", "items": {"required": ["value"]}},
            "source": {"type": "string", "format": "uri"},
            "customFields": {
                "additionalProperties": {"required": ["name", "fieldType", "value"]},
            },
            "createdAt": {"type": "string", "format": "date-time"},
            "lastModifiedAt": {"type": "string", "format": "date-time"},
        },
    },
    validate_formats=True,
)


def made(profile: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    document = {**CALL, **fields}
    if profile is not None:
        document["profile"] = {"schema": "tonle-funding-opportunity/1", **profile}
    found = common_grants.opportunity(document, NOW, node=NODE)
    SHAPE.validate(found)
    return found


def back(*opportunities: Any) -> list[Any]:
    data = json.dumps({"items": list(opportunities)}).encode()
    return list(common_grants_json.read(data, "calls.json").documents)


def test_a_whole_call_is_written_as_the_golden_file_has_it() -> None:
    assert made() == json.loads((GOLDEN / "opportunity.json").read_text(encoding="utf-8"))


def test_a_deadline_is_told_by_the_funders_clock_and_as_an_instant() -> None:
    event = made()["keyDates"]["closeDate"]

    assert (event["date"], event["time"]) == ("2027-01-01", "00:00:00")
    assert event["description"] == "Asia/Phnom_Penh time; 2026-12-31T17:00:00Z"


@pytest.mark.parametrize(
    ("days", "value", "own"),
    [(-60, "forecasted", None), (0, "open", None), (30, "open", None), (50, "closed", None),
     (500, "custom", "archived")],
)  # fmt: skip
def test_the_status_is_that_of_the_clock(days: int, value: str, own: str | None) -> None:
    found = common_grants.opportunity(CALL, NOW + timedelta(days=days), node=NODE)

    assert (found["status"]["value"], found["status"].get("customValue")) == (value, own)


def test_a_deadline_in_words_alone_stays_in_words_and_nobody_says_open() -> None:
    found = made({"deadline_as_stated": "in spring"})

    assert found["status"] == {
        "value": "custom",
        "customValue": "unknown",
        "description": "The source gives no whole deadline, so nobody can tell.",
    }
    assert found["keyDates"]["closeDate"]["details"] == "in spring"


def test_a_call_with_nothing_but_a_title_has_the_fields_that_must_be() -> None:
    found = made({}, descriptions=[])

    assert found["description"] == found["title"]
    assert not {"funding", "keyDates", "acceptedApplicantTypes"} & found.keys()


def test_sums_are_never_converted() -> None:
    amounts = [{"currency": "KHR", "max_minor": 100, "per": "project"},
               {"currency": "USD", "max_minor": 500, "per": "project"}]  # fmt: skip

    found = made({"amounts": amounts})

    assert found["funding"] == {"maxAwardAmount": {"amount": "1.00", "currency": "KHR"}}
    assert found["customFields"]["amounts"]["value"] == amounts


def test_what_was_written_is_read_again_whole() -> None:
    (read,) = back(made())

    assert (read.key, read.refusal, read.warnings) == (f"tonle:{CALL_ID}", None, ())
    for field in ("titles", "descriptions", "profile"):
        assert read.document[field] == CALL[field]
    assert problems(read.document, whole=False) == []


def test_a_call_of_another_implementer_keeps_what_it_says() -> None:
    agency = {"name": "agency", "fieldType": "object", "value": {"name": "Department of Water"}}
    (read,) = back(
        {
            "id": "30a12e5e-5940-4c08-921c-17a8960fcf4b",
            "title": "Small grants",
            "description": "For wells.",
            "status": {"value": "forecasted"},
            "source": "https://grants.example/1",
            "funding": {
                "details": "Some money",
                "maxAwardAmount": {"amount": "10000", "currency": "USD"},
            },
            "keyDates": {
                "closeDate": {
                    "name": "Close",
                    "eventType": "singleDate",
                    "date": "2027-01-31",
                    "time": "17:00:00",
                }
            },
            "acceptedApplicantTypes": [
                {"value": "higher_education_public"},
                {"value": "higher_education_private"},
            ],
            "customFields": {"agency": agency},
            "createdAt": "2026-01-01T00:00:00Z",
            "lastModifiedAt": "2026-01-01T00:00:00Z",
        }
    )

    assert read.key == "common-grants:30a12e5e-5940-4c08-921c-17a8960fcf4b"
    assert read.document["profile"] == {
        "schema": "tonle-funding-opportunity/1",
        "url": "https://grants.example/1",
        "funders_as_stated": "Department of Water",
        "forecast": True,
        "amounts_as_stated": "Some money",
        "amounts": [{"currency": "USD", "per": "project", "max_minor": 1000000}],
        "deadline_as_stated": "2027-01-31 17:00:00",
        "eligibility": [
            {"id": "applicants", "scope": "applicant", "test": "organisation_type",
             "values": ["university"]}
        ],
    }  # fmt: skip
    # A day without a zone is no instant, and the importer says so.
    assert [one.where for one in read.warnings] == ["keyDates.closeDate"]
    assert problems(read.document, whole=False) == []


def test_half_of_a_pair_of_applicants_stays_in_words() -> None:
    (read,) = back(made({}) | {"acceptedApplicantTypes": [{"value": "higher_education_public"}]})

    assert read.document["profile"]["who_may_apply"] == "higher education public"
    assert "eligibility" not in read.document["profile"]


def test_custom_fields_in_another_form_than_ours_are_left_out_and_told_of() -> None:
    field = {"name": "eligibility", "fieldType": "string", "value": "All are welcome"}
    (read,) = back(made({}) | {"customFields": {"eligibility": field}})

    assert "eligibility" not in read.document["profile"]
    assert [one.where for one in read.warnings] == ["customFields.eligibility"]


def test_one_that_says_no_title_is_refused_and_the_others_come_in() -> None:
    first, second = back({"status": {"value": "open"}, "createdAt": "x"}, made())

    assert first.refusal is not None
    assert second.document is not None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"7", b'"x"', b'{"items": 3}', b"\xff\xfe"])
def test_a_file_that_holds_none_is_told_of(data: bytes) -> None:
    read = common_grants_json.read(data, "x.json")

    assert all(one.document is None for one in read.documents)
    assert read.documents or read.remark


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(
    ("id", "title", "status", "description", "funding", "keyDates", "acceptedApplicantTypes",
     "source", "customFields"), ANYTHING)))  # fmt: skip
def test_reading_never_fails_and_what_comes_in_is_a_record(given_: dict[str, Any]) -> None:
    for read in common_grants_json.read(json.dumps([given_]).encode(), "x.json").documents:
        if read.document is not None:
            assert problems(read.document, whole=False) == []


def test_the_id_is_a_uuid_of_ours() -> None:
    assert made()["id"] == str(uuid_of(CALL_ID))
