"""What can go wrong when a node is backed up or restored, each with what to do."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class BackupError(TonleError):
    """Base of the errors of backup and restore."""

    code = "backup"
    http_status = 500


class NotABackup(BackupError):
    """The directory is no finished backup, or not one that this program reads."""

    code = "not_a_backup"
    message = N_("%(path)s is not a backup that can be used: %(problem)s")


class NoSuchPlace(BackupError):
    """There is nothing at the path."""

    code = "no_such_place"
    http_status = 404
    message = N_(
        "There is nothing at %(path)s. Name one backup, or the directory that holds them; on a "
        "disk that is not always connected, connect it first."
    )


class BackupDamaged(BackupError):
    """A backup does not hold what its manifest says. Nothing was restored."""

    code = "backup_damaged"
    message = N_(
        "The backup %(path)s is damaged in %(count)s places, first %(first)s. Nothing was "
        "restored. Use another backup."
    )


class NodeNotEmpty(BackupError):
    """A backup is restored into an empty place only, so that it cannot destroy a node."""

    code = "node_not_empty"
    http_status = 409
    message = N_("%(place)s is not empty. Restore into an empty directory and an empty database.")


class OtherDatabase(BackupError):
    """The backup came from another kind of database, or another shape of tables."""

    code = "other_database"
    http_status = 409
    message = N_("The backup cannot be loaded into this database: %(problem)s")


class KeptElsewhere(BackupError):
    """The backup says in which object store the files are, and that is not this node's."""

    code = "kept_elsewhere"
    http_status = 409
    message = N_(
        "The files of this backup stayed in %(place)s. Set TONLE_FILES and the options beside it "
        "to that place, then repeat this."
    )


class LaterBackup(BackupError):
    """The newest backup there is of the future, so the one made now would be thrown away for it."""

    code = "later_backup"
    http_status = 409
    message = N_(
        "%(path)s is a backup of a later time than this machine's clock tells. Nothing was copied. "
        "Set the clock, or move that backup elsewhere, then repeat this."
    )


class OthersBackups(BackupError):
    """The backups in the directory are of another node, and would be thrown away for this one's."""

    code = "others_backups"
    http_status = 409
    message = N_(
        "The backups in %(path)s are those of another node. Nothing was copied. Name a directory "
        "for this node alone."
    )
