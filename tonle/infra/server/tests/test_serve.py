"""Real sockets against a real `tonle serve`."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from tonle.infra.server.tests.node import (
    DEADLINE_SECONDS,
    ROOT,
    Node,
    environment,
    read_reply,
    until,
)

# --- Pages and bodies -------------------------------------------------------------


def test_a_page_arrives_with_its_request_id(node: Node) -> None:
    reply = node.get("/plain")

    assert (reply.status, reply.text) == (200, "plain")
    assert len(reply.headers.get_all("X-Request-ID") or []) == 1
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_head_says_how_long_the_page_would_be(node: Node) -> None:
    reply = node.request("HEAD", "/plain")

    assert (reply.status, reply.body, reply.headers["Content-Length"]) == (200, b"", "5")


@pytest.mark.parametrize("size", [0, 10, 70_000, 1_500_000])
def test_a_body_reaches_the_view_whole(node: Node, size: int) -> None:
    body = os.urandom(size)

    reply = json.loads(node.request("POST", "/api/echo?a=%20b", body).body)

    assert reply["length"] == size
    assert reply["sha256"] == hashlib.sha256(body).hexdigest()
    assert (reply["path"], reply["query"], reply["client"]) == ("/api/echo", "a=%20b", "127.0.0.1")


@pytest.mark.parametrize("sent", ["q=ទឹក", "q=%E1%9E%91%E1%9E%B9%E1%9E%80"])
def test_a_word_in_the_address_arrives_encoded_or_not(node: Node, sent: str) -> None:
    head = f"GET /api/echo?{sent} HTTP/1.1\nConnection: close"

    status, data = read_reply(node.send(head))

    assert status == 200
    assert json.loads(data.partition(b"\r\n\r\n")[2])["asked"] == {"q": "ទឹក"}


def test_a_form_is_read_as_django_reads_forms(node: Node) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    reply = node.request("POST", "/api/echo", b"q=%E1%9E%91%E1%9E%B9%E1%9E%80", headers)

    assert json.loads(reply.body)["form"] == {"q": "ទឹក"}


def test_a_chunked_body_is_counted_while_it_is_read(node: Node) -> None:
    head = "POST /api/echo HTTP/1.1\nTransfer-Encoding: chunked\nConnection: close"

    status, data = read_reply(node.send(head, b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"))
    assert status == 200
    assert b'"length": 11' in data

    connection = node.send(head)
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    try:
        for _ in range(100):
            connection.sendall(chunk)
    except OSError:
        # Refused in the middle, as it should be.
        pass
    connection.close()
    assert node.get("/plain").status == 200


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(node: Node) -> None:
    (node.probe / "echo-ran").unlink(missing_ok=True)

    status, data = read_reply(
        node.send("POST /api/echo HTTP/1.1\nContent-Length: 99999999999\nAccept-Language: en")
    )

    assert status == 413
    assert b"application/problem+json" in data
    assert b'"code": "too_large"' in data
    assert not (node.probe / "echo-ran").exists()


@pytest.mark.parametrize(
    ("head", "part"),
    [
        ("POST /api/echo HTTP/1.1\nContent-Length: 1000", b"x" * 300),
        ("POST /api/echo HTTP/1.1\nContent-Length: 1000000", b"x" * 300_000),
        ("POST /api/echo HTTP/1.1\nTransfer-Encoding: chunked", b"5\r\nhello\r\n"),
    ],
)
def test_a_cut_body_never_reaches_a_view(node: Node, head: str, part: bytes) -> None:
    (node.probe / "echo-ran").unlink(missing_ok=True)
    connection = node.send(head, part)
    # Half closed, so that the answer can still be read.
    connection.shutdown(socket.SHUT_WR)

    connection.settimeout(DEADLINE_SECONDS)
    data = connection.recv(65536)

    # Granian may find the connection not worth an answer; a view must not run either way.
    assert data == b"" or b" 400 " in data.splitlines()[0]
    assert node.get("/plain").status == 200
    assert not (node.probe / "echo-ran").exists()


def test_two_declared_lengths_are_refused(node: Node) -> None:
    head = "POST /api/echo HTTP/1.1\nContent-Length: 5\nContent-Length: 6\nConnection: close"

    status, _ = read_reply(node.send(head, b"hello!"))

    assert status == 400


def test_a_header_with_an_underscore_cannot_pass_for_another(node: Node) -> None:
    reply = node.request("POST", "/api/echo", b"", {"X_Token": "false", "X-Other": "1"})

    headers = json.loads(reply.body)["headers"]
    assert "X-Token" not in headers
    assert headers["X-Other"] == "1"


def test_sixty_stalled_senders_leave_the_page_alone(node: Node) -> None:
    stalled = [node.send("POST /api/echo HTTP/1.1\nContent-Length: 1000", b"x") for _ in range(60)]

    assert all(node.get("/plain").status == 200 for _ in range(20))

    # And each is told, after the idle time, that the server stopped waiting.
    assert [read_reply(connection)[0] for connection in stalled] == [408] * 60


# --- Threads ----------------------------------------------------------------------


def test_a_full_queue_is_said_and_not_waited_for(node: Node) -> None:
    # Four threads and eight places in the queue.
    held = [node.send(f"GET /held/full-{number} HTTP/1.1") for number in range(4)]
    until(lambda: node.metric("tonle_threads_busy") == 4, "all threads are busy")
    waiting = [node.send("GET /held/full-0 HTTP/1.1") for _ in range(8)]
    until(lambda: node.metric("tonle_requests_waiting") == 8, "the queue is full")

    reply = node.get("/plain")

    assert reply.status == 503
    assert int(reply.headers["Retry-After"]) > 0
    # A client that gives up frees its place, although nothing was sent to it.
    for connection in waiting:
        connection.close()
    until(lambda: node.metric("tonle_requests_waiting") == 0, "the queue is empty again")
    for number in range(4):
        (node.probe / f"release-full-{number}").touch()
    assert all(b"held full-" in connection.recv(65536) for connection in held)
    assert node.get("/plain").status == 200


def test_a_page_that_takes_too_long_is_given_up(own_node: Path) -> None:
    node = Node(own_node, TONLE_ANSWER_TIME="1")
    reply = node.get("/held/long")

    assert reply.status == 503
    assert node.get("/plain").status == 200
    (node.probe / "release-long").touch()
    until(node.has("left-long"), "the page that took too long is over")
    assert node.stop() == 0


# --- Files ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def content(node: Node) -> bytes:
    data = os.urandom(3_000_000)
    (node.probe / "file.bin").write_bytes(data)
    (node.probe / "file.sha256").write_text(hashlib.sha256(data).hexdigest())
    return data


def test_a_file_arrives_with_its_digest(node: Node, content: bytes) -> None:
    reply = node.get("/file")

    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert reply.body == content
    assert reply.headers["Content-Length"] == str(len(content))
    assert reply.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert reply.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert "filename*=utf-8''" in reply.headers["Content-Disposition"]
    assert reply.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=2999990-", 2_999_990, 3_000_000),
        ("bytes=-5", 2_999_995, 3_000_000),
        ("bytes=2999990-9999999", 2_999_990, 3_000_000),
    ],
)
def test_a_range_arrives_alone(
    node: Node, content: bytes, asked: str, start: int, stop: int
) -> None:
    reply = node.get("/file", Range=asked)

    assert reply.status == 206
    assert reply.body == content[start:stop]
    assert reply.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(content)}"
    assert reply.headers["Content-Length"] == str(stop - start)


def test_conditions_on_files_hold_over_the_wire(node: Node, content: bytes) -> None:
    etag = node.get("/file").headers["ETag"]

    assert node.get("/file", If_None_Match=etag).status == 304
    assert node.get("/file", If_Match='"other"').status == 412
    beyond = node.get("/file", Range="bytes=3000000-")
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, "bytes */3000000")
    assert node.request("HEAD", "/file").headers["Content-Length"] == "3000000"


def test_fifty_slow_readers_hold_no_thread(node: Node, content: bytes) -> None:
    slow = []
    for _ in range(50):
        connection = node.connect()
        # A small window, so that the server cannot hand the file to the kernel and forget it.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(f"GET /file HTTP/1.1\r\nHost: localhost:{node.port}\r\n\r\n".encode())
        connection.recv(100)
        slow.append(connection)

    assert all(node.get("/plain").status == 200 for _ in range(20))
    assert node.metric("tonle_threads_busy") == 0
    for connection in slow:
        connection.close()


# --- Whole records: zips of a known length -----------------------------------------


def test_a_zip_of_parts_has_a_length_and_goes_on_where_it_broke(node: Node, content: bytes) -> None:
    reply = node.get("/whole")
    etag = reply.headers["ETag"]

    assert reply.headers["Content-Length"] == str(len(reply.body))
    with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
        assert archive.testzip() is None
        assert archive.read("data/2.bin") == content
    rest = node.get("/whole", Range="bytes=5000000-", If_Range=etag)
    assert (rest.status, rest.body) == (206, reply.body[5_000_000:])
    assert node.get("/whole", Range="bytes=5000000-", If_Range='"other"').status == 200
    assert node.get("/whole", If_None_Match=etag).status == 304
    assert node.get("/whole", Range="bytes=99999999-").status == 416
    head = node.request("HEAD", "/whole")
    assert (head.body, head.headers["Content-Length"]) == (b"", str(len(reply.body)))


@pytest.mark.deep
def test_two_hundred_slow_readers_of_zips_leave_a_page_alone(node: Node, content: bytes) -> None:
    slow = []
    for _ in range(200):
        connection = node.connect()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(f"GET /whole HTTP/1.1\r\nHost: localhost:{node.port}\r\n\r\n".encode())
        # One after the other: this node lets eight wait for its four threads.
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        slow.append(connection)

    assert all(node.get("/plain").status == 200 for _ in range(20))
    until(lambda: node.metric("tonle_threads_busy") == 0, "no thread waits for a reader")
    for connection in slow:
        connection.close()


# --- Streams ----------------------------------------------------------------------


def test_a_zip_is_streamed_and_is_a_zip(node: Node) -> None:
    reply = node.get("/archive")

    with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
        assert archive.testzip() is None
        assert archive.read("7.txt") == b"7" * 200_000


def test_a_stream_waits_for_its_reader_and_ends_with_it(node: Node) -> None:
    connection = node.send("GET /endless HTTP/1.1")
    made = node.probe / "endless-made"
    until(made.exists, "the stream has begun")

    def settled() -> bool:
        before = made.read_text()
        assert all(node.get("/plain").status == 200 for _ in range(50))
        return made.read_text() == before

    until(settled, "the stream stops growing while nobody reads")
    # Far less than anybody's memory: sockets and pipe are full, nothing else is kept.
    assert int(made.read_text()) < 50_000_000
    assert node.metric("tonle_threads_busy") == 0
    assert not (node.probe / "endless-closed").exists()

    connection.close()

    until(node.has("endless-closed"), "the generator is closed when its reader goes")


def test_a_stream_that_breaks_does_not_look_whole(node: Node) -> None:
    _, data = read_reply(node.send("GET /broken HTTP/1.1"))

    assert b"200 OK" in data
    assert not data.endswith(b"0\r\n\r\n")


def test_streams_and_their_pipes_are_gone_afterwards(node: Node) -> None:
    for _ in range(5):
        assert node.get("/archive").status == 200

    def clean() -> bool:
        return not list((node.data / "tmp").rglob("stream-*"))

    until(clean, "no pipe is left")


# --- Uploads ----------------------------------------------------------------------


def test_an_upload_is_written_by_the_event_loop(node: Node) -> None:
    body = os.urandom(5_000_000)

    reply = node.request("PATCH", "/upload/whole", body)

    assert json.loads(reply.body) == {"end": "whole", "length": len(body)}
    assert (node.probe / "whole").read_bytes() == body
    assert reply.headers["X-Request-ID"]


def test_a_cut_upload_keeps_what_arrived_and_goes_on_from_there(node: Node) -> None:
    body = os.urandom(4_000_000)
    connection = node.send(
        f"PATCH /upload/cut HTTP/1.1\nContent-Length: {len(body)}", body[:3_000_000]
    )
    connection.shutdown(socket.SHUT_WR)
    until(node.has("completed-cut"), "the completion is told about the cut")
    connection.close()

    end, length = (node.probe / "completed-cut").read_text().split()
    assert (end, length) == ("cut", "3000000")
    assert (node.probe / "cut").read_bytes() == body[:3_000_000]

    rest = node.request("PATCH", "/upload/cut", body[3_000_000:], {"Upload-Offset": "3000000"})

    assert json.loads(rest.body) == {"end": "whole", "length": len(body)}
    assert (node.probe / "cut").read_bytes() == body


def test_each_answer_keeps_to_its_readers_language(node: Node) -> None:
    """A thread makes pages for many readers, and many threads make one reader's stream."""

    def said(method: str, how: str, asked: str) -> str:
        return node.request(method, f"/spoken/{how}?in={asked}", b"").text

    for _ in range(12):
        assert said("GET", "page", "my") == "my"
    with ThreadPoolExecutor(6) as readers:
        languages = ["km", "th", "lo", "vi", "km", "my"]
        streams = readers.map(lambda one: said("GET", "stream", one), languages)
        assert list(streams) == [f"{one} " * 5 for one in languages]
    assert [said("POST", "upload", one) for one in ("km", "", "th", "")] == ["km", "en", "th", "en"]
    assert {said("GET", "page", "") for _ in range(12)} == {"en"}


