"""Awards as 360Giving grants: whole, tied together, and valid."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.crosswalks import three_sixty_giving as giving
from tonle.funding.crosswalks.tests.documents import CALL, CALL_ID, NODE, PROJECT, PROJECT_ID
from tonle.kernel.money import MAX_MINOR

GOLDEN = Path(__file__).parent / "golden"
PREFIX = "node.example"
DAY = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])$"}
ORGANISATION = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1,
    "items": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
    },
}
# What the standard demands of a package and of a grant, version 1.1, in our words.
PACKAGE = jsonschema_rs.Draft202012Validator(
    {
        "type": "object",
        "required": ["grants"],
        "properties": {
            "version": {"pattern": r"^(\d+\.)(\d+)$"},
            "publisher": {"required": ["name"]},
            "downloadURL": {"format": "uri"},
            "grants": {
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {
                    "type": "object",
                    "required": [
                        "id", "title", "description", "currency", "amountAwarded", "awardDate",
                        "recipientOrganization", "fundingOrganization",
                    ],
                    "properties": {
                        "id": {"type": "string"},
                        "title": {"type": "string", "maxLength": 139},
                        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                        "amountAwarded": {"type": "number"},
                        "awardDate": DAY,
                        "url": {"type": "string", "format": "uri"},
                        "plannedDates": {
                            "type": "array",
                            "items": {"properties": {"startDate": DAY, "endDate": DAY}},
                        },
                        "recipientOrganization": ORGANISATION,
                        "fundingOrganization": ORGANISATION,
                        "grantProgramme": {"type": "array"},
                        "relatedActivity": {"type": "array", "items": {"type": "string"}},
                        "dateModified": {"type": "string", "format": "date-time"},
                    },
                },
            },
        },
    },
    validate_formats=True,
)  # fmt: skip


def package(*projects: dict[str, Any], call: dict[str, Any] | None = CALL) -> dict[str, Any]:
    grants = [
        grant
        for project in projects
        for grant in giving.grants(project, node=NODE, prefix=PREFIX, call=call)
    ]
    url = f"{NODE}/funding/awards.json"
    return giving.package(grants, node=NODE, node_name="A node", url=url)


def with_awards(*awards: dict[str, Any], **profile: Any) -> dict[str, Any]:
    said = {"schema": "tonle-project/1", "awards": list(awards), **profile}
    return {**PROJECT, "profile": said}


def test_a_package_is_written_as_the_golden_file_has_it() -> None:
    found = package(PROJECT)

    PACKAGE.validate(found)
    assert found == json.loads((GOLDEN / "awards.json").read_text(encoding="utf-8"))


def test_the_parts_of_an_award_name_each_other_and_their_call() -> None:
    cambodia, china = package(PROJECT)["grants"]

    assert china["id"] in cambodia["relatedActivity"]
    assert cambodia["id"] in china["relatedActivity"]
    assert cambodia["grantProgramme"] == china["grantProgramme"]
    assert cambodia["grantProgramme"][0]["code"] == CALL_ID


def test_a_part_names_no_grant_that_is_not_there() -> None:
    grants = package(PROJECT)["grants"]

    assert {other for one in grants for other in one["relatedActivity"]} <= {
        one["id"] for one in grants
    }


def test_a_registry_names_organisations_and_others_are_named_alike_everywhere() -> None:
    cambodia, china = package(PROJECT)["grants"]

    assert cambodia["fundingOrganization"][0]["id"] == "XI-ROR-03yrm5c26"
    own = china["fundingOrganization"][0]["id"]
    assert own.startswith(f"{PREFIX}-org-")
    assert package({**PROJECT, "id": CALL_ID})["grants"][1]["fundingOrganization"][0]["id"] == own


def test_what_lacks_a_day_an_amount_or_a_recipient_is_no_grant() -> None:
    funder = {"name": {"en": "Fund"}}
    whole = {
        "id": "a",
        "funder": funder,
        "currency": "USD",
        "amount_minor": 5,
        "awarded_on": "2027-01-01",
        "recipients": [{"name": {"en": "University"}}],
    }
    for missing in ("currency", "amount_minor", "awarded_on", "recipients", "funder"):
        part = {name: value for name, value in whole.items() if name != missing}
        assert package(with_awards(part))["grants"] == []
    assert len(package(with_awards(whole))["grants"]) == 1


def test_two_parts_with_one_name_are_one_grant() -> None:
    part = PROJECT["profile"]["awards"][0]

    assert len(package(with_awards(part, part))["grants"]) == 1


def test_a_call_that_is_not_here_is_named_by_its_id_alone() -> None:
    (programme,) = package(PROJECT, call=None)["grants"][0]["grantProgramme"]

    assert programme == {"code": CALL_ID, "url": f"{NODE}/records/{CALL_ID}"}


@given(st.integers(0, MAX_MINOR), st.sampled_from(["USD", "KHR", "VND", "KWD"]))
def test_no_unit_of_an_amount_is_lost_in_json(minor: int, currency: str) -> None:
    part = {**PROJECT["profile"]["awards"][0], "amount_minor": minor, "currency": currency}
    (grant,) = package(with_awards(part))["grants"]

    places = {"USD": 2, "KHR": 2, "VND": 0, "KWD": 3}[currency]
    read = json.loads(json.dumps(grant["amountAwarded"]))
    assert round(read * 10**places) == minor


def test_the_table_has_the_same_grants_under_the_standards_titles() -> None:
    grants = package(PROJECT)["grants"]

    rows = list(csv.DictReader(io.StringIO(giving.table(grants), newline="")))

    assert [row["Identifier"] for row in rows] == [one["id"] for one in grants]
    assert rows[0]["Amount Awarded"] == "400000000.5"
    assert rows[1]["Funding Org:Name"] == "Invented Foundation"
    assert rows[0]["Grant Programme:Title"] == CALL["titles"]["en"]
    assert rows[1]["Planned Dates:Start Date"] == ""


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    project = {**PROJECT, "titles": {"en": '=HYPERLINK("https://evil.example")'}}

    table = giving.table(package(project)["grants"])

    assert "'=HYPERLINK" in next(csv.reader(io.StringIO(table.splitlines()[1])))[1]


def test_ids_begin_with_the_prefix_and_the_record() -> None:
    assert package(PROJECT)["grants"][0]["id"] == f"{PREFIX}-{PROJECT_ID}-cambodia"
