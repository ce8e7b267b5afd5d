"""Senders that lie and files that attack, against a whole node: it answers, and stays small.

What headers and names may say is asked piece by piece in `tonle/deposit/uploads/tests`, and what
readers make of hostile files in `tonle/explore/rules/tests`; here all of it meets a real server.
"""

from __future__ import annotations

import base64
import io
import json
import socket
import time
import zipfile
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from benchmarks.processes import memory_mb, most_memory
from tests.node import Node
from tests.published import publish
from tests.test_uploads_go_on import Sokha
from tonle.explore.messages import NOTES
from tonle.explore.rules.tests import hostile

pytestmark = [pytest.mark.deep, pytest.mark.services, pytest.mark.one_database]
# The one process that reads a stranger's file may have 1 GB of addresses; the rest is small.
MOST_MB, MORE_AT_REST_MB = 1_300, 120
# What a process of Python does not give back that has read three hundred files.
AFTER_ALL_MB = 300
EMPTY: Mapping[str, str] = {}
TUS = {"Tus-Resumable": "1.0.0"}
OFFSET = {"Content-Type": "application/offset+octet-stream"}

NAMES = [
    "", ".", "..", "../up", "a/../../up", "/etc/passwd", "//x", "a//b", "a/", "./a", "a/./b",
    "\\\\host\\share", "a\\b", "C:\\x", "a\0b", "a\nb", "a\rb", "\x1b[2J", "\x7f", "\u202egnp.exe",
    "\u2066x", "\ufeff", "\u200b", " ", "x" * 300, "x" * 5_000, "/".join("x" * 200), "é" * 200,
    "\ud7ff\ufffe", "a" + "\u0301" * 400, "~/.ssh/id", "-rf", "%2e%2e/x", "con", "a:b", "a|b",
]  # fmt: skip
LENGTHS = [
    "-1", "+1", "1.0", "1e9", "0x10", "", " ", "NaN", "١٢", "9" * 18, "9" * 40, str(200 << 40),
    "1,1", "1 1", "None",
]  # fmt: skip
METADATA = [
    "filename", "filename ", "filename !!!!", "filename /w==", "filename gICAgA==", ",", ",,,,",
    "filename YQ==,filename Yg==", "file name YQ==", "YQ==", "filename\tYQ==", "filename YQ",
    "filename YQ==,sha256 YQ==", "filename YQ==,mark " + base64.b64encode(b"m" * 300).decode(),
    "filename " + base64.b64encode(b"a" * 9_000).decode(),
    ",".join(f"k{number} YQ==" for number in range(40)),
]  # fmt: skip
# Header and value, on bytes for an upload that expects 1,000 of them and has none.
PIECES = [
    {"Upload-Offset": "1"}, {"Upload-Offset": "-1"}, {"Upload-Offset": "1001"},
    {"Upload-Offset": "9" * 18}, {"Upload-Offset": "9" * 30}, {"Upload-Offset": ""},
    {"Upload-Offset": "0x0"}, {"Upload-Offset": "0.0"}, {"Tus-Resumable": "0.2.2"},
    {"Tus-Resumable": ""}, {"Content-Type": "text/plain"}, {"Content-Type": ""},
    {"Upload-Checksum": "md5 AAAA"}, {"Upload-Checksum": "sha256"}, {"Upload-Checksum": "sha256 ?"},
    {"Upload-Checksum": "sha256 AAAA"}, {"Upload-Checksum": f"sha1 {'A' * 300}"},
    {"Upload-Checksum": f"sha256 {base64.b64encode(b'0' * 32).decode()}"},
    {"Upload-Checksum": "__import__ YQ=="}, {"X-HTTP-Method-Override": "DELETE/../"},
]  # fmt: skip


class Liar(Sokha):
    """A depositor whose program is broken, or who means harm."""

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] = EMPTY, body: bytes = b""
    ) -> tuple[int, Any]:
        """Status and what is said of it, of one request on a link of its own."""
        connection = HTTPConnection("127.0.0.1", self.node.port, timeout=60)
        named = {name: value.encode() for name, value in headers.items()}
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            text = answer.read()
            self.headers = answer.headers
            problem = "problem+json" in answer.headers.get("Content-Type", "")
            return answer.status, json.loads(text) if problem else text
        finally:
            connection.close()

    def announce(self, length: str = "1000", metadata: str = "", name: str = "a.bin") -> Any:
        encoded = base64.b64encode(name.encode("utf-8", "surrogatepass")).decode()
        said = metadata or f"filename {encoded}"
        sent = {**TUS, "Authorization": f"Bearer {self.token}", "Upload-Metadata": said}
        return self.ask("POST", f"/uploads/{self.draft}", {**sent, "Upload-Length": length})


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    made = Node(tmp_path_factory.mktemp("lies") / "var", TONLE_API_LIMIT="0", TONLE_BODY_IDLE="3")
    made.tonle("init", "--quiet")
    made.tonle("user", "add", "sokha@example.org")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def liar(node: Node, tmp_path: Path) -> Liar:
    return Liar(node, tmp_path, 0)


def refused(answer: tuple[int, Any], what: object) -> None:
    """A refusal with a code for programs and a sentence for people."""
    status, said = answer
    assert 400 <= status < 500, (status, what)
    assert isinstance(said, dict), (status, said, what)
    assert said["code"], what
    assert len(said["detail"]) > 10, what