def test_an_upload_without_permission_is_not_received(node: Node) -> None:
    status, _ = read_reply(
        node.send(
            "PATCH /upload/never HTTP/1.1\nContent-Length: 9999999\nX-Forbidden: 1", b"x" * 9999
        )
    )

    assert status == 403
    assert not (node.probe / "never").exists()


def test_a_length_beside_chunks_hides_no_second_request(node: Node) -> None:
    """The chunks alone count, and nothing more is read on the line (RFC 9112, section 6.3)."""
    connection = node.send(
        "PATCH /upload/framed HTTP/1.1\nContent-Length: 3\nTransfer-Encoding: chunked",
        b"6\r\nabcdef\r\n0\r\n\r\nPATCH /upload/smuggled HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Length: 1\r\n\r\nx",
    )
    received = b""
    while part := connection.recv(65536):
        received += part

    assert received.count(b"HTTP/1.1 ") == 1
    assert (node.probe / "framed").read_bytes() == b"abcdef"
    assert not (node.probe / "smuggled").exists()


def test_an_upload_at_the_wrong_place_changes_nothing(node: Node) -> None:
    (node.probe / "moved").write_bytes(b"12345")

    reply = node.request("PATCH", "/upload/moved", b"abc", {"Upload-Offset": "3"})

    assert json.loads(reply.body) == {"end": "moved", "length": 5}
    assert (node.probe / "moved").read_bytes() == b"12345"


