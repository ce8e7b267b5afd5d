"""A node from Python: get records, open their tables, put files into deposits.

    from tonle.client import Node

    node = Node("https://data.example.org")
    node.record("ID").get("here")
    table = node.record("ID").pandas("yields.csv")
    node.deposit("DRAFT").put("survey.tif")        # with Node(…, token="…")

Links that break are taken up again; what cannot be done is a `ClientError` with a sentence.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonle.client.asking import CannotGet, CannotPut, Client, ClientError, host_of
from tonle.client.getting import (
    Job,
    Listed,
    Wanted,
    address_of,
    document_of,
    glob_of,
    in_order,
    inside,
    listed,
    wanted,
)
from tonle.client.putting import Deposit as _Place
from tonle.client.putting import Sender, Sent, deposit_of, files_below

if TYPE_CHECKING:
    import duckdb
    import pandas

__all__ = ["CannotGet", "CannotPut", "ClientError", "Deposit", "Node", "Record", "Sent"]


def _cache() -> Path:
    """Where files lie that are only looked at: the user's own, as freedesktop.org has it."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tonle"


@dataclass(frozen=True)
class Node:
    """One node. address: such as https://data.example.org. token: for what is not open to all;
    this node is told it and no other.

    mirrors: other nodes that have the same records; their bytes count only where the whole has
    the record's digest. tell: gets the number of new bytes, for who shows progress.
    """

    address: str
    token: str = field(default="", repr=False)
    mirrors: tuple[str, ...] = ()
    cache: Path = field(default_factory=_cache)
    tell: Callable[[int], None] = field(default=lambda _bytes: None, repr=False)

    def record(self, what: str, version: int | None = None) -> Record:
        """A record by its id or address; the newest version unless one is named. Asks once.

        Raises CannotGet.
        """
        asked = wanted(what, (), version, self.address)
        return Record(self, asked, document_of(self.client(asked.node), asked))

    def deposit(self, what: str) -> Deposit:
        """A deposit of one's own by its id or the address of its page. Raises CannotPut."""
        return Deposit(self, deposit_of(what, self.address))

    def begin(self, kind: str, document: dict[str, Any] | None = None) -> Deposit:
        """Begin a deposit: kind is dataset, software or publication; document the descriptive
        part of a `tonle-record/1`, such as {"titles": {"en": "…"}}. Raises CannotPut."""
        base = self.address.rstrip("/")
        body = {"kind": kind, "document": document or {}}
        status, said = Client(self.token).json(f"{base}/api/v1/deposits", "POST", body)
        if status != 201:
            detail = said.get("detail", "") if isinstance(said, dict) else ""
            raise CannotPut(f"No deposit was begun ({status}). {detail}".strip())
        return Deposit(self, _Place(base, str(said["id"])))

    def client(self, node: str) -> Client:
        """Asks that node: with the token, where it is this one. An address that somebody typed or
        copied may be another's."""
        return Client(self.token if host_of(node) == host_of(self.address) else "")


@dataclass(frozen=True)
class Record:
    """One version of a record. document: its whole description, `tonle-record/1`."""

    node: Node
    asked: Wanted = field(repr=False)
    document: dict[str, Any] = field(repr=False)

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def version(self) -> int:
        return int(self.document["version"])

    @cached_property
    def files(self) -> list[Listed]:
        """Its files, in the order in which they are got: what explains first, then the small."""
        return in_order(listed(self.document, ()))

    def get(self, folder: str | Path, *names: str, replace: bool = False) -> list[Path]:
        """Bring files into a folder, whole and checked; all of them, or those that patterns
        such as `*.csv` name. What is there already is passed over. Raises CannotGet, OSError."""
        job = Job(self.node.client(self.asked.node), self.node.tell, replace=replace)
        places = []
        for file in in_order(listed(self.document, names)):
            place = inside(Path(folder), file.name)
            nodes = [self.asked.node, *self.node.mirrors]
            job.get([address_of(node, self.document, file.name) for node in nodes], file, place)
            places.append(place)
        return places

    def path(self, name: str) -> Path:
        """Where one file lies on this machine, got now where it is not here yet."""
        folder = self.node.cache / f"{self.id}-v{self.version}"
        # A file in there that differs was not made by us: a version's files never change.
        return self.get(folder, glob_of(name), replace=True)[0]

    def pandas(self, name: str, **options: Any) -> pandas.DataFrame:
        """One file as a table of pandas. options: as its reader of that format takes them.

        Raises CannotGet, also where pandas is not installed or the format is no table.
        """
        from tonle.client.opening import frame

        return frame(self.path(name), **options)

    def duckdb(self, *names: str) -> duckdb.DuckDBPyConnection:
        """Its tables, each a view called as its file, in a database in memory.

        names: patterns; without one, every file that is a table. Raises CannotGet.
        """
        from tonle.client.opening import database, is_table

        chosen = [file.name for file in listed(self.document, names) if is_table(file.name)]
        return database({name: self.path(name) for name in chosen})


@dataclass(frozen=True)
class Deposit:
    """A draft on its way to a record."""

    node: Node
    place: _Place

    @property
    def id(self) -> str:
        return self.place.id

    def put(self, *paths: str | Path) -> list[Sent]:
        """Bring files and folders there, and return when the deposit has them. What is there
        already is passed over. Raises CannotPut, OSError."""
        sender = Sender(self.node.client(self.place.node), self.place, self.node.tell)
        return [sender.put(name, path) for name, path in files_below([Path(p) for p in paths])]
