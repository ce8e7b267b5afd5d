"""From asking to the end of a grant: the refusal beside the success, the second call, time."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.constants import NOW
from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import CURATOR, make_draft, make_record
from tonle.deposit.access import permissions, services
from tonle.deposit.access.models import AccessRequest
from tonle.deposit.access.selectors import my_requests, requests_to_decide
from tonle.infra import jobs
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor, Scope
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused
from tonle.people import public as people
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db

NOTE = {"en": "For studies of public health only.", "km": "សម្រាប់ការសិក្សាសុខភាព។"}
RESTRICTED = {"level": "restricted", "note": NOTE}


@pytest.fixture
def sokha() -> Actor:
    return actor(account("sokha"))


@pytest.fixture
def bopha() -> Actor:
    return actor(account("bopha"))


@pytest.fixture
def dara() -> Actor:
    return actor(holder("dara", "curator"))


@pytest.fixture
def record(home: Path, sokha: Actor) -> catalogue.Record:
    draft = make_draft({"data.csv": b"a\n1\n"}, folder=home, actor=sokha, access=RESTRICTED)
    return catalogue.publish(draft_id=draft.id, actor=CURATOR, now=NOW)


def ask(record: Any, who: Actor, **changes: Any) -> AccessRequest:
    _, sha256 = services.terms_of(record_id=record.id, language="en", actor=who, now=NOW)
    values = {
        "purpose": "A study of malaria.", "affiliation": "Institut Pasteur du Cambodge",
        "terms_sha256": sha256, "language": "en", "now": NOW, **changes,
    }  # fmt: skip
    return services.ask_access(record_id=record.id, actor=who, **values)


def may_read(record: Any, who: Actor, now: Any = NOW) -> bool:
    return bool(catalogue.record_view(record_id=record.id, actor=who, now=now).files_ruling)


def test_asked_granted_and_over_by_itself(record: Any, sokha: Actor, bopha: Actor) -> None:
    request = ask(record, bopha)
    assert request.terms.startswith(NOTE["en"])
    assert not may_read(record, bopha)

    granted = services.grant(request_id=request.id, days=30, note="", actor=sokha, now=NOW)
    assert (granted.state, granted.valid_until) == ("granted", NOW + timedelta(days=30))
    assert may_read(record, bopha)

    later = NOW + timedelta(days=30)
    assert not may_read(record, bopha, later)
    jobs.run_all_due(later)
    assert AccessRequest.objects.get().state == "ended"


def test_declining_needs_a_reason_which_the_asker_reads(
    record: Any, sokha: Actor, bopha: Actor
) -> None:
    request = ask(record, bopha)
    with pytest.raises(Invalid):
        services.decline(request_id=request.id, reason=" ", actor=sokha, now=NOW)
    services.decline(request_id=request.id, reason="Not for trade.", actor=sokha, now=NOW)
    assert [row.reason for row in my_requests(bopha, NOW)[0]] == ["Not for trade."]
    assert not may_read(record, bopha)
    # A new one may be asked for: circumstances change.
    assert ask(record, bopha, purpose="Another study.").id != request.id


def test_an_owner_ends_a_grant_at_once(record: Any, sokha: Actor, bopha: Actor) -> None:
    request = ask(record, bopha)
    services.grant(request_id=request.id, days=30, note="", actor=sokha, now=NOW)
    for _ in range(2):
        services.end(request_id=request.id, reason="Passed on.", actor=sokha, now=NOW, key="k")
    assert not may_read(record, bopha)
    assert AccessRequest.objects.get().state == "ended"


def test_an_asker_takes_back_and_gives_back(record: Any, sokha: Actor, bopha: Actor) -> None:
    request = ask(record, bopha)
    services.take_back(request_id=request.id, actor=bopha, now=NOW)
    services.take_back(request_id=request.id, actor=bopha, now=NOW)
    with pytest.raises(Refused):
        services.grant(request_id=request.id, days=1, note="", actor=sokha, now=NOW)
    second = ask(record, bopha)
    services.grant(request_id=second.id, days=30, note="", actor=sokha, now=NOW)
    services.take_back(request_id=second.id, actor=bopha, now=NOW)
    assert not may_read(record, bopha)


def test_asking_twice_is_asking_once(record: Any, bopha: Actor) -> None:
    assert ask(record, bopha).id == ask(record, bopha, purpose="Or this?").id
    assert AccessRequest.objects.count() == 1


def test_a_request_is_closed_once_there_is_nothing_to_ask_for(
    record: Any, sokha: Actor, bopha: Actor
) -> None:
    made = ask(record, bopha)
    assert people.unread_count(sokha) == 1
    catalogue.set_access(record_id=record.id, access={"level": "open"}, actor=CURATOR, now=NOW)
    jobs.run_all_due(NOW)
    jobs.run_all_due(NOW)

    (mine,), _ = my_requests(bopha, NOW)
    assert (mine.id, mine.state) == (made.id, "ended")
    assert mine.reason == "Everybody can have the files now."
    assert (people.unread_count(sokha), people.unread_count(bopha)) == (0, 1)


def test_the_terms_that_are_accepted_are_those_that_were_read(record: Any, bopha: Actor) -> None:
    with pytest.raises(Refused) as refused:
        ask(record, bopha, terms_sha256="0" * 64)
    assert refused.value.code == "terms_changed"
    with pytest.raises(Invalid) as invalid:
        ask(record, bopha, terms_sha256="", purpose="", affiliation="")
    assert [where for where, _ in invalid.value.problems] == ["purpose", "affiliation", "terms"]
    text, _ = services.terms_of(record_id=record.id, language="km", actor=bopha, now=NOW)
    assert text.startswith(NOTE["km"])


def test_open_files_and_hidden_records_take_no_request(
    home: Path, record: Any, sokha: Actor, bopha: Actor
) -> None:
    open_record = make_record({"a.csv": b"1"}, folder=home)
    with pytest.raises(Refused):
        ask(open_record, bopha)
    with pytest.raises(Refused):
        ask(record, sokha)
    hidden = make_draft(access=RESTRICTED)
    with pytest.raises(NotFound):
        services.terms_of(record_id=hidden.record.id, language="en", actor=bopha, now=NOW)
    with pytest.raises(NotPermitted):
        services.ask_access(
            record_id=record.id, purpose="x", affiliation="y", terms_sha256="z", language="en",
            actor=ANONYMOUS, now=NOW,
        )  # fmt: skip


def test_outsiders_know_of_no_request_and_nobody_decides_about_their_own(
    record: Any, bopha: Actor
) -> None:
    request = ask(record, bopha)
    outsider = actor(account("rith"))
    for event in (services.decline, services.end):
        with pytest.raises(NotFound):
            event(request_id=request.id, reason="x", actor=outsider, now=NOW)
    with pytest.raises(NotPermitted):
        services.grant(request_id=request.id, days=1, note="", actor=bopha, now=NOW)
    assert requests_to_decide(outsider, NOW) == ([], None)


def test_what_may_be_read_and_what_is_listed_agree_for_every_role(
    home: Path, sokha: Actor, bopha: Actor, dara: Actor
) -> None:
    """The permission and its twin, over owners, communities and roles."""
    people = [
        sokha, bopha, dara, SYSTEM, ANONYMOUS,
        actor(holder("rith", "steward")),
        actor(holder("vuthy", "curator", Scope("community", "rice"))),
        actor(holder("mali", "curator", Scope("community", "water"))),
        actor(account("nobody")),
    ]  # fmt: skip
    for owner, communities in ((sokha, ["rice"]), (bopha, ["rice", "water"]), (sokha, [])):
        draft = make_draft(
            {"a.csv": b"1"}, folder=home, actor=owner, access=RESTRICTED, communities=communities
        )
        published = catalogue.publish(draft_id=draft.id, actor=CURATOR, now=NOW)
        for who in (sokha, bopha, people[-1]):
            if who is not owner:
                ask(published, who)
    assert AccessRequest.objects.count() == 6
    for who in people:
        seen = set(AccessRequest.objects.filter(permissions.visible_to(who)).values_list("id"))
        decided = set(AccessRequest.objects.filter(permissions.decidable(who)).values_list("id"))
        for request in AccessRequest.objects.select_related("record"):
            assert ((request.id,) in seen) is bool(permissions.may_read(who, request))
            assert ((request.id,) in decided) is bool(permissions.may_decide(who, request))


def test_pages_for_who_asks_and_who_decides(
    client: Any, record: Any, sokha: Actor, bopha: Actor
) -> None:
    from tonle.people.models import Account

    address = f"/records/{record.id}/request-access"
    assert client.get(address).status_code == 302
    client.force_login(Account.objects.get(pk=bopha.id))
    page = client.get(address)
    assert NOTE["en"] in page.content.decode()
    sha256 = page.context["terms_sha256"]
    missing = client.post(address, {"purpose": "", "terms_sha256": sha256, "key": "1"})
    assert missing.status_code == 422
    sent = {
        "purpose": "Malaria <b>study</b>", "affiliation": "IPC", "terms": "yes",
        "terms_sha256": sha256, "key": "2",
    }  # fmt: skip
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    assert "Malaria &lt;b&gt;study" in client.get("/me/requests").content.decode()
    assert "Malaria" not in client.get("/deposit/requests").content.decode()

    client.force_login(Account.objects.get(pk=sokha.id))
    assert "Malaria" in client.get("/deposit/requests").content.decode()
    request = AccessRequest.objects.get()
    done = client.post(
        f"/deposit/requests/{request.id}", {"do": "grant", "days": "30", "text": "", "key": "3"}
    )
    assert done.status_code == 302
    assert AccessRequest.objects.get().state == "granted"
    assert "Malaria" in client.get("/deposit/requests?state=granted").content.decode()


def test_hidden_and_absent_answer_alike(client: Any, home: Path, bopha: Actor) -> None:
    from tonle.people.models import Account

    hidden = make_draft(access=RESTRICTED)
    client.force_login(Account.objects.get(pk=bopha.id))
    one = client.get(f"/records/{hidden.record.id}/request-access")
    other = client.get("/records/bcdfghjkmnpqrst/request-access")
    assert (one.status_code, one.content) == (404, other.content)


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_leave_one_request(record: Any, bopha: Actor) -> None:
    found: list[str] = []

    def press() -> None:
        try:
            found.append(ask(record, bopha).id)
        finally:
            connections.close_all()

    presses = [threading.Thread(target=press) for _ in range(3)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert len(found) == 3
    assert set(found) == {AccessRequest.objects.get().id}


@pytest.mark.django_db(transaction=True)
def test_grant_and_decline_at_once_agree_on_one(record: Any, sokha: Actor, bopha: Actor) -> None:
    request = ask(record, bopha)
    came: list[str] = []

    def decide(event: str) -> None:
        try:
            if event == "grant":
                services.grant(request_id=request.id, days=5, note="", actor=sokha, now=NOW)
            else:
                services.decline(request_id=request.id, reason="No.", actor=sokha, now=NOW)
            came.append(event)
        except Refused:
            pass
        finally:
            connections.close_all()

    presses = [threading.Thread(target=decide, args=(event,)) for event in ("grant", "decline")]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    state = AccessRequest.objects.get().state
    assert [{"granted": "grant", "declined": "decline"}[state]] == came
    assert may_read(record, bopha) is (state == "granted")


def test_a_refused_file_leads_to_asking_for_it(client: Any, record: Any) -> None:
    page = client.get(f"/records/{record.id}/files/data.csv")
    assert page.status_code == 403
    assert f'href="/records/{record.id}/request-access"' in page.content.decode()
    assert f'href="/records/{record.id}"' in page.content.decode()

    whole = client.get(f"/records/{record.id}/zip")
    assert whole.status_code == 403
    assert f'href="/records/{record.id}/request-access"' in whole.content.decode()


def test_a_file_that_nobody_gets_offers_no_asking(client: Any, home: Path, sokha: Actor) -> None:
    draft = make_draft(
        {"data.csv": b"a\n1\n"}, folder=home, actor=sokha, access={"level": "metadata_only"}
    )
    record = catalogue.publish(draft_id=draft.id, actor=CURATOR, now=NOW)
    page = client.get(f"/records/{record.id}/files/data.csv")

    assert page.status_code == 403
    assert "request-access" not in page.content.decode()
