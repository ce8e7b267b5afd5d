"""The database comes back from the files alone, and a restored one learns what it missed."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.constants import NOW
from tonle.catalogue import checks, drafts, node, rebuild, services
from tonle.catalogue.digest import digest
from tonle.catalogue.log import Verifier, head, sha256
from tonle.catalogue.models import Change, Epoch, LogHead, Pid, Record
from tonle.catalogue.publication import storage
from tonle.catalogue.tests.factories import CURATOR, DEPOSITOR, STEWARD, make_draft, make_record
from tonle.infra import triggers
from tonle.infra.server import serving
from tonle.infra.staying import staying
from tonle.kernel import canonical
from tonle.kernel.errors import Refused, TonleError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

LATER = NOW + timedelta(days=1)
REASON: dict[str, Any] = {"category": "by_author", "reason": {"en": "Wrong."}}


def _history(folder: Path) -> None:
    """Records in every state that files can tell."""
    make_record({"a.txt": b"a", "អក្សរ.txt": b"b"}, folder=folder, pids=[DOI])
    revised = make_record({"a.txt": b"c"}, folder=folder)
    for replaces in (False, True, False):
        draft = drafts.create_successor(
            record_id=revised.id, actor=CURATOR, now=LATER, replaces_files=replaces
        )
        services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)
    for act in (services.withdraw, services.purge):
        gone = make_record({"a.txt": b"d"}, folder=folder)
        act(record_id=gone.id, actor=STEWARD, now=LATER, **REASON)
    back = make_record()
    services.withdraw(record_id=back.id, actor=CURATOR, now=LATER, **REASON)
    services.reinstate(record_id=back.id, actor=CURATOR, now=LATER)
    closed = make_record({"a.txt": b"e"}, folder=folder)
    services.set_access(
        record_id=closed.id, access={"level": "restricted"}, actor=CURATOR, now=LATER
    )
    services.set_effects(
        record_id=closed.id,
        effects=[{"action": "read_files", "rule": "role", "params": {"role": "member"}}],
        actor=CURATOR,
        now=LATER,
    )


DOI = {"scheme": "doi", "value": "10.5555/rebuilt"}


def empty_database() -> None:
    with triggers.lifted():
        call_command("flush", interactive=False, verbosity=0)


def _rows() -> list[tuple[Any, ...]]:
    """What a reader could tell apart, beside the digest."""
    names = ["id", "kind", "state", "published_at", "updated_at", "version", "revision"]
    names += ["access_level", "source_key", "ocfl_version", "ocfl_digest"]
    return list(Record.objects.order_by("id").values_list(*names))


def test_everything_published_comes_back_as_it_was(tmp_path: Path) -> None:
    _history(tmp_path)
    before, rows, origin = digest(), _rows(), head().origin.id
    make_draft(actor=DEPOSITOR)
    node.seal_log(LATER)
    last = head()
    empty_database()

    report = rebuild.rebuild(LATER)

    assert (report.records, report.damaged) == (len(rows), [])
    assert digest() == before
    assert _rows() == rows
    assert Pid.objects.get().value == DOI["value"]
    assert head().origin.id == origin
    statement = canonical.loads(bytes(Epoch.objects.get().statement))
    assert statement["last"] == {"epoch": 1, "seq": last.seq, "hash": last.hash}
    assert (statement["epoch"], statement["reason"]) == (2, "rebuild")
    assert list(Verifier().findings()) == []
    assert not any(section.findings for section in checks.sections(files=True))


def test_a_second_rebuild_never_gives_an_epoch_number_twice(tmp_path: Path) -> None:
    """Two entries of one (origin, epoch, seq) would fork the chain that others verify."""
    make_record({"a.txt": b"a"}, folder=tmp_path)
    node.seal_log(LATER)
    empty_database()
    rebuild.rebuild(LATER)
    first = bytes(Epoch.objects.get().statement)
    empty_database()

    rebuild.rebuild(LATER)

    statement = canonical.loads(bytes(Epoch.objects.get().statement))
    assert statement["epoch"] == 3
    assert statement["last"] == {"epoch": 2, "seq": 0, "hash": sha256(first)}
    known = node.read(storage())
    assert known is not None
    assert [epoch["epoch"] for epoch in known["epochs"]] == [1, 2, 3]


def test_a_rebuilt_record_goes_on_with_its_next_version(tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path)
    empty_database()
    rebuild.rebuild(LATER)

    draft = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=LATER, replaces_files=True
    )
    services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)

    assert Record.objects.get(id=record.id).version == 2


def test_a_database_with_records_is_not_rebuilt_over() -> None:
    make_record()

    with pytest.raises(rebuild.NotEmpty):
        rebuild.rebuild(LATER)

    assert Change.objects.count() == 1


def test_a_node_whose_database_is_gone_is_not_given_a_new_name() -> None:
    make_record()
    empty_database()

    with pytest.raises(node.DatabaseMissing):
        node.establish(LATER)
    with pytest.raises(Refused, match="database is empty"):
        serving.serve()

    assert not LogHead.objects.exists()


def test_a_damaged_object_is_named_and_keeps_no_other_back(tmp_path: Path, home: Path) -> None:
    broken, sound = make_record(), make_record()
    place = next(home.glob(f"ocfl/*/*/tonle%3a{broken.id}"))
    (place / "inventory.json").write_text("{}", encoding="utf-8")
    (place / "v1" / "inventory.json").write_text("{}", encoding="utf-8")
    empty_database()

    report = rebuild.rebuild(LATER)

    assert [name for name, _ in report.damaged] in (
        [f"tonle:{broken.id}"],
        [str(place.relative_to(home / "ocfl"))],
    )
    assert Record.objects.get().id == sound.id


def test_a_restored_node_adopts_what_was_published_after_its_backup(
    tmp_path: Path, home: Path
) -> None:
    """As `tonle restore` leaves it: rows of yesterday beside files of today."""
    kept = make_record({"a.txt": b"a"}, folder=tmp_path)
    withdrawn = make_record()
    rows_of_yesterday = Record.objects.get(id=withdrawn.id)
    services.withdraw(record_id=withdrawn.id, actor=CURATOR, now=LATER, **REASON)
    later = make_record({"b.txt": b"b"}, folder=tmp_path)
    before = digest()
    _go_back(later, rows_of_yesterday)
    (home / rebuild.RESTORED).write_text(json.dumps({}), encoding="utf-8")

    report = rebuild.reconcile(LATER)

    assert report is not None
    assert (report.records, report.earlier) == (2, 1)
    assert digest() == before
    assert Record.objects.get(id=kept.id).version == 1
    assert head().epoch == 2
    assert rebuild.reconcile(LATER) is None


def _go_back(later: Record, yesterday: Record) -> None:
    """Rows as the backup has them: one record unknown, one still published."""
    with triggers.lifted():
        Record.objects.filter(id=later.id).update(document=None, state="reserved")
        Record.objects.get(id=later.id).versions.all().delete()
        Record.objects.get(id=later.id).delete()
        Record.objects.filter(id=yesterday.id).update(
            state="published",
            state_seq=yesterday.state_seq,
            document=yesterday.document,
            ocfl_version=yesterday.ocfl_version,
            ocfl_digest=yesterday.ocfl_digest,
        )
        from tonle.infra.models import TransitionRow

        TransitionRow.objects.filter(object_id=yesterday.id, event="withdraw").delete()
        TransitionRow.objects.filter(object_id=later.id).delete()


def test_an_interrupted_rebuild_is_finished_before_the_node_is_shown(home: Path) -> None:
    make_record()
    empty_database()
    (home / "rebuild-unfinished").touch()

    from tonle.catalogue.commands import _establish

    with pytest.raises(TonleError, match="rebuild"):
        _establish(LATER)
    with pytest.raises(Refused, match="rebuild"):
        serving.serve()
    rebuild.rebuild(LATER)
    assert not rebuild.unfinished()
    assert Record.objects.count() == 1


def test_one_backup_restored_twice_opens_two_epochs(home: Path) -> None:
    make_record()
    node.seal_log(NOW)
    for _ in range(2):
        (home / rebuild.RESTORED).write_text("{}", encoding="utf-8")
        rebuild.reconcile(LATER)
        # The second restore brings back rows that know nothing of the first.
        Epoch.objects.filter(number__gt=1).delete()
        LogHead.objects.update(epoch=1)

    described = node.read(storage())
    assert described is not None
    assert [epoch["epoch"] for epoch in described["epochs"]] == [1, 2, 3]


def test_what_is_sealed_is_sealed_once() -> None:
    make_record()

    assert (node.seal_log(NOW), node.seal_log(NOW)) == (1, 0)
    make_record()
    node.open_next_epoch("restore", NOW)
    make_record()
    assert node.seal_log(NOW) == 2


def test_files_that_no_draft_names_are_swept_after_a_day(tmp_path: Path, home: Path) -> None:
    from tonle.catalogue import files

    draft = make_draft({"kept.txt": b"a"}, folder=tmp_path)
    lost = home / "drafts" / "aa" / "lost"
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"b")
    for path in (home / "drafts").glob("*/*"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    assert files.sweep(NOW) == 0
    assert files.sweep(LATER) == 1
    assert not lost.exists()
    assert (home / "drafts" / draft.files.get().path).exists()


def test_a_check_says_which_drafts_lost_their_bytes(tmp_path: Path, home: Path) -> None:
    draft = make_draft(dict.fromkeys(("whole", "gone", "cut", "changed"), b"abc"), folder=tmp_path)
    paths = {file.name: home / "drafts" / file.path for file in draft.files.all()}
    paths["gone"].unlink()
    paths["cut"].write_bytes(b"ab")
    paths["changed"].write_bytes(b"abd")

    def said(*, files: bool) -> list[str]:
        found = next(one for one in checks.sections(files=files) if one.name == "drafts")
        return [finding.removeprefix(f"draft {draft.id}: ") for finding in found.findings]

    assert said(files=False) == ["gone: it cannot be read", "cut: it has another size"]
    assert said(files=True) == [*said(files=False), "changed: its bytes were changed"]


def test_what_is_taken_out_while_a_backup_runs_goes_later(tmp_path: Path, home: Path) -> None:
    from tonle.catalogue import files

    draft = make_draft({"a.txt": b"a", "b.txt": b"b"}, folder=tmp_path)
    paths = {file.name: home / "drafts" / file.path for file in draft.files.all()}
    with staying(home):
        for name in paths:
            drafts.remove_file(draft_id=draft.id, name=name, actor=DEPOSITOR, now=NOW)
        assert files.sweep(LATER) == 0
        assert all(path.exists() for path in paths.values())

    for path in paths.values():
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert files.sweep(LATER) == 2
    assert not any(path.exists() for path in paths.values())


def test_a_clock_set_forward_makes_nobody_lose_what_is_being_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stage and the upload of a minute ago look three days old."""
    import os
    from datetime import timedelta

    from tonle.catalogue import tasks
    from tonle.infra import clock

    upload, stage = home / "drafts" / "aa" / "coming", home / "staging" / f"object-{'0' * 24}"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"b")
    stage.mkdir()
    now, (wall, steady) = clock.now(), clock._began
    for path in (upload, stage):
        os.utime(path, ((now - timedelta(days=3)).timestamp(),) * 2)

    monkeypatch.setattr(clock, "_began", (wall - timedelta(days=3), steady))
    tasks.recover(None, now)  # type: ignore[arg-type] # It asks nothing of its run.
    assert upload.exists()
    assert stage.exists()
    monkeypatch.setattr(clock, "_began", (wall, steady))
    tasks.recover(None, now)  # type: ignore[arg-type] # As above.
    assert not upload.exists()
    assert not stage.exists()
