"""`tonle get` against a node that answers over real sockets, and against links that break."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from tonle.catalogue.models import Record
from tonle.catalogue.tests.factories import make_record
from tonle.cli.main import main
from tonle.client import getting
from tonle.client.asking import CannotGet, Client
from tonle.client.getting import Job, Listed, inside, wanted
from tonle.infra import clock
from tonle.people.public import create_token
from tonle.people.tests.factories import actor, holder

FILES = {"yields.csv": b"year,tonnes\n2024,3\n" * 100_000, "maps/ខេត្ត.txt": b"map", "empty": b""}


@pytest.fixture
def record(transactional_db: None, home: Path, tmp_path: Path) -> Record:
    return make_record(FILES, folder=tmp_path)


def got(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "record.json"
    }


def get(live_server: LiveServer, *args: str) -> int:
    return main(["get", "--node", live_server.url, *args])


def test_all_files_arrive_whole(
    live_server: LiveServer, record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "here"

    assert get(live_server, record.id, "--to", str(folder)) == 0
    assert got(folder) == FILES
    assert record.id in (folder / "record.json").read_text()
    assert "3 got, 0 already there" in capsys.readouterr().out

    assert get(live_server, record.id, "--to", str(folder)) == 0
    assert "0 got, 3 already there" in capsys.readouterr().out


def test_an_address_says_node_version_and_file(
    live_server: LiveServer, record: Record, tmp_path: Path
) -> None:
    address = f"{live_server.url}/records/{record.id}/v1/files/yields.csv"

    assert main(["get", address, "--to", str(tmp_path / "a")]) == 0
    assert set(got(tmp_path / "a")) == {"yields.csv"}
    assert get(live_server, record.id, "maps/*", "--to", str(tmp_path / "b")) == 0
    assert set(got(tmp_path / "b")) == {"maps/ខេត្ត.txt"}


def test_what_broke_off_goes_on(live_server: LiveServer, record: Record, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    part = folder / "yields.csv.part"
    part.write_bytes(FILES["yields.csv"][:1_000_000])
    told: list[int] = []
    client = Client()
    document = getting.document_of(client, wanted(record.id, (), None, live_server.url))
    (file,) = getting.listed(document, ["yields.csv"])
    address = f"{live_server.url}/records/{record.id}/v1/files/yields.csv"

    assert Job(client, told.append).get(address, file, folder / "yields.csv")

    assert got(folder) == {"yields.csv": FILES["yields.csv"]}
    # What was there was told at once, and only the rest came.
    assert told[0] == 1_000_000
    assert sum(told) == file.size_bytes


def test_a_part_of_something_else_is_thrown_away(
    live_server: LiveServer, record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "yields.csv.part").write_bytes(b"x" * 500)

    assert get(live_server, record.id, "yields.csv", "--to", str(folder)) == 1
    assert "did not arrive" in capsys.readouterr().err
    assert got(folder) == {}
    assert get(live_server, record.id, "yields.csv", "--to", str(folder)) == 0


def test_nothing_is_overwritten_unasked(
    live_server: LiveServer, record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "yields.csv").write_bytes(b"mine")

    assert get(live_server, record.id, "--to", str(folder)) == 1
    assert "Nothing was overwritten" in capsys.readouterr().err
    assert got(folder) == {**FILES, "yields.csv": b"mine"}

    assert get(live_server, record.id, "--to", str(folder), "--replace") == 0
    assert got(folder) == FILES


def test_restricted_files_need_a_token(
    live_server: LiveServer,
    transactional_db: None,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = make_record(
        {"secret.txt": b"sixteen names"}, folder=tmp_path, access={"level": "restricted"}
    )
    dara = holder("dara", "curator")
    token = create_token(
        account_id=dara.pk, label="laptop", scopes=["read"], actor=actor(dara), now=clock.now()
    )
    folder = tmp_path / "here"

    assert get(live_server, record.id, "--to", str(folder)) == 1
    assert "secret.txt was not given" in capsys.readouterr().err
    assert got(folder) == {}

    (tmp_path / "token").write_text(f"{secret_of(token)}\n")
    where = ["--to", str(folder)]
    assert get(live_server, record.id, *where, "--token-file", str(tmp_path / "token")) == 0
    assert got(folder) == {"secret.txt": b"sixteen names"}

    monkeypatch.setenv("TONLE_TOKEN", "not-a-token")
    assert get(live_server, record.id, "--to", str(tmp_path / "there")) == 1
    assert "not-a-token" not in capsys.readouterr().err


def secret_of(token: Any) -> str:
    return str(token[1] if isinstance(token, tuple) else getattr(token, "text", token))


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["nonsense"], 2, "neither the id of a record nor its address"),
        (["0" * 15], 1, "has nothing under the name"),
        (["0" * 15, "--version", "3"], 1, "has nothing under the name"),
    ],
)
def test_what_cannot_be_got_is_said(
    live_server: LiveServer,
    record: Record,
    args: list[str],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert get(live_server, *args) == code
    assert said in capsys.readouterr().err


def test_a_file_the_record_does_not_have_is_said(
    live_server: LiveServer, record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    assert get(live_server, record.id, "no.csv") == 1
    assert "no file called “no.csv”" in capsys.readouterr().err


def test_nobody_answering_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/records/{'0' * 15}"
        assert main(["get", address]) == 1
    assert "could not be reached" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/../../x", "a\\b", "a\nb", "", ".", "a//b"]
)
def test_a_hostile_name_is_left(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotGet, match="not safe"):
        inside(tmp_path, name)


# --- A server of ours that breaks off ------------------------------------------------

BODY = bytes(range(256)) * 40


class Breaking(BaseHTTPRequestHandler):
    """Sends so many bytes a request, then cuts the link."""

    asked: list[tuple[str, str]]
    each = 4_000
    fails: list[int]

    def do_GET(self) -> None:
        start = 0
        wanted_range = self.headers.get("Range", "")
        type(self).asked.append((wanted_range, self.headers.get("If-Range", "")))
        if self.fails:
            self.send_response(self.fails.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if wanted_range:
            start = int(wanted_range.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(BODY) - 1}/{len(BODY)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        self.wfile.write(BODY[start : start + self.each])
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def breaking() -> Iterator[tuple[str, type[Breaking]]]:
    class Handler(Breaking):
        asked: list[tuple[str, str]] = []  # One list for each test's own class.
        fails: list[int] = []  # The same.

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/file", Handler
    server.shutdown()
    thread.join()
    server.server_close()


def listed(body: bytes = BODY) -> Listed:
    sha256 = hashlib.sha256(BODY).hexdigest()
    return Listed("file", len(body), sha256, hashlib.sha512(BODY).hexdigest())


def test_a_link_that_breaks_is_taken_up_again(
    breaking: tuple[str, type[Breaking]], tmp_path: Path
) -> None:
    address, handler = breaking
    handler.fails = [503]
    waited: list[float] = []

    assert Job(Client(), lambda _: None, pause=waited.append).get(
        address, listed(), tmp_path / "file"
    )

    assert (tmp_path / "file").read_bytes() == BODY
    tag = f'"{listed().sha256}"'
    assert handler.asked == [
        ("", ""),
        ("", ""),
        ("bytes=4000-", tag),
        ("bytes=8000-", tag),
    ]
    # It waits only where nothing came.
    assert waited == [2.0]


def test_a_link_that_never_holds_is_given_up_and_what_came_is_kept(
    breaking: tuple[str, type[Breaking]], tmp_path: Path
) -> None:
    address, handler = breaking
    (tmp_path / "file.part").write_bytes(BODY[:100])
    handler.fails = [503] * 20

    with pytest.raises(CannotGet, match="What came is kept"):
        Job(Client(), lambda _: None, pause=lambda _: None).get(
            address, listed(), tmp_path / "file"
        )

    assert (tmp_path / "file.part").read_bytes() == BODY[:100]


def test_a_file_longer_than_said_is_refused(
    breaking: tuple[str, type[Breaking]], tmp_path: Path
) -> None:
    address, _ = breaking

    with pytest.raises(CannotGet, match="longer"):
        Job(Client(), lambda _: None, pause=lambda _: None).get(
            address, listed(BODY[:100]), tmp_path / "file"
        )

    assert not (tmp_path / "file").exists()


def test_a_file_that_came_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(b"new")
    (tmp_path / "a").write_bytes(b"old")

    with pytest.raises(CannotGet, match="Nothing was overwritten"):
        getting._put(tmp_path / "a.part", tmp_path / "a", replace=False)

    assert (tmp_path / "a").read_bytes() == b"old"
