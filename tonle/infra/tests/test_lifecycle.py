"""The lifecycle runner: one way in, everything or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from config import wiring
from tests.constants import NOW
from tonle.infra import audit, crash, jobs, lifecycle, triggers
from tonle.infra.models import Approval, AuditEntry, Job, Timer, TransitionRow
from tonle.infra.tests import child
from tonle.infra.tests.lifecycle_app.machines import REQUEST
from tonle.infra.tests.lifecycle_app.models import Request
from tonle.infra.tests.test_jobs import in_threads
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor, Role, Scope
from tonle.kernel.errors import NotFound, NotPermitted, Refused

SOKHA = Actor("sokha")
DARA = Actor("dara", roles=frozenset({Role("keeper")}))
HOUR = timedelta(hours=1)


def funder(party: str) -> Actor:
    return Actor(f"of-{party}", roles=frozenset({Role("officer", Scope("call_party", party))}))


def make(name: str = "r1", title: str = "Sequencer", **given: Any) -> Request:
    return Request.objects.create(id=name, title=title, **given)


def everything() -> tuple[int, ...]:
    """How many rows there are of all that a step writes."""
    return tuple(m.objects.count() for m in (TransitionRow, AuditEntry, Approval, Timer, Job))


def steps(name: str = "r1") -> list[tuple[int, str, str, str]]:
    return [
        (s.seq, s.event, s.source, s.target) for s in lifecycle.history(REQUEST, name, ["keepers"])
    ]


# One step --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_step_writes_state_row_audit_and_outbox_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(wiring.EVENTS, "RequestSubmitted", ("infra.seal",))
    request = make()

    outcome = lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW, note="For the rice.")

    assert (outcome.source, outcome.target, outcome.seq) == ("open", "submitted", 1)
    assert (request.state, request.state_seq) == ("submitted", 1)
    stored = Request.objects.get(id="r1")
    assert (stored.state, stored.state_seq) == ("submitted", 1)
    (step,) = lifecycle.history(REQUEST, "r1")
    assert (step.event, step.actor, step.at, step.note) == ("submit", "sokha", NOW, "For the rice.")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("lifecycle_app.request.submit", "r1")
    assert "rice" not in entry.data, "free text may name people, so it is beside the chain"
    job = Job.objects.get()
    assert job.payload["data"]["target"] == "submitted"


@pytest.mark.django_db
def test_a_step_costs_five_queries() -> None:
    request = make()

    with (
        transaction.atomic(),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        lifecycle.perform(REQUEST, request, "submit", DARA, NOW)
    # The old state is timed, so its timers are cleared too.
    assert len(queries) == 6, [q["sql"][:80] for q in queries]

    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        lifecycle.perform(REQUEST, request, "agree", funder("khm"), NOW)
    assert len(queries) <= 6


@given(
    title=st.sampled_from(["", "Sequencer"]),
    name=st.sampled_from(["r1", "a-very-long-nam"]),
    event=st.sampled_from(["submit", "close", "reopen", "agree", "nonsense"]),
    actor=st.sampled_from([ANONYMOUS, SOKHA, DARA]),
)
@pytest.mark.django_db
def test_a_refusal_gives_every_reason_and_changes_nothing(
    title: str, name: str, event: str, actor: Actor
) -> None:
    with transaction.atomic():
        request = make(name, title)
        before = everything()
        try:
            lifecycle.perform(REQUEST, request, event, actor, NOW)
            assert event == "submit"
            assert title
            assert name == "r1"
            assert actor.id
        except NotPermitted:
            assert actor == ANONYMOUS or event == "reopen"
            assert everything() == before
        except Refused as refused:
            codes = [reason.code for reason in refused.refusals]
            if event == "submit":
                wanted = ["no_title"] * (not title) + ["long"] * (name != "r1")
            else:
                wanted = ["no_instant"] if event == "close" else ["wrong_state"]
            assert codes == wanted
            assert everything() == before
            request.refresh_from_db()
            assert (request.state, request.state_seq) == ("open", 0)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_caller_may_catch_a_refusal_and_go_on_in_its_transaction() -> None:
    request = make(title="")

    with transaction.atomic():
        with pytest.raises(Refused):
            lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)
        Request.objects.update(title="Now it has one")
        lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)

    assert Request.objects.get().state == "submitted"


@pytest.mark.django_db
def test_what_is_gone_is_not_found() -> None:
    request = make()
    Request.objects.all().delete()

    with pytest.raises(NotFound):
        lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)


@pytest.mark.django_db
def test_what_is_stored_decides_and_not_what_the_caller_holds() -> None:
    stale = make()
    Request.objects.update(title="")

    with pytest.raises(Refused):
        lifecycle.perform(REQUEST, stale, "submit", SOKHA, NOW)


@pytest.mark.django_db
def test_the_same_key_again_returns_the_first_outcome() -> None:
    request = make()
    first = lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW, key="k1")
    again = lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW + HOUR, key="k1")

    assert again.replayed
    assert not first.replayed
    assert (again.target, again.seq) == (first.target, first.seq)
    assert TransitionRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_act_at_once_one_moves_and_the_other_is_told() -> None:
    make()

    def submit(_: int) -> lifecycle.Outcome:
        return lifecycle.perform(REQUEST, Request.objects.get(), "submit", SOKHA, NOW)

    results = in_threads(4, submit)

    assert sum(isinstance(result, lifecycle.Outcome) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 3
    assert steps() == [(1, "submit", "open", "submitted")]


@pytest.mark.parametrize("point", [name for name in crash.POINTS if name.startswith("lifecycle.")])
@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_of_a_step_leaves_nothing_of_it_at(point: str) -> None:
    make()
    before = everything()
    process = child.start("submit", "r1", crash_at=point)
    process.communicate()

    assert process.returncode == -9
    assert everything() == before
    assert Request.objects.get().state == "open"
    lifecycle.perform(REQUEST, Request.objects.get(), "submit", SOKHA, NOW)


def test_every_point_of_a_crash_here_is_tried() -> None:
    assert {name for name in crash.POINTS if name.startswith(("lifecycle.", "jobs."))} == {
        "lifecycle.step_written",
        "lifecycle.moved",
        "jobs.leased",
        "jobs.done_not_closed",
    }


# Triggers --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_trigger_is_there_and_twice_is_as_once() -> None:
    assert triggers.missing() == []
    triggers.install(connection)
    assert triggers.missing() == []


@pytest.mark.parametrize(
    "change",
    [
        {"state": "submitted"},
        {"state": "submitted", "state_seq": 1},
        {"state_seq": 1},
        {"id": "another"},
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_a_state_without_its_step(change: dict[str, Any]) -> None:
    make()

    with pytest.raises(IntegrityError, match="without its step"), transaction.atomic():
        Request.objects.update(**change)

    Request.objects.update(title="Anything else may change")


@pytest.mark.django_db
def test_the_database_refuses_an_old_step_a_second_time() -> None:
    request = make()
    for event in ("submit", "reopen"):
        lifecycle.perform(REQUEST, request, event, DARA, NOW)

    with pytest.raises(IntegrityError, match="without its step"), transaction.atomic():
        Request.objects.update(state="submitted", state_seq=1)


@pytest.mark.django_db
def test_the_database_refuses_a_row_that_begins_elsewhere() -> None:
    for state in ({"state": "submitted"}, {"state_seq": 1}, {"state": "agreed", "state_seq": 1}):
        with pytest.raises(IntegrityError, match="first state"), transaction.atomic():
            make(**state)


@pytest.mark.parametrize("model", [TransitionRow, AuditEntry, Approval])
@pytest.mark.django_db
def test_the_database_refuses_to_change_or_delete_what_was_written(model: Any) -> None:
    request = make()
    lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)
    lifecycle.perform(REQUEST, request, "agree", funder("khm"), NOW)
    rows = model._base_manager.all()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        rows.update(actor="somebody else")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        rows._raw_delete(rows.db)


@pytest.mark.django_db
def test_a_lost_trigger_is_missed_and_comes_back() -> None:
    with triggers.lifted():
        gone = triggers.missing()
        assert any("lifecycle_app_request" in name for name in gone)
        assert any("infra_auditentry" in name for name in gone)
    assert triggers.missing() == []


@pytest.mark.django_db(transaction=True)
def test_a_table_that_triggers_name_can_be_migrated() -> None:
    """SQLite builds such a table anew, and refuses while a trigger elsewhere names it."""
    lifecycle.perform(REQUEST, make(), "submit", SOKHA, NOW)
    ours = apps.get_app_config("infra")
    narrow = TransitionRow._meta.get_field("event")
    wide = CharField(max_length=40)
    wide.set_attributes_from_name("event")

    triggers.before_migrate(app_config=ours, using="default", plan=[])
    assert triggers.missing() == [], "nothing to migrate, nothing to drop"
    triggers.before_migrate(app_config=ours, using="default", plan=["something"])
    assert triggers.missing()
    with connection.schema_editor() as editor:
        editor.alter_field(TransitionRow, narrow, wide)
    with connection.schema_editor() as editor:
        editor.alter_field(TransitionRow, wide, narrow)
    triggers.after_migrate(app_config=ours, using="default")

    assert triggers.missing() == []
    assert steps() == [(1, "submit", "open", "submitted")]
    with pytest.raises(IntegrityError):
        Request.objects.update(state="open")


# Parties ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_step_that_parties_must_agree_to_waits_for_the_last_of_them() -> None:
    request = make()
    lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)

    first = lifecycle.perform(REQUEST, request, "agree", funder("khm"), NOW)
    assert (first.moved, first.waiting_for, request.state) == (False, ("tha",), "submitted")
    again = lifecycle.perform(REQUEST, request, "agree", funder("khm"), NOW)
    assert again.waiting_for == ("tha",)
    assert Approval.objects.count() == 1, "a party has one voice"
    with pytest.raises(NotPermitted):
        lifecycle.perform(REQUEST, request, "agree", SOKHA, NOW)
    prospect = {p.transition.event: p for p in lifecycle.prospects(REQUEST, request, SOKHA, NOW)}
    assert prospect["agree"].approved == ("khm",)

    last = lifecycle.perform(REQUEST, request, "agree", funder("tha"), NOW)
    assert (last.moved, request.state) == (True, "agreed")


@pytest.mark.django_db
def test_a_yes_holds_for_one_round_only() -> None:
    request = make()
    lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)
    lifecycle.perform(REQUEST, request, "agree", funder("khm"), NOW)
    lifecycle.perform(REQUEST, request, "reopen", DARA, NOW)
    lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)

    outcome = lifecycle.perform(REQUEST, request, "agree", funder("tha"), NOW)

    assert outcome.waiting_for == ("khm",), "what changed in between must be agreed to anew"


@pytest.mark.django_db
def test_who_speaks_for_two_parties_says_for_which() -> None:
    request = make()
    lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)
    both = Actor("both", roles=funder("khm").roles | funder("tha").roles)

    with pytest.raises(NotPermitted, match="several"):
        lifecycle.perform(REQUEST, request, "agree", both, NOW)
    lifecycle.perform(REQUEST, request, "agree", both, NOW, party="khm")
    assert lifecycle.perform(REQUEST, request, "agree", both, NOW, party="tha").moved


# The clock -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_node_acts_at_the_instant_and_not_before() -> None:
    request = make(closes_at=NOW + HOUR)
    lifecycle.schedule(REQUEST, request, NOW)

    with pytest.raises(Refused, match="not before"):
        lifecycle.perform(REQUEST, request, "close", SYSTEM, NOW)
    assert jobs.run_all_due(NOW + HOUR - timedelta(seconds=1)) == 0
    assert jobs.run_all_due(NOW + HOUR) == 1

    assert Request.objects.get().state == "closed"
    assert steps() == [(1, "close", "open", "closed")]
    assert TransitionRow.objects.get().actor == SYSTEM.id
    assert Timer.objects.count() == 0


@pytest.mark.django_db
def test_a_late_worker_admits_nobody() -> None:
    request = make(closes_at=NOW + HOUR)

    with pytest.raises(Refused) as refused:
        lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW + HOUR)

    assert [reason.code for reason in refused.value.refusals] == ["wrong_state"]
    assert Request.objects.get().state == "closed", "what was due has happened first"
    assert lifecycle.perform(REQUEST, make("r2", closes_at=NOW + HOUR), "submit", SOKHA, NOW).moved


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.django_db
def test_a_moved_deadline_moves_the_timer(told: bool) -> None:
    request = make(closes_at=NOW + HOUR)
    lifecycle.schedule(REQUEST, request, NOW)
    request.closes_at = NOW + 3 * HOUR
    request.save()
    if told:
        lifecycle.schedule(REQUEST, request, NOW)

    jobs.run_all_due(NOW + HOUR)
    assert Request.objects.get().state == "open"
    jobs.run_all_due(NOW + 3 * HOUR)
    assert Request.objects.get().state == "closed"


@pytest.mark.django_db
def test_a_timer_of_what_has_moved_on_does_nothing() -> None:
    request = make(closes_at=NOW + HOUR)
    lifecycle.schedule(REQUEST, request, NOW)
    lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)

    jobs.run_all_due(NOW + HOUR)
    assert Request.objects.get().state == "submitted"
    assert not Job.objects.exclude(state=Job.DONE).exists()

    Request.objects.update(closes_at=NOW + 2 * HOUR)
    lifecycle.perform(REQUEST, request, "reopen", DARA, NOW + HOUR)
    assert Timer.objects.get().due_at == NOW + 2 * HOUR, "back in the state, the clock runs again"


# Many ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_batch_moves_whom_it_may_and_names_the_others() -> None:
    Request.objects.bulk_create(
        Request(id=f"r{n}", title="" if n % 10 == 0 else "Sequencer") for n in range(200)
    )
    objs = list(Request.objects.order_by("key"))
    gone = Request(key=10**9, id="gone")

    with CaptureQueriesContext(connection) as queries:
        batch = lifecycle.perform_many(REQUEST, [*objs, gone], "submit", SOKHA, NOW)

    assert len(batch.moved) == 180
    assert len(batch.refused) == 21
    assert isinstance(batch.refused[0][1], NotFound)
    assert Request.objects.filter(state="submitted", state_seq=1).count() == 180
    assert len(queries) < 20
    report = audit.Report()
    assert list(audit.verify(report)) == []
    assert report.entries == 180


@pytest.mark.django_db
def test_a_batch_meets_what_came_due() -> None:
    late, early = make("late", closes_at=NOW - HOUR), make("early", closes_at=NOW + HOUR)

    batch = lifecycle.perform_many(REQUEST, [late, early], "submit", SOKHA, NOW)

    assert [outcome.object_id for outcome in batch.moved] == ["early"]
    assert Request.objects.get(id="late").state == "closed"


@pytest.mark.django_db
def test_a_rebuilt_thing_comes_in_with_its_state_and_goes_on() -> None:
    seqs = lifecycle.admit_many(
        REQUEST, {"r1": "submitted", "r2": "agreed"}, "rebuild", SYSTEM, NOW
    )
    request = make("r1", state="submitted", state_seq=seqs["r1"])
    make("r2", state="agreed", state_seq=seqs["r2"])

    lifecycle.perform(REQUEST, request, "reopen", DARA, NOW)

    assert steps() == [(1, "rebuild", "", "submitted"), (2, "reopen", "submitted", "open")]


@pytest.mark.django_db
def test_a_thing_that_comes_in_again_counts_on() -> None:
    request = make()
    lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)
    request.delete()

    seqs = lifecycle.admit_many(REQUEST, {"r1": "submitted"}, "restore", SYSTEM, NOW)

    assert seqs == {"r1": 2}
    make("r1", state="submitted", state_seq=2)


# Questions -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_outlook_says_what_who_and_by_when() -> None:
    request = make(title="", closes_at=NOW + HOUR)

    submit, close = lifecycle.prospects(REQUEST, request, SOKHA, NOW)

    assert not submit.possible
    assert [reason.code for reason in submit.refusals] == ["no_title"]
    assert close.due_at == NOW + HOUR
    assert not lifecycle.prospects(REQUEST, request, ANONYMOUS, NOW)[0].decision


@pytest.mark.django_db
def test_a_step_for_keepers_is_not_in_everybodys_history() -> None:
    request = make()
    lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)
    lifecycle.perform(REQUEST, request, "reopen", DARA, NOW)

    assert [step.event for step in lifecycle.history(REQUEST, "r1")] == ["submit"]
    assert len(lifecycle.history(REQUEST, "r1", ["keepers"])) == 2


@pytest.mark.django_db
def test_an_erased_note_leaves_the_chain_provable() -> None:
    request = make()
    lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW, note="For Mr Chan.")

    assert audit.erase("sokha", actor=DARA, now=NOW) == 1

    assert lifecycle.history(REQUEST, "r1")[0].note == ""
    assert [finding.kind for finding in audit.verify()] == ["erased"]


@pytest.mark.django_db
def test_a_state_that_was_changed_behind_the_triggers_is_found() -> None:
    for name in ("r1", "r2", "r3"):
        lifecycle.perform(REQUEST, make(name), "submit", SOKHA, NOW)
    make("r4")
    assert list(lifecycle.verify()) == []

    with triggers.lifted():
        Request.objects.filter(id="r1").update(state="agreed")
        Request.objects.filter(id="r4").update(state="submitted")
        TransitionRow.objects.filter(object_id="r2").update(actor="somebody else")

    assert sorted(finding.place for finding in lifecycle.verify()) == [
        "lifecycle_app.request r1",
        "lifecycle_app.request r2 step 1",
        "lifecycle_app.request r4",
    ]
