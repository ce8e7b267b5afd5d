"""/api/v1/opportunities as a program of the CommonGrants protocol asks it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import services
from tonle.catalogue.models import Effect, Record
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.funding.crosswalks.tests.documents import CALL, PROJECT
from tonle.funding.crosswalks.tests.test_common_grants import SHAPE
from tonle.funding.rules.uuids import uuid_of
from tonle.funding.tests.calls import make_call
from tonle.infra import clock
from tonle.search.public import catch_up

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

DAY = timedelta(days=1)
PATHS = ("/api/v1/opportunities", "/api/v1/common-grants/opportunities")


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def hide(record: Record) -> None:
    Effect.objects.create(record=record, action="read_metadata", rule="nobody")


def get(address: str = "", base: str = PATHS[0]) -> Any:
    response = Client().get(f"{base}{address}")
    assert response.status_code == 200, response.content
    return response.json()


def find(**body: Any) -> Any:
    response = Client().post(
        f"{PATHS[0]}/search", json.dumps(body), content_type="application/json"
    )
    assert response.status_code == 200, response.content
    return response.json()


def titles(answer: Any) -> list[str]:
    return [one["title"] for one in answer["items"]]


@pytest.mark.parametrize("base", PATHS)
def test_the_list_is_in_the_protocols_shape_newest_first(base: str) -> None:
    make_call("Older", closes_at=NOW + 30 * DAY)
    make_call("Newer", now=NOW + DAY)
    make_record(titles={"en": "Data"})

    answer = get(base=base)

    assert (answer["status"], answer["message"]) == (200, "Success")
    assert titles(answer) == ["Newer", "Older"]
    assert answer["paginationInfo"] == {
        "page": 1,
        "pageSize": 100,
        "totalItems": 2,
        "totalPages": 1,
    }
    for one in answer["items"]:
        SHAPE.validate(one)


def test_pages_follow_by_number_and_beyond_the_last_there_is_nothing() -> None:
    for number in range(5):
        make_call(f"Call {number}", now=NOW + number * DAY)

    pages = [get(f"?page={page}&pageSize=2") for page in (1, 2, 3, 4)]

    assert [titles(page) for page in pages] == [
        ["Call 4", "Call 3"], ["Call 2", "Call 1"], ["Call 0"], [],
    ]  # fmt: skip
    assert {page["paginationInfo"]["totalPages"] for page in pages} == {3}


@pytest.mark.parametrize("query", ["page=0", "pageSize=0", "pageSize=101", "page=x"])
def test_a_page_that_cannot_be_is_refused_as_this_interface_refuses(query: str) -> None:
    response = Client().get(f"{PATHS[0]}?{query}")

    assert response.status_code == 422
    assert response["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("base", PATHS)
def test_one_is_found_by_its_uuid_and_by_its_record(base: str) -> None:
    call = make_call(closes_at=NOW + 30 * DAY)

    by_uuid = get(f"/{uuid_of(call.id)}", base)
    by_record = get(f"/{call.id}", base)

    assert by_uuid == by_record
    assert by_uuid["data"]["id"] == str(uuid_of(call.id))
    assert by_uuid["data"]["status"]["value"] == "open"
    assert by_uuid["data"]["source"] == f"{settings.TONLE_URL}/records/{call.id}"


def test_hidden_withdrawn_of_another_kind_and_absent_are_alike() -> None:
    hidden, withdrawn, data = make_call("Hidden"), make_call("Withdrawn"), make_record()
    hide(hidden)
    why = {"category": "by_author", "reason": {"en": "So."}}
    services.withdraw(record_id=withdrawn.id, **why, actor=CURATOR, now=NOW)  # type: ignore[arg-type] # As named.
    names = [uuid_of(hidden.id), uuid_of(withdrawn.id), uuid_of(data.id), uuid4(), hidden.id, "x"]

    answers = [Client().get(f"{PATHS[0]}/{name}") for name in names]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert get()["items"] == []
    assert find()["items"] == []


def test_titles_are_in_the_language_that_is_asked_for() -> None:
    make_record(
        kind="funding_opportunity",
        titles=CALL["titles"],
        descriptions=CALL["descriptions"],
        access={"level": "metadata_only"},
        profile=CALL["profile"],
    )

    response = Client().get(PATHS[0], headers={"Accept-Language": "km"})

    (one,) = response.json()["items"]
    assert one["title"] == CALL["titles"]["km"]
    assert one["customFields"]["titles"]["value"] == CALL["titles"]
    assert one["customFields"]["eligibility"]["value"] == CALL["profile"]["eligibility"]


def test_a_search_filters_sorts_and_says_how() -> None:
    make_call("Soon", closes_at=NOW + 5 * DAY)
    make_call("Late", closes_at=NOW + 90 * DAY)
    make_call("Over", closes_at=NOW - DAY)
    filters = {"status": {"operator": "in", "value": ["open"]},
               "agency": {"operator": "in", "value": ["X"]}}  # fmt: skip

    answer = find(
        filters=filters,
        sorting={"sortBy": "keyDates.closeDate", "sortOrder": "asc"},
        pagination={"page": 1, "pageSize": 1},
    )

    assert titles(answer) == ["Soon"]
    assert answer["paginationInfo"]["totalItems"] == 2
    assert answer["sortInfo"] == {"sortBy": "keyDates.closeDate", "sortOrder": "asc"}
    assert answer["filterInfo"]["filters"] == filters
    assert answer["filterInfo"]["errors"] == [
        "agency: this filter is not known here; it was left out."
    ]


def test_a_search_in_words_finds_opportunities_alone() -> None:
    make_call("Clean water for all")
    make_call("Dry seeds")
    hidden = make_call("Hidden water")
    make_record(titles={"en": "Data of water"})
    catch_up()
    hide(hidden)

    assert titles(find(search="water")) == ["Clean water for all"]


def test_an_order_that_nobody_knows_is_told_of() -> None:
    answer = find(sorting={"sortBy": "custom", "customSortBy": "luck"})

    assert answer["sortInfo"]["sortBy"] == "lastModifiedAt"
    assert answer["sortInfo"]["errors"] == ["sortBy: custom is not known here."]


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"filters": {"status": {"operator": "x", "value": 1}}}',
     b'{"sorting": {"sortOrder": "up"}}', b'{"pagination": {"page": 0}}'],
)  # fmt: skip
def test_nonsense_is_refused_as_a_problem(body: bytes) -> None:
    response = Client().post(f"{PATHS[0]}/search", body, content_type="application/json")

    assert response.status_code in (400, 422)
    assert response["Content-Type"].startswith("application/problem+json")


def test_the_routes_are_described_once() -> None:
    document = Client().get("/api/v1/openapi.json").json()

    paths = [path for path in document["paths"] if "opportunities" in path]
    assert "/api/v1/opportunities" in paths
    assert "/api/v1/opportunities/search" in paths
    assert not [path for path in paths if "common-grants" in path]
    assert "OpportunityBase" in document["components"]["schemas"]


def test_awards_are_given_as_json_and_as_a_table() -> None:
    call = make_call("The call")
    profile = {**PROJECT["profile"], "call": call.id}
    project = make_record(
        kind="project", titles=PROJECT["titles"], access={"level": "metadata_only"}, profile=profile
    )
    hidden = make_record(
        kind="project", titles={"en": "Hidden"}, access={"level": "metadata_only"}, profile=profile
    )
    hide(hidden)

    response = Client().get("/funding/awards.json")
    package = response.json()
    table = Client().get("/funding/awards.csv")

    assert response["Content-Type"] == "application/json"
    assert package["version"] == "1.1"
    first, second = package["grants"]
    assert first["id"].endswith(f"-{project.id}-cambodia")
    assert first["relatedActivity"] == [second["id"]]
    assert first["grantProgramme"][0]["title"] == "The call"
    assert b"Hidden" not in response.content + table.content
    assert table.content.decode("utf-8-sig").count("\r\n") == 3


def test_identifiers_begin_with_the_prefix_that_a_registry_gave(settings: Any) -> None:
    settings.TONLE_AWARDS_PREFIX = "360G-invented"
    make_record(
        kind="project",
        titles={"en": "A project"},
        access={"level": "metadata_only"},
        profile=PROJECT["profile"],
    )

    first, second = Client().get("/funding/awards.json").json()["grants"]

    assert first["id"].startswith("360G-invented-")
    assert second["fundingOrganization"][0]["id"].startswith("360G-invented-org-")


def test_a_call_that_is_hidden_is_not_named_by_its_awards() -> None:
    call = make_call("The call")
    make_record(
        kind="project",
        titles={"en": "A project"},
        access={"level": "metadata_only"},
        profile={**PROJECT["profile"], "call": call.id},
    )
    hide(call)

    (programme, _) = [
        one["grantProgramme"] for one in Client().get("/funding/awards.json").json()["grants"]
    ]

    assert "title" not in programme[0]


def test_without_an_award_the_list_is_empty() -> None:
    assert Client().get("/funding/awards.json").json()["grants"] == []
    assert Client().post("/funding/awards.json").status_code == 405
