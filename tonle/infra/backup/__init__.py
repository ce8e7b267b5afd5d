"""Backup and restore of a whole node.

Rows first or files first? A published row whose files are missing is a broken
promise; files without a row are a publication that can be completed. Publishing
puts files in place before their row becomes visible, and kept files are never
taken away; so whatever the rows name at one instant is in the root from then on.
Therefore the order is

    1. rows      one consistent snapshot, at one instant
    2. staging   what open intents of that snapshot need; a version that is placed
                 meanwhile leaves staging, and is met in step 3
    3. root      all that the snapshot can name, and perhaps a little more
    4. manifest  then the whole is given its name

Files first would lose the versions published between the two copies, and keep their
rows. The one exception to "never taken away" is a purge: one that runs between 1
and 3 leaves a row that names purged bytes. That is the right way round (what a court
took stays taken), and the object's own newest version says so: `tonle check` names
the record and `tonle rebuild` mends it. After a restore the same two commands adopt
versions that are newer than the rows.

Kept versions never change, so they are copied once into a pool that all backups of a
directory share; a nightly backup costs one small read per object. The rest (rows,
keys, staging) is whole in each backup. Purged bytes leave the pool with the last
backup from before the purge: lower `keep` once to force it.
"""

from tonle.infra.backup.errors import (
    BackupDamaged,
    BackupError,
    KeptElsewhere,
    LaterBackup,
    NodeNotEmpty,
    NoSuchPlace,
    NotABackup,
    OtherDatabase,
    OthersBackups,
)
from tonle.infra.backup.making import Made, Node, backup, backups, mend
from tonle.infra.backup.restoring import restore, verify

__all__ = [
    "BackupDamaged",
    "BackupError",
    "KeptElsewhere",
    "LaterBackup",
    "Made",
    "NoSuchPlace",
    "Node",
    "NodeNotEmpty",
    "NotABackup",
    "OtherDatabase",
    "OthersBackups",
    "backup",
    "backups",
    "mend",
    "restore",
    "verify",
]