def test_two_uploads_to_one_file_do_not_mix(node: Node) -> None:
    first = node.send("PATCH /upload/both HTTP/1.1\nContent-Length: 6", b"abc")
    until(node.has("both"), "the first upload has begun")

    second = node.request("PATCH", "/upload/both", b"xyz")

    assert json.loads(second.body)["end"] == "busy"
    first.sendall(b"def")
    assert first.recv(65536)
    assert (node.probe / "both").read_bytes() == b"abcdef"


def test_sixty_stalled_uploads_hold_no_thread(node: Node) -> None:
    stalled = []
    for number in range(60):
        head = f"PATCH /upload/stalled-{number} HTTP/1.1\nContent-Length: 1000"
        stalled.append(node.send(head, b"x" * 10))
        # One by one, because permission waits in the queue like a page.
        until(node.has(f"stalled-{number}"), "the upload has begun")

    assert all(node.get("/plain").status == 200 for _ in range(20))
    for connection in stalled:
        read_reply(connection)
    assert (node.probe / "stalled-0").read_bytes() == b"x" * 10


# --- The page cache -----------------------------------------------------------------


def move_stamp(node: Node, value: int) -> None:
    """Change the stamp and wait until the watcher has seen it."""
    part = node.probe / ".stamp"
    part.write_text(str(value))
    part.replace(node.probe / "stamp")


