"""Runs every operation once to see which crash points it passes, then dies at each of them.

    python -m tests.crashes OPERATION… [--every]

--every kills each operation at every passing of every point; else it dies once at each point
that no operation before it has shown.

TONLE_DATA names an empty directory; with TONLE_DATABASE_URL, two databases beside that
one are used. With TONLE_TEST_S3, the address that `python -m tests.objectstore` gives, the
files stand in that object store, below a prefix of this run. Each step runs in a fork of this
process, which itself never opens a database; so a hundred deaths cost seconds, not minutes. One
JSON line per scenario.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django

from tests import objectstore

# What follows the deaths of an operation, in turns: a rebuild from files alone once it was done
# again or at once, or none. Most of the time goes there, and what the files hold follows from few
# of the points; with --every each death is followed by one or the other.
REBUILDS = ("later", "at once", "", "", "", "")
WORK, BASE, EMPTY = (f"crash_{name}_{os.getpid()}" for name in ("work", "base", "empty"))
SERVER = os.environ.get("TONLE_DATABASE_URL", "")
DATA = Path(os.environ["TONLE_DATA"])
STORE = os.environ.get("TONLE_TEST_S3", "")
TEMPLATES = Path(tempfile.mkdtemp(prefix="tonle-crashes-"))

Step = tuple[str, Callable[[], object]]


def main(names: list[str], every: bool) -> int:
    from tests.crashes.operations import OPERATIONS, seed

    _begin()
    for step in (_make_tables, _keep_tables, _create, seed, _keep_node, _keep_store):
        fault = _fork(step)
        if fault:
            print(json.dumps({"operation": "seed", "point": "", "fault": fault}))
            return 1
    reached: Counter[str] = Counter()
    for name in names:
        operation = OPERATIONS[name]
        passed = _trace(operation)
        if isinstance(passed, str):
            print(json.dumps({"operation": name, "point": "", "fault": passed}), flush=True)
            continue
        deaths = 0
        for point, times in passed.items():
            reached[point] += 1
            # What another operation has shown already needs no second death, unless asked.
            if not every and reached[point] > 1:
                continue
            for number in range(1, times + 1) if every else (1,):
                rebuilt = REBUILDS[deaths % (2 if every else len(REBUILDS))]
                deaths += 1
                fault = _scenario(operation, f"{point}:{number}", rebuilt=rebuilt)
                line = {"operation": name, "point": f"{point}:{number}", "fault": fault}
                print(json.dumps(line), flush=True)
    print(json.dumps({"reached": sorted(reached)}))
    shutil.rmtree(TEMPLATES)
    return 0


def _scenario(operation: Callable[[], None], target: str, *, rebuilt: str) -> str:
    """Die at the target, come back, go on, perhaps be rebuilt from files alone. "" where all
    holds.

    rebuilt: one of REBUILDS.
    """
    from tests.crashes.operations import UNFINISHED, look, restart, verify

    fault = _restore() or _fork(lambda: _armed(operation, target), dies=True)
    if fault:
        return f"it should have died: {fault}"
    came_back: list[Step] = [
        ("seen before the restart", look),
        ("restart", restart),
        ("restarted", lambda: _remember(verify())),
    ]
    went_on: list[Step] = [
        ("again", operation),
        ("restart", restart),
        ("before", lambda: _remember(verify())),
    ]
    from_files: list[Step] = [
        ("empty", empty_database),
        ("rebuild", _rebuild),
        ("rebuilt", restart),
        ("after", lambda: _remember(verify())),
    ]
    steps = came_back if rebuilt == "at once" else came_back + went_on
    digests: list[str] = []
    for name, step in steps + (from_files if rebuilt else []):
        fault = _fork(step)
        if fault:
            return f"{name}: {fault}"
        if name in {"restarted", "before", "after"}:
            digests.append((DATA / "digest").read_text(encoding="ascii"))
    # A rebuild that was broken off has no digest before it is done.
    if rebuilt and digests[-2] not in {digests[-1], UNFINISHED}:
        return "the digest after the rebuild is another"
    return ""


def _remember(digest: str) -> None:
    (DATA / "digest").write_text(digest, encoding="ascii")


def _rebuild() -> None:
    from tests.crashes.operations import NOW
    from tonle.catalogue.rebuild import rebuild

    assert rebuild(NOW).damaged == []


def _armed(operation: Callable[[], None], target: str) -> None:
    from tonle.infra import crash

    crash.arm(target)
    operation()


def _trace(operation: Callable[[], None]) -> dict[str, int] | str:
    """Which points the operation passes, and how often; or what went wrong."""

    def traced() -> None:
        from tonle.infra import crash

        passed: Counter[str] = Counter()
        crash.point = lambda name: passed.update([name])
        operation()
        (DATA / "trace").write_text(json.dumps(passed), encoding="utf-8")

    fault = _restore() or _fork(traced)
    if fault:
        return fault
    found: dict[str, int] = json.loads((DATA / "trace").read_text(encoding="utf-8"))
    return found


# --- one process per step --------------------------------------------------------------


def _fork(step: Callable[[], object], *, dies: bool = False) -> str:
    """Run a step in a process of its own. "" where it ended as it should, else what it said."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            step()
            status = 0
        except BaseException:
            os.write(writer, traceback.format_exc()[-4000:].encode())
            status = 1
        # No clean-up of the parent's: its buffers and handlers are not ours.
        os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    _, code = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(code) and os.WTERMSIG(code) == signal.SIGKILL
    if dies:
        return "" if killed else said or "it ended"
    return "" if code == 0 else said or f"it ended with {code}"


