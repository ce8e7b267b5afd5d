"""A storage root in an object store: content keys first, then one put that only one can win.

There is no rename there. What decides is an object's root inventory: a version is part of the
object from the moment that its inventory stands there, put only if nothing was there, or only
over the one that the version was made for. All that is written before is named by its own
digest, so that writers who do not know of each other never write different bytes to one key;
all that is written after can be made of the root inventory:

    send        vN/content/<digest>/…, and the object's declaration     seen by nobody
    commit      inventory.json, if it is still the one that was read    readers see vN
    settle      vN/inventory.json and its sidecar; what a purge took away is
                removed, and what an interrupted writer left in vN; last
                inventory.json.sha512, which says that all of this was done

Between commit and sidecar, the inventory's own proof comes with it, as metadata of its key.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from tonle.infra import crash
from tonle.infra.ocfl import layout
from tonle.infra.ocfl.bucket import PIECE_BYTES, PROBE, Bucket, Key, Place
from tonle.infra.ocfl.durable import EachAtOnce, Sync
from tonle.infra.ocfl.errors import (
    Damaged,
    NotARoot,
    ObjectAbsent,
    OcflError,
    StagingLost,
    StaleBase,
    StoreRefuses,
)
from tonle.infra.ocfl.fixity import is_past_of
from tonle.infra.ocfl.inventory import Inventory, goes_on_from, loads, past_of, sidecar
from tonle.infra.ocfl.purging import without
from tonle.infra.ocfl.reading import Found, ObjectDir, read_inventory
from tonle.infra.ocfl.remote_reading import RemoteObject, objects_in
from tonle.infra.ocfl.sources import Existing, Source
from tonle.infra.ocfl.staging import Head, Kind, Request, Staged, stage_version
from tonle.infra.ocfl.storage import Storage

crash.declare("store.sent", "Keys that no inventory names are sent again, or swept away.")
crash.declare("store.committed", "A version that is committed and not settled is completed.")
crash.declare("store.removing", "What a purge had begun to remove goes with the next attempt.")
crash.declare("store.settled", "A settled version whose staging remains is left as it is.")

# Requests on their way at once, for one batch; each may hold three pieces of a large file.
AT_ONCE = 4


class RemoteRoot(Storage):
    """A storage root in a bucket; its staging area lies on the local disk."""

    def __init__(
        self, bucket: Bucket, staging: Path, forget: Callable[[Key], object] = lambda _: None
    ) -> None:
        """forget: told of what was removed, to remove copies of it."""
        super().__init__(staging)
        self.bucket = bucket
        self.name = str(bucket.address)
        self._forget = forget

    # The root itself

    def create(self) -> Self:
        """Make the root, or open it. Raises NotARoot, StoreAway, or StoreRefuses where the store
        does not keep its word about conditional puts."""
        self.staging.mkdir(parents=True, exist_ok=True)
        self.check_store()
        if self._read(layout.ROOT_DECLARATION) == b"":
            known = (layout.LAYOUT_FILE, layout.EXTENSION_CONFIG, PROBE)
            for found in self.bucket.list():
                if not found.key.startswith(known):
                    problem = f"it already holds {found.key[:100]}."
                    raise NotARoot(path=str(self.bucket.address), problem=problem)
            self.bucket.put(layout.EXTENSION_CONFIG, layout.as_json(layout.CONFIG))
            self.bucket.put(layout.LAYOUT_FILE, layout.as_json(layout.LAYOUT))
            # Last, because it is what makes the place a root.
            self.bucket.put(layout.ROOT_DECLARATION, layout.ROOT_DECLARATION_TEXT)
        return self.open()

    def check_store(self) -> None:
        """Try what writing depends on. Raises StoreAway or StoreRefuses."""
        # A name of its own: several processes may try at once.
        bucket, probe = self.bucket, f"{PROBE}{secrets.token_hex(8)}"
        bucket.put(probe, b"1")
        found = bucket.get(probe)
        fits = (
            found is not None
            and not bucket.put_new(probe, b"2")
            and bucket.put_over(probe, b"3", found.e_tag)
            and not bucket.put_over(probe, b"4", found.e_tag)
        )
        bucket.delete([probe])
        if not fits:
            raise StoreRefuses(
                place=str(bucket.address),
                reason="It does not do conditional puts (If-None-Match, If-Match), without which "
                "two writers could both win.",
            )

    def open(self) -> Self:
        self._check_layout()
        self.staging.mkdir(parents=True, exist_ok=True)
        return self

    def _read(self, name: str) -> bytes:
        found = self.bucket.get(name)
        return found.data if found else b""

    def object_root(self) -> Key:
        return self.bucket.key()

    def object_path(self, object_id: str) -> Key:
        """Where an object is, or would be."""
        return self.bucket.key(str(layout.object_path(object_id)))

    def object(self, object_id: str, path: str | None = None) -> RemoteObject:
        place = self.object_path(object_id) if path is None else self.bucket.key(path)
        return RemoteObject(place, object_id)

    def exists(self, object_id: str) -> bool:
        return (self.object_path(object_id) / layout.INVENTORY).is_file()

    def there(self, object_id: str, content_paths: Collection[str]) -> set[str]:
        target = self.object(object_id)
        # One listing where it takes fewer requests than looks.
        few = len(content_paths) < 4
        return super().there(object_id, content_paths) if few else set(target.files(""))

    # Reading

    def walk(self, after: str = "") -> Iterator[Found]:
        """As on a disk. An object that was begun and never committed is not met."""
        own = (layout.ROOT_DECLARATION, layout.LAYOUT_FILE, "extensions/", PROBE)
        # One leaf at a time: stores do not agree on the order of names, and hex digits are safe.
        # From the leaf of the cursor on, which is met again as a whole.
        start = after[:5] if after.count("/") > 1 else ""
        listed = (one.key for one in self.bucket.list(after=start))
        keys = (key for key in listed if not key.startswith(own))
        for _leaf, inside in groupby(keys, key=lambda key: "/".join(key.split("/")[:2])):
            yield from (found for found in objects_in(inside, self.bucket) if found.path > after)

    # Writing

    def _current(self, object_id: str, base: Head | None) -> Inventory | None:
        target = self.object(object_id)
        there, found = target.standing()
        if there != base:
            raise StaleBase(
                object_id=object_id,
                expected=base.version if base else 0,
                found=there.version if there else 0,
            )
        return loads(found.data, object_id) if found else None

    def _stage(self, request: Request, sync: Sync) -> Staged:
        current = self._current(request.object_id, request.base)
        return self._stage_version(request, current, sync, None)

    def _stage_rewrite(self, request: Request, gone: Collection[str], current: Inventory) -> Staged:
        """What stays, stays where it is; only the new version is made, of an inventory that
        never had the rest."""
        left = without(current, gone)
        files: dict[str, Source] = {
            path: Existing(digest) for path, digest in left.latest.state.items()
        }
        files.update(request.files)
        return self._stage_version(replace(request, files=files), left, EachAtOnce(), "rewrite")

    def _stage_version(
        self, request: Request, current: Inventory | None, sync: Sync, kind: Kind | None
    ) -> Staged:
        return stage_version(
            request,
            staging=self.staging,
            current=current,
            sizes=self.object(request.object_id).sizes(),
            sync=sync,
            by_digest=True,
            kind=kind,
        )

    def _place(self, batch: Sequence[Staged], _sync: Sync, /) -> list[OcflError | None]:
        with self.locked([staged.object_id for staged in batch]):
            if len(batch) == 1:
                return [self._placed(batch[0], AT_ONCE)]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                return list(pool.map(lambda staged: self._placed(staged, 1), batch))

    def _placed(self, staged: Staged, at_once: int) -> OcflError | None:
        """Bring one version in; what kept it out, or None. Its staging goes when it is in."""
        try:
            self._bring_in(staged, at_once)
        except OcflError as error:
            return error
        shutil.rmtree(self.staging / staged.name, ignore_errors=True)
        return None

    def _bring_in(self, staged: Staged, at_once: int) -> None:
        target = self.object(staged.object_id)
        there, found = target.standing()
        if there is not None and found is not None:
            if there == staged.head:
                self._settle(target, found.data)
                return
            if there.version > staged.version:
                own = target.version_sha512(staged.version)
                if own == staged.inventory_sha512:
                    return
        if there != staged.base:
            raise _stale(staged, there)
        if found is not None:
            # Whatever was committed before is completed first, so that it can be told later.
            self._settle(target, found.data)
        data, sent = self._send(staged, target, at_once)
        root = (target.path / layout.INVENTORY).path
        if found is None:
            won = self.bucket.put_new(root, data)
        else:
            won = self.bucket.put_over(root, data, found.e_tag)
        if not won:
            raise _stale(staged, target.head())
        crash.point("store.committed")
        self._settle(target, data, of_all=staged.kind == "rewrite", there=sent)

    def _send(
        self, staged: Staged, target: RemoteObject, at_once: int
    ) -> tuple[bytes, Collection[str]]:
        """Send what the version brings, but for what an earlier attempt had sent.

        Returns the inventory, and what was there of the version before. Raises StagingLost.
        """
        place = self.staging / staged.name
        data = read_inventory(place / layout.INVENTORY, staged.object_id)
        if data is None or hashlib.sha512(data).hexdigest() != staged.inventory_sha512:
            raise StagingLost(object_id=staged.object_id, version=staged.version)
        version = layout.version_name(staged.version)
        sent = set(target.files(version))
        wanted = {
            path: sha512
            for sha512, paths in loads(data, staged.object_id).manifest.items()
            for path in paths
            # Only a name that says what the bytes are says that they are there.
            if path.startswith(f"{version}/") and not (path in sent and sha512[:32] in path)
        }

        def send(path: str) -> None:
            try:
                self.bucket.send((target.path / path).path, place / path, wanted[path])
            except FileNotFoundError:
                raise StagingLost(object_id=staged.object_id, version=staged.version) from None
            crash.point("store.sent")

        if at_once > 1 and len(wanted) > 1:
            with ThreadPoolExecutor(at_once) as pool:
                list(pool.map(send, wanted))
        else:
            for path in wanted:
                send(path)
        if staged.base is None:
            declaration = (target.path / layout.OBJECT_DECLARATION).path
            self.bucket.put(declaration, layout.OBJECT_DECLARATION_TEXT)
        return data, sent

    def _settle(
        self,
        target: RemoteObject,
        data: bytes,
        *,
        of_all: bool | None = None,
        there: Collection[str] = (),
    ) -> None:
        """Write what follows from a root inventory, remove what does not; nothing where that
        was done. of_all: the earlier versions, too; None where that is not known. there: what
        else there may be of the newest version, where it is not of_all."""
        if of_all is None:
            if target.sidecar_fits(data):
                return
            of_all = True
        inventory = loads(data, target.object_id)
        newest = layout.version_name(inventory.head)
        if of_all:
            for number in range(1, inventory.head):
                self._rewrite(target, number, inventory)
        self._describe(target.path / newest, data)
        named = {path for paths in inventory.manifest.values() for path in paths}
        surplus = [
            path
            for path in (target.files("") if of_all else there)
            if path not in named and _is_content(path, inventory.head)
        ]
        if surplus:
            for path in surplus:
                self._forget(target.path / path)
            crash.point("store.removing")
            self.bucket.delete((target.path / path).path for path in surplus)
        self.bucket.put((target.path / layout.SIDECAR).path, sidecar(data))
        crash.point("store.settled")

    def _rewrite(self, target: RemoteObject, number: int, inventory: Inventory) -> None:
        """An earlier version's own inventory, unless it tells the same history already."""
        try:
            own = loads(target.checked_version(number), target.object_id)
        except Damaged:
            own = None
        if own is None or not is_past_of(own, number, inventory):
            past = past_of(inventory, number).dumps()
            self._describe(target.path / layout.version_name(number), past)

    def _describe(self, folder: Key, data: bytes) -> None:
        self.bucket.put((folder / layout.INVENTORY).path, data)
        self.bucket.put((folder / layout.SIDECAR).path, sidecar(data))

    # Repairing and sweeping

    def _repair(self, object_id: str) -> bool:
        target = self.object(object_id)
        found = target.fetched()
        try:
            data = target.inventory_bytes()
        except Damaged:
            # The newest version's own copy was made of an inventory that had been committed.
            number = max(filter(None, map(layout.version_number, target.names() or ())), default=0)
            data = target.checked_version(number)
            root = (target.path / layout.INVENTORY).path
            won = (
                self.bucket.put_new(root, data)
                if found is None
                else self.bucket.put_over(root, data, found.e_tag)
            )
            if not won:
                # Another machine was at it; what follows would take away what it has written.
                raise
        if data is None:
            raise ObjectAbsent(what=object_id)
        if target.sidecar_fits(data) and found is not None and found.data == data:
            return False
        self._settle(target, data, of_all=True)
        return True

    def _sweep_one(self, path: Path) -> None:
        """Also remove what was sent of it, and what no inventory names."""
        data = read_inventory(path / layout.INVENTORY, path.name) if path.is_dir() else None
        if data is not None:
            inventory = loads(data, path.name)
            target = self.object(inventory.object_id)
            with self.locked([inventory.object_id]):
                self._unsend(target, inventory.head)
        super()._sweep_one(path)

    def _unsend(self, target: RemoteObject, number: int) -> None:
        data = target.inventory_bytes()
        named: set[str] = set()
        if data is not None:
            # What is committed and not settled has still to be told of by its inventory.
            self._settle(target, data)
            inventory = loads(data, target.object_id)
            named = {path for paths in inventory.manifest.values() for path in paths}
        version = layout.version_name(number)
        surplus = [path for path in target.files(version) if _is_content(path, number)]
        surplus = [path for path in surplus if path not in named]
        if data is None:
            surplus.append(layout.OBJECT_DECLARATION)
        self.bucket.delete((target.path / path).path for path in surplus)

    # Bringing in whole objects

    def bring(self, source: ObjectDir[Any]) -> bool:
        wanted = source.inventory_bytes()
        if wanted is None:
            raise ObjectAbsent(what=source.object_id)
        target = self.object(source.object_id)
        with self.locked([source.object_id]):
            there, found = target.standing()
            if found is not None and found.data == wanted:
                self._settle(target, wanted)
                return False
            inventory = loads(wanted, source.object_id)
            before = loads(found.data, source.object_id) if found else None
            if there is not None and before is not None and not goes_on_from(inventory, before):
                raise StaleBase(
                    object_id=source.object_id, expected=inventory.head - 1, found=there.version
                )
            held = before.manifest if before else {}
            sent = set(target.files(""))
            for sha512, paths in inventory.manifest.items():
                for path in paths:
                    # A name alone does not say what the bytes are, unless it has their digest.
                    known = path in held.get(sha512, ()) or sha512[:32] in path
                    if not (known and path in sent):
                        self._copy(source.place(path), target.path / path, sha512)
                        crash.point("store.sent")
            declaration = (target.path / layout.OBJECT_DECLARATION).path
            self.bucket.put(declaration, layout.OBJECT_DECLARATION_TEXT)
            for number in range(1, inventory.head):
                version = target.path / layout.version_name(number)
                self._describe(version, source.checked_version(number))
            root = (target.path / layout.INVENTORY).path
            won = (
                self.bucket.put_new(root, wanted)
                if found is None
                else self.bucket.put_over(root, wanted, found.e_tag)
            )
            if not won:
                raise StaleBase(
                    object_id=source.object_id,
                    expected=there.version if there else 0,
                    found=inventory.head,
                )  # Another machine brings it in, too.
            crash.point("store.committed")
            self._settle(target, wanted, of_all=True)
        return True

    def _copy(self, source: Place, target: Key, sha512: str) -> None:
        if isinstance(source, Path):
            self.bucket.send(target.path, source, sha512)
        else:
            pieces = source.stretch(0, source.size_bytes)
            self.bucket.send_pieces(target.path, _gathered(pieces), sha512)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that a store takes as parts: all but the last of one length."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)


def _is_content(path: str, head: int) -> bool:
    """Whether a path below an object is in the content of a version up to head."""
    version, _, rest = path.partition("/")
    number = layout.version_number(version)
    return number is not None and number <= head and rest.startswith(f"{layout.CONTENT}/")


def _stale(staged: Staged, there: Head | None) -> StaleBase:
    return StaleBase(
        object_id=staged.object_id,
        expected=staged.base.version if staged.base else 0,
        found=there.version if there else 0,
    )
