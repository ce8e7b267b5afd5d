"""What the machine refuses is told as a person can act on it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tonle.api import problems
from tonle.infra import clock, stores
from tonle.infra.faults import DiskFault, DiskFull, NotWritable, in_words
from tonle.web.middleware import ErrorPageMiddleware


def within(name: str) -> str:
    return str(Path(settings.TONLE_DATA) / name)


def caused(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: OSError(errno.ENOSPC, "No space left on device", within("a")), DiskFull),
        (lambda: OSError(errno.ENOSPC, "No space left on device"), DiskFull),
        (lambda: OSError(errno.EROFS, "Read-only file system", within("a")), NotWritable),
        (lambda: PermissionError(errno.EACCES, "Permission denied", within("a")), NotWritable),
        (lambda: PermissionError(errno.EACCES, "Permission denied", "/elsewhere"), None),
        (lambda: FileNotFoundError(errno.ENOENT, "No such file", within("a")), None),
        (lambda: OperationalError("database or disk is full"), DiskFull),
        (lambda: OperationalError("attempt to write a readonly database"), NotWritable),
        (lambda: OperationalError("unable to open database file"), NotWritable),
        (lambda: OperationalError("could not extend file: No space left on device"), DiskFull),
        (lambda: OperationalError("disk I/O error"), DiskFault),
        (lambda: OperationalError("no such table: x"), None),
        (lambda: caused(RuntimeError("x"), OSError(errno.ENOSPC, "No space left")), DiskFull),
        (lambda: ValueError("database or disk is full"), None),
    ],
)
def test_only_what_the_machine_refused_is_put_in_words(
    make: Callable[[], Exception], kind: type[Exception] | None
) -> None:
    found = in_words(make())

    assert (type(found) if found else None) == kind


def test_a_page_and_the_interface_say_it_with_a_status_of_its_own(
    rf: RequestFactory, client: object
) -> None:
    fault = OSError(errno.ENOSPC, "No space left on device", within("a"))

    found = problems.translate(fault)
    assert (found.code, found.http_status) == ("disk_full", 507)

    def nothing(_: HttpRequest) -> HttpResponse:
        raise AssertionError

    request = rf.get("/")
    page = ErrorPageMiddleware(nothing).process_exception(request, fault)
    assert page is not None
    assert page.status_code == 507
    assert "The disk of this node is full" in page.content.decode()
    assert ErrorPageMiddleware(nothing).process_exception(request, ValueError("x")) is None


def test_a_clock_that_is_set_forward_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock.leapt() < timedelta(minutes=1)
    wall, steady = clock._began
    monkeypatch.setattr(clock, "_began", (wall - timedelta(days=3), steady))
    assert timedelta(days=2, hours=23) < clock.leapt() < timedelta(days=3, minutes=1)
    monkeypatch.setattr(clock, "_began", (wall + timedelta(days=3), steady))
    assert clock.leapt() == timedelta()


@pytest.mark.django_db(transaction=True)
def test_the_database_looks_at_its_tables_where_it_does_not_by_itself() -> None:
    # Of empty tables there is nothing to count.
    ContentType.objects.create(app_label="tests", model="counted")
    stores.optimise()

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
            assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_keeps_no_command_from_ending_well() -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        # A wait of a fiftieth second is as good as one of thirty.
        cursor.execute("PRAGMA busy_timeout=20")
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("BEGIN IMMEDIATE")
        stores.optimise()
        other.rollback()
    connection.close()

    stores.optimise()
    assert connection.is_usable()
