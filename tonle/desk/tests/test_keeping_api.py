"""Offices and calendars over REST: everybody reads offices, stewards keep both."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from django.test import Client

from tonle.desk import keeping, keeping_api
from tonle.desk.models import CalendarDay, Office
from tonle.infra import clock
from tonle.kernel.actors import SYSTEM
from tonle.people.public import create_token
from tonle.people.tests.factories import account, holder

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
API = "/api/v1"
OFFICE = {"names": {"en": "Library desk"}, "telephone": "+855 23 880 000", "languages": ["km"]}


class Caller:
    def __init__(self, role: str, scope: str) -> None:
        now = clock.now()
        name = f"{role or 'nobody'}-{scope}"
        who = holder(name, role, now=now) if role else account(name, now=now)
        _row, self.secret = create_token(
            account_id=who.pk, label="test", scopes=[scope], actor=SYSTEM, now=now
        )

    def __call__(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.secret}"}
        headers |= {"Idempotency-Key": key} if key else {}
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        way = getattr(Client(HTTP_HOST="localhost"), method)
        return way(f"{API}{path}", headers=headers, **more)


@pytest.fixture
def steward() -> Caller:
    return Caller("steward", "curate")


def test_an_office_is_added_once_read_by_everybody_changed_and_removed(steward: Caller) -> None:
    first, again = (steward("post", "/offices", OFFICE, key="k") for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json()), first.content
    steward("post", "/offices", {**OFFICE, "names": {"en": "Night desk"}})
    everybody = Client(HTTP_HOST="localhost")
    page = everybody.get(f"{API}/offices?limit=1")
    rest = everybody.get(f"{API}/offices?limit=1&cursor={page.json()['next']}").json()
    shown = page.json()["items"] + rest["items"]
    assert [one["names"]["en"] for one in shown] == ["Library desk", "Night desk"]
    assert rest["next"] is None
    address = f"/offices/{first.json()['id']}"
    changed = steward("put", address, {**OFFICE, "mail": "desk@example.org"})
    assert everybody.get(f"{API}{address}").json() == changed.json()
    wrong = steward("put", address, {**OFFICE, "mail": "at the desk", "member": "XYZ"})
    assert {one["pointer"] for one in wrong.json()["problems"]} == {"mail", "member"}
    assert steward("put", "/offices/none", OFFICE).status_code == 404
    for _twice in range(2):
        assert steward("delete", address).status_code == 204
    assert everybody.get(f"{API}{address}").status_code == 404
    assert everybody.get(f"{API}/help").json()["answer_days"] == 3


def test_a_day_is_corrected_and_forgotten(steward: Caller) -> None:
    address = "/calendars/KHM/2026-11-27"
    body = {"works": False, "names": {"en": "A day off"}, "source": "Sub-decree 180"}
    for _twice in range(2):
        assert steward("put", address, body).json()["corrected"] is True
    assert CalendarDay.objects.count() == 1
    found, following = [], "/calendars/KHM?year=2026&limit=10"
    while following:
        answer = steward("get", following)
        found += answer.json()["items"]
        following = answer.headers.get("Link", "").partition(">")[0].partition(API)[2]
    assert [one["day"] for one in found] == sorted({one["day"] for one in found})
    assert len(found) > 10
    assert {"day": "2026-11-27", **body, "corrected": True} in found
    for _twice in range(2):
        assert steward("delete", address).status_code == 204
    assert not CalendarDay.objects.exists()
    assert steward("put", "/calendars/XYZ/2026-11-27", body).status_code == 422
    assert steward("put", "/calendars/KHM/1926-11-27", body).status_code == 422
    assert steward("get", "/calendars/XYZ").status_code == 404
    assert steward("get", "/calendars/KHM?year=1").status_code == 422
    assert steward("get", "/calendars/KHM?cursor=x").status_code == 400


@pytest.mark.parametrize(
    ("role", "scope"), [("", "curate"), ("curator", "curate"), ("steward", "roles")]
)
def test_nobody_else_keeps_offices_or_days(role: str, scope: str) -> None:
    program = Caller(role, scope)
    for method, path, body in (
        ("post", "/offices", OFFICE),
        ("put", "/offices/none", OFFICE),
        ("delete", "/offices/none", None),
        ("get", "/calendars/KHM", None),
        ("put", "/calendars/KHM/2026-11-27", {"works": True}),
        ("delete", "/calendars/KHM/2026-11-27", None),
    ):
        assert program(method, path, body).status_code == 403, (method, path)
    assert not Office.objects.exists()


def test_every_service_of_offices_and_days_has_an_operation() -> None:
    offered = {
        name for name, one in vars(keeping).items()
        if inspect.isfunction(one) and one.__module__ == keeping.__name__ and name[0] != "_"
    }  # fmt: skip
    source = inspect.getsource(keeping_api)
    assert offered == {name for name in offered if f"keeping.{name}(" in source}
    assert len(offered) == 4


def test_offices_and_days_are_described_with_examples() -> None:
    found = Client(HTTP_HOST="localhost").get(f"{API}/openapi.json").json()
    own = [
        (path, operation)
        for path, ways in found["paths"].items()
        if path.startswith("/api/") and path.split("/")[3] in {"help", "offices", "calendars"}
        for operation in ways.values()
    ]
    assert len(own) == 9
    for path, operation in own:
        assert operation["summary"], path
        assert operation["description"], path
    for name in ("OfficeBody", "OfficeItem", "Help", "DayBody", "DayItem"):
        assert found["components"]["schemas"][name]["examples"], name
