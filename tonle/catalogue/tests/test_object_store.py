"""A node whose files stand in an object store: everything that opens a kept file."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from tests.constants import NOW
from tests.objectstore import Server
from tonle.catalogue import checks, drafts, node, rebuild, segments, services
from tonle.catalogue.digest import digest
from tonle.catalogue.models import Intent, Record
from tonle.catalogue.publication import protocol, recover, storage
from tonle.catalogue.tests.factories import CURATOR, STEWARD, make_draft, make_record
from tonle.infra import backup, keeping, triggers
from tonle.infra.ocfl import Key, NotARoot, RemoteRoot, Root, StoreAway
from tonle.kernel.actors import ANONYMOUS

pytestmark = [
    pytest.mark.s3,
    pytest.mark.django_db(transaction=True),
]

LATER = NOW + timedelta(days=1)
TABLE = b"place,yield\n" + b"Takeo,2\n" * 50_000


@pytest.fixture
def remote_home(tmp_path: Path, s3_options: dict[str, str]) -> Iterator[Path]:
    """As `home`, in an object store."""
    with at_home(tmp_path / "node", s3_options) as data:
        node.establish(NOW)
        yield data


def at_home(data: Path, options: dict[str, str]) -> Any:
    (data / "staging").mkdir(parents=True, exist_ok=True)

    class Home(override_settings):
        def __enter__(self) -> Path:  # type: ignore[override] # Where it is, for the test.
            super().__enter__()
            return data

    return Home(
        TONLE_DATA=data, TONLE_OCFL_ROOT=data / "ocfl", TONLE_STAGING=data / "staging", **options
    )


def keys() -> set[str]:
    root = storage()
    assert isinstance(root, RemoteRoot)
    return {found.key for found in root.bucket.list()}


def faults() -> list[str]:
    return [found for section in checks.sections(files=True) for found in section.findings]


def empty_the_database() -> None:
    with triggers.lifted():
        call_command("flush", interactive=False, verbosity=0)


def test_records_are_published_read_taken_down_and_rebuilt(
    remote_home: Path, tmp_path: Path, client: Client
) -> None:
    record = make_record({"yields.csv": TABLE, "ទឹក/a.txt": b"a"}, folder=tmp_path)
    closed = make_record({"b.txt": b"b"}, folder=tmp_path, access={"level": "restricted"})
    following = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=LATER, replaces_files=False
    )
    services.publish(draft_id=following.id, actor=CURATOR, now=LATER)
    assert not (remote_home / "ocfl").exists()

    # One file: whole, a part, its head, and not again.
    whole = client.get(f"/records/{record.id}/files/yields.csv")
    assert (whole.status_code, whole.getvalue()) == (200, TABLE)
    part = client.get(f"/records/{record.id}/files/yields.csv", headers={"Range": "bytes=300000-"})
    assert (part.status_code, part.getvalue()) == (206, TABLE[300_000:])
    again = client.get(
        f"/records/{record.id}/files/yields.csv", headers={"If-None-Match": whole["ETag"]}
    )
    assert again.status_code == 304
    # What is restricted goes through the node or nowhere; no address of the store is given out.
    refused = client.get(f"/records/{closed.id}/files/b.txt")
    assert refused.status_code == 403
    for answer in (whole, part, refused):
        assert "X-Amz" not in str(answer.headers)
        assert keeping.place() not in str(answer.headers)
        assert "Location" not in answer.headers

    zipped = client.get(f"/records/{record.id}/zip").getvalue()
    with zipfile.ZipFile(io.BytesIO(zipped)) as found:
        assert found.testzip() is None
        assert any(found.read(name) == TABLE for name in found.namelist())
    rest = client.get(f"/records/{record.id}/zip", headers={"Range": "bytes=1000-"})
    assert rest.getvalue() == zipped[1000:]

    segments.append("harvest:s3", [entry(record)], LATER)
    assert [one.action for _, one in segments.walk_entries("harvest:s3")] == ["publish"]
    segments.catch_up(LATER)
    node.seal_log(LATER)
    assert faults() == []
    before = digest()

    empty_the_database()
    report = rebuild.rebuild(LATER)
    assert report.damaged == []
    assert digest() == before

    services.purge(
        record_id=closed.id, category="law", reason={"en": "Order."}, actor=STEWARD, now=LATER
    )
    assert not any(key.endswith("b.txt") for key in keys())
    assert faults() == []


def entry(record: Record) -> Any:
    from tonle.catalogue.segments import SegmentEntry
    from tonle.catalogue.selectors import document_of

    document = {**document_of(record), "id": "s3segment000000", "files": []}
    return SegmentEntry("publish", document)


def test_a_copy_for_a_program_is_made_once_bounded_and_goes_with_a_purge(
    remote_home: Path, tmp_path: Path
) -> None:
    record = make_record({"yields.csv": TABLE}, folder=tmp_path)
    _, kept = services.read_file(record_id=record.id, name="yields.csv", actor=ANONYMOUS, now=LATER)
    assert isinstance(kept, Key)
    assert keeping.place_of(keeping.address_of(kept)) == kept
    with keeping.local(kept) as path:
        assert path.read_bytes() == TABLE
        made = path.stat().st_ino
        # While somebody reads it, it is not removed to make room.
        keeping._make_room(path.parent, 5 * 1024**3)
        assert path.exists()
    with keeping.local(kept) as path:
        assert path.stat().st_ino == made
    keeping._make_room(path.parent, 5 * 1024**3)
    assert not path.exists()
    with override_settings(TONLE_FILES_CACHE=0), pytest.raises(keeping.NoRoomForCopy):
        with keeping.local(kept):
            pass
    with keeping.local(kept) as path:
        pass
    services.purge(
        record_id=record.id, category="law", reason={"en": "Order."}, actor=STEWARD, now=LATER
    )
    assert not path.exists()


def test_while_the_store_is_away_readers_are_told_and_publishing_waits(
    remote_home: Path,
    object_store: Server,
    tmp_path: Path,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path)
    waiting = make_draft({"b.txt": b"b"}, folder=tmp_path)
    real = protocol._complete

    def away(*asked: Any) -> Any:
        monkeypatch.setattr(protocol, "_complete", real)
        monkeypatch.setattr(keeping, "_address", elsewhere)
        keeping._bucket.cache_clear()
        return real(storage(), *asked[1:])

    address = keeping._address

    def elsewhere(files: str) -> Any:
        from dataclasses import replace

        return replace(address(files), endpoint="http://127.0.0.1:9")

    # The store goes away after the first transaction.
    monkeypatch.setattr(protocol, "_complete", away)
    with pytest.raises(StoreAway):
        services.publish(draft_id=waiting.id, actor=CURATOR, now=LATER)
    answer = client.get(f"/records/{record.id}/files/a.txt")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "127.0.0.1" not in answer.content.decode()
    assert "tonle-tests" not in answer.content.decode()
    assert Intent.objects.count() == 1

    monkeypatch.setattr(keeping, "_address", address)
    assert recover() == 1
    assert client.get(f"/records/{waiting.record.id}/files/b.txt").getvalue() == b"b"
    assert faults() == []


def test_the_files_of_a_node_move_to_a_store_and_back(
    tmp_path: Path, s3_options: dict[str, str]
) -> None:
    data = tmp_path / "node"
    with at_home(data, {}):
        node.establish(NOW)
        record = make_record({"a.txt": b"a"}, folder=tmp_path)
        gone = make_record({"secret.txt": b"s"}, folder=tmp_path)
        before = digest()
        with pytest.raises(keeping.AlreadyThere):
            keeping.move()
    with at_home(data, s3_options):
        # Files are where they were, whatever the options say.
        with pytest.raises(keeping.FilesElsewhere):
            storage()
        bucket = keeping.remote(s3_options["TONLE_FILES"]).create().bucket
        bucket.put("left/behind.txt", b"")
        with pytest.raises(NotARoot, match=r"behind\.txt"):
            keeping.move()
        bucket.delete(["left/behind.txt"])
        moved = keeping.move()
        assert (moved.objects, moved.copied) == (3, 0)
        with pytest.raises(keeping.AlreadyThere):
            keeping.move()
        node.establish(LATER)
        assert (digest(), faults()) == (before, [])
        services.purge(
            record_id=gone.id, category="law", reason={"en": "Order."}, actor=STEWARD, now=LATER
        )
        before = digest()
    with at_home(data, {}):
        with pytest.raises(keeping.FilesElsewhere):
            storage()
    credentials = {**s3_options, "TONLE_FILES": ""}
    with at_home(data, credentials):
        # What lay here from before is brought up to date, without what was taken down.
        assert keeping.move().copied >= 1
        assert isinstance(storage(), Root)
        assert (digest(), faults()) == (before, [])
        assert not any(path.name == "secret.txt" for path in (data / "ocfl").rglob("*"))
        assert (
            services.read_file(record_id=record.id, name="a.txt", actor=ANONYMOUS, now=LATER)[
                1
            ].read_bytes()
            == b"a"
        )


def test_a_backup_holds_the_files_or_says_where_they_stayed(
    remote_home: Path, tmp_path: Path, s3_options: dict[str, str]
) -> None:
    make_record({"a.txt": b"a"}, folder=tmp_path)
    here = backup.Node(remote_home, remote_home / "ocfl", remote_home / "staging", keeping.remote())
    made = backup.backup(tmp_path / "whole", NOW, node=here)
    assert (made.objects, made.versions_copied, made.problems) == (2, 2, ())
    assert list(backup.verify(made.path)) == []
    named = backup.backup(tmp_path / "named", NOW, node=here, link=True)
    assert (named.objects, named.versions_copied) == (2, 0)
    assert list(backup.verify(named.path, remote=here.remote)) == []

    # Into another, empty store: object by object, each proven; a second time, nothing is to do.
    other = {**s3_options, "TONLE_FILES": f"{s3_options['TONLE_FILES']}-{os.getpid()}"}
    with at_home(tmp_path / "other", other):
        target = keeping.remote().create()
        backup.restoring._restore_remotely(made.path, target, lambda: None)
        backup.restoring._restore_remotely(made.path, target, lambda: None)
        assert [one for one in target.fixity_all() if one.findings] == []
        assert [one.path for one in target.walk()] == [
            kept.object for kept in backup.manifest.objects(made.path)
        ]
        # A backup that only names files needs the store that holds them.
        data = tmp_path / "third"
        with pytest.raises(backup.KeptElsewhere):
            backup.restore(
                named.path, node=backup.Node(data, data / "ocfl", data / "staging", target), now=NOW
            )
    missing = next(kept.object for kept in backup.manifest.objects(named.path))
    remote = keeping.remote()
    remote.bucket.delete([f"{missing}/inventory.json", f"{missing}/v1/inventory.json"])
    assert list(backup.verify(named.path, remote=remote)) == [missing]
