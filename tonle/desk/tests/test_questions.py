"""Asking and answering: who is asked, by when, and what happens when nobody answers."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from tests.constants import NOW
from tonle.catalogue.models import Record
from tonle.desk import letters, permissions, selectors, services
from tonle.desk.machine import QUESTION
from tonle.desk.models import Question, Remark
from tonle.desk.services import Asker
from tonle.infra import jobs
from tonle.infra.lifecycle import history
from tonle.kernel.actors import ANONYMOUS, Actor, Scope
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused
from tonle.people.notices.models import Notice
from tonle.people.public import add_community
from tonle.people.services import erase_account
from tonle.people.tests.factories import actor, holder

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

STRANGER = Asker("traveller@example.org", "Thida")


def ask(actor: Actor, record: str = "", **more: Any) -> Question:
    fields: dict[str, Any] = {"text": "Which year is it?", "language": "en", "now": NOW, **more}
    return services.ask(record_id=record, actor=actor, **fields)


def told(actor: Actor) -> list[str]:
    return list(Notice.objects.filter(account_id=actor.id).values_list("topic", flat=True))


def test_the_contact_is_asked_first_and_an_answer_reaches_the_asker(
    record: Record, sokha: Actor, bopha: Actor, dara: Actor
) -> None:
    question = ask(bopha, record.id)

    assert (question.state, question.contact) == ("with_contact", sokha.id)
    assert (told(sokha), told(dara)) == (["desk.asked"], [])

    services.write(question=question, text="2024.", actor=sokha, now=NOW)

    question.refresh_from_db()
    assert (question.state, question.answered_at) == ("answered", NOW)
    assert told(bopha) == ["desk.answered"]
    view = selectors.view(services.load(question.id, bopha), bopha)
    assert [moment.text for moment in view.moments if moment.text] == ["Which year is it?", "2024."]


def test_three_working_days_are_promised_in_the_calendar_of_the_node(
    record: Record, bopha: Actor
) -> None:
    # Asked on a Sunday in Phnom Penh; 23, 24 and 25 November 2026 were the Water Festival.
    question = ask(bopha, record.id)

    assert question.promised_on == date(2026, 11, 30)
    assert question.contact_due_at == datetime.fromisoformat("2026-11-30T17:00:00+00:00")


def test_what_is_not_answered_goes_to_the_desk_and_then_to_the_steward(
    record: Record, sokha: Actor, bopha: Actor, dara: Actor, rith: Actor
) -> None:
    question = ask(bopha, record.id)
    assert question.contact_due_at is not None
    assert question.desk_due_at is not None

    jobs.run_all_due(question.contact_due_at - timedelta(seconds=1))
    question.refresh_from_db()
    assert question.state == "with_contact"

    jobs.run_all_due(question.contact_due_at + timedelta(minutes=2))
    question.refresh_from_db()
    assert (question.state, told(dara)) == ("with_desk", ["desk.late"])

    jobs.run_all_due(question.desk_due_at + timedelta(minutes=2))
    question.refresh_from_db()
    assert (question.state, told(rith)) == ("with_steward", ["desk.late"])
    # The contact may still answer; better late than never.
    services.write(question=question, text="2024.", actor=sokha, now=question.desk_due_at)
    question.refresh_from_db()
    assert question.state == "answered"


def test_an_answer_in_time_wakes_nobody_later(
    record: Record, sokha: Actor, bopha: Actor, dara: Actor
) -> None:
    question = ask(bopha, record.id)
    services.write(question=question, text="2024.", actor=sokha, now=NOW)

    jobs.run_all_due(NOW + timedelta(days=60))

    question.refresh_from_db()
    assert (question.state, told(dara)) == ("answered", [])


def test_a_record_without_a_contact_is_asked_at_the_desk(
    record: Record, bopha: Actor, dara: Actor
) -> None:
    Record.objects.update(created_by="")

    assert ask(bopha, record.id).state == "with_desk"
    assert told(dara) == ["desk.waiting"]


def test_a_question_to_the_node_goes_to_its_steward_where_there_is_no_curator(
    home: None, bopha: Actor, rith: Actor
) -> None:
    assert ask(bopha).state == "with_desk"
    assert told(rith) == ["desk.waiting"]


def test_asking_on_begins_a_new_promise(record: Record, sokha: Actor, bopha: Actor) -> None:
    question = ask(bopha, record.id)
    services.write(question=question, text="2024.", actor=sokha, now=NOW)
    later = NOW + timedelta(days=14)

    services.write(question=question, text="Which month?", actor=bopha, now=later)

    question.refresh_from_db()
    assert question.state == "with_contact"
    assert question.promised_on is not None
    assert question.promised_on > later.date()


def test_a_stranger_is_heard_only_once_the_address_is_confirmed(
    record: Record, sokha: Actor, dara: Actor
) -> None:
    question = ask(ANONYMOUS, record.id, asker=STRANGER)
    assert (question.state, told(sokha)) == ("asked", [])
    assert not selectors.to_answer(dara, NOW).exists()

    jobs.run_all_due(NOW)
    secret = letters.secret_of(question)
    assert [letter.to for letter in mail.outbox] == [[STRANGER.address]]
    assert secret in mail.outbox[0].body
    services.confirm(secret=secret, actor=ANONYMOUS, now=NOW)
    services.confirm(secret=secret, actor=ANONYMOUS, now=NOW)

    question.refresh_from_db()
    assert (question.state, told(sokha)) == ("with_contact", ["desk.asked"])
    services.write(question=question, text="2024.", actor=sokha, now=NOW)
    jobs.run_all_due(NOW)
    assert len(mail.outbox) == 2
    # A letter says that something waits, never what.
    assert "2024" not in mail.outbox[1].body


def test_who_does_not_confirm_is_forgotten(record: Record) -> None:
    question = ask(ANONYMOUS, record.id, asker=STRANGER)
    secret = letters.secret_of(question)

    jobs.run_all_due(NOW + services.CONFIRM_WITHIN + timedelta(minutes=2))

    question.refresh_from_db()
    assert (question.state, question.asker_address, question.asker_name) == ("dismissed", "", "")
    assert [remark.text for remark in question.remarks.all()] == [""]
    with pytest.raises(NotFound):
        services.by_link(secret)


@pytest.mark.parametrize("secret", ["", "nothing", "abc:def", "x" * 10_000])
def test_a_link_that_was_not_made_here_leads_nowhere(record: Record, secret: str) -> None:
    with pytest.raises(NotFound):
        services.by_link(secret)


def test_the_link_of_somebody_with_an_account_is_worth_nothing(
    record: Record, bopha: Actor
) -> None:
    question = ask(bopha, record.id)

    with pytest.raises(NotFound):
        services.by_link(letters.secret_of(question))


def test_hidden_and_absent_questions_are_alike(record: Record, sokha: Actor, bopha: Actor) -> None:
    question = ask(sokha, record.id)

    for name in (question.id, "000000000000000"):
        with pytest.raises(NotFound):
            services.load(name, bopha)
    with pytest.raises(NotPermitted):
        services.write(question=question, text="Hello.", actor=bopha, now=NOW)


def test_the_same_request_twice_asks_once_and_answers_once(
    record: Record, sokha: Actor, bopha: Actor
) -> None:
    first = ask(bopha, record.id, key="a" * 22)
    again = ask(bopha, record.id, key="a" * 22)
    assert first.id == again.id

    for _ in range(2):
        services.write(question=first, text="2024.", actor=sokha, now=NOW, key="b" * 22)
    assert Remark.objects.filter(by=sokha.id).count() == 1


def test_a_note_among_those_who_answer_is_not_the_askers_to_read(
    record: Record, sokha: Actor, bopha: Actor, dara: Actor
) -> None:
    question = ask(bopha, record.id)
    services.write(question=question, text="Do you know?", actor=sokha, now=NOW, inner=True)

    question.refresh_from_db()
    assert question.state == "with_contact"
    seen = {
        who.id: [m.text for m in selectors.view(services.load(question.id, who), who).moments]
        for who in (bopha, dara)
    }
    assert "Do you know?" not in seen[bopha.id]
    assert "Do you know?" in seen[dara.id]


def test_passing_on_and_closing(record: Record, sokha: Actor, bopha: Actor, dara: Actor) -> None:
    question = ask(bopha, record.id)
    with pytest.raises(NotPermitted):
        services.dismiss(question_id=question.id, reason="spam", text="", actor=sokha, now=NOW)

    services.pass_on(question_id=question.id, actor=sokha, now=NOW, text="I left the team.")
    with pytest.raises(Invalid):
        services.dismiss(question_id=question.id, reason="mood", text="", actor=dara, now=NOW)
    for _ in range(2):
        services.dismiss(
            question_id=question.id, reason="elsewhere", text="By telephone.", actor=dara, now=NOW
        )

    question.refresh_from_db()
    assert (question.state, question.dismissal) == ("dismissed", "elsewhere")
    assert told(bopha) == ["desk.dismissed"]
    with pytest.raises(Refused):
        services.write(question=question, text="Hello?", actor=bopha, now=NOW)
    services.reopen(question_id=question.id, actor=dara, now=NOW)
    question.refresh_from_db()
    assert question.state == "with_desk"


def test_an_answer_is_public_only_where_the_asker_agreed(
    record: Record, sokha: Actor, bopha: Actor
) -> None:
    shown = {"question": "Which year?", "answer": "2024.", "language": "en"}
    silent = ask(bopha, record.id)
    services.write(question=silent, text="2024.", actor=sokha, now=NOW)
    with pytest.raises(Refused, match="allow"):
        services.publish_answer(question_id=silent.id, actor=sokha, now=NOW, **shown)

    agreed = ask(bopha, record.id, may_be_public=True)
    with pytest.raises(Refused, match="answered"):
        services.publish_answer(question_id=agreed.id, actor=sokha, now=NOW, **shown)
    services.write(question=agreed, text="2024.", actor=sokha, now=NOW)
    with pytest.raises(NotPermitted):
        services.publish_answer(question_id=agreed.id, actor=bopha, now=NOW, **shown)
    services.publish_answer(question_id=agreed.id, actor=sokha, now=NOW, **shown)

    assert [row.public_question for row in selectors.public_answers(record.id)] == ["Which year?"]
    services.unpublish_answer(question_id=agreed.id, actor=sokha, now=NOW)
    assert not selectors.public_answers(record.id).exists()


def test_what_somebody_wrote_is_erased_with_them(
    record: Record, sokha: Actor, bopha: Actor
) -> None:
    question = ask(bopha, record.id, text="I am Bopha of Takeo.")
    services.write(question=question, text="2024.", actor=sokha, now=NOW)

    erase_account(account_id=bopha.id, actor=bopha, now=NOW)

    assert [r.text for r in question.remarks.order_by("key")] == ["", "2024."]
    question.refresh_from_db()
    assert question.asked_by == ""


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 4_001}, "text"),
        ({"text": "Hello?", "asker": Asker("nobody")}, "address"),
        ({"text": "Hello?", "asker": Asker("a@example.org", "n" * 201)}, "name"),
        ({"text": "Hello?", "asker": None}, "address"),
    ],
)
def test_what_is_missing_is_said(record: Record, fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as caught:
        ask(ANONYMOUS, record.id, **{"asker": STRANGER, **fields})
    assert [field for field, _ in caught.value.problems] == [where]
    assert not Question.objects.exists()


def test_one_rule_for_the_object_and_for_the_list(
    home: None, record: Record, sokha: Actor, bopha: Actor, dara: Actor, rith: Actor
) -> None:
    nuon = add_community(description={"slug": "rice", "names": {"en": "Rice"}}, actor=rith, now=NOW)
    keeper = actor(holder("nuon", "curator", Scope("community", nuon.id)))
    ask(bopha, record.id)
    ask(ANONYMOUS, record.id, asker=STRANGER)
    theirs = ask(sokha, record.id)
    theirs.communities.create(community=nuon.id)
    answered = ask(bopha)
    services.write(question=answered, text="Yes.", actor=dara, now=NOW)

    for who in (ANONYMOUS, sokha, bopha, dara, rith, keeper):
        for rule, twin in (
            (permissions.may_read, permissions.visible_to),
            (permissions.may_answer, permissions.answerable),
        ):
            by_object = {q.id for q in Question.objects.all() if rule(who, q)}
            by_filter = set(Question.objects.filter(twin(who)).values_list("id", flat=True))
            assert by_object == by_filter, (who, rule.__name__)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_both_kept_and_tell_one_story(
    record: Record, sokha: Actor, bopha: Actor, dara: Actor
) -> None:
    question = ask(bopha, record.id)
    failures: list[BaseException] = []

    def answer(who: Actor) -> None:
        try:
            services.write(question=question, text=f"By {who.id}", actor=who, now=NOW)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[who]) for who in (sokha, dara)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Remark.objects.filter(question=question, by_asker=False).count() == 2
    question.refresh_from_db()
    assert question.state == "answered"
    assert [step.seq for step in history(QUESTION, question.id)] == [1, 2, 3]


def test_a_curator_of_the_node_is_asked_before_its_steward(
    home: None, bopha: Actor, dara: Actor, rith: Actor
) -> None:
    ask(bopha)

    assert (told(dara), told(rith)) == (["desk.waiting"], [])