def test_a_public_page_is_made_once_until_the_stamp_moves(node: Node) -> None:
    first = node.get("/public?once=1&a=2")
    again = node.get("/public?a=2&once=1")

    assert first.body == again.body
    assert first.headers["X-Request-ID"] != again.headers["X-Request-ID"]

    move_stamp(node, 2)

    until(lambda: node.get("/public?once=1&a=2").body != first.body, "the page is made anew")


def test_a_public_page_answers_304_and_head_and_gzip(node: Node) -> None:
    page = node.get("/public?c=1", Accept_Encoding="gzip")
    etag = page.headers["ETag"]

    assert page.headers["Content-Encoding"] == "gzip"
    assert b"made" in gzip.decompress(page.body)
    for _ in range(2):
        unchanged = node.get("/public?c=1", Accept_Encoding="gzip", If_None_Match=etag)
        assert (unchanged.status, unchanged.body) == (304, b"")
        assert unchanged.headers["ETag"] == etag
    head = node.request("HEAD", "/public?c=1", None, {"Accept-Encoding": "gzip"})
    assert head.headers["Content-Length"] == str(len(page.body))


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("form=1", {}),
        ("cookie=1", {}),
        ("lapsed=1", {}),
        ("plain=1", {"Cookie": f"{settings.SESSION_COOKIE_NAME}=abc"}),
        ("plain=3", {"Cookie": f"a=b; {settings.SESSION_COOKIE_NAME} =abc"}),
        ("plain=2", {"Authorization": "Bearer abc"}),
    ],
)
def test_what_belongs_to_one_reader_is_never_kept(
    node: Node, query: str, headers: dict[str, str]
) -> None:
    first = node.request("GET", f"/public?{query}", None, headers)
    second = node.request("GET", f"/public?{query}", None, headers)

    assert (first.status, second.status) == (200, 200)
    assert first.body != second.body


