"""What the tests of the storage root share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tonle.infra.ocfl import Request, Root, Source, Storage, User

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
SOKHA = User("Sokha", "https://example.org/people/sokha")
ID = "tonle:0123456789bcdfg"


def make_root(base: Path) -> Root:
    return Root(base / "ocfl", base / "staging").create()


def put(root: Storage, files: Mapping[str, Source], object_id: str = ID, message: str = "") -> None:
    """Add one version, from whatever head there is."""
    root.place(root.stage(request(root, files, object_id, message)))


def request(
    root: Storage, files: Mapping[str, Source], object_id: str = ID, message: str = ""
) -> Request:
    return Request(object_id, root.head(object_id), files, message, SOKHA, NOW)


def contents(root: Storage, object_id: str = ID) -> list[dict[str, bytes]]:
    """All versions as plain dictionaries of names and bytes."""
    return [
        {path: root.read(object_id, version.number, path).read_bytes() for path in version.state}
        for version in root.versions(object_id)
    ]


def assert_sound(root: Root) -> None:
    """Valid by ocfl-py, which knows nothing of us, and by our own fixity."""
    import ocfl  # Slow to load, and the processes that are killed do not need it.

    checker = ocfl.StorageRoot(str(root.path))
    # Its verdict is True even where an object is corrupt; only the counts can be trusted.
    assert checker.validate(validate_objects=True) is True
    assert checker.good_objects == checker.num_objects
    assert [c for c in root.fixity_all() if c.findings] == []


def left_in_staging(root: Storage) -> set[str]:
    return {path.name for path in root.staging.iterdir()} - {"locks"}


def cannot_swap(one: Path, other: Path) -> bool:
    """As on a file system without an exchange of names."""
    return False
