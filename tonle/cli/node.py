"""The node's directory: made once by `tonle init`, asked for by every other command."""

from __future__ import annotations

import os
import secrets
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tonle.cli.errors import DirectoryTaken, NoNode
from tonle.cli.registry import init_hooks
from tonle.infra import tables


def require() -> None:
    """Raises NoNode unless the node's directory has been initialised."""
    if not exists():
        raise NoNode(directory=settings.TONLE_DATA)


def exists() -> bool:
    """Whether the node's directory was initialised to the end."""
    return _marker().exists()


def _marker() -> Path:
    return Path(settings.TONLE_KEYS) / "secret_key"


def create(now: datetime) -> bool:
    """Make directories, secret key and tables, and run what contexts registered.

    Safe to repeat, also after an upgrade. Returns whether the node is new. Raises
    DirectoryTaken where a new node would come to lie among other files.
    """
    refuse_strangers(Path(settings.TONLE_DATA))
    os.umask(0o077)
    for directory in (
        settings.TONLE_DATA,
        settings.TONLE_STAGING,
        settings.TONLE_INDEX,
        settings.TONLE_USAGE,
        settings.TONLE_KEYS,
    ):
        Path(directory).mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(settings.TONLE_DATA).chmod(0o700)
    tables.make()
    for hook in init_hooks():
        hook(now)
    # Last, because its presence says that all before it was finished.
    is_new = write_secret_key(_marker())
    if not os.environ.get("TONLE_SECRET_KEY"):
        # This process began without it, and may go on to serve.
        settings.SECRET_KEY = _marker().read_text(encoding="ascii").strip()
    return is_new


# What a node keeps at the top of its directory, and what a file system puts there.
OWN = {
    "backups",
    "cache.sqlite3",
    "drafts",
    "files-cache",
    "index",
    "keys",
    "logs",
    "lost+found",
    "mail",
    "node.sqlite3",
    "ocfl",
    "staging",
    "starter",
    "tmp",
    "usage",
}


def refuse_strangers(directory: Path) -> None:
    """Raises DirectoryTaken for a directory that is no node's and not empty.

    A node whose making was cut short is one already: all that is there is its own.
    """
    if exists() or not directory.is_dir():
        return
    for path in sorted(directory.iterdir()):
        if path.name.removesuffix("-wal").removesuffix("-shm") not in OWN:
            raise DirectoryTaken(directory=directory, name=path.name)


def write_secret_key(path: Path) -> bool:
    """Write 64 random bytes as text, readable by the owner only. Returns whether it was missing.

    A link, not a rename: of two `tonle init` at once, the second keeps the first one's key.
    """
    if path.exists():
        return False
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return False
        return True
    finally:
        os.unlink(name)
