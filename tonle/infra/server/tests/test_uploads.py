"""Upload views under Django's test client: the same decisions, without our server."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from tonle.infra.server.uploads import (
    End,
    Received,
    SpoolPlan,
    UploadAnswer,
    _Sink,
    takes_upload,
)


def send(path: Path, body: bytes, *, offset: int = 0, limit: int = 1000) -> HttpResponseBase:
    def complete(received: Received) -> HttpResponse:
        return HttpResponse(f"{received.end.value} {received.length}")

    @takes_upload
    def view(_request: HttpRequest) -> HttpResponseBase:
        answer = UploadAnswer(SpoolPlan(path, offset, limit), complete)
        answer["X-Kept"] = "yes"
        answer.set_cookie("kept", "too")
        return answer

    return view(RequestFactory().patch("/", body, content_type="application/octet-stream"))


@pytest.mark.parametrize(
    ("before", "body", "offset", "limit", "end", "after"),
    [
        (None, b"hello", 0, 1000, End.WHOLE, b"hello"),
        (b"hel", b"lo", 3, 1000, End.WHOLE, b"hello"),
        (b"", b"", 0, 1000, End.WHOLE, b""),
        (b"hello", b"lo", 3, 1000, End.MOVED, b"hello"),
        (b"hel", b"lo", 5, 1000, End.MOVED, b"hel"),
        # What fits is kept; it may be all that the client meant to send twice.
        (None, b"hello", 0, 3, End.TOO_LARGE, b"hel"),
        (None, b"hello", 0, 5, End.WHOLE, b"hello"),
    ],
)
def test_a_plan_is_carried_out(
    tmp_path: Path,
    before: bytes | None,
    body: bytes,
    offset: int,
    limit: int,
    end: End,
    after: bytes,
) -> None:
    path = tmp_path / "upload"
    if before is not None:
        path.write_bytes(before)

    response = send(path, body, offset=offset, limit=limit)

    assert isinstance(response, HttpResponse)
    assert response.content.decode() == f"{end.value} {len(after)}"
    assert path.read_bytes() == after


def test_what_the_disk_has_no_room_for_ends_the_body_and_keeps_what_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"hel")
    with _Sink(SpoolPlan(path, 3, 9, reserve_bytes=1 << 60)) as sink:
        sink.take(b"lo")
        assert sink.finish(End.WHOLE) == Received(sink._plan, 3, End.FULL)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    with _Sink(SpoolPlan(path, 3, 9)) as sink:
        sink.take(b"l")
        monkeypatch.setattr(os, "write", full)
        sink.take(b"o")
        assert sink.finish(End.WHOLE) == Received(sink._plan, 4, End.FULL)
    assert path.read_bytes() == b"hell"


def test_what_middleware_added_to_the_permission_reaches_the_client(tmp_path: Path) -> None:
    response = send(tmp_path / "upload", b"x")

    assert response["X-Kept"] == "yes"
    assert response.cookies["kept"].value == "too"
