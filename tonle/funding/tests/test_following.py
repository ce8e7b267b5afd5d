"""Following a call: told once, in time, with what the rules say of the follower; theirs alone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from tests.constants import NOW
from tonle.catalogue import services as catalogue
from tonle.catalogue.models import Record
from tonle.catalogue.public import documents_of
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.funding.following import selectors, services, topics
from tonle.funding.models import Applicant, FollowedCall
from tonle.funding.rules.opportunities import read_opportunity
from tonle.funding.tests.calls import CAMBODIA, correct, make_call
from tonle.infra import clock, crash, jobs
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused
from tonle.people.models import Account
from tonle.people.notices.models import Notice
from tonle.people.notices.selectors import own_notices
from tonle.people.notices.topics import text_of
from tonle.people.services import create_token
from tonle.people.services.erasure import erase_account
from tonle.people.tests.factories import account, actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

DAY = timedelta(days=1)
ABOUT_SOKHA = {"country": "KHM", "born": "1990", "nationalities": ["KHM"]}


@pytest.fixture
def sokha(db: None) -> Actor:
    return actor(account("sokha"))


@pytest.fixture
def bopha(db: None) -> Actor:
    return actor(account("bopha"))


def follow(call: Record, who: Actor, days: float = 0, **more: Any) -> FollowedCall:
    return services.follow(opportunity=call.id, actor=who, now=NOW + days * DAY, **more)


def told(who: Actor) -> list[str]:
    """What a person was told, oldest first, in English."""
    with override("en"):
        return [
            text_of(one.topic, one.data)
            for one in Notice.objects.filter(account_id=who.id).order_by("created_at", "id")
        ]


def run(days: float) -> None:
    """Everything that waits until then, as the node's worker does it."""
    now = NOW + days * DAY
    jobs.tick(now)
    jobs.run_all_due(now)


