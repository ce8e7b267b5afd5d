"""What schema.org and DataCite are told of calls and awards."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from tonle.catalogue.crosswalked import grants_of
from tonle.catalogue.crosswalks.writers import Here, datacite, schema_org
from tonle.funding.crosswalks.tests.documents import CALL, NODE, PROJECT


def here(document: dict[str, Any]) -> Here:
    url = f"{NODE}/records/{document['id']}"
    return Here(
        url=url,
        pid_url=url,
        ark="",
        file_url=lambda name: f"{url}/files/{name}",
        record_url=lambda record: f"{NODE}/records/{record}",
        files_open=False,
        kind_label="Funding opportunity",
        node_name="A node",
        node_url=NODE,
        zone=UTC,
    )


def test_a_call_is_a_funding_scheme_that_offers_what_it_grants() -> None:
    found = schema_org.entity(CALL, here(CALL))

    assert found["@type"] == "FundingScheme"
    assert found["funder"]["@id"] == "https://ror.org/03yrm5c26"
    offer = found["makesOffer"]
    assert offer["availabilityEnds"] == "2026-12-31T17:00:00Z"
    assert offer["eligibleRegion"] == ["KHM", "CN-53"]
    first = offer["itemOffered"][0]["amount"]
    assert first == {
        "@type": "MonetaryAmount",
        "currency": "USD",
        "minValue": 300000,
        "maxValue": 1000000,
    }


def test_a_call_of_which_little_is_known_offers_nothing() -> None:
    plain = {**CALL, "profile": {"schema": "tonle-funding-opportunity/1",
                                 "funders_as_stated": "A fund"}}  # fmt: skip
    found = schema_org.entity(plain, here(plain))

    assert found["funder"] == {"@type": "Organization", "name": "A fund"}
    assert "makesOffer" not in found


def test_a_projects_awards_are_monetary_grants_with_their_own_currency() -> None:
    found = schema_org.entity(PROJECT, here(PROJECT))

    cambodia, china, _ = found["funding"]
    assert (cambodia["@type"], cambodia["identifier"]) == ("MonetaryGrant", "K-7")
    assert cambodia["amount"] == {
        "@type": "MonetaryAmount",
        "currency": "KHR",
        "value": 400000000.5,
    }
    assert china["amount"]["value"] == 1000000
    assert china["funder"]["name"] == "Invented Foundation"


def test_datacite_has_an_award_or_a_project_with_its_grants() -> None:
    project = datacite.properties(PROJECT, here(PROJECT))

    assert project["types"]["resourceTypeGeneral"] == "Project"
    assert [
        (one["funderName"], one.get("awardNumber"), one.get("funderIdentifierType"))
        for one in project["fundingReferences"]
    ] == [
        ("Invented Science Fund", "K-7", "ROR"),
        ("Invented Foundation", "C-7", None),
        ("Another", None, None),
    ]
    assert datacite.properties(CALL, here(CALL))["types"]["resourceTypeGeneral"] == "Award"


def test_a_grant_that_is_stated_twice_is_told_once() -> None:
    stated = {"funder_name": "Invented Foundation", "award_number": "C-7"}
    other = {"funder_name": "Invented Foundation", "award_number": "C-8"}
    project = {**PROJECT, "funding_references": [stated, other]}

    numbers = [one.get("award_number") for one in grants_of(project)]

    assert numbers == ["C-8", "K-7", "C-7", None]


def test_records_of_other_kinds_are_told_of_as_before() -> None:
    data = {**PROJECT, "kind": "dataset", "profile": PROJECT["profile"]}

    assert list(grants_of(data)) == []
    assert schema_org.entity(data, here(data))["@type"] == "Dataset"
