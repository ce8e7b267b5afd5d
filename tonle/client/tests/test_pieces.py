"""Long files in pieces: over several links, from mirrors that lie or die, and gone on with."""

from __future__ import annotations

import hashlib
import re
import resource
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tonle.client import Node, getting
from tonle.client.asking import CannotGet, Client
from tonle.client.getting import Job, Listed, in_order

BODY = b"".join(hashlib.sha512(bytes([n])).digest() for n in range(160))  # 10,240 bytes
TAG = f'"{hashlib.sha256(BODY).hexdigest()}"'


class Source:
    """A server that gives ranges of a body; the address is where.

    dies_after: so many requests. status: of every answer. whole: it knows no ranges, and the
    first so many answers break off after that many bytes. changes: after so many requests it
    has another file, as a server says who honours If-Range. endless: it never stops.
    """

    def __init__(
        self,
        body: bytes = BODY,
        *,
        dies_after: int = 10**6,
        status: int = 0,
        whole: tuple[int, ...] | None = None,
        changes: int = 10**6,
        endless: bool = False,
    ) -> None:
        self.asked: list[tuple[int, int]] = []
        self.told: set[str | None] = set()
        source = self
        breaks = list(whole or ())

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                source.told.add(self.headers.get("Authorization"))
                match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
                assert match
                assert self.headers.get("If-Range", TAG) == TAG
                start, stop = int(match[1]), int(match[2] or len(body) - 1) + 1
                source.asked.append((start, stop))
                if whole is not None or len(source.asked) > changes:
                    given = body if whole is not None else body[::-1] + b"more"
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(given)))
                    self.end_headers()
                    # An answer to a range is not read by who sees that it is none.
                    asks_part = "Range" in self.headers
                    self.wfile.write(given[: breaks.pop(0) if breaks and not asks_part else None])
                    self.close_connection = True
                    return
                dead = len(source.asked) > dies_after
                self.send_response(503 if dead else status or 206)
                self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(body)}")
                if not endless:
                    length = "0" if dead or status else str(stop - start)
                    self.send_header("Content-Length", length)
                self.end_headers()
                if not dead and not status:
                    self.wfile.write(body[start:stop])
                while endless:
                    self.wfile.write(b"more")

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/file"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Source]]:
    monkeypatch.setattr(getting, "PIECE", 1_000)
    made: list[Source] = []

    def source(**fault: Any) -> Source:
        made.append(Source(**fault))
        return made[-1]

    yield source
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def listed() -> Listed:
    sha256, sha512 = hashlib.sha256(BODY).hexdigest(), hashlib.sha512(BODY).hexdigest()
    return Listed("file", len(BODY), sha256, sha512)


def get(folder: Path, *sources: Source, parallel: int = 3) -> int:
    """Bytes that were told, once the file is there."""
    told: list[int] = []
    job = Job(Client("mine"), told.append, pause=lambda _: None, parallel=parallel)
    assert job.get([source.address for source in sources], listed(), folder / "file")
    # A mirror need not be trusted: only the first, the record's own node, is told the token.
    assert sources[0].told == {"Bearer mine"}
    assert all(source.told <= {None} for source in sources[1:])
    assert (folder / "file").read_bytes() == BODY
    assert [path.name for path in folder.iterdir()] == ["file"]
    return sum(told)


def test_pieces_come_from_all_sources(serve: Callable[..., Source], tmp_path: Path) -> None:
    own, mirror = serve(), serve()

    assert get(tmp_path, own, mirror) == len(BODY)
    assert len(own.asked) + len(mirror.asked) == 11
    assert own.asked
    assert mirror.asked


def test_what_is_there_is_not_asked_again(serve: Callable[..., Source], tmp_path: Path) -> None:
    dying = serve(dies_after=4)
    with pytest.raises(CannotGet, match="What came is kept"):
        get(tmp_path, dying, parallel=1)
    assert not (tmp_path / "file").exists()
    # The last line of the list was cut by a crash: that piece counts for nothing.
    pieces = tmp_path / "file.part.pieces"
    pieces.write_text(pieces.read_text()[:-1])
    again = serve()

    assert get(tmp_path, again) == len(BODY)
    assert sorted(again.asked)[0] == (3_000, 4_000)
    assert len(again.asked) == 8


def test_a_part_without_a_list_counts_from_its_beginning(
    serve: Callable[..., Source], tmp_path: Path
) -> None:
    (tmp_path / "file.part").write_bytes(BODY[:2_500])
    own = serve()

    assert get(tmp_path, own) == len(BODY)
    assert min(own.asked) == (2_000, 3_000)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404},
        {"dies_after": 2},
        {"body": BODY[::-1]},
        {"changes": 2},
        {"endless": True},
        {"whole": ()},
    ],
)
def test_a_mirror_that_fails_or_lies_spoils_nothing(
    serve: Callable[..., Source], tmp_path: Path, fault: dict[str, Any]
) -> None:
    assert get(tmp_path, serve(), serve(**fault)) == len(BODY)


