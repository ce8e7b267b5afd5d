"""Whatever changes on the disk is found."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tonle.infra.ocfl import Root
from tonle.infra.ocfl.inventory import sidecar
from tonle.infra.ocfl.tests.helpers import ID, make_root, put


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = make_root(tmp_path_factory.mktemp("fixity"))
    put(root, {"record.json": b"{}", "ទឹក.csv": b"1,2\n", "empty": b""})
    put(root, {"record.json": b"{...}", "ទឹក.csv": b"1,2\n"})
    return root


def kinds(root: Root) -> set[tuple[str, str]]:
    return {(f.kind, f.path) for checked in root.fixity_all() for f in checked.findings}


def test_a_sound_object_has_no_findings(root: Root) -> None:
    checked = root.fixity(ID)
    assert checked.findings == ()
    assert checked.files == 10, "four contents and three inventories with their sidecars"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_single_changed_byte_is_found(root: Root, data: Any) -> None:
    files = sorted(p for p in root.path.rglob("*") if p.is_file() and p.stat().st_size)
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    offset = data.draw(st.integers(0, len(before) - 1))
    mask = data.draw(st.integers(1, 255))
    path.chmod(0o644)
    path.write_bytes(before[:offset] + bytes([before[offset] ^ mask]) + before[offset + 1 :])
    try:
        assert kinds(root)
    finally:
        path.write_bytes(before)
    assert not kinds(root)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_lost_shortened_or_added_file_is_found(root: Root, data: Any) -> None:
    files = sorted(p for p in root.path.rglob("*") if p.is_file())
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    path.chmod(0o644)
    change = data.draw(st.sampled_from(["lost", "longer", "beside", "directory"]))
    beside = path.parent / "zz"
    try:
        if change == "lost":
            path.unlink()
        elif change == "longer":
            path.write_bytes(before + b"\n")
        elif change == "beside" and "extensions" not in path.parts:
            beside.touch()
        elif change == "directory" and "extensions" not in path.parts:
            beside.mkdir()
        else:
            return
        if change == "directory" and path.parent == root.path:
            return  # An empty directory of the storage hierarchy holds no object to check.
        assert kinds(root)
    finally:
        path.write_bytes(before)
        if beside.is_dir():
            beside.rmdir()
        beside.unlink(missing_ok=True)
    assert not kinds(root)


def test_findings_say_what_and_where(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    put(root, {"a": b"1", "b": b"2", "c": b"3"})
    content = root.object_path(ID) / "v1" / "content"
    (content / "a").unlink()
    (content / "b").chmod(0o644)
    (content / "b").write_bytes(b"9")
    (content / "d").touch()
    os.symlink("b", content / "e")
    assert {(f.kind, f.path) for f in root.fixity(ID).findings} == {
        ("missing", "v1/content/a"),
        ("changed", "v1/content/b"),
        ("extra", "v1/content/d"),
        ("extra", "v1/content/e"),
    }


def test_a_forged_history_is_found_though_its_sidecar_fits(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    put(root, {"a": b"1"})
    put(root, {"a": b"2"})
    other = make_root(tmp_path / "other")
    put(other, {"b": b"1"})
    for name in ("inventory.json", "inventory.json.sha512"):
        target = root.object_path(ID) / "v1" / name
        target.unlink()
        shutil.copy(other.object_path(ID) / "v1" / name, target)
    assert [(f.kind, f.path) for f in root.fixity(ID).findings] == [
        ("inventory", "v1/inventory.json")
    ]


def test_an_unfinished_version_is_told_apart_from_damage(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    put(root, {"a": b"1"})
    kept = (root.object_path(ID) / "inventory.json").read_bytes()
    put(root, {"a": b"2"})
    for name, data in {"inventory.json": kept, "inventory.json.sha512": sidecar(kept)}.items():
        (root.object_path(ID) / name).chmod(0o644)
        (root.object_path(ID) / name).write_bytes(data)

    assert [(f.kind, f.path) for f in root.fixity(ID).findings] == [("unfinished", "v2")]

    assert root.repair(ID) is True
    assert root.fixity(ID).findings == ()


def test_fixity_of_a_root_goes_on_from_its_cursor(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    for number in range(6):
        put(root, {"a": b"1"}, f"tonle:{number}")
    outcomes = list(root.fixity_all())
    assert [c.object_id for c in outcomes].count(None) == 1
    assert list(root.fixity_all(outcomes[3].path)) == outcomes[4:]
