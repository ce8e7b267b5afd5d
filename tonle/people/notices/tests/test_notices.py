"""Telling people: on the page at once, elsewhere as they chose."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.constants import NOW
from tonle.infra import jobs
from tonle.infra.models import AuditEntry, Job
from tonle.kernel.actors import ANONYMOUS, Actor, Scope
from tonle.kernel.errors import Invalid, NotPermitted
from tonle.people.notices import selectors, services, topics
from tonle.people.notices.models import Letter, Notice, Preference
from tonle.people.notices.tests.factories import URGENT, WAITS, tell
from tonle.people.notices.topics import Topic
from tonle.people.services import set_account_active
from tonle.people.services.erasure import erase_account
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def urge(to: str, **more: object) -> str | None:
    return services.notify(
        account_id=to,
        topic=URGENT.name,
        link="/x",
        now=NOW,
        **more,  # type: ignore[arg-type] # As given.
    )


def test_what_waits_stands_on_the_page_at_once() -> None:
    sokha = account("sokha")
    tell(sokha, count=3)

    assert selectors.unread_count(actor(sokha)) == 1
    assert selectors.unread_count(actor(account("bopha"))) == 0
    assert selectors.unread_count(ANONYMOUS) == 0
    (notice,) = selectors.own_notices(actor=actor(sokha), now=NOW).notices
    assert (notice.text, notice.unread) == ("3 things of yours wait.", True)
    assert mail.outbox == []


def test_a_day_makes_one_letter_in_the_readers_language() -> None:
    sokha = account("sokha")
    sokha.language = "km"
    sokha.save()
    tell(sokha)
    tell(sokha, now=NOW + HOUR, count=5)
    tell(sokha, now=NOW + HOUR, count=5)

    jobs.run_all_due(NOW + 20 * HOUR)
    assert mail.outbox == [], "eight o'clock has not come"
    jobs.run_all_due(NOW + DAY)
    jobs.run_all_due(NOW + 2 * DAY)

    (letter,) = mail.outbox
    assert letter.extra_headers["Content-Language"] == "km"
    body = str(letter.body)
    assert body.count("5 things of yours wait.") == 1, "the same is said once"
    assert "2 things of yours wait." in body
    assert "http://localhost:8000/deposit/abc" in body
    assert Letter.objects.get().state == Letter.DELIVERED


def test_what_is_urgent_does_not_wait_and_takes_the_rest_with_it() -> None:
    sokha = account("sokha")
    tell(sokha)
    urge(sokha.pk)
    jobs.run_all_due(NOW + timedelta(minutes=2))
    jobs.run_all_due(NOW + 2 * DAY)

    (letter,) = mail.outbox
    assert "Somebody is kept waiting." in str(letter.body)
    assert "2 things of yours wait." in str(letter.body)


def test_what_was_read_needs_no_letter() -> None:
    sokha = account("sokha")
    notice = tell(sokha)
    assert notice is not None
    assert services.mark_read(notice_id=notice, actor=actor(sokha), now=NOW) == "/deposit/abc"
    jobs.run_all_due(NOW + DAY)

    assert mail.outbox == []
    assert Notice.objects.get().told_at is not None


def test_the_same_key_tells_once() -> None:
    sokha, bopha = account("sokha"), account("bopha")
    assert tell(sokha, key="draft-1")
    assert tell(sokha, key="draft-1") is None
    assert tell(bopha, key="draft-1")
    assert tell(sokha, key="draft-2")
    assert Notice.objects.count() == 3


def test_a_transaction_that_fails_has_told_nobody() -> None:
    sokha = account("sokha")
    with transaction.atomic():
        tell(sokha)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not Job.objects.filter(name=services.TELL_JOB).exists()


def test_nobody_is_told_who_has_no_account_or_whose_is_closed() -> None:
    rith, sokha = holder("rith", "steward"), account("sokha")
    set_account_active(account_id=sokha.pk, active=False, actor=actor(rith), now=NOW)
    Notice.objects.all().delete()

    assert tell(sokha) is None
    assert urge("system") is None
    assert not Notice.objects.exists()


def test_an_account_closed_meanwhile_is_not_written_to() -> None:
    sokha = account("sokha")
    tell(sokha)
    sokha.is_active = False
    sokha.save()
    jobs.run_all_due(NOW + DAY)
    assert mail.outbox == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "test.unknown"},
        {"link": "https://elsewhere.example/"},
        {"link": "//elsewhere.example/"},
        {"link": "/search?q=rice%20of%20Takeo"},
        {"link": "/search?q=ស្រូវ"},
        {"data": {"count": 1, "title": "Rice"}},
        {"data": {"count": "Rice"}},
        {"data": {"count": True}},
        {"data": {"count": ["a", "b"]}},
    ],
)
def test_what_must_not_leave_is_refused_before_anybody_is_told(wrong: dict[str, object]) -> None:
    sokha = account("sokha")
    told = {"topic": WAITS.name, "link": "/x", "data": {"count": 1}, **wrong}
    with pytest.raises(ValueError, match=r"topic|notice"):
        services.notify(account_id=sokha.pk, now=NOW, **told)  # type: ignore[arg-type] # Wrong on purpose.


@settings(max_examples=300)
@given(st.data())
def test_no_topic_of_any_subject_lets_out_what_somebody_wrote(draw: st.DataObject) -> None:
    name = draw.draw(st.sampled_from(topics.names()))
    topic = topics.topic(name)
    places = re.findall(r"%\((\w+)\)", topic.text)
    place = draw.draw(st.sampled_from([*places, "title", "name"]))
    known = {code for words in topic.words.values() for code in words}
    written = draw.draw(st.text().filter(lambda text: text not in known))
    assert not topic.carries(place, written)
    assert not topic.carries(place, [written])
    # What does go out is a sentence of ours: its letters are those of the source code.
    said: dict[str, object] = {
        one: 7 if one in topic.counts else next(iter(topic.words[one])) for one in places
    }
    assert all(topic.carries(one, value) for one, value in said.items())
    assert "%(" not in topics.text_of(name, said)


def test_a_topic_says_what_goes_into_each_of_its_places() -> None:
    with pytest.raises(ValueError, match="title"):
        topics.register_topic(Topic("test.loose", "Things", "“%(title)s” waits."))
    assert "test.loose" not in topics.names()


def test_all_who_hold_a_role_in_the_scope_are_told() -> None:
    community = Scope("community", "rice")
    dara, bopha = holder("dara", "curator"), holder("bopha", "curator", community)
    Notice.objects.all().delete()
    common = {"role": "curator", "topic": WAITS.name, "link": "/deposit/review", "now": NOW}
    data = {"count": 1}

    assert services.notify_holders(**common, data=data) == 1  # type: ignore[arg-type] # As given.
    assert services.notify_holders(**common, data=data, scope=community, but=bopha.pk) == 0  # type: ignore[arg-type] # As given.
    assert list(Notice.objects.values_list("account_id", flat=True)) == [dara.pk]


def test_one_reads_and_marks_only_ones_own() -> None:
    sokha, bopha = account("sokha"), account("bopha")
    notice = tell(sokha)
    assert notice is not None
    assert services.mark_read(notice_id=notice, actor=actor(bopha), now=NOW) is None
    assert services.mark_all_read(actor=actor(bopha), now=NOW) == 0
    assert selectors.own_notices(actor=actor(bopha), now=NOW).notices == []
    assert services.mark_all_read(actor=actor(sokha), now=NOW) == 1
    assert services.mark_all_read(actor=actor(sokha), now=NOW) == 0


def test_a_long_list_is_read_to_its_end_by_cursor() -> None:
    sokha = account("sokha")
    for number in range(7):
        tell(sokha, now=NOW + number // 2 * HOUR, count=number)
    seen, after = [], ""
    while True:
        page = selectors.own_notices(actor=actor(sokha), now=NOW, after=after, limit=3)
        seen += [n.text for n in page.notices]
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 7
    # A cursor that is somebody else's begins anew, and shows nothing of theirs.
    bopha = account("bopha")
    theirs = selectors.own_notices(actor=actor(bopha), now=NOW, after=page.notices[0].id)
    assert theirs.notices == []


# --- how one wants to be told ------------------------------------------------------------

CHOICE = {
    "channels": ["mail"],
    "mail": True,
    "rhythm": "daily",
    "urgent_at_once": True,
    "hour": 8,
    "weekday": 0,
    "zone": "Asia/Phnom_Penh",
}


def choose(who: Actor, **other: object) -> Preference:
    return services.save_preference(actor=who, now=NOW, **{**CHOICE, **other})  # type: ignore[arg-type] # As given.


def test_who_wants_quiet_has_it() -> None:
    sokha = account("sokha")
    choose(actor(sokha), rhythm="never")
    tell(sokha)
    urge(sokha.pk)
    jobs.run_all_due(NOW + 8 * DAY)

    assert mail.outbox == []
    assert selectors.unread_count(actor(sokha)) == 2


def test_what_waits_already_follows_a_new_choice() -> None:
    sokha, bopha = account("sokha"), account("bopha")
    tell(sokha)
    tell(bopha)
    choose(actor(sokha), rhythm="at_once")
    choose(actor(bopha), rhythm="weekly", weekday=3)

    jobs.run_all_due(NOW + timedelta(minutes=2))
    assert [m.to for m in mail.outbox] == [["sokha@example.org"]]
    jobs.run_all_due(NOW + DAY)
    assert len(mail.outbox) == 1, "the day's hour is no longer bopha's"
    jobs.run_all_due(NOW + 7 * DAY)
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": ["pigeon"]},
        {"rhythm": "hourly"},
        {"hour": 24},
        {"weekday": 7},
        {"zone": "Mars/Olympus"},
    ],
)
def test_a_choice_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    sokha = account("sokha")
    with pytest.raises(Invalid):
        choose(actor(sokha), **wrong)
    assert not Preference.objects.exists()


def test_nobody_and_no_token_chooses_for_a_person() -> None:
    sokha = account("sokha")
    for who in (ANONYMOUS, Actor(sokha.pk, token_scopes=frozenset({"read"}))):
        with pytest.raises(NotPermitted):
            choose(who)


def test_letters_end_by_the_link_in_them_and_stay_ended() -> None:
    sokha = account("sokha")
    assert services.stop_letters(account_id=sokha.pk, now=NOW)
    assert services.stop_letters(account_id=sokha.pk, now=NOW)
    assert not services.stop_letters(account_id="unknown", now=NOW)
    tell(sokha)
    jobs.run_all_due(NOW + DAY)

    assert mail.outbox == []
    assert Letter.objects.get().state == Letter.FAILED
    assert AuditEntry.objects.filter(action="letters_stopped").count() == 1


def test_everything_of_messages_goes_with_the_account() -> None:
    sokha = account("sokha")
    choose(actor(sokha))
    tell(sokha)
    jobs.run_all_due(NOW + DAY)
    assert Letter.objects.exists()
    erase_account(account_id=sokha.pk, actor=actor(sokha), now=NOW)

    assert not Notice.objects.exists()
    assert not Letter.objects.exists()
    assert not Preference.objects.exists()
