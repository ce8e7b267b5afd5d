"""Keeping searches, and being told of what is new: once, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue.models import Record, SavedSearch
from tonle.catalogue.saved import selectors, services
from tonle.catalogue.saved.rules import due_after
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_record
from tonle.infra import clock, crash, jobs
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused
from tonle.people.notices.models import Notice
from tonle.people.notices.selectors import own_notices
from tonle.people.services import create_token
from tonle.people.services.erasure import erase_account
from tonle.people.tests.factories import account, actor
from tonle.search.public import catch_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

DAY = timedelta(days=1)


@pytest.fixture
def sokha(db: None) -> Actor:
    return actor(account("sokha"))


def keep(who: Actor, query: str = "rice", rhythm: str = "daily", **more: object) -> SavedSearch:
    asked = {"name": query, "filters": [("kind", "dataset")], **more}
    return services.save_search(actor=who, query=query, rhythm=rhythm, now=NOW, **asked)  # type: ignore[arg-type] # As named.


def published(title: str, days: float) -> Record:
    """A record that was published so many days after NOW, and is in the index."""
    made = make_record(titles={"en": title}, now=NOW + days * DAY)
    catch_up()
    return made


def told(who: Actor) -> list[int]:
    rows = Notice.objects.filter(account_id=who.id, topic=services.TOPIC).order_by("created_at")
    return [int(str(row.data["count"])) for row in rows]


def run(days: float) -> None:
    services.tell_all(_Run(), NOW + days * DAY)  # type: ignore[arg-type] # All it asks of a run.


class _Run:
    def checkpoint(self, data: object) -> None:
        """A run whose lease nobody takes."""


def test_new_results_are_told_once_and_to_their_owner_alone(sokha: Actor) -> None:
    published("Rice before", -1)
    kept = keep(sokha)
    keep(actor(account("bopha")), "xyzzyplugh")
    never = keep(sokha, "rice fields", "never")
    published("Rice and water", 0.5)
    published("Rice and soil", 0.6)
    published("Only soil", 0.6)

    run(0.9)
    assert told(sokha) == []
    run(1)
    assert told(sokha) == [2]
    # A second run, and a day without anything new.
    run(1)
    run(2)
    assert told(sokha) == [2]
    # What the index had not seen in time is told later, and what was told is not again.
    published("Rice, late in the index", 1.5)
    run(3)
    assert told(sokha) == [2, 1]
    # A correction is nothing new.
    Record.objects.update(published_at=NOW - DAY)
    catch_up()
    run(4)
    assert told(sokha) == [2, 1]

    never.refresh_from_db()
    assert never.due_at is None
    assert Notice.objects.filter(topic=services.TOPIC).count() == 2
    # The owner's own page says which search it was; what leaves the node does not.
    page = own_notices(actor=sokha, now=NOW + 4 * DAY, after="")
    assert "rice" in str(page)
    assert all("rice" not in str(row.data) for row in Notice.objects.all())
    assert kept.id in Notice.objects.filter(account_id=sokha.id)[0].link


def test_a_notice_and_what_is_remembered_stand_or_fall_together(
    sokha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(sokha)
    published("Rice and water", 0.5)

    def dies(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(crash, "point", dies)
        with pytest.raises(KeyboardInterrupt):
            run(1)
    assert told(sokha) == []
    run(1.2)
    assert told(sokha) == [1]
    assert "saved_search.told" in crash.POINTS
    assert services.JOB in jobs.SCHEDULES


def test_a_search_is_kept_once_changed_and_let_go_by_its_owner(sokha: Actor) -> None:
    bopha = actor(account("bopha"))
    first = keep(sokha)
    again = keep(sokha, name="Rice of mine", rhythm="weekly")
    assert (again.id, again.name, again.rhythm) == (first.id, "Rice of mine", "weekly")
    assert again.due_at == NOW + 7 * DAY
    assert [one.id for one in selectors.own_searches(actor=sokha)] == [first.id]
    assert not selectors.own_searches(actor=bopha)

    for other in (bopha, ANONYMOUS):
        with pytest.raises((NotFound, NotPermitted)):
            services.remove_search(id=first.id, actor=other, now=NOW)
        with pytest.raises((NotFound, NotPermitted)):
            services.change_search(id=first.id, actor=other, name="x", rhythm="never", now=NOW)
        with pytest.raises(NotFound):
            selectors.own_search(id=first.id, actor=other)
    with pytest.raises(NotPermitted):
        keep(ANONYMOUS)
    with pytest.raises(Invalid):
        keep(sokha, name=" ")
    with pytest.raises(Invalid):
        keep(sokha, rhythm="hourly")

    for number in range(services.MOST - 1):
        keep(sokha, f"word{number}")
    with pytest.raises(Refused, match="50"):
        keep(sokha, "one too many")

    services.remove_search(id=first.id, actor=sokha, now=NOW)
    with pytest.raises(NotFound):
        services.remove_search(id=first.id, actor=sokha, now=NOW)
    erase_account(account_id=sokha.id, actor=SYSTEM, now=NOW)
    assert not SavedSearch.objects.filter(owner=sokha.id).exists()


def test_when_it_is_due_a_node_that_slept_looks_once() -> None:
    assert due_after("daily", NOW, NOW) == NOW + DAY
    assert due_after("weekly", NOW, NOW + 30 * DAY) == NOW + 35 * DAY
    assert due_after("never", NOW, NOW) is None


def test_pages_lead_from_a_search_to_a_kept_one_and_back(client: Client) -> None:
    made = account("sokha")
    address = "/me/searches/new?q=rice&kind=dataset&year_from=2001"
    assert "/login" in client.get(address)["Location"] or client.get(address).status_code == 302
    client.force_login(made, backend="django.contrib.auth.backends.ModelBackend")

    assert 'value="rice"' in client.get(address).content.decode()
    assert client.post(address, {"name": "", "rhythm": "daily"}).status_code == 422
    assert client.post(address, {"name": "Rice", "rhythm": "daily"}).status_code == 302
    page = client.get("/me/searches").content.decode()
    assert "/search?q=rice&amp;kind=dataset&amp;year_from=2001" in page
    assert "/feeds/search.atom?q=rice" in page
    assert "Every day" in page
    (kept,) = SavedSearch.objects.all()
    assert client.get(f"/me/searches/{kept.id}/new")["Location"].endswith("sort=newest")
    client.post(f"/me/searches/{kept.id}", {"name": "Paddy", "rhythm": "never"})
    assert "Paddy" in client.get("/me/searches").content.decode()

    stranger = Client()
    stranger.force_login(account("bopha"), backend="django.contrib.auth.backends.ModelBackend")
    for path in ("", "/new", "/remove"):
        ask = stranger.post if path == "/remove" else stranger.get
        assert ask(f"/me/searches/{kept.id}{path}").status_code == 404
    client.post(f"/me/searches/{kept.id}/remove")
    assert not SavedSearch.objects.exists()


def test_searches_are_read_over_rest_by_cursor(sokha: Actor) -> None:
    now = clock.now()
    _row, secret = create_token(
        account_id=sokha.id, label="test", scopes=["searches"], actor=SYSTEM, now=now
    )
    for name in ("rice", "water", "fish"):
        keep(sokha, name)
    client, headers = Client(HTTP_HOST="localhost"), {"Authorization": f"Bearer {secret}"}
    first = client.get("/api/v1/searches?limit=2", headers=headers).json()
    onwards = f"/api/v1/searches?limit=2&cursor={first['next']}"
    second = client.get(onwards, headers=headers).json()
    names = [one["name"] for one in first["items"] + second["items"]]
    assert (sorted(names), second["next"]) == (names, None)
    assert len(names) == 3
    assert client.get("/api/v1/searches?cursor=x", headers=headers).status_code == 400
