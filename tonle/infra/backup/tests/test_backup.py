"""A node that was backed up can be had again, whole, from wherever a crash left the work."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.constants import NOW
from tonle.infra import crash
from tonle.infra.backup import (
    BackupDamaged,
    LaterBackup,
    NodeNotEmpty,
    NotABackup,
    OtherDatabase,
    OthersBackups,
    backup,
    backups,
    databases,
    mend,
    restore,
    verify,
)
from tonle.infra.backup import manifest as manifests
from tonle.infra.backup.tests import child
from tonle.infra.backup.tests.nodes import (
    MANY,
    USER,
    database_name,
    empty_database,
    make_node,
    node_in,
    put,
    root_of,
    rows,
    tree,
)
from tonle.infra.ocfl import Request
from tonle.infra.ocfl.tests.helpers import assert_sound
from tonle.infra.staying import may_go, staying

# A restore closes Django's connection, which cannot be inside a test's transaction then.
restoring = pytest.mark.django_db(transaction=True)
reading = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_node(tmp_path / "node")
    return tmp_path / "node"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@restoring
def test_a_restored_node_has_the_same_rows_keys_and_files(
    data: Path, store: Path, tmp_path: Path
) -> None:
    ContentType.objects.create(app_label="water", model="ទឹក")
    before = rows(data)
    made = backup(store, NOW, node=node_in(data))
    assert made.problems == ()
    assert list(verify(made.path)) == []

    with empty_database(tmp_path / "new"):
        restore(made.path, node=node_in(tmp_path / "new"), now=NOW)
        assert rows(tmp_path / "new") == before
        if connection.vendor != "sqlite":
            # Numbers go on behind the restored rows.
            assert ContentType.objects.create(app_label="a", model="b").pk > len(before)

    assert tree(tmp_path / "new" / "ocfl") == tree(data / "ocfl")
    assert tree(tmp_path / "new" / "keys") == {"secret_key": b"secret"}
    assert (tmp_path / "new" / "restored.json").exists()
    assert not (tmp_path / "new" / "restoring.json").exists()
    assert_sound(root_of(tmp_path / "new"))


@restoring
def test_what_is_staged_for_an_open_intent_can_be_placed_after_a_restore(
    data: Path, store: Path, tmp_path: Path
) -> None:
    root = root_of(data)
    new = root.stage(Request("tonle:new", None, {"a": b"1"}, "", USER, NOW))
    more = root.stage(Request(MANY[1], root.head(MANY[1]), {"a": b"2"}, "", USER, NOW))
    made = backup(store, NOW, node=node_in(data))

    with empty_database(tmp_path / "new"):
        restore(made.path, node=node_in(tmp_path / "new"), now=NOW)

    restored = root_of(tmp_path / "new")
    assert restored.place_many([new, more]) == [None, None]
    assert restored.read("tonle:new", 1, "a").read_bytes() == b"1"
    assert restored.read(MANY[1], 2, "a").read_bytes() == b"2"
    assert_sound(restored)


@reading
def test_the_second_backup_copies_only_new_versions(data: Path, store: Path) -> None:
    first = backup(store, NOW, node=node_in(data))
    assert (first.objects, first.versions_copied) == (5, 6)
    put(data, MANY[3], {"record.json": b"changed"})
    second = backup(store, NOW + DAY, node=node_in(data))
    assert (second.objects, second.versions_copied) == (5, 1)
    assert list(verify(first.path)) == list(verify(second.path)) == []


@reading
def test_old_backups_go_and_take_purged_bytes_with_them(data: Path, store: Path) -> None:
    backup(store, NOW, node=node_in(data))
    root_of(data).purge(MANY[0], logical_paths=["ទឹក.csv"], message="Order.", user=USER, created=NOW)
    made = backup(store, NOW + DAY, node=node_in(data))
    assert len(backups(store)) == 2
    assert all(list(verify(path)) == [] for path in backups(store))

    newest = backup(store, NOW + 2 * DAY, node=node_in(data), keep=2)

    assert backups(store) == [made.path, newest.path]
    kept = next(k for k in manifests.objects(newest.path) if k.id == MANY[0])
    held = tree(store / "objects" / kept.object)
    assert b"1\n" not in held.values()
    assert all(list(verify(path)) == [] for path in backups(store))


@reading
def test_a_damaged_object_is_named_and_kept_from_before(
    data: Path, store: Path, tmp_path: Path
) -> None:
    backup(store, NOW, node=node_in(data))
    put(data, MANY[2], {"record.json": b"new"})
    damaged = root_of(data).read(MANY[2], 2, "record.json")
    damaged.chmod(0o644)
    damaged.write_bytes(b"bad")

    made = backup(store, NOW + DAY, node=node_in(data))

    assert [problem.object for problem in made.problems] == [
        str(root_of(data).object_path(MANY[2]).relative_to(data / "ocfl"))
    ]
    assert list(verify(made.path)) == []
    assert made.objects == 5


@reading
def test_what_the_pool_lost_is_copied_anew_from_the_node(data: Path, store: Path) -> None:
    first = backup(store, NOW, node=node_in(data))
    rotten, gone = sorted((store / "objects").rglob("record.json"))[:2]
    whole = {rotten: rotten.read_bytes(), gone: gone.read_bytes()}
    rotten.chmod(0o644)
    rotten.write_bytes(b"rotten")
    gone.unlink()
    later = backup(store, NOW + DAY, node=node_in(data))
    named = [str(path.relative_to(store / "objects")) for path in (rotten, gone)]
    assert sorted(verify(first.path)) == sorted(verify(later.path)) == named

    mend(later.path, node=node_in(data))

    assert list(verify(first.path)) == list(verify(later.path)) == []
    assert {path: path.read_bytes() for path in whole} == whole


@reading
def test_what_neither_the_node_nor_the_pool_holds_stays_as_it_is(data: Path, store: Path) -> None:
    made = backup(store, NOW, node=node_in(data))
    rotten = next((store / "objects").rglob("record.json"))
    rotten.chmod(0o644)
    rotten.write_bytes(b"rotten")
    held = tree(store / "objects")
    for path in (data / "ocfl").rglob("record.json"):
        path.chmod(0o644)
        path.write_bytes(b"rotten, too")

    mend(made.path, node=node_in(data))

    assert {name: held[name] for name in held if not name.startswith("part/")} == {
        name: data for name, data in tree(store / "objects").items() if not name.startswith("part/")
    }
    assert len(list(verify(made.path))) == 1


@reading
def test_bytes_stay_from_the_rows_until_drafts_are_copied(
    data: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments: list[tuple[str, bool]] = []

    def note(name: str) -> None:
        with may_go(data) as free:
            moments.append((name, free))

    def dump(folder: Path) -> Any:
        note("rows")
        return copied(folder)

    copied = databases.dump
    monkeypatch.setattr(databases, "dump", dump)
    with staying(data), may_go(data) as free:
        assert not free
    backup(store, NOW, node=node_in(data), each=lambda: note("objects"))

    assert moments == [("rows", False), *[("objects", True)] * 5]


@reading
def test_backups_of_another_node_are_not_thrown_away(
    data: Path, store: Path, tmp_path: Path
) -> None:
    first = backup(store, NOW, node=node_in(data))
    make_node(tmp_path / "other")
    (tmp_path / "other" / "keys" / "secret_key").write_text("another secret")

    with pytest.raises(OthersBackups):
        backup(store, NOW + DAY, node=node_in(tmp_path / "other"), keep=1)
    assert backups(store) == [first.path]
    # A node that was restored from them has their key, and goes on.
    (tmp_path / "other" / "keys" / "secret_key").write_text("secret")
    made = backup(store, NOW + DAY, node=node_in(tmp_path / "other"), keep=1)
    assert backups(store) == [made.path]


@reading
def test_a_clock_that_ran_ahead_costs_no_backup(data: Path, store: Path) -> None:
    ahead = backup(store, NOW + 30 * DAY, node=node_in(data))

    with pytest.raises(LaterBackup):
        backup(store, NOW, node=node_in(data), keep=1)
    assert backups(store) == [ahead.path]
    assert list(verify(ahead.path)) == []


@pytest.mark.parametrize("place", ["../../thesis", "/thesis", "a/../../thesis", ""])
def test_a_manifest_that_leads_out_of_the_node_is_refused(tmp_path: Path, place: str) -> None:
    line = manifests.dumps(manifests.Kept(place, "tonle:1", ("0" * 128,)))
    (tmp_path / manifests.NAME).write_bytes(b"{}\n" + line)

    with pytest.raises(NotABackup):
        list(manifests.objects(tmp_path))


@restoring
def test_every_changed_byte_of_a_backup_is_found_and_nothing_is_restored(
    data: Path, store: Path, tmp_path: Path
) -> None:
    made = backup(store, NOW, node=node_in(data))
    # Not the lock; and not a version's sidecar, which a restore writes anew.
    files = [
        p for p in store.rglob("*") if p.is_file() and p.suffix != ".sha512" and p.stat().st_size
    ]
    with empty_database(tmp_path / "new"):
        for path in sorted(files):
            before = path.read_bytes()
            path.chmod(0o644)
            path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
            with pytest.raises((BackupDamaged, NotABackup)):
                restore(made.path, node=node_in(tmp_path / "new"), now=NOW)
            assert not (tmp_path / "new").exists()
            path.write_bytes(before)
    assert list(verify(made.path)) == []


@reading
def test_a_node_is_never_overwritten(data: Path, store: Path) -> None:
    made = backup(store, NOW, node=node_in(data))
    before = tree(data)
    with pytest.raises(NodeNotEmpty):
        restore(made.path, node=node_in(data), now=NOW)
    assert tree(data) == before


@reading
def test_a_backup_of_another_kind_of_database_is_refused(
    data: Path, store: Path, tmp_path: Path
) -> None:
    made = backup(store, NOW, node=node_in(data))
    text = (made.path / "manifest.jsonl").read_text()
    other = "oracle"
    (made.path / "manifest.jsonl").write_text(
        text.replace(f'"vendor":"{connection.vendor}"', f'"vendor":"{other}"')
    )
    with pytest.raises(OtherDatabase):
        restore(made.path, node=node_in(tmp_path / "new"), now=NOW)


def test_what_is_no_backup_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotABackup):
        list(verify(tmp_path))
    assert backups(tmp_path / "absent") == []


# Crashes

BACKUP_CRASHES = [
    "backup.rows_copied",
    "backup.version_copied",
    "backup.files_copied",
    "backup.manifest_written",
    "backup.renamed",
    "backup.pruned",
]
# Killed there, a backup asks the database for nothing any more.
BEHIND_ROWS = BACKUP_CRASHES[1:]
RESTORE_CRASHES = [
    "restore.begun",
    "restore.object_copied:4",
    "restore.files_copied",
    "restore.rows_loaded",
]
# Killed there, a restore has not come to the database yet.
BEFORE_ROWS = RESTORE_CRASHES[:3]


def test_every_declared_point_is_crashed_at() -> None:
    declared = {name for name in crash.POINTS if name.startswith(("backup.", "restore."))}
    crashed = {point.partition(":")[0] for point in BACKUP_CRASHES + RESTORE_CRASHES}
    assert declared == crashed


@reading
@pytest.mark.parametrize(
    "crash_at",
    [
        pytest.param(point, marks=[pytest.mark.one_database] if point in BEHIND_ROWS else [])
        for point in BACKUP_CRASHES
    ],
)
def test_a_killed_backup_spoils_no_other_and_is_made_again(
    data: Path, store: Path, crash_at: str
) -> None:
    first = backup(store, NOW, node=node_in(data))
    for object_id in MANY:
        put(data, object_id, {"record.json": b"changed"})

    assert child.run(database_name(), "backup", data, store, crash_at) == -signal.SIGKILL

    assert backups(store)
    assert (first.path in backups(store)) or crash_at in {"backup.renamed", "backup.pruned"}
    assert all(list(verify(path)) == [] for path in backups(store))

    newest = backup(store, NOW + 3000 * DAY, node=node_in(data), keep=1)

    assert backups(store) == [newest.path]
    assert list(verify(newest.path)) == []
    assert {path.name for path in store.iterdir()} == {"locks", "objects", newest.path.name}


@restoring
@pytest.mark.parametrize(
    "crash_at",
    [
        pytest.param(point, marks=[pytest.mark.one_database] if point in BEFORE_ROWS else [])
        for point in RESTORE_CRASHES
    ],
)
def test_a_killed_restore_starts_no_node_and_goes_on(
    data: Path, store: Path, tmp_path: Path, crash_at: str
) -> None:
    backup(store, NOW, node=node_in(data))
    before = rows(data)
    new = tmp_path / "new"
    with empty_database(new) as name:
        assert child.run(name, "restore", new, store, crash_at) == -signal.SIGKILL
        assert not (new / "keys").exists()

        restore(backups(store)[-1], node=node_in(new), now=NOW)

        assert rows(new) == before
    assert tree(new / "ocfl") == tree(data / "ocfl")
    assert_sound(root_of(new))