def test_a_page_is_kept_in_each_language(node: Node) -> None:
    khmer = node.get("/public?l=1", Accept_Language="km")
    english = node.get("/public?l=1", Accept_Language="en")
    chosen = node.get(
        "/public?l=1", Accept_Language="en", Cookie=f"{settings.LANGUAGE_COOKIE_NAME}=km"
    )

    assert "in km" in khmer.text
    assert "in en" in english.text
    assert chosen.body == khmer.body


def test_no_reader_chooses_the_language_of_another(node: Node) -> None:
    name = settings.LANGUAGE_COOKIE_NAME
    for place, cookie in enumerate((f'{name}="km"', f"{name}=en; {name}=km", f"{name} =km")):
        chosen = node.get(f"/public?w={place}", Cookie=cookie)
        assert "in km" in chosen.text
        assert "in en" in node.get(f"/public?w={place}", Accept_Language="en").text
        assert "in en" in node.get(f"/public?w={place}", Cookie=f"{name}=en").text


def test_a_header_that_came_twice_is_read_alike_by_cache_and_page(node: Node) -> None:
    head = """
GET /public?v=1 HTTP/1.1
Accept-Language: en;q=0.1
Accept-Language: km
Connection: close
"""
    assert b"in km" in read_reply(node.send(head))[1]

    assert "in en" in node.get("/public?v=1", Accept_Language="en;q=0.1").text


