"""Small nodes to back up, and looking at what became of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections

from tonle.infra.backup import Node
from tonle.infra.ocfl import Request, Root, User
from tonle.infra.ocfl.tests.helpers import NOW

USER = User("Sokha", "https://example.org/people/sokha")
MANY = [f"tonle:{number}" for number in range(5)]


def node_in(data: Path) -> Node:
    return Node(data, data / "ocfl", data / "staging")


def root_of(data: Path) -> Root:
    return Root(data / "ocfl", data / "staging")


def make_node(data: Path) -> None:
    """Directories, a key, and five objects, the first of two versions."""
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "secret_key").write_text("secret")
    (data / "usage").mkdir()
    root_of(data).create()
    for object_id in MANY:
        put(data, object_id, {"record.json": object_id.encode(), "ទឹក.csv": b"1\n"})
    put(data, MANY[0], {"record.json": b"second", "ទឹក.csv": b"1\n"})


def put(data: Path, object_id: str, files: dict[str, bytes]) -> None:
    root = root_of(data)
    root.place(root.stage(Request(object_id, root.head(object_id), {**files}, "", USER, NOW)))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a directory, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def database_name() -> str:
    return str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])


@contextmanager
def empty_database(data: Path) -> Iterator[str]:
    """Let Django's connection look at the place into which a node is restored."""
    connection = connections[DEFAULT_DB_ALIAS]
    kept = connection.settings_dict["NAME"]
    name = str(data / "node.sqlite3")
    if connection.vendor != "sqlite":
        name = f"restore_{abs(hash(data)) % 10**9}"
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield name
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def rows(data: Path) -> list[tuple[str, str]]:
    """The rows that tell which snapshot is there, in the database of this moment."""
    query = "SELECT app_label, model FROM django_content_type ORDER BY app_label, model"
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite" and (data / "node.sqlite3").exists():
        with closing(sqlite3.connect(data / "node.sqlite3")) as restored:
            return restored.execute(query).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
