"""Nothing acknowledged is lost, nothing half-done is seen, and files alone bring it all back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests import objectstore

# Points of what is proven elsewhere: the machinery's own tests kill it there.
ELSEWHERE = (
    "agreements.",
    "jobs.",
    "messages.",
    "hooks.",
    "dois.",
    "followed_call.",
    "funding.",
    "restore.",
    "saved_search.",
    "vectors.",
    "store.",
    "files.",
    "ocfl.root_created",
    "ocfl.rewrite_set_aside",
)
# One process after another: a point that one operation has shown is not shown again by the next.
# Withdrawing and restricting go the way of publishing; they are killed with --deep.
USUAL = (("publish", "accept", "purge", "import", "harvest", "rebuild"),)
# Killed by the tests of their own part as well, and here with --deep alone.
DEEP = ("backup.", "index.", "uploads.")
# Two processes, one for each core of a small machine; about as much work in each.
SHARES = (
    ("publish", "accept", "withdraw", "restrict", "harvest"),
    ("purge", "import", "index", "backup", "rebuild", "upload"),
)
# What differs most between databases; a usual run does the others on SQLite alone.
ON_SERVER = (("publish",),)


# What writes files. Its points are fewer than those of a disk, and each costs more requests.
STORED = ("publish", "withdraw", "purge", "import", "rebuild")


@pytest.mark.s3
@pytest.mark.deep
def test_a_node_whose_files_stand_in_a_store_comes_back_whole(
    object_store: objectstore.Server, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.crashes", *STORED, "--every"],
        env={
            **os.environ,
            "TONLE_DATA": str(tmp_path),
            objectstore.VARIABLE: object_store.endpoint,
        },
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert [line for line in lines if line.get("fault")] == []
    assert done.returncode == 0, done.stderr
    reached = {point for line in lines for point in line.get("reached", ())}
    assert {"store.sent", "store.committed", "store.removing", "store.settled"} <= reached


@pytest.mark.services
def test_a_node_killed_at_every_point_comes_back_whole(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    deep = request.config.getoption("--deep")
    every = ["--every"] if deep else []
    drivers = []
    whole = deep or connection.vendor == "sqlite"
    shares = SHARES if deep else USUAL if whole else ON_SERVER
    for number, operations in enumerate(shares):
        data = tmp_path / f"node-{number}"
        data.mkdir()
        drivers.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.crashes", *operations, *every],
                env={**os.environ, "TONLE_DATA": str(data)},
                cwd=Path(__file__).resolve().parents[2],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    answers = [driver.communicate() for driver in drivers]
    lines = [json.loads(line) for out, _ in answers for line in out.splitlines()]

    assert [line for line in lines if line.get("fault")] == []
    assert not any(driver.returncode for driver in drivers), [err for _, err in answers]
    if not whole:
        return
    reached = {point for line in lines for point in line.get("reached", ())}
    # The operations import what they use late; these modules declare the points meant.
    import tonle.catalogue.importing
    import tonle.catalogue.rebuild
    import tonle.deposit.curation.publishing
    import tonle.federation.harvest.engine
    import tonle.infra.backup
    import tonle.search.indexer  # noqa: F401 # Imported for the points that they declare.
    from tonle.infra import crash

    elsewhere = ELSEWHERE if deep else (*ELSEWHERE, *DEEP)
    declared = {name for name in crash.POINTS if not name.startswith(elsewhere)}
    assert declared <= reached, declared - reached
