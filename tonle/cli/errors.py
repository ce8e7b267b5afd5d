"""Errors of the command line."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class NoNode(TonleError):
    code = "no_node"
    http_status = 503
    message = N_("There is no node in %(directory)s yet. Create it with: tonle init")


class DirectoryTaken(TonleError):
    """A new node is not put among somebody's other files."""

    code = "directory_taken"
    http_status = 409
    message = N_(
        "%(directory)s already holds other things, such as %(name)s. Name an empty directory, or "
        "one that does not exist yet."
    )


class NoTables(TonleError):
    """The directory is a node's, the database is not."""

    code = "no_tables"
    http_status = 503
    message = N_(
        "The database of this node is empty or gone. Run `tonle rebuild` to make it anew from the "
        "kept files, or `tonle restore` to bring back a backup."
    )
