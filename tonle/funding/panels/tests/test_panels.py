"""A panel from the first reviewer to the last review: who may, who is asked, what is said."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from tonle.catalogue.tests.conftest import home as home
from tonle.funding.calls.tests.test_calls import DARA, MEI, SOKHA, officer
from tonle.funding.models import AssignmentRun, Call, Conflict, Proposal, Review, Reviewer
from tonle.funding.panels import selectors, services
from tonle.funding.panels.loading import panel_of
from tonle.funding.panels.services import reviewers as service
from tonle.funding.panels.tests.made import AFTER, JOINT, eligible, joined, profile, staffed
from tonle.funding.proposals import services as proposals
from tonle.funding.proposals.tests.made import CHAN, LIN, WRITING, open_call
from tonle.kernel.actors import ANONYMOUS, Actor, Role
from tonle.kernel.errors import Conflict as Clash
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

STEWARD = Actor("boss", roles=frozenset({Role("steward"), Role("curator")}))


def codes(refused: Any) -> set[str]:
    return {one.code for one in refused.value.refusals}


def run_of(call: Call, per_proposal: int = 3) -> AssignmentRun:
    return services.propose(
        call_id=call.id, panel=JOINT, per_proposal=per_proposal, actor=DARA, now=AFTER
    )


def asked(call: Call, per_proposal: int = 3) -> list[Review]:
    return services.adopt(run_id=run_of(call, per_proposal).id, actor=DARA, now=AFTER)


def accepted() -> tuple[Review, Actor]:
    """A review that its reviewer has taken on."""
    call, _rows = eligible()
    people = staffed(call)
    review = asked(call)[0]
    actor = next(who for row, who in people.values() if row.pk == review.reviewer_id)
    services.accept(review_id=review.id, declares=True, actor=actor, now=AFTER)
    review.refresh_from_db()
    return review, actor


WORDS = {"quality": "Sound.", "benefit": "Clear."}


def written(review: Review, actor: Actor, **scores: str) -> Review:
    given = {"quality": "4", "benefit": "3", **scores}
    return services.save(
        review_id=review.id, scores=given, words=WORDS, aside="Between us.", edit=review.edit,
        actor=actor,
    )  # fmt: skip


# Who comes in -----------------------------------------------------------------------------


def test_a_link_lets_one_reviewer_in_once() -> None:
    call, _rows = eligible()
    _link, secret = services.make_link(
        call_id=call.id, panel=JOINT, side="kh", actor=SOKHA, now=AFTER
    )
    said = profile("Vanna", "KHM", "Invented Institute")
    row = services.join(secret=secret, profile=said, actor=Actor("vanna"), now=AFTER)
    assert (row.side, row.panel, row.most) == ("kh", "", 5)
    with pytest.raises(NotFound):
        services.join(secret=secret, profile=said, actor=Actor("other"), now=AFTER)


def test_the_same_request_is_told_the_same_link() -> None:
    call, _rows = eligible()
    given: Any = {"call_id": call.id, "panel": JOINT, "actor": DARA, "now": AFTER, "key": "k" * 20}
    assert services.make_link(**given)[1] == services.make_link(**given)[1]


def test_officers_let_in_reviewers_of_their_own_side_alone() -> None:
    call, _rows = eligible()
    for actor, side, error in (
        (MEI, "kh", NotPermitted),
        (SOKHA, "", NotPermitted),
        (officer("0000000000la"), "kh", NotFound),
        (STEWARD, "kh", NotFound),
        (CHAN, "kh", NotFound),
        (ANONYMOUS, "kh", NotFound),
    ):
        with pytest.raises(error):
            services.make_link(call_id=call.id, panel=JOINT, side=side, actor=actor, now=AFTER)


def test_expired_and_revoked_links_are_one_answer() -> None:
    call, _rows = eligible()
    link, secret = services.make_link(call_id=call.id, panel=JOINT, actor=DARA, now=AFTER)
    with pytest.raises(NotFound):
        services.link_of(secret, AFTER + service.LIVES)
    services.revoke_link(link_id=link.id, actor=DARA, now=AFTER)
    services.revoke_link(link_id=link.id, actor=DARA, now=AFTER)
    with pytest.raises(NotFound):
        services.link_of(secret, AFTER)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("country", "XX"), ("institution", ""), ("knows", ""), ("most", 0),
     ("organisation", "nobody")],
)  # fmt: skip
def test_what_a_reviewer_says_of_themselves_is_checked(field: str, value: Any) -> None:
    call, _rows = eligible()
    _link, secret = services.make_link(call_id=call.id, panel=JOINT, actor=DARA, now=AFTER)
    said = profile("Vanna", "KHM", "Invented")
    with pytest.raises(Invalid) as invalid:
        services.join(
            secret=secret, profile=type(said)(**{**vars(said), field: value}),
            actor=Actor("vanna"), now=AFTER,
        )  # fmt: skip
    assert invalid.value.problems[0][0] == field
    assert services.link_of(secret, AFTER)


def test_in_a_parallel_call_each_party_runs_its_own_panel() -> None:
    call, rows = eligible(mode="parallel")
    joined(call, "vanna", "kh", panel="kh")
    assert panel_of(call.id, "kh", SOKHA).is_run_by(SOKHA)
    for actor in (MEI, DARA, STEWARD, CHAN):
        with pytest.raises(NotFound):
            panel_of(call.id, "kh", actor)
    assert [one.slug for one in (panel.panel for panel in
            (selectors.view(call.id, "kh", SOKHA, AFTER),))] == ["kh"]  # fmt: skip
    rows[0].parties.filter(party__slug="kh").update(pays=False)
    assert not panel_of(call.id, "kh", SOKHA).proposals().exists()


# What stands between ----------------------------------------------------------------------


def test_somebody_of_the_proposal_never_reviews_it() -> None:
    call, rows = eligible(2)
    row, _actor = joined(call, CHAN.id, "kh", name="Another name")
    kinds = {(one.proposal.number, one.kind): one.status for one in row.conflicts.all()}
    assert kinds[1, "self"] == kinds[2, "self"] == "confirmed"
    assert kinds[2, "competitor"] == "confirmed"
    mine = row.conflicts.get(kind="self", proposal=rows[0])
    with pytest.raises(Invalid):
        services.settle(conflict=mine.pk, status="waived", reason="x", actor=DARA, now=AFTER)
    with pytest.raises(Refused) as refused:
        services.ask(proposal_id=rows[0].id, reviewer_id=row.id, reason="x", actor=DARA, now=AFTER)
    assert "conflict" in codes(refused)


def test_a_name_that_is_alike_is_possible_and_waits_for_somebody() -> None:
    call, rows = eligible()
    version = rows[0].versions.get()
    version.document["people"][0]["name"] = "Sok Dara"
    Proposal.objects.filter(pk=rows[0].pk).update(version=2)
    rows[0].versions.create(
        number=2, text=1, document=version.document, sha256="0" * 64, submitted_by="x",
        submitted_at=AFTER,
    )  # fmt: skip
    row, _actor = joined(call, "vanna", "kh", name="Dara Sok")
    found = row.conflicts.get()
    assert (found.kind, found.status, found.evidence["names"]) == ("self", "possible", ["Sok Dara"])
    assert selectors.view(call.id, JOINT, DARA, AFTER).open == 1
    with pytest.raises(Refused):
        services.ask(proposal_id=rows[0].id, reviewer_id=row.id, reason="x", actor=DARA, now=AFTER)
    with pytest.raises(Invalid):
        services.settle(conflict=found.pk, status="waived", reason=" ", actor=DARA, now=AFTER)
    services.settle(
        conflict=found.pk, status="waived", reason="Two people, I asked.", actor=DARA, now=AFTER
    )
    services.look(call, AFTER)
    found.refresh_from_db()
    assert found.status == "waived"
    services.ask(proposal_id=rows[0].id, reviewer_id=row.id, reason="x", actor=DARA, now=AFTER)


def test_a_waiver_without_a_reason_is_refused_by_the_database() -> None:
    call, _rows = eligible()
    row, _actor = joined(call, CHAN.id, "kh")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.conflicts.filter(kind="self").update(status="waived")


def test_a_house_of_the_proposal_is_found_by_its_name_and_gone_when_it_is_mended() -> None:
    call, _rows = eligible()
    row, actor = joined(call, "vanna", "kh", institution="invented university of phnom penh")
    assert [(one.kind, one.status) for one in row.conflicts.all()] == [
        ("institutional", "possible"),
    ]  # fmt: skip
    said = profile("Vanna", "KHM", "Another house")
    services.change(reviewer_id=row.id, profile=said, actor=actor, now=AFTER)
    assert not row.conflicts.exists()


def test_what_a_reviewer_said_of_themselves_stands() -> None:
    review, actor = accepted()
    services.declare(
        review_id=review.id, kind="advisor", reason="My student.", actor=actor, now=AFTER
    )
    review.refresh_from_db()
    assert review.state == "conflicted"
    row = Conflict.objects.get(kind="advisor")
    assert (row.source, row.status) == ("reviewer", "confirmed")
    with pytest.raises(Invalid):
        services.settle(conflict=row.pk, status="waived", reason="x", actor=DARA, now=AFTER)


def test_a_conflict_that_an_officer_knows_of_takes_the_review_back() -> None:
    review, actor = accepted()
    services.add(
        reviewer_id=review.reviewer.id, proposal_id=review.proposal.id, kind="financial",
        reason="Owns the company.", actor=DARA, now=AFTER,
    )  # fmt: skip
    review.refresh_from_db()
    assert review.state == "released"
    with pytest.raises(Refused):
        written(review, actor)


# Who is asked -----------------------------------------------------------------------------


def test_a_run_keeps_every_rule_and_replays_exactly() -> None:
    call, rows = eligible(3)
    people = staffed(call)
    joined(call, CHAN.id, "kh")
    run = run_of(call)
    assert run.answer["feasible"]
    by_id = {row.id: row for row, _ in people.values()}
    assert set(run.answer["assignment"]) == {one.id for one in rows}
    for names in run.answer["assignment"].values():
        assert len(names) == 3
        assert {"kh", "cn"} <= {by_id[one].side for one in names}
    assert services.replay(run)
    assert Review.objects.count() == 0
    assert run_of(call).sha256 == run.sha256


def test_a_kept_run_is_never_changed() -> None:
    call, _rows = eligible()
    staffed(call)
    run = run_of(call)
    with pytest.raises(DatabaseError), transaction.atomic():
        AssignmentRun.objects.filter(pk=run.pk).update(answer={})


def test_what_is_short_is_said_and_nobody_is_asked() -> None:
    call, _rows = eligible(2)
    joined(call, "vanna", "kh")
    joined(call, "wang", "cn", most=1)
    run = run_of(call, 2)
    assert not run.answer["feasible"]
    last = selectors.view(call.id, JOINT, DARA, AFTER).last
    assert last is not None
    assert [(side, sum(n for _, n in lacks)) for side, lacks in last.short] == [("cn", 1)]
    with pytest.raises(Refused) as refused:
        services.adopt(run_id=run.id, actor=DARA, now=AFTER)
    assert codes(refused) == {"run_short"}


def test_adopting_asks_once_and_opens_the_review() -> None:
    call, rows = eligible()
    staffed(call)
    run = run_of(call)
    made = services.adopt(run_id=run.id, actor=DARA, now=AFTER)
    assert len(made) == 3
    assert services.adopt(run_id=run.id, actor=DARA, now=AFTER) == made
    rows[0].refresh_from_db()
    assert rows[0].state == "under_review"


def test_a_run_is_out_of_date_once_something_stands_between() -> None:
    call, rows = eligible()
    staffed(call)
    run = run_of(call)
    name = run.answer["assignment"][rows[0].id][0]
    services.add(
        reviewer_id=name, proposal_id=rows[0].id, kind="personal", reason="Married.", actor=DARA,
        now=AFTER,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        services.adopt(run_id=run.id, actor=DARA, now=AFTER)
    assert codes(refused) == {"run_out_of_date"}
    assert Review.objects.count() == 0
    again = run_of(call)
    assert name not in again.answer["assignment"][rows[0].id]
    assert services.adopt(run_id=again.id, actor=DARA, now=AFTER)


def test_wishes_are_kept_by_the_run() -> None:
    call, rows = eligible()
    people = staffed(call)
    vanna, somchai = people["vanna"][0], people["somchai"][0]
    services.wish(
        reviewer_id=somchai.id, proposal_id=rows[0].id, must=True, reason="Knows it best.",
        actor=DARA, now=AFTER,
    )  # fmt: skip
    never = services.wish(
        reviewer_id=vanna.id, proposal_id=rows[0].id, must=False, reason="Too near.", actor=DARA,
        now=AFTER,
    )  # fmt: skip
    names = run_of(call).answer["assignment"][rows[0].id]
    assert somchai.id in names
    assert vanna.id not in names
    services.unwish(wish=never.pk, actor=DARA, now=AFTER)
    services.unwish(wish=never.pk, actor=DARA, now=AFTER)
    assert [one.must for one in selectors.judged(call.id, JOINT, rows[0].id, DARA).wishes] == [True]


def test_who_declined_is_not_asked_again_and_a_new_run_fills_the_gap() -> None:
    call, _rows = eligible()
    people = staffed(call)
    made = asked(call)
    gone = next(one for one in made if one.reviewer.side == "kh")
    actor = next(who for row, who in people.values() if row.pk == gone.reviewer_id)
    services.decline(review_id=gone.id, reason="No time.", actor=actor, now=AFTER)
    more = asked(call)
    assert [one.reviewer.side for one in more] == ["kh"]
    assert gone.reviewer not in [one.reviewer for one in more]
    assert Review.objects.filter(state="asked").count() == 3


def test_nobody_but_who_runs_the_panel_assigns() -> None:
    call, rows = eligible()
    people = staffed(call)
    run = run_of(call)
    reviewer = people["vanna"][0]
    for actor, error in (
        (SOKHA, NotPermitted), (MEI, NotPermitted), (STEWARD, NotFound), (CHAN, NotFound),
        (people["vanna"][1], NotFound), (ANONYMOUS, NotFound), (officer("0000000000la"), NotFound),
    ):  # fmt: skip
        given = {"actor": actor, "now": AFTER}
        for act in (
            lambda given=given: services.propose(
                call_id=call.id, panel=JOINT, per_proposal=2, **given
            ),
            lambda given=given: services.adopt(run_id=run.id, **given),
            lambda given=given: services.ask(
                proposal_id=rows[0].id, reviewer_id=reviewer.id, reason="x", **given
            ),
            lambda given=given: services.wish(
                proposal_id=rows[0].id, reviewer_id=reviewer.id, must=True, reason="x", **given
            ),
            lambda given=given: services.add(
                proposal_id=rows[0].id, reviewer_id=reviewer.id, kind="personal", reason="x",
                **given,
            ),
        ):  # fmt: skip
            with pytest.raises(error):
                act()
    assert not Review.objects.exists()


def test_nothing_is_assigned_while_the_call_is_open() -> None:
    call = open_call()
    joined(call, "vanna", "kh")
    with pytest.raises(Refused) as refused:
        services.propose(call_id=call.id, panel=JOINT, per_proposal=2, actor=DARA, now=WRITING)
    assert codes(refused) == {"call_still_open"}


# Reviewing --------------------------------------------------------------------------------


def test_a_review_is_written_handed_in_and_given_back() -> None:
    review, actor = accepted()
    row = written(review, actor)
    services.submit(review_id=review.id, edit=row.edit, actor=actor, now=AFTER)
    found = selectors.judged(review.reviewer.call.id, JOINT, review.proposal.id, SOKHA)
    told = next(one for one in found.reviews if one[0].pk == review.pk)
    # 60 × 4/5 + 40 × 3/5
    assert told[2] == "72.0"
    services.reopen(review_id=review.id, reason="One line more.", actor=DARA, now=AFTER)
    row.refresh_from_db()
    assert (row.state, row.submitted_at, row.scores["quality"]) == ("accepted", None, 4)


def test_a_review_that_is_not_whole_is_refused_with_every_reason() -> None:
    review, actor = accepted()
    row = services.save(
        review_id=review.id, scores={"quality": "4"}, words={"benefit": "Clear."}, aside="",
        edit=0, actor=actor,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        services.submit(review_id=review.id, edit=row.edit, actor=actor, now=AFTER)
    assert codes(refused) == {"review_not_whole"}
    row.refresh_from_db()
    assert (row.state, row.submitted_at) == ("accepted", None)


def test_two_tabs_do_not_overwrite_each_other() -> None:
    review, actor = accepted()
    written(review, actor)
    with pytest.raises(Clash):
        written(review, actor, quality="1")
    written(review, actor)


@pytest.mark.parametrize("score", ["6", "-1", "4.5", "four", "99999999999999999999"])
def test_a_score_stays_on_its_scale(score: str) -> None:
    review, actor = accepted()
    with pytest.raises(Invalid):
        written(review, actor, quality=score)


def test_nothing_is_taken_on_without_declaring() -> None:
    call, _rows = eligible()
    people = staffed(call)
    review = asked(call)[0]
    actor = next(who for row, who in people.values() if row.pk == review.reviewer_id)
    with pytest.raises(Invalid):
        services.accept(review_id=review.id, declares=False, actor=actor, now=AFTER)
    token = Actor(actor.id, token_scopes=frozenset({"reviews"}))
    with pytest.raises(NotPermitted):
        services.accept(review_id=review.id, declares=True, actor=token, now=AFTER)


def test_hidden_and_absent_reviews_are_one_answer() -> None:
    review, _actor = accepted()
    for actor in (DARA, SOKHA, STEWARD, CHAN, LIN, ANONYMOUS, Actor("stranger")):
        for id_ in (review.id, "0" * 15):
            with pytest.raises(NotFound):
                selectors.own_view(id_, actor)
            with pytest.raises(NotFound):
                services.save(review_id=id_, scores={}, words={}, aside="", edit=0, actor=actor)


@pytest.mark.parametrize("blindness", ["none", "single", "double"])
def test_a_reviewer_reads_what_the_blindness_leaves(blindness: str) -> None:
    call, rows = eligible(blindness=blindness)
    people = staffed(call)
    document = rows[0].versions.get().document
    names = [*(one["name"] for one in document["people"]),
             *(one["name"] for one in document["partners"])]  # fmt: skip
    review = asked(call)[0]
    actor = next(who for row, who in people.values() if row.pk == review.reviewer_id)
    before = selectors.own_view(review.id, actor).document
    assert "answers" not in before
    assert "costs" not in before
    services.accept(review_id=review.id, declares=True, actor=actor, now=AFTER)
    after = selectors.own_view(review.id, actor).document
    assert after["answers"] == document["answers"]
    hidden = blindness == "double"
    for name in names:
        for seen in (before, after):
            assert (name in str(seen)) is not hidden
    assert hidden is (rows[0].id not in str(after))
    assert sum(one["amount_minor"] for one in after["costs"]) == sum(
        one["amount_minor"] for one in document["costs"]
    )


def test_a_withdrawn_proposal_asks_nobody_any_more() -> None:
    review, actor = accepted()
    proposals.withdraw(proposal_id=review.proposal.id, actor=CHAN, now=AFTER)
    assert set(Review.objects.values_list("state", flat=True)) == {"released"}
    with pytest.raises(Refused):
        written(review, actor)


def test_who_leaves_is_asked_no_more_and_what_was_handed_in_stays() -> None:
    review, actor = accepted()
    row = written(review, actor)
    services.submit(review_id=review.id, edit=row.edit, actor=actor, now=AFTER)
    services.leave(reviewer_id=review.reviewer.id, actor=DARA, now=AFTER)
    services.leave(reviewer_id=review.reviewer.id, actor=DARA, now=AFTER)
    row.refresh_from_db()
    assert row.state == "submitted"
    with pytest.raises(NotPermitted):
        services.leave(
            reviewer_id=Reviewer.objects.exclude(pk=review.reviewer_id)[0].id, actor=SOKHA,
            now=AFTER,
        )  # fmt: skip


def test_erasing_an_account_keeps_the_name_of_who_judged_and_of_nobody_else() -> None:
    review, actor = accepted()
    row = written(review, actor)
    services.submit(review_id=review.id, edit=row.edit, actor=actor, now=AFTER)
    other = Reviewer.objects.exclude(pk=review.reviewer_id).order_by("key")[0]
    for account in (actor.id, other.account):
        service.erase(account, DARA, AFTER)
    kept = Reviewer.objects.get(pk=review.reviewer_id)
    assert (kept.account, kept.name) == ("", review.reviewer.name)
    other.refresh_from_db()
    assert (other.account, other.name, other.knows, other.institution) == ("", "–", "", "–")


@pytest.mark.django_db(transaction=True)
def test_two_who_adopt_at_once_ask_everybody_once() -> None:
    call, _rows = eligible()
    staffed(call)
    run = run_of(call)
    failed: list[Exception] = []

    def work() -> None:
        try:
            services.adopt(run_id=run.id, actor=DARA, now=AFTER)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Review.objects.count() == 3


def test_wishes_that_contradict_a_conflict_are_told_by_name() -> None:
    call, rows = eligible()
    people = staffed(call)
    vanna = people["vanna"][0]
    given: Any = {"reviewer_id": vanna.id, "proposal_id": rows[0].id, "actor": DARA, "now": AFTER}
    services.wish(**given, must=True, reason="Knows it best.")
    services.add(**given, kind="personal", reason="Married.")
    run_of(call)
    last = selectors.view(call.id, JOINT, DARA, AFTER).last
    assert last is not None
    assert [str(one) for one in last.wrong] == [
        "1 and Reviewer vanna are both forced and in conflict."
    ]


def test_a_wish_does_not_bring_back_who_declined() -> None:
    call, rows = eligible()
    people = staffed(call)
    row, actor = people["somchai"]
    services.wish(
        reviewer_id=row.id, proposal_id=rows[0].id, must=True, reason="x", actor=DARA, now=AFTER
    )
    review = next(one for one in asked(call) if one.reviewer_id == row.pk)
    services.decline(review_id=review.id, reason="", actor=actor, now=AFTER)
    assert run_of(call).answer["feasible"]


def test_one_answer_holds_for_the_same_reason_at_every_proposal() -> None:
    call, _rows = eligible(2)
    row, _actor = joined(call, "vanna", "kh", institution="invented university of phnom penh")
    first, second = row.conflicts.order_by("proposal__number")
    services.settle(conflict=first.pk, status="waived", reason="Two houses.", actor=DARA, now=AFTER)
    second.refresh_from_db()
    assert (second.status, second.reason) == ("waived", "Two houses.")


def test_an_officer_who_applies_reads_and_arranges_nothing_of_their_own() -> None:
    call, rows = eligible(2)
    people = staffed(call)
    made = asked(call, 2)
    rows[0].people.create(account=DARA.id, role="member", name="Dara", joined_at=AFTER)
    view = selectors.view(call.id, JOINT, DARA, AFTER)
    assert [one.proposal for one in view.rows] == [rows[1]]
    assert view.last is not None
    assert [row.proposal for row, _ in view.last.pairs] == [rows[1]]
    with pytest.raises(NotFound):
        selectors.judged(call.id, JOINT, rows[0].id, DARA)
    given: Any = {"actor": DARA, "now": AFTER, "reason": "x"}
    pair: Any = {"reviewer_id": people["vanna"][0].id, "proposal_id": rows[0].id}
    review = next(one for one in made if one.proposal == rows[0])
    for act in (
        lambda: services.ask(**pair, **given),
        lambda: services.wish(**pair, must=True, **given),
        lambda: services.add(**pair, kind="personal", **given),
        lambda: services.release(review_id=review.id, **given),
        lambda: services.reopen(review_id=review.id, **given),
    ):
        with pytest.raises(NotFound):
            act()
    assert selectors.judged(call.id, JOINT, rows[0].id, SOKHA).reviews