def as_person(who: Actor) -> Client:
    client = Client()
    client.force_login(
        Account.objects.get(pk=who.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


# --- following ---------------------------------------------------------------------------


def test_a_call_is_followed_once_and_let_go_by_its_follower_alone(
    sokha: Actor, bopha: Actor
) -> None:
    call = make_call(closes_at=NOW + 60 * DAY)

    first = follow(call, sokha)
    assert follow(call, sokha, 1).id == first.id
    assert selectors.follows(opportunity=call.id, actor=sokha)
    assert not selectors.follows(opportunity=call.id, actor=bopha)
    assert selectors.followed_calls(actor=bopha, now=NOW) == []

    services.unfollow(opportunity=call.id, actor=bopha, now=NOW)
    assert selectors.follows(opportunity=call.id, actor=sokha)
    services.unfollow(opportunity=call.id, actor=sokha, now=NOW)
    services.unfollow(opportunity=call.id, actor=sokha, now=NOW)
    assert FollowedCall.objects.count() == 0


def test_a_form_that_is_sent_again_follows_nothing_anew(sokha: Actor) -> None:
    call = make_call()
    follow(call, sokha, key="one form")
    assert follow(call, sokha, key="one form").opportunity == call.id
    services.unfollow(opportunity=call.id, actor=sokha, now=NOW)

    with pytest.raises(NotFound):
        follow(call, sokha, key="one form")

    assert FollowedCall.objects.count() == 0


def test_who_may_not_follow_and_what_cannot_be_followed(sokha: Actor) -> None:
    call = make_call()
    with pytest.raises(NotPermitted):
        follow(call, ANONYMOUS)
    with pytest.raises(NotPermitted):
        follow(call, Actor(sokha.id, token_scopes=frozenset({"read"})))
    with pytest.raises(NotPermitted):
        services.save_applicant(said={}, actor=ANONYMOUS, now=NOW)
    with pytest.raises(NotFound):
        follow(make_record(), sokha)
    gone = make_call()
    catalogue.withdraw(
        record_id=gone.id,
        actor=CURATOR,
        now=NOW,
        category="by_author",
        reason={"en": "Called off."},
    )
    with pytest.raises(NotFound):
        follow(gone, sokha)

    assert FollowedCall.objects.count() == 0


def test_nobody_follows_more_than_anybody_reads(
    sokha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST", 1)
    follow(make_call("One"), sokha)

    with pytest.raises(Refused, match="1 calls already"):
        follow(make_call("Two"), sokha)


def test_everything_goes_with_the_account(sokha: Actor, bopha: Actor) -> None:
    call = make_call()
    for who in (sokha, bopha):
        follow(call, who)
        services.save_applicant(said=ABOUT_SOKHA, actor=who, now=NOW)

    erase_account(account_id=sokha.id, actor=SYSTEM, now=NOW)

    assert [one.follower for one in FollowedCall.objects.all()] == [bopha.id]
    assert [one.account for one in Applicant.objects.all()] == [bopha.id]


# --- being told --------------------------------------------------------------------------


def test_it_is_told_when_it_opens_and_twice_before_it_closes(sokha: Actor, bopha: Actor) -> None:
    call = make_call("A secret title", opens_at=NOW + 5 * DAY, closes_at=NOW + 60 * DAY)
    follow(call, sokha)

    run(4.9)
    assert told(sokha) == []
    run(5.1)
    assert told(sokha) == ["A call that you follow has opened. See who may apply."]
    run(5.2)
    run(30)
    assert len(told(sokha)) == 1
    run(46.1)
    assert told(sokha)[1] == "A call that you follow closes soon; days left: 14. See who may apply."
    run(57.1)
    assert "very soon; days left: 3" in told(sokha)[2]
    run(61)
    run(500)
    assert len(told(sokha)) == 3
    assert told(bopha) == []
    # The reader's own page names the call; what leaves the node does not.
    assert all("secret" not in str(one.data) + one.link for one in Notice.objects.all())
    assert "A secret title" in str(own_notices(actor=sokha, now=NOW + 61 * DAY))


def test_a_corrigendum_is_told_once_and_any_other_correction_not(sokha: Actor) -> None:
    call = make_call(closes_at=NOW + 60 * DAY)
    follow(call, sokha)

    correct(call, now=NOW + DAY, url="https://example.org/call")
    run(1)
    assert told(sokha) == []
    correction = {"number": 1, "at": "2026-11-24T00:00:00Z", "text": {"en": "Later."}}
    correct(call, now=NOW + 2 * DAY, corrigenda=[correction])
    run(2)
    run(2.5)
    assert told(sokha) == ["A call that you follow was corrected. See who may apply."]


def test_a_forecast_that_becomes_certain_is_told_as_opened(sokha: Actor) -> None:
    call = make_call(forecast=True)
    follow(call, sokha)

    correct(call, now=NOW + DAY, forecast=False, closes_at=NOW + 60 * DAY)
    run(1)

    assert told(sokha) == ["A call that you follow has opened. See who may apply."]


@pytest.mark.parametrize(
    ("rule", "may"),
    [
        (CAMBODIA, "You may apply."),
        ({"id": "kind", "test": "words", "text": {"en": "Be kind."}}, "You may perhaps apply"),
        ({"id": "where", "test": "country", "values": ["LAO"]}, "your organisation’s country"),
        (
            {"id": "young", "test": "age_at_most", "number": 30, "on": "2026-12-31"},
            "One of its rules bars you",
        ),
        ({"id": "not", "test": "not_nationality", "values": ["KHM"]}, "One of its rules bars you"),
    ],
)
def test_it_says_whether_one_may_apply_and_nothing_of_the_person(
    sokha: Actor, rule: dict[str, Any], may: str
) -> None:
    services.save_applicant(said=ABOUT_SOKHA, actor=sokha, now=NOW)
    follow(make_call(opens_at=NOW + DAY, closes_at=NOW + 60 * DAY, eligibility=[rule]), sokha)

    run(1)

    (said,) = told(sokha)
    assert may in said
    assert not any(word in said for word in ("1990", "Khmer", "Cambodia", "old", "nation"))
    with override("km"):
        (notice,) = Notice.objects.all()
        assert text_of(notice.topic, notice.data)


def test_what_is_hidden_meanwhile_is_told_by_nobody(sokha: Actor) -> None:
    call = make_call(opens_at=NOW + 5 * DAY, closes_at=NOW + 60 * DAY)
    follow(call, sokha)
    catalogue.withdraw(
        record_id=call.id,
        actor=CURATOR,
        now=NOW + DAY,
        category="by_author",
        reason={"en": "Called off."},
    )

    run(1)
    run(5)
    run(50)

    assert told(sokha) == []
    (one,) = selectors.followed_calls(actor=sokha, now=NOW + 50 * DAY)
    assert (one.call, one.status, one.found) == (None, "gone", None)


def test_what_waits_of_a_call_that_was_let_go_is_over(sokha: Actor) -> None:
    call = make_call(opens_at=NOW + DAY, closes_at=NOW + 60 * DAY)
    follow(call, sokha)
    run(1)
    assert Notice.objects.filter(read_at__isnull=True).count() == 1

    services.unfollow(opportunity=call.id, actor=sokha, now=NOW + 2 * DAY)

    assert Notice.objects.filter(read_at__isnull=True).count() == 0
    run(50)
    assert len(told(sokha)) == 1


def test_a_notice_and_what_is_remembered_stand_or_fall_together(
    sokha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = make_call(opens_at=NOW + DAY, closes_at=NOW + 60 * DAY)
    followed = follow(call, sokha)
    document = documents_of([call.id])[call.id]
    opportunity = read_opportunity(document)

    def dies(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(crash, "point", dies)
        with pytest.raises(KeyboardInterrupt):
            services.tell(followed.id, opportunity, NOW + DAY)
    assert told(sokha) == []
    assert services.tell(followed.id, opportunity, NOW + DAY) == 1
    assert services.tell(followed.id, opportunity, NOW + DAY) == 0
    assert len(told(sokha)) == 1
    assert "followed_call.told" in crash.POINTS
    assert services.JOB in jobs.SCHEDULES


# --- what one keeps ----------------------------------------------------------------------


def test_answers_are_kept_changed_and_deleted_and_leave_no_trace(sokha: Actor) -> None:
    services.save_applicant(said=ABOUT_SOKHA, actor=sokha, now=NOW)
    services.save_applicant(said={**ABOUT_SOKHA, "born": ""}, actor=sokha, now=NOW)
    kept = selectors.applicant(actor=sokha)
    assert kept is not None
    assert kept.answers == {"country": "KHM", "nationalities": ["KHM"]}
    with pytest.raises(Invalid):
        services.save_applicant(said={"born": "long ago"}, actor=sokha, now=NOW)

    services.forget_applicant(actor=sokha, now=NOW)
    services.forget_applicant(actor=sokha, now=NOW)

    assert selectors.applicant(actor=sokha) is None
    # The hashes stay out: random digits may spell any year.
    said = str(list(AuditEntry.objects.values_list("action", "object_kind", "data")))
    assert "applicant_saved" in said
    assert "KHM" not in said
    assert "1990" not in said


# --- pages and REST ----------------------------------------------------------------------


def test_pages_lead_from_the_record_to_following_and_back(sokha: Actor) -> None:
    now: datetime = clock.now()
    call = make_call("Rice and water", closes_at=now + 60 * DAY, eligibility=[CAMBODIA])
    client = as_person(sokha)

    assert "Follow this call" in client.get(f"/records/{call.id}").content.decode()
    page = client.get(f"/funding/followed/{call.id}").content.decode()
    assert "Keep a few answers about yourself" in page
    answer = client.post(f"/funding/followed/{call.id}", {"key": "k1"}, follow=True)
    assert "You follow this call. You are told of its news." in answer.content.decode()
    assert "You follow this call" in client.get(f"/records/{call.id}").content.decode()

    assert client.post("/funding/about-me", {"born": "long ago"}).status_code == 422
    answer = client.post("/funding/about-me", {"country": "KHM", "nationalities": ["KHM", ""]})
    assert answer["Location"] == "/funding/followed"
    assert "You may apply" in client.get("/funding/followed").content.decode()
    page = client.get(f"/funding/followed/{call.id}").content.decode()
    assert "The applicant’s organisation is in one of these: Cambodia." in page
    assert "You meet it" in page

    assert client.post("/funding/about-me/forget").status_code == 302
    assert client.post(f"/funding/followed/{call.id}/stop").status_code == 302
    assert "You follow no call yet" in client.get("/funding/followed").content.decode()


def test_nobody_else_sees_what_one_follows_and_keeps(sokha: Actor, bopha: Actor) -> None:
    call = make_call(eligibility=[CAMBODIA])
    follow(call, sokha)
    services.save_applicant(said={"country": "KHM"}, actor=sokha, now=NOW)

    for path in ("/funding/followed", f"/funding/followed/{call.id}", "/funding/about-me"):
        assert Client().get(path).status_code == 302
        page = as_person(bopha).get(path)
        assert page.status_code == 200
        assert "You meet it" not in page.content.decode()
        assert "Follow no longer" not in page.content.decode()
        assert "no-store" in page["Cache-Control"]
    assert as_person(bopha).get("/funding/followed/nosuchrecord000").status_code == 404
    assert as_person(bopha).get(f"/funding/followed/{make_record().id}").status_code == 404


def test_calls_are_followed_over_rest_with_a_token_that_says_so(
    sokha: Actor, bopha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = make_call(closes_at=clock.now() + 60 * DAY)

    def bearer(who: Actor, scope: str) -> dict[str, str]:
        _row, secret = create_token(
            account_id=who.id, actor=who, label=scope, scopes=[scope], now=clock.now()
        )
        return {"Authorization": f"Bearer {secret}"}

    client, mine = Client(), bearer(sokha, "calls")
    url = f"/api/v1/followed-calls/{call.id}"
    assert client.put(url).status_code == 401
    assert client.put(url, headers=bearer(sokha, "searches")).status_code == 403
    assert client.put(url, headers=mine).status_code == 204
    assert client.put(url, headers=mine).status_code == 204
    (one,) = client.get("/api/v1/followed-calls", headers=mine).json()["items"]
    assert (one["id"], one["status"], one["standing"]) == (call.id, "open", None)
    assert (
        client.get("/api/v1/followed-calls", headers=bearer(bopha, "calls")).json()["items"] == []
    )
    later = make_call(closes_at=clock.now() + 90 * DAY)
    client.put(f"/api/v1/followed-calls/{later.id}", headers=mine)
    first = client.get("/api/v1/followed-calls?limit=1", headers=mine).json()
    onwards = f"/api/v1/followed-calls?limit=1&cursor={first['next']}"
    second = client.get(onwards, headers=mine).json()
    assert [one["id"] for one in first["items"] + second["items"]] == [call.id, later.id]
    assert second["next"] is None
    monkeypatch.setattr("tonle.funding.following.views.PAGE", 1)
    page = as_person(sokha).get("/funding/followed").content.decode()
    assert later.id not in page
    [more] = re.findall(r'rel="next" href="([^"]+)"', page)
    page = as_person(sokha).get(f"/funding/followed{more}").content.decode()
    assert later.id in page
    assert call.id not in page
    client.delete(f"/api/v1/followed-calls/{later.id}", headers=mine)
    assert client.delete(url, headers=mine).status_code == 204
    assert client.get("/api/v1/followed-calls", headers=mine).json()["items"] == []


def test_every_news_has_a_topic() -> None:
    assert set(topics.NAMES) == {
        topics.of(what).name
        for what in ("opened", "closes_soon", "closes_very_soon", "corrected")
    }  # fmt: skip
