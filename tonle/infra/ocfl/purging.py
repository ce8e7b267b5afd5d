"""Taking bytes out of an object for good: a court order, a name that must not be there.

OCFL versions do not change, and that is the point of them, so the whole object is
written anew beside the root: the same versions with the same numbers, dates and
messages, without the purged bytes and without their digests, and one more version
whose message says what was done. Kept bytes are linked, not copied. Then the two
directories change places in one step, and the old one is deleted.

What it costs: digests of the earlier inventories change, so a backup or a mirror
sees another history than before. What it does not do: overwrite the blocks of the
disk, or reach copies that others have.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from tonle.infra.ocfl import layout
from tonle.infra.ocfl.durable import Sync, make_directories, write_file
from tonle.infra.ocfl.errors import Damaged
from tonle.infra.ocfl.inventory import Inventory, loads, sidecar
from tonle.infra.ocfl.paths import check_logical_paths
from tonle.infra.ocfl.reading import ObjectDir
from tonle.infra.ocfl.sources import Existing, Source, copy_file
from tonle.infra.ocfl.staging import Request, Staged, VersionWriter, write_declaration

# The rewritten object inside its rewrite-… directory.
NEW = "object"


def without(inventory: Inventory, gone: Collection[str]) -> Inventory:
    """The same inventory as if the bytes with these SHA-512 had never been there. Pure."""
    manifest = {digest: paths for digest, paths in inventory.manifest.items() if digest not in gone}
    kept = {path for paths in manifest.values() for path in paths}
    versions = tuple(
        replace(v, state={path: digest for path, digest in v.state.items() if digest not in gone})
        for v in inventory.versions
    )
    sha256 = {path: digest for path, digest in inventory.sha256.items() if path in kept}
    return replace(inventory, manifest=manifest, versions=versions, sha256=sha256)


def stage_rewrite(
    request: Request,
    *,
    gone: Collection[str],
    current: Inventory,
    target: ObjectDir[Path],
    staging: Path,
    sync: Sync,
) -> Staged:
    """Write the object without the bytes `gone` into the staging area.

    current: the object's inventory. request.files are added to what is left of its newest
    version. Raises Damaged where an inventory of an earlier version cannot be read.
    """
    current = without(current, gone)
    files: dict[str, Source] = {path: Existing(d) for path, d in current.latest.state.items()}
    files.update(request.files)
    check_logical_paths(files)
    name = f"rewrite-{secrets.token_hex(12)}"
    place = staging / name
    new = place / NEW
    try:
        place.mkdir()
        new.mkdir()
        for version in current.versions:
            old = loads(target.checked_version(version.number), request.object_id)
            _write_inventory(new / layout.version_name(version.number), without(old, gone), sync)
        _link_content(current.manifest, target.path, new, sync)
        writer = VersionWriter(replace(request, files=files), new, current, target.sizes(), sync)
        head, stored = writer.write()
        write_declaration(new, sync)
        sync.directory(place)
        sync.directory(staging)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    path = str(layout.object_path(request.object_id))
    return Staged(name, "rewrite", request.object_id, path, request.base, head, stored)


def _write_inventory(folder: Path, inventory: Inventory, sync: Sync) -> None:
    folder.mkdir()
    data = inventory.dumps()
    write_file(folder / layout.INVENTORY, data, sync)
    write_file(folder / layout.SIDECAR, sidecar(data), sync)
    sync.directory(folder)


def _link_content(
    manifest: Mapping[str, tuple[str, ...]], source: Path, target: Path, sync: Sync
) -> None:
    """Give every kept file its name in the new object; its bytes are already on the disk."""
    folders = set()
    for path in sorted(path for paths in manifest.values() for path in paths):
        place = target / path
        if place.parent not in folders:
            make_directories(place.parent, target, sync)
            folders.add(place.parent)
        try:
            os.link(source / path, place, follow_symlinks=False)
        except FileNotFoundError:
            problem = f"{path} is missing."
            raise Damaged(object_id=str(source.name), problem=problem) from None
        except OSError:
            copy_file(source / path, place, sync)
    for folder in folders:
        sync.directory(folder)


def aside(staging: Path, object_id: str) -> Path:
    """Where an object waits while its rewritten self takes its place.

    Needed only where the file system cannot swap in one step. One name per object, so
    that an object that is not in the root can be looked for here at once.
    """
    return staging / f"aside-{hashlib.sha256(object_id.encode()).hexdigest()[:24]}"


def return_aside(target: ObjectDir[Path], *, staging: Path, sync: Sync) -> bool:
    """Put back an object whose swap stopped half-way; the caller holds its lock.

    The rewritten object is still staged, so placing it again completes the purge.
    """
    waiting = aside(staging, target.object_id)
    if target.path.exists() or not waiting.exists():
        return False
    os.rename(waiting, target.path)
    sync.directory(target.path.parent)
    sync.directory(staging)
    return True
