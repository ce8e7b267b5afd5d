"""Reading one object in a bucket, and finding those that lie in one leaf of a root there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from tonle.infra.ocfl import layout
from tonle.infra.ocfl.bucket import Bucket, Fetched, Key
from tonle.infra.ocfl.errors import Damaged
from tonle.infra.ocfl.reading import Found, ObjectDir, object_id_at
from tonle.infra.ocfl.staging import Head


class RemoteObject(ObjectDir[Key]):
    """One object in a bucket, which may or may not be there."""

    def standing(self) -> tuple[Head | None, Fetched | None]:
        """Where the object stands, and the root inventory that says so. Raises Damaged."""
        found = self.fetched()
        if found is None:
            if self.is_there():
                raise self._damaged("its root inventory is missing.")
            return None, None
        self.prove(found)
        digest = hashlib.sha512(found.data).hexdigest()
        return Head(self._parse(found.data).head, digest), found

    def sidecar_fits(self, data: bytes) -> bool:
        """Whether the root's sidecar belongs to this inventory: then all is settled."""
        return self._sidecar_fits(self.path, data)

    def fetched(self) -> Fetched | None:
        """The root inventory as it is now, with what is needed to put another over it."""
        return self.path.bucket.get((self.path / layout.INVENTORY).path)

    def inventory_bytes(self) -> bytes | None:
        """The root inventory, proven by what its writer said, or by its sidecar."""
        found = self.fetched()
        if found is None:
            if self.is_there():
                raise self._damaged("its root inventory is missing.")
            return None
        self.prove(found)
        return found.data

    def prove(self, found: Fetched) -> None:
        """Raise Damaged unless these are the bytes that were written."""
        digest = hashlib.sha512(found.data).hexdigest()
        # A bucket that was copied by another's tool may have lost what was said.
        if found.sha512 != digest and not self._sidecar_fits(self.path, found.data):
            raise self._damaged("its root inventory and the sidecar differ.")

    def names(self, below: str = "") -> list[str] | None:
        start = f"{below}/" if below else ""
        inside = [path.removeprefix(start) for path in self._listed(below)]
        return sorted({path.split("/")[0] for path in inside}) if inside else None

    def files(self, below: str) -> Iterator[str]:
        yield from sorted(self._listed(below))

    def _listed(self, below: str) -> Iterator[str]:
        top = f"{self.path.path}/"
        for found in self.path.bucket.list((self.path / below).path if below else self.path.path):
            yield found.key.removeprefix(top)

    def sizes(self) -> Callable[[str], int]:
        """One listing, when it is first asked for, in place of a look at each file."""
        known: dict[str, int] = {}

        def size(path: str) -> int:
            if not known:
                top = f"{self.path.path}/"
                listed = self.path.bucket.list(self.path.path)
                known.update((one.key.removeprefix(top), one.size_bytes) for one in listed)
            if path not in known:
                raise Damaged(object_id=self.object_id, problem=f"{path} is missing.")
            return known[path]

        return size

    def is_there(self) -> bool:
        """Whether a version was ever committed: the first thing that is made of an inventory."""
        return (self.path / layout.version_name(1) / layout.INVENTORY).is_file()

    def newest_version(self) -> int | None:
        """The version of the root inventory: it alone decides."""
        return self.inventory().head


def objects_in(keys: Iterable[str], bucket: Bucket) -> list[Found]:
    """What lies in one leaf: its committed objects, and strangers. In order."""
    found: dict[str, Found] = {}
    for key in keys:
        parts = key.split("/")
        path = "/".join(parts[:3])
        if len(parts) < 4:
            found[path] = Found(path, None)
        elif path not in found and parts[-1] == layout.INVENTORY and len(parts) < 6:
            found[path] = Found(path, object_id_at(path, bucket.key(f"{path}/{layout.INVENTORY}")))
    return sorted(found.values(), key=lambda one: one.path)
