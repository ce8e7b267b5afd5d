"""Pages that behave well, badly and slowly, for tests of the server.

Views tell and are told through files in TONLE_DATA/probe, because the test runs
in another process.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import path
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from tonle.infra import pagecache
from tonle.infra.server.files import FileAnswer, OfFile, PartsAnswer
from tonle.infra.server.uploads import Received, SpoolPlan, UploadAnswer, takes_upload
from tonle.infra.server.zips import Member, layout

PROBE = Path(settings.TONLE_DATA) / "probe"
GATE_SECONDS = 60


def note(name: str, text: str = "") -> None:
    """Leave a mark for the test, whole or not at all."""
    PROBE.mkdir(exist_ok=True)
    part = PROBE / f".{name}-{threading.get_ident()}"
    part.write_text(text)
    part.replace(PROBE / name)


def wait_for(name: str) -> None:
    until = time.monotonic() + GATE_SECONDS
    while not (PROBE / name).exists() and time.monotonic() < until:
        time.sleep(0.01)


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


@csrf_exempt
def echo(request: HttpRequest) -> JsonResponse:
    note("echo-ran")
    body = request.body
    return JsonResponse(
        {
            "length": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            "method": request.method,
            "path": request.path,
            "query": request.META["QUERY_STRING"],
            "asked": request.GET.dict(),
            "form": request.POST.dict(),
            "headers": dict(request.headers),
            "client": request.META["REMOTE_ADDR"],
        }
    )


def held(request: HttpRequest, name: str) -> HttpResponse:
    """A page that is not ready before the test says so."""
    note(f"held-{name}")
    wait_for(f"release-{name}")
    note(f"left-{name}")
    return HttpResponse(f"held {name}")


def file(request: HttpRequest) -> FileAnswer:
    return FileAnswer(
        PROBE / "file.bin",
        content_type="application/x-probe",
        sha256=(PROBE / "file.sha256").read_text(),
        last_modified=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        filename="ទឹក.bin",
    )


def endless(request: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Iterator[bytes]:
        made = 0
        try:
            while True:
                made += 65536
                note("endless-made", str(made))
                yield b"e" * 65536
        finally:
            note("endless-closed")

    return StreamingHttpResponse(chunks(), content_type="application/octet-stream")


def broken(request: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Iterator[bytes]:
        yield b"b" * 300_000
        raise RuntimeError("the source broke")

    return StreamingHttpResponse(chunks(), content_type="application/octet-stream")


def archive(request: HttpRequest) -> StreamingHttpResponse:
    """A zip written as it is read: no whole archive ever exists."""

    class Outlet(io.RawIOBase):
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.parts.append(bytes(data))  # type: ignore[call-overload]  # Any buffer.
            return len(self.parts[-1])

        def take(self) -> bytes:
            taken, self.parts = b"".join(self.parts), []
            return taken

    def chunks() -> Iterator[bytes]:
        outlet = Outlet()
        with zipfile.ZipFile(outlet, "w") as whole:
            for number in range(20):
                with whole.open(f"{number}.txt", "w") as member:
                    for _ in range(10):
                        member.write(f"{number}".encode() * 20_000)
                        yield outlet.take()
        yield outlet.take()

    return StreamingHttpResponse(chunks(), content_type="application/zip")


def whole(request: HttpRequest) -> PartsAnswer:
    """A zip whose length is known before its bytes are, and that can be resumed."""

    def crc32() -> Iterator[int | None]:
        sum_ = 0
        with (PROBE / "file.bin").open("rb") as file:
            while chunk := file.read(1 << 20):
                sum_ = zlib.crc32(chunk, sum_)
                yield None
        yield sum_

    size = (PROBE / "file.bin").stat().st_size
    members = [
        Member(f"data/{number}.bin", OfFile(PROBE / "file.bin", size), crc32) for number in range(3)
    ]
    at = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)
    return PartsAnswer(
        layout(members, at),
        content_type="application/zip",
        etag=f'"{(PROBE / "file.sha256").read_text()}"',
        last_modified=at,
        filename="whole.zip",
    )


@pagecache.public_page
def public(request: HttpRequest) -> HttpResponse:
    count = int((PROBE / "public").read_text()) + 1 if (PROBE / "public").exists() else 1
    note("public", str(count))
    if request.GET.get("form"):
        get_token(request)
    response = HttpResponse(f"<p>made {count} in {request.LANGUAGE_CODE}</p>" + "<p>x</p>" * 200)
    if request.GET.get("cookie"):
        response.set_cookie("a", "b")
    if request.GET.get("lapsed"):
        pagecache.lasts_until(response, datetime(2020, 1, 1, tzinfo=UTC))
    return response


@csrf_exempt
@takes_upload
def upload(request: HttpRequest, name: str) -> HttpResponseBase:
    if request.headers.get("X-Forbidden"):
        return HttpResponse("no", status=403)
    target = PROBE / name
    offset = int(request.headers.get("Upload-Offset", "0"))

    def complete(received: Received) -> HttpResponse:
        note(f"completed-{name}", f"{received.end.value} {received.length}")
        return JsonResponse({"end": received.end.value, "length": received.length})

    return UploadAnswer(SpoolPlan(target, offset, limit_bytes=50_000_000), complete)


def queries(request: HttpRequest) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"descriptors": len(os.listdir("/proc/self/fd"))})


def stamp() -> tuple[int, ...]:
    file = PROBE / "stamp"
    return (int(file.read_text()) if file.exists() else 0,)


pagecache.register_stamp(stamp)


@csrf_exempt
@takes_upload
def spoken(request: HttpRequest, how: str) -> HttpResponseBase:
    """In which language it speaks, as a page, in a stream's turns, after an upload."""
    if asked := request.GET.get("in"):
        translation.activate(asked)

    def chunks() -> Iterator[bytes]:
        for _ in range(5):
            # Longer than a turn takes, so that another thread may make the next.
            time.sleep(0.06)
            yield f"{translation.get_language()} ".encode()

    if how == "stream":
        return StreamingHttpResponse(chunks(), content_type="text/plain")
    if how == "upload":
        plan = SpoolPlan(PROBE / f"spoken-{secrets.token_hex(4)}", 0, limit_bytes=1000)
        return UploadAnswer(plan, lambda _: HttpResponse(translation.get_language()))
    return HttpResponse(translation.get_language())


urlpatterns = [
    path("plain", plain),
    path("api/echo", echo),
    path("held/<slug:name>", held),
    path("file", file),
    path("endless", endless),
    path("broken", broken),
    path("archive", archive),
    path("whole", whole),
    path("public", public),
    path("upload/<slug:name>", upload),
    path("queries", queries),
    path("spoken/<slug:how>", spoken),
]
