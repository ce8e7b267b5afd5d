"""The storage root in a real object store: what a disk promises holds there, too."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.objectstore import BUCKET, KEY, SECRET, Server
from tonle.infra.ocfl import (
    Address,
    BadSource,
    Bucket,
    Damaged,
    Existing,
    Key,
    NotARoot,
    ObjectAbsent,
    RemoteRoot,
    Root,
    Source,
    Staged,
    StagingLost,
    StaleBase,
    StoreAway,
    StoreRefuses,
)
from tonle.infra.ocfl.tests import helpers
from tonle.infra.ocfl.tests.helpers import (
    ID,
    NOW,
    SOKHA,
    contents,
    left_in_staging,
    put,
    request,
)
from tonle.infra.ocfl.tests.remote_crasher import NEW, SECOND, remote_root

pytestmark = pytest.mark.s3

FIRST: dict[str, Source] = {"record.json": b"first", "data.csv": b"a,b\n"}
LATER = datetime.now(UTC) + timedelta(days=2)
PIECE = 8 << 20


@pytest.fixture
def prefix() -> str:
    return secrets.token_hex(6)


@pytest.fixture
def root(object_store: Server, tmp_path: Path, prefix: str) -> RemoteRoot:
    return remote_root(tmp_path, object_store.endpoint, prefix).create()


def keys(root: RemoteRoot, below: str = "") -> set[str]:
    return {found.key for found in root.bucket.list(below)}


def assert_sound(root: RemoteRoot, folder: Path) -> None:
    """By our own fixity, and by ocfl-py once the whole root is fetched onto a disk."""
    assert [checked for checked in root.fixity_all() if checked.findings] == []
    for found in root.bucket.list():
        (folder / found.key).parent.mkdir(parents=True, exist_ok=True)
        (folder / found.key).write_bytes(root.bucket.key(found.key).read_bytes())
    helpers.assert_sound(Root(folder, folder.parent / "unused"))


def test_versions_are_kept_read_walked_and_valid(root: RemoteRoot, tmp_path: Path) -> None:
    big = os.urandom(2 * PIECE + 4711)
    (tmp_path / "big").write_bytes(big)
    put(root, {**FIRST, "ទឹក/big.bin": tmp_path / "big", "empty": b""})
    put(root, {"record.json": b"second", "same.csv": Existing(sha512_of(root, "data.csv"))})
    put(root, FIRST, NEW)

    assert contents(root)[1] == {"record.json": b"second", "same.csv": b"a,b\n"}
    kept = root.read(ID, 1, "ទឹក/big.bin")
    assert isinstance(kept, Key)
    assert b"".join(kept.stretch(17, PIECE + 5)) == big[17 : PIECE + 5]
    with kept.open("rb") as file:
        file.seek(-10, os.SEEK_END)
        assert file.read() == big[-10:]
    met = list(root.walk())
    assert {found.object_id for found in met} == {ID, NEW}
    assert [found.path for found in met] == sorted(found.path for found in met)
    assert list(root.walk(met[0].path)) == met[1:]
    assert left_in_staging(root) == set()
    assert_sound(root, tmp_path / "copy")
    assert [type(root.create()), root.repair(ID)] == [RemoteRoot, False]
    with pytest.raises(ObjectAbsent):
        root.repair("tonle:none")


def sha512_of(root: RemoteRoot, name: str) -> str:
    return root.versions(ID)[-1].state[name]


def test_bytes_that_are_others_than_were_named_are_not_sent(
    root: RemoteRoot, tmp_path: Path
) -> None:
    staged = root.stage(request(root, {"a": b"as it was"}))
    (file,) = (root.staging / staged.name).rglob("a")
    file.chmod(0o600)
    file.write_bytes(b"rotten!!!")
    with pytest.raises(BadSource):
        root.place(staged)
    assert root.head(ID) is None
    assert keys(root, str(staged.object_path)) == set()


def run_crasher(store: Server, prefix: str, base: Path, scenario: str, crash_at: str) -> int:
    program = [sys.executable, "-m", "tonle.infra.ocfl.tests.remote_crasher", str(base)]
    return subprocess.run(
        [*program, store.endpoint, prefix, scenario],
        env={**os.environ, "TONLE_CRASH_AT": crash_at},
        check=False,
    ).returncode


CRASHES = [
    ("object", "store.sent"),
    ("object", "store.sent:2"),
    ("object", "store.committed"),
    ("object", "store.settled"),
    ("version", "store.sent:2"),
    ("version", "store.committed"),
    ("purge", "store.committed"),
    ("purge", "store.removing"),
    ("purge", "store.settled"),
]
PURGED = [{"record.json": b"first"}, {"record.json": b"first"}]
WANTED: dict[str, dict[str, Any]] = {
    "object": {ID: [FIRST], NEW: [SECOND]},
    "version": {ID: [FIRST, SECOND]},
    "purge": {ID: PURGED},
}


@pytest.mark.parametrize(("scenario", "crash_at"), CRASHES)
def test_killed_anywhere_it_is_completed_and_leaves_no_key_behind(
    object_store: Server,
    root: RemoteRoot,
    prefix: str,
    tmp_path: Path,
    scenario: str,
    crash_at: str,
) -> None:
    put(root, FIRST)
    before = keys(root)
    code = run_crasher(object_store, prefix, tmp_path, scenario, crash_at)
    assert code == -signal.SIGKILL
    staged = Staged.from_json(json.loads((tmp_path / "intent").read_text()))
    if crash_at.startswith("store.sent"):
        # Not committed: nobody sees it, whatever was sent.
        assert {found.object_id for found in root.walk()} == {ID}
        assert contents(root) == [FIRST]
        # Never authorised, it is swept away to the last key.
        unasked = root.stage(request(root, {"other": b"x"}, NEW))
        root.sweep(LATER, keep={unasked.name})
        assert keys(root) == before
        root.discard(unasked)
        with pytest.raises(StagingLost):
            root.place(staged)
        return

    root.place(staged)
    root.place(staged)
    root.sweep(LATER)

    found = {str(one.object_id): contents(root, str(one.object_id)) for one in root.walk()}
    assert found == WANTED[scenario]
    assert_sound(root, tmp_path / "copy")
    if scenario == "purge":
        assert not any(key.endswith("data.csv") for key in keys(root))


@pytest.mark.parametrize("scenario", ["version", "purge"])
def test_repair_alone_completes_what_was_committed(
    object_store: Server, root: RemoteRoot, prefix: str, tmp_path: Path, scenario: str
) -> None:
    put(root, FIRST)
    run_crasher(object_store, prefix, tmp_path, scenario, "store.committed")
    # Read before it is settled: its proof comes with it.
    assert contents(root) == WANTED[scenario][ID]
    assert root.repair(ID) is True
    assert root.repair(ID) is False
    assert_sound(root, tmp_path / "copy")


def test_of_two_machines_only_one_wins_and_nothing_is_mixed(
    object_store: Server, root: RemoteRoot, prefix: str, tmp_path: Path
) -> None:
    put(root, FIRST)
    for number in range(6):
        machines = [
            remote_root(tmp_path / name, object_store.endpoint, prefix).open() for name in "ab"
        ]
        staged = [
            machine.stage(request(machine, {"record.json": b"%d" % number, "data.csv": name}))
            for machine, name in zip(machines, (b"a", b"b"), strict=True)
        ]
        with ThreadPoolExecutor(2) as pool:
            racers = [
                pool.submit(machine.place_many, [one])
                for machine, one in zip(machines, staged, strict=True)
            ]
        outcomes = [racer.result()[0] for racer in racers]
        assert sorted(map(type, outcomes), key=str) == sorted([type(None), StaleBase], key=str)
        for machine, one in zip(machines, staged, strict=True):
            machine.discard(one)
    root.repair(ID)
    assert len(contents(root)) == 7
    assert [one for one in root.fixity_all() for f in one.findings if f.kind != "extra"] == []


def test_what_was_lost_of_the_root_inventory_comes_back(root: RemoteRoot, tmp_path: Path) -> None:
    put(root, FIRST)
    put(root, {"record.json": b"second"})
    root.bucket.delete([f"{root.object_path(ID).path}/inventory.json"])
    with pytest.raises(Damaged):
        root.head(ID)
    assert root.repair(ID) is True
    assert contents(root)[-1] == {"record.json": b"second"}
    assert_sound(root, tmp_path / "copy")


def test_an_object_moves_to_a_disk_and_back_with_its_purge(
    object_store: Server, root: RemoteRoot, prefix: str, tmp_path: Path
) -> None:
    disk = Root(tmp_path / "disk", tmp_path / "staging").create()
    put(root, FIRST)
    assert disk.bring(root.object(ID)) is True
    root.purge(ID, logical_paths=["data.csv"], message="Order.", user=SOKHA, created=NOW)
    assert [disk.bring(root.object(ID)), disk.bring(root.object(ID))] == [True, False]
    assert helpers.contents(disk) == PURGED
    helpers.assert_sound(disk)

    other = remote_root(tmp_path, object_store.endpoint, f"{prefix}-back").create()
    assert [other.bring(disk.object(ID)), other.bring(disk.object(ID))] == [True, False]
    assert contents(other) == PURGED
    put(root, {"record.json": b"newer"})
    with pytest.raises(StaleBase):
        root.bring(disk.object(ID))
    # What another node keeps under the same name is not written over.
    for theirs in (
        Root(tmp_path / "theirs", tmp_path / "their-staging").create(),
        remote_root(tmp_path, object_store.endpoint, f"{prefix}-theirs").create(),
    ):
        put(theirs, {"record.json": b"theirs"}, message="Of another node.")
        with pytest.raises(StaleBase):
            theirs.bring(disk.object(ID))
        assert contents(theirs) == [{"record.json": b"theirs"}]
    content = disk.read(ID, 1, "record.json")
    content.chmod(0o600)
    content.write_bytes(b"rotten")
    with pytest.raises(BadSource):
        remote_root(tmp_path, object_store.endpoint, f"{prefix}-no").create().bring(disk.object(ID))


class Forgetful(Bucket):
    """A store that takes every put, whatever was asked."""

    def put_new(self, key: str, data: bytes) -> bool:
        self.put(key, data)
        return True


@pytest.fixture
def addresses(object_store: Server) -> list[Address]:
    good = Address(BUCKET, "x", object_store.endpoint, "us-east-1", KEY, SECRET)
    return [
        good,
        Address(BUCKET, "x", object_store.endpoint, "us-east-1", KEY, "wrong"),
        Address(BUCKET, "x", "http://127.0.0.1:9", "us-east-1", KEY, SECRET),
    ]


def test_a_store_that_cannot_be_used_is_refused_in_words(
    addresses: list[Address], tmp_path: Path
) -> None:
    good, wrong, away = addresses
    with pytest.raises(StoreRefuses, match="conditional puts"):
        RemoteRoot(Forgetful(good), tmp_path).create()
    with pytest.raises(StoreRefuses) as refused:
        RemoteRoot(Bucket(wrong), tmp_path).create()
    with pytest.raises(StoreAway) as gone:
        RemoteRoot(Bucket(away), tmp_path).open()
    assert SECRET not in f"{refused.value} {gone.value.data} {good!r} {refused.value.data}"
    assert "wrong" not in f"{refused.value} {wrong!r}"
    Bucket(good).put("photos/cat.jpg", b"")
    with pytest.raises(NotARoot, match=r"cat\.jpg"):
        RemoteRoot(Bucket(good), tmp_path).create()
