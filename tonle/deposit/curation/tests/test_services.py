"""What people do with submissions, and what they are told when they cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.constants import NOW
from tonle.catalogue import public as catalogue
from tonle.deposit.checks import services as checks
from tonle.deposit.curation import publishing, selectors, services
from tonle.deposit.curation.machine import SUBMISSION
from tonle.deposit.curation.models import Submission
from tonle.deposit.curation.tests.factories import (
    handed_in,
    in_review,
    person,
    submission,
    with_role,
)
from tonle.infra.lifecycle import history
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused
from tonle.people.public import add_community

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def test_a_deposit_without_anything_is_refused_with_every_reason_at_once(sokha: Actor) -> None:
    made = services.start(kind="dataset", actor=sokha, now=NOW)

    with pytest.raises(Refused) as refused:
        services.hand_in(draft_id=made.id, actor=sokha, now=NOW)

    assert {"no_title", "no_creators", "no_licence", "no_files"} <= codes(refused)


def test_a_description_alone_may_be_handed_in_where_it_says_so(sokha: Actor, home: Path) -> None:
    made = submission(sokha, home, files={}, access={"level": "metadata_only"})

    assert services.hand_in(draft_id=made.id, actor=sokha, now=NOW).state == "submitted"


def test_starting_twice_with_one_key_begins_one_deposit(sokha: Actor) -> None:
    one = services.start(kind="software", actor=sokha, now=NOW, key="k1")
    two = services.start(kind="software", actor=sokha, now=NOW, key="k1")

    assert one.id == two.id
    assert Submission.objects.count() == 1


def test_a_kind_that_is_not_deposited_is_refused(sokha: Actor) -> None:
    with pytest.raises(Invalid):
        services.start(kind="agreement", actor=sokha, now=NOW)


def test_handing_in_twice_is_once(sokha: Actor, home: Path) -> None:
    made = handed_in(sokha, home)

    again = services.hand_in(draft_id=made.id, actor=sokha, now=NOW + timedelta(hours=1))

    assert again.handed_in_at == NOW
    assert [step.event for step in history(SUBMISSION, made.id)] == ["hand_in"]


def test_somebody_nobody_vouched_for_has_one_deposit_waiting(sokha: Actor, home: Path) -> None:
    handed_in(sokha, home)
    second = submission(sokha, home)

    with pytest.raises(Refused) as refused:
        services.hand_in(draft_id=second.id, actor=sokha, now=NOW)

    assert codes(refused) == {"one_waits"}


def test_the_depositor_changes_nothing_while_curators_have_it(sokha: Actor, home: Path) -> None:
    made = handed_in(sokha, home)
    document = {**selectors.submission_view(made.id, sokha, NOW).document, "titles": {"en": "X"}}

    with pytest.raises(Refused) as refused:
        catalogue.edit_draft(draft_id=made.id, document=document, actor=sokha, now=NOW)
    assert codes(refused) == {"with_curators"}

    services.take_back(draft_id=made.id, actor=sokha, now=NOW)
    catalogue.edit_draft(draft_id=made.id, document=document, actor=sokha, now=NOW)
    assert selectors.submission_view(made.id, sokha, NOW).document["titles"] == {"en": "X"}


def test_a_curator_mends_what_lies_with_curators(sokha: Actor, dara: Actor, home: Path) -> None:
    made = in_review(sokha, dara, home)
    document = {**selectors.submission_view(made.id, dara, NOW).document, "titles": {"en": "X"}}

    catalogue.edit_draft(draft_id=made.id, document=document, actor=dara, now=NOW)

    assert selectors.submission_view(made.id, sokha, NOW).document["titles"] == {"en": "X"}


@pytest.mark.parametrize("asked", [False, True])
def test_a_curator_changes_nothing_while_its_depositor_has_it(
    asked: bool, sokha: Actor, dara: Actor, home: Path
) -> None:
    if asked:
        made = in_review(sokha, dara, home)
        services.ask_changes(draft_id=made.id, text="More.", actor=dara, now=NOW)
    else:
        made = handed_in(sokha, home)
        services.take_back(draft_id=made.id, actor=sokha, now=NOW)
    document = selectors.submission_view(made.id, dara, NOW).document
    attempts: list[Callable[..., object]] = [
        lambda **who: catalogue.edit_draft(document={**document, "sizes": ["1"]}, **who),
        lambda **who: catalogue.rename_file(name="data.csv", to="b.csv", **who),
        lambda **who: catalogue.remove_file(name="b.csv", **who),
    ]

    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt(draft_id=made.id, actor=dara, now=NOW)
        assert codes(refused) == {"with_depositor"}
        attempt(draft_id=made.id, actor=sokha, now=NOW)


def test_what_was_never_handed_in_is_not_there_for_a_curator(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    about: dict[str, Any] = {"draft_id": made.id, "actor": dara, "now": NOW}
    doors: list[Callable[[], object]] = [
        lambda: catalogue.draft_view(**about),
        lambda: catalogue.draft_file(name="data.csv", **about),
        lambda: catalogue.edit_draft(document={"kind": "dataset"}, **about),
        lambda: catalogue.remove_file(name="data.csv", **about),
        lambda: catalogue.discard_draft(**about),
        lambda: catalogue.publish(**about),
        lambda: checks.restrict(key=None, **about),
    ]

    for door in doors:
        with pytest.raises(NotFound):
            door()
    made.refresh_from_db()
    assert (made.state, made.draft.state, made.draft.edit_seq) == ("preparing", "open", 0)


def test_the_second_who_takes_it_on_is_told_who_has_it(
    sokha: Actor, dara: Actor, chan: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)

    with pytest.raises(Refused) as refused:
        services.claim(draft_id=made.id, actor=chan, now=NOW)

    assert codes(refused) == {"claimed"}
    assert "dara@example.org" in str(refused.value)
    assert services.claim(draft_id=made.id, actor=dara, now=NOW).curator == dara.id
    services.release(draft_id=made.id, actor=chan, now=NOW)
    assert services.claim(draft_id=made.id, actor=chan, now=NOW).curator == chan.id


def test_an_outsider_finds_nothing_under_its_name(sokha: Actor, bopha: Actor, home: Path) -> None:
    made = handed_in(sokha, home)

    for name in (made.id, "nothing-at-all"):
        with pytest.raises(NotFound):
            selectors.submission_view(name, bopha, NOW)
        with pytest.raises(NotFound):
            services.comment(draft_id=name, text="Hello", actor=bopha, now=NOW)


def test_a_curator_learns_of_a_deposit_when_it_is_handed_in(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    with pytest.raises(NotFound):
        selectors.submission_view(made.id, dara, NOW)

    services.hand_in(draft_id=made.id, actor=sokha, now=NOW)

    assert selectors.submission_view(made.id, dara, NOW).curates


def test_the_depositor_does_not_decide(sokha: Actor, home: Path) -> None:
    made = handed_in(sokha, home)

    with pytest.raises(NotPermitted):
        services.claim(draft_id=made.id, actor=sokha, now=NOW)
    with pytest.raises(NotPermitted):
        publishing.accept(draft_id=made.id, actor=sokha, now=NOW)


def test_a_curator_does_not_accept_their_own_where_another_could(
    dara: Actor, chan: Actor, home: Path
) -> None:
    made = in_review(dara, dara, home)

    with pytest.raises(Refused) as refused:
        publishing.accept(draft_id=made.id, actor=dara, now=NOW)

    assert codes(refused) == {"own_work"}
    assert chan


def test_a_curator_who_is_alone_accepts_their_own(dara: Actor, home: Path) -> None:
    made = in_review(dara, dara, home)

    assert publishing.accept(draft_id=made.id, actor=dara, now=NOW).state == "published"


def test_what_is_to_change_stands_beside_its_field_until_it_is_handed_in_again(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)

    services.ask_changes(
        draft_id=made.id, text="Nearly there.", fields={"creators": "Who measured?", "rights": " "},
        actor=dara, now=NOW,
    )  # fmt: skip

    view = selectors.submission_view(made.id, sokha, NOW)
    assert view.state == "changes_asked"
    assert view.asked == {"creators": ["Who measured?"]}
    assert view.timeline[-1].text == "Nearly there."
    assert view.timeline[-1].asked == (("creators", "Who measured?"),)

    services.hand_in(draft_id=made.id, actor=sokha, now=NOW)
    assert selectors.submission_view(made.id, sokha, NOW).asked == {}


def test_asking_for_nothing_is_refused(sokha: Actor, dara: Actor, home: Path) -> None:
    made = in_review(sokha, dara, home)

    with pytest.raises(Invalid):
        services.ask_changes(draft_id=made.id, text=" ", fields={}, actor=dara, now=NOW)


def test_the_next_look_shows_what_changed_since(sokha: Actor, dara: Actor, home: Path) -> None:
    made = in_review(sokha, dara, home)
    services.ask_changes(draft_id=made.id, text="The title.", actor=dara, now=NOW)
    document = selectors.submission_view(made.id, sokha, NOW).document
    catalogue.edit_draft(
        draft_id=made.id, document={**document, "titles": {"en": "Rice"}}, actor=sokha, now=NOW
    )
    services.hand_in(draft_id=made.id, actor=sokha, now=NOW)

    (change,) = selectors.submission_view(made.id, dara, NOW).changes

    assert change.field == "titles"
    assert [(row.where, row.after) for row in change.rows] == [("en", "Rice"), ("km", "")]


def test_what_curators_say_among_themselves_stays_there(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)
    services.comment(
        draft_id=made.id, text="Looks invented.", visible_to_depositor=False, actor=dara, now=NOW
    )
    services.comment(draft_id=made.id, text="Thank you.", actor=dara, now=NOW)

    def said(actor: Actor) -> list[str]:
        return [m.text for m in selectors.submission_view(made.id, actor, NOW).timeline if m.text]

    assert said(dara) == ["Looks invented.", "Thank you."]
    assert said(sokha) == ["Thank you."]


def test_accepting_publishes_and_twice_is_once(sokha: Actor, dara: Actor, home: Path) -> None:
    made = in_review(sokha, dara, home)

    done = publishing.accept(draft_id=made.id, actor=dara, now=NOW, key="a")
    again = publishing.accept(draft_id=made.id, actor=dara, now=NOW, key="a")
    third = publishing.accept(draft_id=made.id, actor=dara, now=NOW)

    assert done.state == again.state == third.state == "published"
    record = catalogue.record_view(record_id=made.record_id, actor=sokha, now=NOW).record
    assert (record.state, record.version) == ("published", 1)
    assert [s.event for s in history(SUBMISSION, made.id)] == [
        "hand_in",
        "claim",
        "accept",
        "publish",
    ]


def test_a_yes_may_vouch_for_the_depositor(sokha: Actor, dara: Actor, home: Path) -> None:
    made = in_review(sokha, dara, home)
    assert made.newcomer

    publishing.accept(draft_id=made.id, vouch=True, actor=dara, now=NOW)

    one, two = handed_in(sokha, home), handed_in(sokha, home)
    assert not one.newcomer
    assert not two.newcomer


def test_what_publishing_refuses_goes_back_to_the_curator_with_the_reasons(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    doi = [{"scheme": "doi", "value": "10.5555/taken"}]
    first = in_review(person("vanna"), dara, home, pids=doi)
    publishing.accept(draft_id=first.id, actor=dara, now=NOW)
    made = in_review(sokha, dara, home, pids=doi)

    back = publishing.accept(draft_id=made.id, actor=dara, now=NOW)

    assert back.state == "in_review"
    view = selectors.submission_view(made.id, dara, NOW)
    assert view.timeline[-1].event == "give_back"
    assert "10.5555/taken" in view.timeline[-1].text
    assert view.document["pids"] == doi


def test_a_new_version_takes_the_same_way(sokha: Actor, dara: Actor, home: Path) -> None:
    made = in_review(sokha, dara, home)
    publishing.accept(draft_id=made.id, actor=dara, now=NOW)

    following = services.start_next(
        record_id=made.record_id, replaces_files=False, actor=sokha, now=NOW
    )
    again = services.start_next(
        record_id=made.record_id, replaces_files=False, actor=sokha, now=NOW
    )
    assert following.id == again.id
    assert following.brings == "revision"
    services.hand_in(draft_id=following.id, actor=sokha, now=NOW)
    services.claim(draft_id=following.id, actor=dara, now=NOW)
    publishing.accept(draft_id=following.id, actor=dara, now=NOW)

    record = catalogue.record_view(record_id=made.record_id, actor=sokha, now=NOW).record
    assert (record.version, record.revision) == (1, 1)


def test_nobody_publishes_past_the_curators(sokha: Actor, dara: Actor, home: Path) -> None:
    first = in_review(sokha, dara, home)
    publishing.accept(draft_id=first.id, vouch=True, actor=dara, now=NOW)
    from tonle.people.public import actor_by_id

    vouched = actor_by_id(sokha.id, NOW)
    made = submission(vouched, home)

    with pytest.raises(Refused) as refused:
        catalogue.publish(draft_id=made.id, actor=vouched, now=NOW)
    assert codes(refused) == {"curated_here"}
    with pytest.raises(Refused):
        publishing.publish_alone(draft_id=made.id, actor=vouched, now=NOW)

    with override_settings(TONLE_DEPOSIT_REVIEW="newcomers"):
        done = publishing.publish_alone(draft_id=made.id, actor=vouched, now=NOW)
    assert done.state == "published"


def test_a_newcomer_never_publishes_alone(sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)

    with override_settings(TONLE_DEPOSIT_REVIEW="newcomers"):
        with pytest.raises(Refused) as refused:
            publishing.publish_alone(draft_id=made.id, actor=sokha, now=NOW)

    assert codes(refused) == {"curated_here"}


def test_another_curator_decides_about_an_appeal(
    sokha: Actor, dara: Actor, chan: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)
    services.decline(draft_id=made.id, reason="quality", text="Too small.", actor=dara, now=NOW)
    services.appeal(draft_id=made.id, text="It is a pilot.", actor=sokha, now=NOW)

    with pytest.raises(Refused) as refused:
        services.decide_appeal(draft_id=made.id, grant=False, text="No.", actor=dara, now=NOW)
    assert codes(refused) == {"same_curator"}

    services.decide_appeal(draft_id=made.id, grant=False, text="Sorry.", actor=chan, now=NOW)
    with pytest.raises(Refused) as again:
        services.appeal(draft_id=made.id, text="Please.", actor=sokha, now=NOW)
    assert codes(again) == {"appealed_before"}


def test_an_appeal_that_is_granted_puts_it_back_on_the_desk(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)
    services.decline(draft_id=made.id, reason="spam", text="Spam.", actor=dara, now=NOW)
    services.appeal(draft_id=made.id, text="It is not.", actor=sokha, now=NOW)

    # Dara is the only curator: nobody else could decide.
    done = services.decide_appeal(draft_id=made.id, grant=True, text="True.", actor=dara, now=NOW)

    assert (done.state, done.curator) == ("submitted", "")


def test_discarding_takes_the_draft_along(sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)

    done = services.discard(draft_id=made.id, actor=sokha, now=NOW)

    done.draft.refresh_from_db()
    assert (done.state, done.draft.state) == ("discarded", "discarded")
    assert services.discard(draft_id=made.id, actor=sokha, now=NOW).state == "discarded"


def test_words_beside_the_timeline_are_erased_with_their_writer(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    from tonle.infra import audit
    from tonle.kernel.actors import SYSTEM

    made = in_review(sokha, dara, home)
    services.comment(draft_id=made.id, text="My sister measured it.", actor=sokha, now=NOW)

    audit.erase(sokha.id, actor=SYSTEM, now=NOW)

    view = selectors.submission_view(made.id, dara, NOW)
    assert [m.text for m in view.timeline if m.event == "comment"] == [""]


def test_an_erased_account_leaves_no_draft_and_no_link(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    from tonle.deposit.curation import erasing, links

    public = in_review(sokha, dara, home)
    publishing.accept(draft_id=public.id, vouch=True, actor=dara, now=NOW)
    waiting = handed_in(sokha, home)
    declined = in_review(sokha, dara, home)
    services.decline(draft_id=declined.id, reason="other", text="No.", actor=dara, now=NOW)
    _link, secret = links.share(draft_id=waiting.id, days=7, actor=sokha, now=NOW)

    for _ in range(2):
        erasing.erase(sokha.id, dara, NOW)

    states = {one.id: one.state for one in Submission.objects.all()}
    assert states == {public.id: "published", waiting.id: "discarded", declined.id: "discarded"}
    assert not Submission.objects.exclude(seen_body=b"").exists()
    with pytest.raises(NotFound):
        links.open_link(secret, NOW)
    view = catalogue.record_view(record_id=public.record_id, actor=dara, now=NOW)
    assert view.record.state == "published"


def test_a_draft_discarded_by_another_door_takes_its_submission_along(
    sokha: Actor, home: Path
) -> None:
    from tonle.infra import jobs

    made = submission(sokha, home)
    catalogue.discard_draft(draft_id=made.id, actor=sokha, now=NOW)

    jobs.enqueue("deposit.follow_drafts", {}, run_at=NOW)
    jobs.run_all_due(NOW)

    made.refresh_from_db()
    assert made.state == "discarded"


def test_what_is_published_by_another_door_is_written_down(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    from tonle.infra import jobs

    made = handed_in(sokha, home)
    catalogue.publish(draft_id=made.id, actor=dara, now=NOW)

    jobs.run_all_due(NOW)

    made.refresh_from_db()
    assert made.state == "published"


def test_the_job_finishes_what_the_request_could_not(sokha: Actor, dara: Actor, home: Path) -> None:
    from tonle.infra import jobs
    from tonle.infra.lifecycle import perform

    # As far as the first transaction goes; tests/crashes kills the process right there.
    made = in_review(sokha, dara, home)
    perform(SUBMISSION, made, "accept", dara, NOW)
    services.decided(made, dara, NOW)
    services.save(made, NOW)
    jobs.enqueue(publishing.FINISH, {"draft": made.id}, run_at=NOW)

    jobs.run_all_due(NOW)

    made.refresh_from_db()
    assert made.state == "published"


# --- communities --------------------------------------------------------------------------


@pytest.fixture
def members_only(db: None) -> str:
    steward = with_role("rith", "steward")
    made = add_community(
        description={"slug": "rice", "names": {"en": "Rice"}, "hand_in": "members"},
        actor=steward,
        now=NOW,
    )
    return str(made.pk)


def test_nobody_comes_into_a_community_by_naming_it_in_the_document(
    sokha: Actor, dara: Actor, home: Path, members_only: str
) -> None:
    for name in (members_only, "nothing-at-all"):
        with pytest.raises(Refused) as refused:
            submission(sokha, home, communities=[name])
        assert codes(refused) == {"no_such_community"}
    made = submission(sokha, home)
    document = selectors.submission_view(made.id, sokha, NOW).document
    catalogue.edit_draft(
        draft_id=made.id,
        document={**document, "communities": [members_only]},
        actor=sokha,
        now=NOW,
    )

    with pytest.raises(Refused) as refused:
        services.hand_in(draft_id=made.id, actor=sokha, now=NOW)
    assert codes(refused) == {"no_such_community"}

    catalogue.edit_draft(draft_id=made.id, document=document, actor=sokha, now=NOW)
    services.hand_in(draft_id=made.id, actor=sokha, now=NOW)
    services.claim(draft_id=made.id, actor=dara, now=NOW)
    catalogue.edit_draft(
        draft_id=made.id, document={**document, "communities": [members_only]}, actor=dara, now=NOW
    )
    # Whoever looks after the node looks after all of its communities.
    assert publishing.accept(draft_id=made.id, actor=dara, now=NOW).state == "published"
    record = catalogue.Record.objects.get(id=made.record_id)
    assert catalogue.communities_of(record) == (members_only,)
