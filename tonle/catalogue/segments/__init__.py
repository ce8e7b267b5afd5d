"""Records that this node shows and does not own: kept as received, many to an object.

A harvested record, or one of another node, has no OCFL object of its own: that would cost
twelve inodes and 48 kB for each. They are appended to segments instead, and a segment is
what a database calls a write-ahead log: `append` makes entries last, `apply` brings rows,
log and search up to them. After a crash, a restore or a rebuild `apply` goes on from where
the rows are; so what was harvested comes back from the files alone.
"""

from tonle.catalogue.segments.apply import apply, catch_up, keep, stand
from tonle.catalogue.segments.files import (
    Locator,
    SegmentEntry,
    append,
    last,
    names,
    objects,
    read,
    walk_entries,
)

__all__ = [
    "Locator",
    "SegmentEntry",
    "append",
    "apply",
    "catch_up",
    "keep",
    "last",
    "names",
    "objects",
    "read",
    "stand",
    "walk_entries",
]
