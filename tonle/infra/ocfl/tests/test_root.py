"""Opening, staging, placing, walking, sweeping: the success and the refusal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tonle.infra.ocfl import (
    BadSource,
    Damaged,
    Existing,
    Given,
    NotARoot,
    ObjectAbsent,
    Root,
    Source,
    Staged,
    StagingLost,
    StaleBase,
    digest_file,
)
from tonle.infra.ocfl.durable import EachAtOnce, sync_for_many
from tonle.infra.ocfl.tests.helpers import (
    ID,
    NOW,
    SOKHA,
    assert_sound,
    contents,
    left_in_staging,
    make_root,
    put,
    request,
)
from tonle.kernel.digests import Digests

ONE = {"record.json": b"1"}
TWO = {"record.json": b"2"}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return make_root(tmp_path)


# The root


def test_creating_twice_opens_what_is_there(root: Root) -> None:
    put(root, ONE)
    assert contents(Root(root.path, root.staging).create()) == [ONE]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("0=ocfl_1.1", "ocfl_1.0\n"),
        ("ocfl_layout.json", "{}"),
        ("ocfl_layout.json", "not json"),
        ("ocfl_layout.json", json.dumps({"extension": "0004-hashed-n-tuple-storage-layout"})),
        (
            "extensions/0003-hash-and-id-n-tuple-storage-layout/config.json",
            json.dumps({"extensionName": "0003-hash-and-id-n-tuple-storage-layout"}),
        ),
    ],
)
def test_a_root_of_another_layout_is_refused(root: Root, name: str, text: str) -> None:
    (root.path / name).chmod(0o644)
    (root.path / name).write_text(text)
    with pytest.raises(NotARoot):
        root.open()


def test_a_directory_with_other_things_does_not_become_a_root(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").touch()
    with pytest.raises(NotARoot, match="cat"):
        Root(tmp_path / "photos", tmp_path / "staging").create()


def test_an_absent_root_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(NotARoot):
        Root(tmp_path / "nothing", tmp_path / "staging").open()


# Staging


def test_nothing_is_seen_before_it_is_placed(root: Root) -> None:
    root.stage(request(root, ONE))
    assert root.head(ID) is None
    assert list(root.walk()) == []


def test_what_is_staged_survives_json(root: Root) -> None:
    staged = root.stage(request(root, {"ទឹក.csv": b"x", "empty": b""}))
    assert Staged.from_json(json.loads(json.dumps(staged.to_json()))) == staged


def test_digests_and_sizes_are_told(root: Root, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"water" * 500_000)
    staged = root.stage(request(root, {"big": tmp_path / "big", "small": b"s"}))
    root.place(staged)
    for stored in staged.files:
        path = root.object_path(ID) / stored.content_path
        assert path == root.read(ID, 1, stored.logical_path)
        assert digest_file(path) == Digests(stored.size_bytes, stored.sha256, stored.sha512)
    assert [stored.size_bytes for stored in staged.files] == [2_500_000, 1]

    again = root.stage(request(root, {"same": Existing(staged.files[0].sha512)}))
    assert replace(again.files[0], logical_path="big") == staged.files[0]


def test_a_second_writer_is_told_that_the_object_moved_on(root: Root) -> None:
    put(root, ONE)
    mine, theirs = root.stage(request(root, ONE)), root.stage(request(root, TWO))
    root.place(theirs)
    with pytest.raises(StaleBase):
        root.place(mine)
    with pytest.raises(StaleBase):
        root.stage(replace(request(root, ONE), base=mine.base))
    assert contents(root) == [ONE, TWO]


def test_two_new_objects_of_one_name_are_not_mixed(root: Root) -> None:
    mine, theirs = root.stage(request(root, ONE)), root.stage(request(root, TWO))
    root.place(theirs)
    with pytest.raises(StaleBase):
        root.place(mine)
    assert contents(root) == [TWO]


def test_placing_again_after_the_object_went_on_changes_nothing(root: Root) -> None:
    first = root.stage(request(root, ONE))
    root.place(first)
    second = root.stage(request(root, TWO))
    root.place(second)
    root.place(first)
    put(root, ONE)
    root.place(second)
    assert contents(root) == [ONE, TWO, ONE]
    assert_sound(root)


def test_discarded_staging_cannot_be_placed(root: Root) -> None:
    staged = root.stage(request(root, ONE))
    root.discard(staged)
    with pytest.raises(StagingLost):
        root.place(staged)
    put(root, ONE)
    staged = root.stage(request(root, TWO))
    root.discard(staged)
    with pytest.raises(StagingLost):
        root.place(staged)
    assert_sound(root)


def test_one_bad_version_keeps_no_other_out_of_a_batch(root: Root) -> None:
    batch = root.stage_many(request(root, ONE, f"tonle:{n}") for n in range(3))
    put(root, TWO, "tonle:1")
    errors = root.place_many(batch)
    assert [type(error) for error in errors] == [type(None), StaleBase, type(None)]
    assert_sound(root)


def test_a_batch_that_cannot_be_staged_leaves_nothing(root: Root, tmp_path: Path) -> None:
    files: list[dict[str, Source]] = [{"a": b"1"}, {"a": tmp_path / "absent"}]
    with pytest.raises(BadSource):
        root.stage_many(request(root, f, f"tonle:{n}") for n, f in enumerate(files))
    assert left_in_staging(root) == set()


def test_syncing_all_at_once_and_each_by_itself_both_work(root: Root) -> None:
    for sync in (sync_for_many(root.staging), EachAtOnce()):
        sync.directory(root.staging)
        sync.barrier()


# Sources


@pytest.mark.parametrize("wrap", [lambda path: path, Given])
def test_only_regular_files_are_taken_in(
    root: Root, tmp_path: Path, wrap: Callable[[Path], Path | Given]
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")
    (tmp_path / "link").symlink_to(secret)
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "staging", "absent"):
        with pytest.raises(BadSource):
            root.stage(request(root, {"a": wrap(tmp_path / name)}))
    assert left_in_staging(root) == set()


def test_a_given_file_must_still_be_what_it_was(root: Root, tmp_path: Path) -> None:
    given = tmp_path / "upload"
    given.write_bytes(b"as uploaded")
    digests = digest_file(given)
    put(root, {"a": Given(given, digests)})
    assert root.read(ID, 1, "a").samefile(given), "linked, not copied"

    other = tmp_path / "changed"
    other.write_bytes(b"changed since")
    with pytest.raises(BadSource):
        root.stage(request(root, {"a": Given(other, digests)}))


def test_bytes_the_object_never_had_cannot_be_claimed(root: Root) -> None:
    with pytest.raises(BadSource):
        root.stage(request(root, {"a": Existing("0" * 128)}))


def test_kept_files_cannot_be_written_by_accident(root: Root) -> None:
    put(root, ONE)
    assert root.read(ID, 1, "record.json").stat().st_mode & 0o222 == 0


# Reading


def test_what_is_not_there_is_said_so(root: Root) -> None:
    put(root, ONE)
    for object_id, version, path in [
        ("tonle:none", 1, "a"),
        (ID, 0, "record.json"),
        (ID, 2, "record.json"),
        (ID, 1, "other"),
    ]:
        with pytest.raises(ObjectAbsent):
            root.read(object_id, version, path)
    with pytest.raises(ObjectAbsent):
        root.repair("tonle:none")


def test_versions_tell_who_when_and_why(root: Root) -> None:
    put(root, ONE, message="ទីមួយ")
    [version] = root.versions(ID)
    assert (version.number, version.created, version.message, version.user) == (
        1,
        NOW,
        "ទីមួយ",
        SOKHA,
    )


def test_walking_meets_every_object_once_and_goes_on_from_a_cursor(root: Root) -> None:
    names = [f"tonle:{n}" for n in range(40)] + ["tonle:" + "ទឹក" * 30]
    assert set(root.place_many(root.stage_many(request(root, ONE, n) for n in names))) == {None}
    (root.path / "stray.txt").touch()
    (root.path / "ab").mkdir(exist_ok=True)
    (root.path / "ab" / "stray").touch()

    met = list(root.walk())

    assert sorted(filter(None, (f.object_id for f in met))) == sorted(names)
    assert [f.path for f in met if f.object_id is None] == ["ab/stray", "stray.txt"]
    assert [f.path for f in met] == sorted(f.path for f in met)
    for number, found in enumerate(met):
        assert list(root.walk(found.path)) == met[number + 1 :]


# Damage


def test_damage_is_reported_and_never_repaired_away(root: Root) -> None:
    put(root, ONE)
    put(root, TWO)
    newest = root.read(ID, 2, "record.json")
    newest.unlink()
    inventory = root.object_path(ID) / "inventory.json"
    inventory.unlink()
    with pytest.raises(Damaged):
        root.head(ID)
    with pytest.raises(Damaged):
        root.repair(ID)
    newest.write_bytes(b"3")
    with pytest.raises(Damaged):
        root.repair(ID)
    newest.write_bytes(b"2")
    assert root.repair(ID) is True
    assert contents(root) == [ONE, TWO]


# Sweeping


def test_sweeping_takes_only_what_is_old_ours_and_not_needed(root: Root) -> None:
    needed, forgotten = root.stage(request(root, ONE)), root.stage(request(root, TWO))
    (root.staging / "object-someone-elses").mkdir()
    (root.staging / "notes.txt").touch()
    now = datetime.now(UTC)

    assert root.sweep(now - timedelta(hours=1)) == []
    assert root.sweep(now + timedelta(hours=1), keep={needed.name}) == [forgotten.name]

    assert left_in_staging(root) == {needed.name, "object-someone-elses", "notes.txt"}
    root.place(needed)
    assert contents(root) == [ONE]
