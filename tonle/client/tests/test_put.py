"""`tonle put` and the Python client against a node over real sockets, and a link that breaks."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.conftest import home as home
from tonle.cli.main import main
from tonle.client import CannotPut, Node, putting
from tonle.client.asking import Client
from tonle.client.putting import Sender, deposit_of, files_below
from tonle.client.tests.cutting import BadLink
from tonle.deposit.curation.tests.factories import person, submission
from tonle.deposit.uploads import digests
from tonle.deposit.uploads.models import Upload
from tonle.infra import clock
from tonle.kernel.actors import SYSTEM, Actor
from tonle.people.public import create_token

DATA = hashlib.sha512(b"seed").digest() * 32_000  # about 2 MB


def token_of(actor: Actor) -> str:
    _row, token = create_token(
        account_id=actor.id, label="put", scopes=["deposit"], actor=SYSTEM, now=clock.now()
    )
    return token


@pytest.mark.one_database
@pytest.mark.usefixtures("transactional_db")
def test_a_folder_goes_in_over_a_link_that_breaks(
    live_server: LiveServer,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sokha = person("sokha", clock.now())
    made, token = submission(sokha, home, files={}), token_of(sokha)
    folder = tmp_path / "ស្រូវ"
    (folder / "maps").mkdir(parents=True)
    (folder / "maps" / "big.tif").write_bytes(DATA)
    (folder / "empty").touch()
    (folder / ".hidden").write_bytes(b"stays here")
    (tmp_path / "token").write_text(f"{token}\n")
    monkeypatch.setattr(putting, "FIRST_BYTES", 1 << 18)
    monkeypatch.setattr(digests, "AT_ONCE_BYTES", 1 << 30)

    # It stops in the middle, as when a machine is switched off.
    def stop(_bytes: int) -> None:
        if Upload.objects.filter(offset_bytes__gt=1 << 19).exists():
            raise KeyboardInterrupt

    place = deposit_of(f"{live_server.url}/deposit/{made.id}/files", "")
    with pytest.raises(KeyboardInterrupt):
        Sender(Client(token), place, stop, pause=lambda _s: None).put(
            "maps/big.tif", folder / "maps" / "big.tif"
        )
    had = Upload.objects.get(name="maps/big.tif").offset_bytes
    assert 0 < had < len(DATA)

    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with BadLink(live_server.thread.port, sent=[300_000, 500_000]) as link:
        arguments = ["--node", link.url, "--token-file", str(tmp_path / "token")]
        assert main(["put", made.id, str(folder), *arguments]) == 0
        assert link.cuts == 2
        assert "2 put, 0 already there" in capsys.readouterr().out
        assert main(["put", made.id, str(folder), *arguments]) == 0
        assert "0 put, 2 already there" in capsys.readouterr().out
    view = catalogue.draft_view(draft_id=made.id, actor=sokha, now=clock.now())
    assert {file.name: file.sha256 for file in view.files} == {
        "maps/big.tif": hashlib.sha256(DATA).hexdigest(),
        "empty": hashlib.sha256(b"").hexdigest(),
    }
    # It went on: no second upload was begun.
    assert Upload.objects.filter(name="maps/big.tif").count() == 1

    own = Node(live_server.url, token=token).begin("dataset", {"titles": {"en": "Rice"}})
    (tmp_path / "a.csv").write_bytes(b"a\n1\n")
    assert [sent.new for sent in own.put(tmp_path / "a.csv")] == [True]
    with pytest.raises(CannotPut, match="no such deposit"):
        Node(live_server.url, token=token).deposit("0" * 15).put(tmp_path / "a.csv")


def test_a_link_that_lets_no_byte_pass_is_given_up(tmp_path: Path) -> None:
    sent: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._answer(200, b"[]")

        def do_POST(self) -> None:
            self._answer(201, Tonle_Upload="u", Location="/uploads/u")

        def do_HEAD(self) -> None:
            self._answer(200, Upload_Offset="0")

        def do_PATCH(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            sent.append(self.headers["Upload-Offset"])
            self._answer(502)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    (tmp_path / "a.csv").write_bytes(b"a\n1\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        place = deposit_of("0123456789bcdfg", f"http://127.0.0.1:{server.server_address[1]}")
        with pytest.raises(CannotPut, match="without a new byte"):
            Sender(Client(), place, pause=lambda _s: None).put("a.csv", tmp_path / "a.csv")
        server.shutdown()
    assert sent == ["0"] * putting.STUCK


def test_what_is_put_is_said_in_sentences(tmp_path: Path) -> None:
    assert deposit_of("https://n.example/deposit/0123456789bcdfg/files", "").node == (
        "https://n.example"
    )
    with pytest.raises(CannotPut, match="neither the id"):
        deposit_of("rice", "https://n.example")
    with pytest.raises(CannotPut, match="begins with https"):
        deposit_of("0123456789bcdfg", "n.example")
    with pytest.raises(CannotPut, match="no "):
        files_below([tmp_path / "absent"])
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").touch()
    with pytest.raises(CannotPut, match="called x"):
        files_below([tmp_path / "a", tmp_path / "b"])
