"""Is everything still there, and is it still the same? Every byte is read.

The inventory says which bytes there must be, its sidecar proves the inventory, and
the copy in the newest version directory proves it a second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tonle.infra.ocfl import layout
from tonle.infra.ocfl.bucket import Place
from tonle.infra.ocfl.errors import BadSource, OcflError
from tonle.infra.ocfl.inventory import Inventory, loads, sidecar
from tonle.infra.ocfl.reading import ObjectDir, read_inventory
from tonle.infra.ocfl.sources import digest_file

# missing     a file that the inventory names is not there
# changed     a file has other bytes than it had
# extra       something is there that no inventory names
# inventory   an inventory contradicts its sidecar, its object or another inventory
# unfinished  a version came in but was not completed; `repair` completes it
FindingKind = Literal["missing", "changed", "extra", "inventory", "unfinished"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. path: below the object (or the root, for its own files)."""

    kind: FindingKind
    path: str
    expected: str = ""
    found: str = ""


@dataclass(frozen=True)
class Checked:
    """The outcome for one object.

    path: below the root, the cursor from which to go on. object_id: None for what is no
    object. files and size_bytes: what was read.
    """

    path: str
    object_id: str | None
    files: int
    size_bytes: int
    findings: tuple[Finding, ...]


def check_object(target: ObjectDir[Any], path: str) -> Checked:
    """Compare one object, all its versions, with its inventory."""
    check = _Check(target)
    findings = tuple(check.run())
    return Checked(path, target.object_id, check.files, check.size_bytes, findings)


def check_declarations(root: Place) -> Checked:
    """Compare the root's own files with what this node writes into them."""
    wanted = {
        layout.ROOT_DECLARATION: layout.ROOT_DECLARATION_TEXT,
        layout.LAYOUT_FILE: layout.as_json(layout.LAYOUT),
        layout.EXTENSION_CONFIG: layout.as_json(layout.CONFIG),
    }
    findings = tuple(
        finding for name, text in wanted.items() for finding in _compare(root / name, name, text)
    )
    return Checked("", None, len(wanted), sum(map(len, wanted.values())), findings)


def stray(path: str) -> Checked:
    """The outcome for something in the root that is no object."""
    return Checked(path, None, 0, 0, (Finding("extra", path),))


def _compare(file: Place, name: str, wanted: bytes) -> Iterator[Finding]:
    try:
        with file.open("rb") as opened:
            found = opened.read(len(wanted) + 1)
    except FileNotFoundError:
        yield Finding("missing", name)
    except OSError as error:
        yield Finding("changed", name, found=error.strerror or "")
    else:
        if found != wanted:
            yield Finding("changed", name)


class _Check:
    """Goes through one object once, counting what it reads."""

    def __init__(self, target: ObjectDir[Any]) -> None:
        self.target = target
        self.files = 0
        self.size_bytes = 0

    def run(self) -> Iterator[Finding]:
        object_dir = self.target.path
        if not self.target.is_there():
            yield Finding("missing", "")
            return
        yield from _compare(
            object_dir / layout.OBJECT_DECLARATION,
            layout.OBJECT_DECLARATION,
            layout.OBJECT_DECLARATION_TEXT,
        )
        data, problem = self._inventory(object_dir)
        newest = self.target.newest_version() or 0
        if problem:
            yield Finding("inventory", layout.INVENTORY, found=problem)
            data, worse = self._inventory(object_dir / layout.version_name(newest))
            if worse:
                # Nothing left that could say what should be here.
                return
        inventory = loads(data, self.target.object_id)
        if newest > inventory.head:
            yield Finding("unfinished", layout.version_name(newest))
        yield from self._names(inventory, newest)
        for number in range(1, inventory.head + 1):
            yield from self._version(number, inventory, data)
        yield from self._content(inventory)

    def _inventory(self, folder: Place) -> tuple[bytes, str]:
        """The inventory in a directory, and what is wrong with it or nothing."""
        try:
            data = read_inventory(folder / layout.INVENTORY, self.target.object_id)
            if data is None:
                return b"", "it is missing."
            inventory = loads(data, self.target.object_id)
            with (folder / layout.SIDECAR).open("rb") as file:
                fits = file.read(1024) == sidecar(data)
        except OcflError as error:
            return b"", str(error)
        except OSError as error:
            return b"", f"{layout.SIDECAR}: {error.strerror}."
        if inventory.object_id != self.target.object_id:
            return b"", f"it names {inventory.object_id[:200]}."
        self.files += 2
        self.size_bytes += len(data)
        return data, "" if fits else "it and its sidecar differ."

    def _names(self, inventory: Inventory, newest: int) -> Iterator[Finding]:
        """What lies in the object and its version directories beside what must."""
        versions = {layout.version_name(n) for n in range(1, max(inventory.head, newest) + 1)}
        known = {layout.OBJECT_DECLARATION, layout.INVENTORY, layout.SIDECAR, *versions}
        for name in sorted(set(self.target.names() or ()) - known):
            yield Finding("extra", name)
        inside = {layout.INVENTORY, layout.SIDECAR, layout.CONTENT}
        for version in sorted(versions):
            for name in sorted(set(self.target.names(version) or ()) - inside):
                yield Finding("extra", f"{version}/{name}")

    def _version(self, number: int, inventory: Inventory, data: bytes) -> Iterator[Finding]:
        """An earlier inventory must be the newest one as it was then."""
        name = f"{layout.version_name(number)}/{layout.INVENTORY}"
        own, problem = self._inventory(self.target.path / layout.version_name(number))
        if problem:
            yield Finding("inventory", name, found=problem)
        elif number == inventory.head and own != data:
            yield Finding("inventory", name, found="it is not the root inventory.")
        elif not is_past_of(loads(own, name), number, inventory):
            yield Finding("inventory", name, found="it tells another history.")

    def _content(self, inventory: Inventory) -> Iterator[Finding]:
        expected = {path: d for d, paths in inventory.manifest.items() for path in paths}
        for path in sorted(expected):
            file = self.target.path / path
            try:
                digests = digest_file(file)
            except BadSource as error:
                kind: FindingKind = "changed" if file.exists() else "missing"
                yield Finding(kind, path, expected[path], str(error.data["problem"]))
                continue
            self.files += 1
            self.size_bytes += digests.size_bytes
            if digests.sha512 != expected[path]:
                yield Finding("changed", path, expected[path], digests.sha512)
            elif inventory.sha256.get(path, digests.sha256) != digests.sha256:
                yield Finding("inventory", path, inventory.sha256[path], digests.sha256)
        for number in range(1, inventory.head + 1):
            yield from self._unnamed(f"{layout.version_name(number)}/{layout.CONTENT}", expected)

    def _unnamed(self, folder: str, expected: dict[str, str]) -> Iterator[Finding]:
        """Files that no inventory names, and directories without any file."""
        for path in self.target.files(folder):
            if path not in expected:
                yield Finding("extra", path.removesuffix("/"))


def is_past_of(own: Inventory, number: int, inventory: Inventory) -> bool:
    """Whether an inventory is what `inventory` was at that version. Pure."""
    past = {
        digest: sorted(p for p in paths if (layout.version_number(p.split("/")[0]) or 0) <= number)
        for digest, paths in inventory.manifest.items()
    }
    states = [version.state for version in inventory.versions[:number]]
    return (
        own.head == number
        and [version.state for version in own.versions] == states
        and {d: sorted(paths) for d, paths in own.manifest.items()}
        == {digest: paths for digest, paths in past.items() if paths}
    )
