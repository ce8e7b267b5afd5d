"""Killed at every step, the root is still whole, and going on completes what was authorised."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tonle.infra import crash
from tonle.infra.ocfl import Root, Staged, StaleBase
from tonle.infra.ocfl.tests.crasher import NEW_OBJECTS, SECOND
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

FIRST = {"record.json": b"first", "data.csv": b"x,y\n"}
PURGED = [{"record.json": b"first"}, {"record.json": b"first"}]
LATER = datetime.now(UTC) + timedelta(days=1)

# Where each scenario can be killed: every declared point appears, with its n-th passing.
CRASHES = [
    ("create", "ocfl.root_created"),
    *[(s, "ocfl.staging") for s in ("object", "version", "batch")],
    ("version", "ocfl.staging:3"),
    ("batch", "ocfl.staging:7"),
    *[(s, "ocfl.staged") for s in ("object", "version", "batch", "purge")],
    ("object", "ocfl.object_renamed"),
    ("version", "ocfl.version_renamed"),
    ("version", "ocfl.inventory_replaced"),
    ("version", "ocfl.sidecar_replaced"),
    *[("batch", f"ocfl.object_renamed:{n}") for n in (1, 3, 4)],
    ("batch", "ocfl.version_renamed"),
    ("batch", "ocfl.inventory_replaced"),
    ("batch", "ocfl.sidecar_replaced"),
    ("purge", "ocfl.rewrite_swapped"),
    ("purge_without_swap", "ocfl.rewrite_set_aside"),
    ("purge_without_swap", "ocfl.rewrite_swapped"),
]


def run_crasher(base: Path, scenario: str, crash_at: str = "") -> int:
    return subprocess.run(
        [sys.executable, "-m", "tonle.infra.ocfl.tests.crasher", str(base), scenario],
        env={**os.environ, "TONLE_CRASH_AT": crash_at},
        check=False,
    ).returncode


def killed_root(base: Path, scenario: str, crash_at: str) -> Root:
    if scenario != "create":
        put(make_root(base), FIRST)
    assert run_crasher(base, scenario, crash_at) == -signal.SIGKILL
    return make_root(base)


def authorised(base: Path) -> list[Staged]:
    intent = base / "intent"
    return [Staged.from_json(s) for s in json.loads(intent.read_text())] if intent.exists() else []


def expected(scenario: str) -> dict[str, list[dict[str, bytes]]]:
    """All objects and their versions once the scenario has run to its end."""
    return {
        "create": {},
        "object": {ID: [FIRST], NEW_OBJECTS[0]: [SECOND]},
        "version": {ID: [FIRST, SECOND]},
        "batch": {ID: [FIRST, SECOND], **{name: [SECOND] for name in NEW_OBJECTS}},
        "purge": {ID: PURGED},
        "purge_without_swap": {ID: PURGED},
    }[scenario]


def everything(root: Root) -> dict[str, list[dict[str, bytes]]]:
    return {str(f.object_id): contents(root, str(f.object_id)) for f in root.walk()}


def test_every_declared_point_is_crashed_at() -> None:
    declared = {name for name in crash.POINTS if name.startswith("ocfl.")}
    assert declared == {point.partition(":")[0] for _, point in CRASHES}


@pytest.mark.parametrize(("scenario", "crash_at"), CRASHES)
def test_what_was_authorised_is_completed_and_nothing_else_is_seen(
    tmp_path: Path, scenario: str, crash_at: str
) -> None:
    root = killed_root(tmp_path, scenario, crash_at)

    batch = authorised(tmp_path)
    if len(batch) == 1:
        root.place(batch[0])
        root.place(batch[0])
    elif batch:
        assert set(root.place_many(batch)) == {None}
        assert set(root.place_many(batch)) == {None}
    root.sweep(LATER)

    before: dict[str, list[dict[str, bytes]]] = {} if scenario == "create" else {ID: [FIRST]}
    assert everything(root) == (expected(scenario) if batch else before)
    assert left_in_staging(root) == set()
    assert_sound(root)


@pytest.mark.parametrize(("scenario", "crash_at"), CRASHES)
def test_repair_alone_leaves_every_object_whole(
    tmp_path: Path, scenario: str, crash_at: str
) -> None:
    root = killed_root(tmp_path, scenario, crash_at)

    for object_id in [] if scenario == "create" else [ID]:
        root.repair(object_id)

    assert_sound(root)
    if scenario != "create":
        assert contents(root) in ([FIRST], [FIRST, SECOND], PURGED)


@pytest.mark.parametrize(
    "crash_at", ["ocfl.version_renamed", "ocfl.inventory_replaced", "ocfl.sidecar_replaced"]
)
def test_a_version_once_renamed_in_is_never_rolled_back(tmp_path: Path, crash_at: str) -> None:
    root = killed_root(tmp_path, "version", crash_at)

    root.repair(ID)

    assert contents(root) == [FIRST, SECOND]
    assert root.repair(ID) is False


@pytest.mark.parametrize("crash_at", ["ocfl.version_renamed", "ocfl.inventory_replaced"])
def test_staging_on_an_interrupted_object_completes_it_first(tmp_path: Path, crash_at: str) -> None:
    base = make_root(tmp_path)
    put(base, FIRST)
    stale = request(base, {"record.json": b"other"})
    assert run_crasher(tmp_path, "version", crash_at) == -signal.SIGKILL

    with pytest.raises(StaleBase):
        base.stage(stale)

    put(base, {"record.json": b"third"})
    assert contents(base) == [FIRST, SECOND, {"record.json": b"third"}]
    assert_sound(base)


def test_a_purge_begun_twice_is_done_once(tmp_path: Path) -> None:
    root = killed_root(tmp_path, "purge_without_swap", "ocfl.rewrite_set_aside")

    root.purge(ID, logical_paths=["data.csv"], message="Order.", user=SOKHA, created=NOW)
    again = root.purge(ID, logical_paths=["data.csv"], message="Order.", user=SOKHA, created=NOW)

    assert again is None
    assert contents(root) == PURGED


def test_several_processes_placing_the_same_versions_all_succeed(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    put(root, FIRST)
    program = (
        "import json, sys; from pathlib import Path; from tonle.infra.ocfl import Root, Staged;"
        "base = Path(sys.argv[1]); root = Root(base / 'ocfl', base / 'staging').open();"
        "batch = [Staged.from_json(s) for s in json.loads((base / 'intent').read_text())];"
        "sys.stdin.readline(); [root.place(staged) for staged in batch]"
    )
    for number in range(3):
        names = [f"tonle:{number}-{n}" for n in range(20)]
        batch = [root.stage(request(root, SECOND | {"n": b"%d" % number}, n)) for n in [*names, ID]]
        (tmp_path / "intent").write_text(json.dumps([staged.to_json() for staged in batch]))
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, text=True
            )
            for _ in range(3)
        ]
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        for racer in racers:
            racer.communicate()
            assert racer.returncode == 0
    assert len(contents(root)) == 4
    assert left_in_staging(root) == set()
    assert_sound(root)