# --- a node to put back ----------------------------------------------------------------


def _begin() -> None:
    """Settings for the forks: on PostgreSQL, a database that can be thrown away."""
    if SERVER:
        _on_server(f"CREATE DATABASE {WORK}")
        os.environ["TONLE_DATABASE_URL"] = _url(WORK)
    if STORE:
        os.environ.update(objectstore.options(STORE, WORK))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    # Loaded once, here: each of a thousand forks would load them again.
    for module in ("catalogue.importing", "catalogue.rebuild", "catalogue.checks",
                   "catalogue.tests.factories", "search.indexing", "search.tantivy_engine",
                   "infra.backup", "federation.harvest.engine",
                   "federation.harvest.tests.servers.oai"):  # fmt: skip
        import_module(f"tonle.{module}")
    # A confined process for each file of each death would take half of the time, and no point
    # of what dies here lies in previews.
    vars(import_module("tonle.explore.tasks"))["MOST_AHEAD"] = 0


def _create() -> None:
    from tonle.cli.main import main as tonle

    if tonle(["init", "--quiet"]):
        raise AssertionError("tonle init failed")


def _make_tables() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _keep_tables() -> None:
    """With tables and without a node: what a rebuild begins from."""
    if SERVER:
        _on_server(f"CREATE DATABASE {EMPTY} TEMPLATE {WORK}")
    else:
        shutil.copytree(DATA, TEMPLATES / EMPTY)


def _keep_node() -> None:
    """Remember the node as it is now."""
    shutil.copytree(DATA, TEMPLATES / BASE)
    if SERVER:
        _on_server(f"CREATE DATABASE {BASE} TEMPLATE {WORK}")


def _restore() -> str:
    """The node as it was kept. What went wrong, or ""."""
    shutil.rmtree(DATA)
    shutil.copytree(TEMPLATES / BASE, DATA)
    if SERVER:
        _replace_database(BASE)
    return _fork(_restore_store) if STORE else ""


# In forks as well: who has asked a store cannot fork any more.


def _keep_store() -> None:
    if STORE:
        _copy_store(WORK, BASE)


def _restore_store() -> None:
    _copy_store(BASE, WORK)


def _copy_store(source: str, target: str) -> None:
    """Make what lies below one prefix of the bucket what lies below another."""
    from obstore import copy, delete, list
    from obstore.store import S3Store

    store = S3Store(
        objectstore.BUCKET,
        endpoint=STORE,
        region="us-east-1",
        access_key_id=objectstore.KEY,
        secret_access_key=objectstore.SECRET,
        client_options={"allow_http": True},
    )

    def listed(prefix: str) -> dict[str, str | None]:
        found = (one for part in list(store, prefix) for one in part)
        return {one["path"].removeprefix(prefix): one["e_tag"] for one in found}

    known, there = listed(source), listed(target)
    if gone := [f"{target}{path}" for path in there.keys() - known.keys()]:
        delete(store, gone)
    for path, e_tag in known.items():
        if there.get(path) != e_tag:
            copy(store, f"{source}{path}", f"{target}{path}")


def empty_database() -> None:
    """Take database and index away, as a disaster would; the files stay."""
    from django.conf import settings
    from django.db import connections

    connections.close_all()
    shutil.rmtree(settings.TONLE_INDEX)
    settings.TONLE_INDEX.mkdir()
    if SERVER:
        _replace_database(EMPTY)
    else:
        for path in DATA.glob("node.sqlite3*"):
            path.unlink()
        for path in (TEMPLATES / EMPTY).glob("node.sqlite3*"):
            shutil.copy(path, DATA)


def _replace_database(name: str) -> None:
    _on_server(f"DROP DATABASE IF EXISTS {WORK} WITH (FORCE)")
    _on_server(f"CREATE DATABASE {WORK} TEMPLATE {name}")


def _on_server(statement: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL(statement))


def _url(database: str) -> str:
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{database}"))