def test_what_a_dying_mirror_held_last_comes_from_the_node(
    serve: Callable[..., Source], tmp_path: Path
) -> None:
    own, mirror = serve(), serve(status=503)
    rounds = Counter[str]()

    class Late(Job):
        """From the second round on, the node's link is the last to take a piece."""

        def asking(self, address: str, sources: Sequence[str]) -> Client:
            rounds[address] += 1
            if address == own.address and rounds[address] > 1:
                time.sleep(0.2)
            return super().asking(address, sources)

    def until_the_node_gave_the_rest(_: float) -> None:
        until = time.monotonic() + 10
        while len(own.asked) < 10 and time.monotonic() < until:
            time.sleep(0.01)

    job = Late(Client("mine"), lambda _: None, pause=until_the_node_gave_the_rest, parallel=1)

    assert job.get([own.address, mirror.address], listed(), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == BODY
    # It is not asked again while another gives.
    assert rounds == {own.address: 2, mirror.address: 1}


def test_a_server_without_ranges_gives_the_whole_however_often_it_breaks(
    serve: Callable[..., Source], tmp_path: Path
) -> None:
    # What passed by once counts: the second time breaks where nothing new came before 9,000.
    assert get(tmp_path, serve(whole=(4_500, 9_000)), parallel=1) == len(BODY)
    with pytest.raises(CannotGet, match="What came is kept"):
        get(tmp_path / "again", serve(whole=(4_500, 2_000)), parallel=1)
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == [
        "file.part",
        "file.part.pieces",
    ]
    assert get(tmp_path / "again", serve(), parallel=1) == len(BODY)


def test_a_file_that_changes_between_pieces_is_not_mixed(
    serve: Callable[..., Source], tmp_path: Path
) -> None:
    changing = serve(changes=4)
    with pytest.raises(CannotGet, match="has another file as file"):
        get(tmp_path, changing, parallel=1)
    assert not (tmp_path / "file").exists()

    assert get(tmp_path, serve()) == len(BODY)


@contextmanager
def disk_of(size_bytes: int) -> Iterator[None]:
    """No file may grow beyond that, as where a disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_and_what_came_is_kept(
    serve: Callable[..., Source], tmp_path: Path
) -> None:
    own = serve()
    with disk_of(5_500), pytest.raises(OSError, match="File too large"):
        get(tmp_path, own)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.part", "file.part.pieces"]
    assert {start for start, _stop in own.asked} <= set(range(0, 9_000, 1_000))
    asked = len(own.asked)

    assert get(tmp_path, own) == len(BODY)
    # The first five were on the disk.
    assert min(own.asked[asked:]) == (5_000, 6_000)


def test_a_short_file_too_tells_its_own_node_alone_who_asks(
    serve: Callable[..., Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, mirror = serve(dies_after=0), serve()
    monkeypatch.setattr(getting, "PIECE", len(BODY))

    assert get(tmp_path, own, mirror) == len(BODY)
    assert mirror.told == {None}


def test_a_node_of_another_address_is_not_told_the_token(serve: Callable[..., Source]) -> None:
    other = serve()
    address = other.address.replace("/file", "/records/0123456789bcdfg")
    with pytest.raises(CannotGet, match="not answer as a Tonle node"):
        Node("http://127.0.0.1:9", token="mine").record(address)
    assert other.told == {None}


def test_of_two_calls_at_once_one_gives_way(serve: Callable[..., Source], tmp_path: Path) -> None:
    other: list[str] = []

    def meanwhile(_bytes: int) -> None:
        if not other:
            other.append("")
            job = Job(Client(), lambda _: None, pause=lambda _: None)
            with pytest.raises(CannotGet) as refused:
                job.get(own.address, listed(), tmp_path / "file")
            other[0] = str(refused.value)

    own = serve()
    assert Job(Client(), meanwhile, pause=lambda _: None).get(
        own.address, listed(), tmp_path / "file"
    )
    assert other == ["file is being got by another call at this moment."]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == BODY


def test_what_nobody_gives_is_said(serve: Callable[..., Source], tmp_path: Path) -> None:
    with pytest.raises(CannotGet, match="nothing under the name"):
        get(tmp_path, serve(status=404))
    assert list(tmp_path.iterdir()) == []


def test_what_explains_comes_first_and_the_large_last() -> None:
    files = [Listed(name, size, "", "") for name, size in (
        ("b.tif", 9), ("a.csv", 3), ("docs/README.md", 7), ("LICENSE", 8), ("c.csv", 1),
    )]  # fmt: skip

    names = [file.name for file in in_order(files)]
    assert names == ["docs/README.md", "LICENSE", "c.csv", "a.csv", "b.tif"]
