"""Keeping files: an OCFL 1.1 storage root, written so that a power cut loses nothing.

    root = Root(data / "ocfl", data / "staging").create()
    staged = root.stage(Request("tonle:…", root.head("tonle:…"), files, message, user, now))
    …authorise: store staged.to_json() in a transaction…
    root.place(staged)

`README.md` beside this file tells the steps and what a crash leaves after each.
Nothing here knows Django or records.
"""

from tonle.infra.ocfl import layout
from tonle.infra.ocfl.bucket import Address, Bucket, Key, Place
from tonle.infra.ocfl.errors import (
    BadPath,
    BadSource,
    Damaged,
    NotARoot,
    ObjectAbsent,
    ObjectTooLarge,
    OcflError,
    StagingLost,
    StaleBase,
    StoreAway,
    StoreRefuses,
)
from tonle.infra.ocfl.fixity import Checked, Finding
from tonle.infra.ocfl.inventory import Inventory, User, Version
from tonle.infra.ocfl.paths import check_logical_path
from tonle.infra.ocfl.reading import Found
from tonle.infra.ocfl.remote import RemoteRoot
from tonle.infra.ocfl.root import Root
from tonle.infra.ocfl.sources import (
    Existing,
    Given,
    Source,
    digest_file,
)
from tonle.infra.ocfl.staging import Head, Request, Staged, Stored
from tonle.infra.ocfl.storage import Storage

__all__ = [
    "Address",
    "BadPath",
    "BadSource",
    "Bucket",
    "Checked",
    "Damaged",
    "Existing",
    "Finding",
    "Found",
    "Given",
    "Head",
    "Inventory",
    "Key",
    "NotARoot",
    "ObjectAbsent",
    "ObjectTooLarge",
    "OcflError",
    "Place",
    "RemoteRoot",
    "Request",
    "Root",
    "Source",
    "Staged",
    "StagingLost",
    "StaleBase",
    "Storage",
    "StoreAway",
    "StoreRefuses",
    "Stored",
    "User",
    "Version",
    "check_logical_path",
    "digest_file",
    "layout",
]