def test_headers_that_lie_are_refused_in_words(liar: Liar) -> None:
    before = memory_mb(liar.node.pid)
    with most_memory(liar.node.pid) as highest:
        for length in LENGTHS:
            refused(liar.announce(length=length), length)
        for metadata in METADATA:
            refused(liar.announce(metadata=metadata), metadata)
        kept = 0
        for name in NAMES:
            status, said = liar.announce(name=name)
            if status == 201:
                kept += 1
            else:
                refused((status, said), name)
        status, _ = liar.announce()
        assert status == 201
        address = liar.headers["Location"]
        for piece in PIECES:
            sent = {**TUS, **OFFSET, "Upload-Offset": "0", **piece}
            answer = liar.ask("PATCH", address, sent, b"x" * 1000)
            if "X-HTTP-Method-Override" in piece:
                assert answer[0] == 405
            else:
                refused(answer, piece)
    # Whatever a name was allowed to say, no byte lies outside the room for uploads.
    room = liar.node.data / "uploads"
    assert {one["offset_bytes"] for one in liar.call("GET", f"/{liar.draft}/uploads")} == {0}
    assert all(path.name.isalnum() for path in room.rglob("*") if path.is_file())
    assert kept < len(NAMES) / 2
    assert len(NAMES) + len(LENGTHS) + len(METADATA) + len(PIECES) >= 80
    assert highest[0] - before < MORE_AT_REST_MB


def test_bodies_that_lie_about_their_length_are_bounded(liar: Liar) -> None:
    status, _ = liar.announce(length="100000")
    assert status == 201
    address = liar.headers["Location"]
    head = (
        f"PATCH {address} HTTP/1.1\r\nHost: localhost:{liar.node.port}\r\nTus-Resumable: 1.0.0\r\n"
        "Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
    )

    def send(more: str, pieces: Iterator[bytes]) -> bytes:
        with socket.create_connection(("127.0.0.1", liar.node.port), timeout=30) as link:
            try:
                link.sendall(f"{head}{more}\r\n".encode())
                for piece in pieces:
                    link.sendall(piece)
                return link.recv(65_536)
            except OSError:
                return b""  # Cut off by the node, which is an answer too.

    def there() -> int:
        status, _ = liar.ask("HEAD", address, TUS)
        while status == 423:
            time.sleep(0.5)
            status, _ = liar.ask("HEAD", address, TUS)
        assert status == 200
        return int(liar.headers["Upload-Offset"])

    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    with most_memory(liar.node.pid) as highest:
        before = memory_mb(liar.node.pid)
        # Says more than there is room for: refused before a byte is read.
        said = send(f"Content-Length: {1 << 40}\r\n", iter([b"x" * 1000]))
        assert said.startswith(b"HTTP/1.1 413")
        assert there() == 0
        # A body without an end and without a length; only what was announced counts.
        send("Transfer-Encoding: chunked\r\n", (chunk for _ in range(3_000)))
        assert there() == 100_000
        assert highest[0] - before < MORE_AT_REST_MB
    files = [path for path in (liar.node.data / "uploads").rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in files) == 100_000


def attacks() -> dict[str, bytes]:
    """Two hundred files that lie, break, burst or attack, and a zip of a hundred thousand."""
    made = hostile.files()
    crowd = io.BytesIO()
    with zipfile.ZipFile(crowd, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number}/x", b"")
    return {**made, "crowd.zip": crowd.getvalue()}


def test_two_hundred_hostile_files_are_taken_and_looked_into(
    node: Node, liar: Liar, tmp_path: Path
) -> None:
    files = attacks()
    assert len(files) >= 200
    crate = tmp_path / "crate"
    crate.mkdir()
    for name, data in files.items():
        (crate / name).write_bytes(data)
    before, silent = memory_mb(node.pid), []
    with most_memory(node.pid) as highest:
        # Sent into a draft, where each is read for personal data.
        for name in files:
            liar.file = crate / name
            sent = {"Authorization": f"Bearer {liar.token}", "Content-Type": "application/x-any"}
            path = f"/api/v1/deposits/{liar.draft}/files/{quote(name)}"
            status, said = liar.ask("PUT", path, sent, files[name])
            assert status in {200, 201}, (name, status, said)
        # Published, where each is looked into.
        record = publish(node, crate, "Files that lie")
        for name in files:
            notes = previewed(liar, record, name)
            if notes is None:
                silent.append(name)
            page = liar.ask("GET", f"/records/{record}/look/{quote(name)}")
            assert page[0] == 200, name
            assert b"<script>alert" not in page[1], name
            assert b"<img src=x" not in page[1], name
    assert silent == []
    assert highest[0] < MOST_MB
    assert memory_mb(node.pid) - before < AFTER_ALL_MB
    assert liar.ask("GET", "/healthz")[0] == 200


def previewed(liar: Liar, record: str, name: str) -> list[str] | None:
    """What the preview notes, once it is made; None where it shows nothing and says nothing."""
    path = f"/api/v1/explore/{record}/preview?file={quote(name)}"
    for _attempt in range(1_200):
        status, text = liar.ask("GET", path, {"Accept": "application/json"})
        if status == 200:
            said = json.loads(text)
            notes = [str(note) for note in said.get("notes", ())]
            shown = any(said.get(part) for part in ("tables", "text", "entries", "facts"))
            return notes if shown or set(notes) & set(NOTES) else None
        assert status == 202, (name, status, text)
        time.sleep(0.1)
    raise AssertionError(f"No preview of {name} was made.")