def test_nothing_is_kept_while_the_stamp_cannot_be_read(node: Node) -> None:
    node.get("/public?s=1")
    (node.probe / "stamp").write_text("not a number")

    def fresh() -> bool:
        return node.get("/public?s=1").body != node.get("/public?s=1").body

    until(fresh, "pages are made afresh")
    move_stamp(node, 3)

    def kept() -> bool:
        return node.get("/public?s=1").body == node.get("/public?s=1").body

    until(kept, "pages are kept again")


# --- Start and end ------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered_before_the_end(own_node: Path, number: int) -> None:
    node = Node(own_node)
    connection = node.send("GET /held/end HTTP/1.1")
    until(node.has("held-end"), "the page has begun")

    node.process.send_signal(number)
    (node.probe / "release-end").touch()

    status, data = read_reply(connection)
    assert (status, data.endswith(b"held end")) == (200, True)
    assert node.process.wait(DEADLINE_SECONDS) == 0


def test_a_slow_reader_cannot_keep_the_server_from_stopping(own_node: Path) -> None:
    node = Node(own_node)
    (node.probe / "file.bin").write_bytes(os.urandom(20_000_000))
    (node.probe / "file.sha256").write_text("00" * 32)
    slow = [node.send("GET /file HTTP/1.1") for _ in range(3)]
    slow += [node.send("GET /endless HTTP/1.1") for _ in range(3)]
    slow += [node.send("POST /api/echo HTTP/1.1\nContent-Length: 10", b"x") for _ in range(3)]
    for connection in slow[:6]:
        connection.recv(10)

    assert node.stop() == 0
    assert not list((own_node / "tmp").iterdir())


def test_a_dead_web_process_is_started_again(own_node: Path) -> None:
    node = Node(own_node)
    children = (
        Path(f"/proc/{node.process.pid}/task/{node.process.pid}/children").read_text().split()
    )
    for child in children:
        os.kill(int(child), signal.SIGKILL)

    def back() -> bool:
        try:
            return node.get("/plain").status == 200
        except OSError:
            return False

    until(back, "the page is back")
    assert node.stop() == 0


def test_children_end_when_the_first_process_is_killed(own_node: Path) -> None:
    node = Node(own_node)
    node.stop(signal.SIGKILL)

    def silent() -> bool:
        try:
            node.get("/plain")
        except OSError:
            return True
        return False

    until(silent, "the web process ends too")


def test_a_taken_port_is_said(node: Node, own_node: Path) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "tonle", "serve"],
        cwd=ROOT,
        env=environment(own_node, node.port),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )

    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {node.port}" in second.stderr


def test_health_and_readiness_and_metrics(node: Node) -> None:
    assert node.get("/healthz").text == "ok\n"
    ready = json.loads(node.get("/readyz").body)
    assert ready["ready"] is True
    assert set(ready["checks"]) >= {"database", "migrations", "disk"}
    assert "tonle_requests_total" in node.get("/metrics").text
    # Through a proxy it is somebody else who asks.
    assert node.get("/metrics", X_Forwarded_For="203.0.113.9").status == 404


def test_the_access_log_keeps_no_secret(node: Node) -> None:
    node.get("/plain?key=verysecretvalue")
    node.get("/signin/abcdefghijklmnopqrstuvwxyz0123456789/")
    log = node.data / "logs" / "access-1.jsonl"

    def logged() -> bool:
        return log.exists() and "/signin/*/" in log.read_text()

    until(logged, "the request is in the log")
    text = log.read_text()
    assert "verysecretvalue" not in text
    assert "abcdefghij" not in text
    assert "127.0.0.1" not in text
    assert all(json.loads(line)["id"] for line in text.splitlines())
