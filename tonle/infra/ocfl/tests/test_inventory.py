"""Inventories are read with suspicion and written in one form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonle.infra.ocfl import Damaged
from tonle.infra.ocfl.inventory import Inventory, loads, past_of
from tonle.infra.ocfl.tests.helpers import ID, make_root, put

A, B = "a" * 128, "b" * 128


@pytest.fixture
def document(tmp_path: Path) -> Any:
    root = make_root(tmp_path)
    put(root, {"a": b"1", "d/b": b"2"})
    put(root, {"a": b"1"})
    return json.loads((root.object_path(ID) / "inventory.json").read_bytes())


def parse(document: dict[str, Any]) -> Inventory:
    return loads(json.dumps(document).encode(), "x")


def test_reading_and_writing_agree(document: dict[str, Any]) -> None:
    inventory = parse(document)
    assert json.loads(inventory.dumps()) == document
    assert loads(inventory.dumps(), "x") == inventory


def test_an_earlier_inventory_follows_from_a_later_one_to_the_byte(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    put(root, {"a": b"1", "d/b": b"2"})
    put(root, {"a": b"1", "ទឹក": b"3"})
    put(root, {"ទឹក": b"3", "b": b"2"})
    newest = root.inventory(ID)
    for number in (1, 2, 3):
        kept = (root.object_path(ID) / f"v{number}" / "inventory.json").read_bytes()
        assert past_of(newest, number).dumps() == kept


def test_digests_in_capitals_are_the_same_digests(document: dict[str, Any]) -> None:
    document["manifest"] = {d.upper(): paths for d, paths in document["manifest"].items()}
    assert parse(document).latest.state


def set_in(*path: str, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_in("id", to=None),
        set_in("type", to="https://ocfl.io/2.0/spec/#inventory"),
        set_in("digestAlgorithm", to="md5"),
        set_in("contentDirectory", to="../outside"),
        set_in("head", to="v1"),
        set_in("head", to="v002"),
        set_in("manifest", to=[]),
        set_in("manifest", A, to=["v1/content/never-used"]),
        set_in("manifest", "short", to=["v1/content/x"]),
        set_in("versions", to={}),
        set_in("versions", "v3", to={}),
        set_in("versions", "v2", "created", to="2026-01-01T00:00:00"),
        set_in("versions", "v2", "created", to=5),
        set_in("versions", "v2", "state", A, to=["x"]),
        set_in("versions", "v2", "user", to={"address": "mailto:x"}),
        set_in("fixity", "sha256", "0" * 64, to=["v1/content/unknown"]),
    ],
)
def test_a_contradictory_inventory_is_refused(
    document: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    change(document)
    with pytest.raises(Damaged):
        parse(document)


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "v1/content/../../x", "v1/other/x", "v9/content/x"]
)
def test_a_manifest_that_points_outside_is_refused(document: dict[str, Any], path: str) -> None:
    [digest, *_] = document["manifest"]
    document["manifest"][digest] = [path]
    document.pop("fixity")
    with pytest.raises(Damaged):
        parse(document)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"[]", b"null", b'{"id":"a","id":"b"}', b"[" * 100_000, b'{"id":1e9'],
)
def test_what_is_no_inventory_is_damage_not_a_crash(data: bytes) -> None:
    with pytest.raises(Damaged):
        loads(data, "x")
