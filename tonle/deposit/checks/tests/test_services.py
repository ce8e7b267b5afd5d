"""Reading files in the background, and what depositors decide about what was found."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from tests.constants import NOW
from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import CURATOR, DEPOSITOR, make_draft, make_record
from tonle.deposit import checks, curation
from tonle.deposit.checks import services
from tonle.deposit.checks.models import FileCheck, PersonalFinding
from tonle.deposit.checks.selectors import Summary
from tonle.deposit.checks.tests import samples
from tonle.infra import audit, jobs
from tonle.infra.models import AuditEntry, Job
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import Invalid, NotFound
from tonle.people.tests.factories import account, actor

# What is asked of the database has tests of its own on both.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PLOTS = samples.csv_text(*samples.PEOPLE["English"][:2]).encode()


@pytest.fixture
def sokha() -> Actor:
    return actor(account("sokha"))


def put(draft: catalogue.Draft, who: Actor, folder: Path, name: str, data: bytes) -> None:
    path = folder / "upload"
    path.write_bytes(data)
    catalogue.add_file(draft_id=draft.id, file=catalogue.NewFile(name, path), actor=who, now=NOW)


def read(draft: catalogue.Draft) -> Summary:
    """Let the background do its work, then ask."""
    jobs.run_all_due(NOW + timedelta(minutes=1))
    return checks.summary(draft.id)


def of(summary: Summary, kind: str) -> str:
    return next(one.id for file in summary.files for one in file.found if one.kind == kind)


def test_a_file_is_read_in_the_background_once_it_is_there(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    waiting = checks.summary(draft.id)
    assert (waiting.unread, waiting.open) == (1, 0)
    assert [r.code for r in checks.undecided(draft.id)] == ["checks_running"]

    found = read(draft)

    assert found.unread == 0
    assert {one.kind for file in found.files for one in file.found} == {
        "person_name", "exact_position", "email",
    }  # fmt: skip
    assert [r.code for r in checks.undecided(draft.id)] == ["findings_open"]


def test_nothing_stored_is_somebody_s(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    read(draft)
    stored = " ".join(
        f"{row.where} {row.mask} {row.columns}" for row in PersonalFinding.objects.all()
    )
    for row in samples.PEOPLE["English"][1]:
        assert not any(cell in stored for cell in row if len(cell) > 4)


def test_another_file_under_the_name_is_read_anew_and_the_old_findings_are_history(
    home: Path, sokha: Actor
) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    read(draft)
    put(draft, sokha, home, "plots.csv", b"plot,yield\n1,2.5\n")
    after = read(draft)

    assert (after.unread, after.open) == (0, 0)
    assert [file.found for file in after.files] == [()]
    assert {one.decision for file in after.gone for one in file.found} == {"removed"}


def test_a_renamed_file_is_not_read_again_and_its_decisions_stay(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    before = read(draft)
    services.keep(
        draft_id=draft.id, finding_ids=[of(before, "email")], reason="They agreed.",
        actor=sokha, now=NOW, key=None,
    )  # fmt: skip
    catalogue.rename_file(draft_id=draft.id, name="plots.csv", to="all.csv", actor=sokha, now=NOW)
    after = read(draft)

    assert [file.name for file in after.files] == ["all.csv"]
    assert (after.open, after.decided) == (before.open - 1, 1)


def test_keeping_needs_a_reason_which_is_kept_beside_the_chain(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    finding = of(read(draft), "email")
    with pytest.raises(Invalid):
        services.keep(
            draft_id=draft.id, finding_ids=[finding], reason="  ", actor=sokha, now=NOW, key=None
        )
    for _ in range(2):
        services.keep(
            draft_id=draft.id, finding_ids=[finding], reason="All five agreed in writing.",
            actor=sokha, now=NOW, key="once",
        )  # fmt: skip

    entries = AuditEntry.objects.filter(action="deposit.finding_kept")
    assert entries.count() == 1
    assert audit.personal([entries.get().pk])[entries.get().pk] == {
        "reason": "All five agreed in writing."
    }
    view = next(
        one for file in checks.summary(draft.id).files for one in file.found if one.id == finding
    )
    assert (view.decision, view.reason, view.open) == (
        "kept", "All five agreed in writing.", False,
    )  # fmt: skip


def test_restricting_sets_the_access_and_lifting_it_opens_the_question_again(
    home: Path, sokha: Actor
) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    read(draft)
    services.restrict(draft_id=draft.id, actor=sokha, now=NOW, key=None)
    view = catalogue.draft_view(draft_id=draft.id, actor=sokha, now=NOW)
    assert view.document["access"]["level"] == "restricted"
    assert checks.undecided(draft.id) == ()

    catalogue.edit_draft(
        draft_id=draft.id,
        document={**view.document, "access": {"level": "open"}},
        actor=sokha,
        now=NOW,
    )
    assert [r.code for r in checks.undecided(draft.id)] == ["findings_open"]


def test_a_coarse_copy_comes_beside_the_file_and_replaces_it_only_when_told(
    home: Path, sokha: Actor
) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    check = read(draft).files[0]
    assert check.copies == ("tenth", "hundredth")
    services.ask_copy(
        draft_id=draft.id, check_id=check.id, how="hundredth", actor=sokha, now=NOW, key=None
    )
    offered = read(draft)

    assert sorted(file.name for file in offered.files) == ["plots-coarse.csv", "plots.csv"]
    file, path = catalogue.draft_file(
        draft_id=draft.id, name="plots-coarse.csv", actor=sokha, now=NOW
    )
    assert isinstance(path, Path)
    assert "11.50,104.90" in path.read_text() or "11.5" in path.read_text()
    assert not any(
        one.kind == "exact_position"
        for view in offered.files
        if view.name == file.name
        for one in view.found
    )

    services.take_copy(draft_id=draft.id, check_id=check.id, actor=sokha, now=NOW, key="t")
    services.take_copy(draft_id=draft.id, check_id=check.id, actor=sokha, now=NOW, key="t")
    after = read(draft)
    assert [view.name for view in after.files] == ["plots-coarse.csv"]
    decisions = {one.kind: one.decision for view in after.gone for one in view.found}
    assert decisions == {
        "exact_position": "coarsened", "person_name": "removed", "email": "removed",
    }  # fmt: skip


def test_a_photograph_is_cleaned_the_same_way(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "field.jpg", samples.jpeg())
    check = read(draft).files[0]
    assert check.copies == ("clean",)
    services.ask_copy(
        draft_id=draft.id, check_id=check.id, how="clean", actor=sokha, now=NOW, key=None
    )
    read(draft)
    services.take_copy(draft_id=draft.id, check_id=check.id, actor=sokha, now=NOW, key=None)
    assert [view.name for view in read(draft).files] == ["field-clean.jpg"]
    assert checks.undecided(draft.id) == ()


def test_a_copy_can_be_dropped_again(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    check = read(draft).files[0]
    services.ask_copy(
        draft_id=draft.id, check_id=check.id, how="tenth", actor=sokha, now=NOW, key=None
    )
    read(draft)
    services.drop_copy(draft_id=draft.id, check_id=check.id, actor=sokha, now=NOW, key=None)
    assert [view.name for view in read(draft).files] == ["plots.csv"]


def test_what_cannot_be_copied_says_so_and_leaves_nothing_behind(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "broken.jpg", samples.jpeg()[:-60])
    check = read(draft).files[0]
    services.ask_copy(
        draft_id=draft.id, check_id=check.id, how="clean", actor=sokha, now=NOW, key=None
    )
    assert read(draft).files[0].copy_state == "impossible"
    assert list((home / "drafts" / "incoming").glob("*")) == []


def test_hidden_and_absent_are_one(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    summary = read(draft)
    for who, draft_id, finding in (
        (DEPOSITOR, draft.id, of(summary, "email")),
        (sokha, "bcdfghjkmnpqrst", of(summary, "email")),
        (sokha, draft.id, "bcdfghjkmnpqrst"),
    ):
        with pytest.raises(NotFound):
            services.keep(
                draft_id=draft_id, finding_ids=[finding], reason="x", actor=who, now=NOW, key=None
            )
        with pytest.raises(NotFound):
            services.remove(draft_id=draft_id, check_id=finding, actor=who, now=NOW, key=None)


def test_a_reader_that_dies_thrice_is_told_and_stops_nobody(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    services.sync(draft.id, NOW)
    check = FileCheck.objects.get()
    run = jobs.Run(
        id=0, name=services.READ_JOB, payload={"check": check.id}, progress=None,
        attempt=3, token=1, lease_seconds=60, now=lambda: NOW,
    )  # fmt: skip
    run.complete = lambda: None  # type: ignore[method-assign] # There is no job row behind it.
    services._read_job(run, NOW)

    assert [file.notes for file in checks.summary(draft.id).files] != [()]
    assert checks.undecided(draft.id) == ()


def test_another_ending_makes_no_finding_go(home: Path, sokha: Actor) -> None:
    draft = make_draft(actor=sokha)
    put(draft, sokha, home, "plots.csv", PLOTS)
    read(draft)
    catalogue.rename_file(draft_id=draft.id, name="plots.csv", to="plots.bin", actor=sokha, now=NOW)

    assert read(draft).open
    assert [r.code for r in checks.undecided(draft.id)] == ["findings_open"]


def published(record_folder: Path, who: Actor) -> tuple[str, str]:
    """(record, draft) of a published dataset whose plots.csv names people, kept with a reason."""
    draft = make_draft(actor=who)
    put(draft, who, record_folder, "plots.csv", PLOTS)
    found = read(draft)
    ids = [one.id for file in found.files for one in file.found if one.open]
    services.keep(
        draft_id=draft.id, finding_ids=ids, reason="All agreed.", actor=who, now=NOW, key=None
    )
    catalogue.publish(draft_id=draft.id, actor=SYSTEM, now=NOW)
    return draft.record.id, draft.id


def test_a_version_takes_over_what_was_found_and_decided(home: Path) -> None:
    record, _draft = published(home, CURATOR)
    following = curation.start_next(record_id=record, replaces_files=True, actor=CURATOR, now=NOW)
    now = checks.summary(following.id)

    assert now.unread == 0
    assert {(one.decision, one.reason) for file in now.files for one in file.found} == {
        ("kept", "All agreed.")
    }
    assert checks.undecided(following.id) == ()
    assert not Job.objects.filter(name=services.READ_JOB, finished_at=None).exists()


def test_a_restriction_that_no_longer_holds_is_asked_about_again(home: Path) -> None:
    record, draft = published(home, CURATOR)
    PersonalFinding.objects.filter(check_of__draft__id=draft).update(decision="restricted")
    following = curation.start_next(record_id=record, replaces_files=False, actor=CURATOR, now=NOW)
    assert [r.code for r in checks.undecided(following.id)] == ["findings_open"]


def test_files_of_a_version_that_nobody_looked_into_are_read(home: Path) -> None:
    record = make_record({"plots.csv": PLOTS}, folder=home)
    following = curation.start_next(
        record_id=record.id, replaces_files=True, actor=CURATOR, now=NOW
    )
    assert [r.code for r in checks.undecided(following.id)] == ["checks_running"]

    jobs.run_all_due(NOW + timedelta(minutes=1))
    assert [r.code for r in checks.undecided(following.id)] == ["findings_open"]


@pytest.mark.parametrize("name", ["again.csv", "again.bin"])
def test_another_name_hides_nobody(home: Path, name: str) -> None:
    record, draft = published(home, CURATOR)
    PersonalFinding.objects.filter(check_of__draft__id=draft).update(decision="")
    following = curation.start_next(record_id=record, replaces_files=True, actor=CURATOR, now=NOW)
    catalogue.rename_file(draft_id=following.id, name="plots.csv", to=name, actor=CURATOR, now=NOW)
    jobs.run_all_due(NOW + timedelta(minutes=1))

    found = checks.summary(following.id)
    assert [file.name for file in found.files] == [name]
    assert [r.code for r in checks.undecided(following.id)] == ["findings_open"]


def test_another_file_under_the_name_of_the_version_before_is_read(home: Path) -> None:
    record, _draft = published(home, CURATOR)
    following = curation.start_next(record_id=record, replaces_files=True, actor=CURATOR, now=NOW)
    put(following.draft, CURATOR, home, "plots.csv", PLOTS + PLOTS)
    assert [r.code for r in checks.undecided(following.id)] == ["checks_running"]
    jobs.run_all_due(NOW + timedelta(minutes=1))

    assert [r.code for r in checks.undecided(following.id)] == ["findings_open"]


def test_drafts_that_lay_unread_are_caught_up_with(home: Path) -> None:
    record = make_record({"plots.csv": PLOTS}, folder=home)
    draft = catalogue.create_successor(
        record_id=record.id, actor=CURATOR, now=NOW, replaces_files=True
    )
    assert [r.code for r in checks.undecided(draft.id)] == ["checks_running"]
    services._catch_up(None, NOW + timedelta(hours=2))  # type: ignore[arg-type] # It asks nothing of the run.
    jobs.run_all_due(NOW + timedelta(hours=3))

    assert [r.code for r in checks.undecided(draft.id)] == ["findings_open"]


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_have_a_file_read_once(home: Path, sokha: Actor) -> None:
    draft = make_draft({"plots.csv": PLOTS}, folder=home, actor=sokha)

    def sync() -> None:
        try:
            services.sync(draft.id, NOW)
        finally:
            connections.close_all()

    askers = [threading.Thread(target=sync) for _ in range(3)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    assert FileCheck.objects.count() == 1
    assert Job.objects.filter(name=services.READ_JOB).count() == 1


def test_a_worker_that_was_stopped_midway_reads_the_file_again(home: Path, sokha: Actor) -> None:
    """Delivered twice, a file is read twice and its findings are there once."""
    draft = make_draft({"plots.csv": PLOTS}, folder=home, actor=sokha)
    services.sync(draft.id, NOW)
    FileCheck.objects.update(state=FileCheck.RUNNING, rows=3)
    once = read(draft)
    services.read_now(draft.id, NOW)
    again = checks.summary(draft.id)
    assert once.open == again.open == PersonalFinding.objects.count()
