"""A large file into a real node, over a link that is cut and a server that is killed.

On a plain disk, and where published files stand in an object store (stage `s3`).
`TONLE_TEST_UPLOAD_MB=1024 python -m pytest --deep tests/test_uploads_go_on.py` sends a gigabyte.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.node import Node
from tests.noise import MIB, noise
from tonle.cli.main import main
from tonle.client import CannotPut
from tonle.client.asking import Client
from tonle.client.getting import Job, Listed
from tonle.client.putting import Sender, deposit_of
from tonle.client.tests.cutting import BadLink

pytestmark = [pytest.mark.deep, pytest.mark.one_database]
SIZE = int(os.environ.get("TONLE_TEST_UPLOAD_MB", "48")) * MIB
# Bytes after which the link is cut, time and again: each within one piece of four mebibytes.
CUTS = [3 * MIB, 2_500_000, 3_333_333, 1 * MIB, 4_000_000]


class Sokha:
    """A depositor with a token, a draft, and a file."""

    def __init__(self, node: Node, folder: Path, size: int = SIZE) -> None:
        self.node = node
        # A name of its own: several tests of one node have a depositor each.
        asked = ["sokha@example.org", "--new", f"put {folder.name}", "--scope", "deposit"]
        self.token = re.findall(r"\S{30,}", node.tonle("user", "token", *asked))[-1]
        self.draft = str(self.call("POST", "", {"kind": "dataset"})["id"])
        self.file = folder / "survey.bin"
        self.sha256 = noise(self.file, size, 6)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 # A node of our own.
            f"{self.node.url}/api/v1/deposits{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 # As above.
            return json.loads(answer.read())

    def there(self) -> int:
        """Bytes that the node counts of the file on its way."""
        return max(
            (one["offset_bytes"] for one in self.call("GET", f"/{self.draft}/uploads")), default=0
        )

    def fetch(self, target: Path) -> None:
        """Bring the file back as `tonle get` does: in pieces, over several links, checked."""
        (file,) = self.call("GET", f"/{self.draft}/files")
        listed = Listed("survey.bin", file["size_bytes"], file["sha256"], file["sha512"])
        address = f"{self.node.url}/api/v1/deposits/{self.draft}/files/survey.bin"
        Job(Client(self.token), lambda _bytes: None).get(address, listed, target)

    def digests(self) -> list[str]:
        return [file["sha256"] for file in self.call("GET", f"/{self.draft}/files")]


@pytest.fixture(
    params=[
        pytest.param("disk", marks=pytest.mark.services),
        pytest.param("s3", marks=pytest.mark.s3),
    ]
)
def sokha(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    store = request.getfixturevalue("s3_options") if request.param == "s3" else {}
    node = Node(tmp_path / "var", TONLE_BODY_IDLE="3", TONLE_API_LIMIT="0", **store)
    node.tonle("init", "--quiet")
    node.tonle("user", "add", "sokha@example.org")
    node.start()
    yield Sokha(node, tmp_path)
    node.stop()


def killed_in_the_middle(sokha: Sokha) -> threading.Thread:
    """The server dies once a third of the file is there, and is started again."""

    def watch() -> None:
        while sokha.there() < SIZE // 3:
            time.sleep(0.1)
        sokha.node.kill()
        sokha.node.start()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def test_an_independent_client_of_tus_finishes(sokha: Sokha) -> None:
    from tusclient.client import TusClient

    with BadLink(sokha.node.port, sent=CUTS) as link:
        client = TusClient(
            f"{link.url}/uploads/{sokha.draft}",
            headers={"Authorization": f"Bearer {sokha.token}"},
        )
        uploader = client.uploader(
            str(sokha.file), chunk_size=4 * MIB, metadata={"filename": "survey.bin"},
            retries=60, retry_delay=1, upload_checksum=True,
        )  # fmt: skip
        killing = killed_in_the_middle(sokha)
        uploader.upload()
        killing.join()
        assert link.cuts == len(CUTS)
    (upload,) = sokha.call("GET", f"/{sokha.draft}/uploads")
    while upload["state"] == "arrived":
        time.sleep(0.2)
        (upload,) = sokha.call("GET", f"/{sokha.draft}/uploads")
    sokha.call("POST", f"/{sokha.draft}/uploads/{upload['id']}/attach")
    assert sokha.digests() == [sokha.sha256]


def test_put_finishes_what_it_began(sokha: Sokha, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(sokha.token)
    with BadLink(sokha.node.port, sent=CUTS) as link:
        # The first call ends in the middle, as when a machine is switched off.
        place, told = deposit_of(sokha.draft, link.url), [0]

        def stop(more: int) -> None:
            told[0] += more
            if told[0] > SIZE // 4:
                raise CannotPut("switched off")

        with pytest.raises(CannotPut, match="switched off"):
            Sender(Client(sokha.token), place, stop).put("survey.bin", sokha.file)
        killing = killed_in_the_middle(sokha)
        arguments = ["--node", link.url, "--token-file", str(token)]
        while main(["put", sokha.draft, str(sokha.file), *arguments]):
            time.sleep(1)
        killing.join()
        assert link.cuts == len(CUTS)
    assert sokha.digests() == [sokha.sha256]
    assert sokha.call("GET", f"/{sokha.draft}/uploads") == []
    sokha.fetch(tmp_path / "got")
    assert (tmp_path / "got").stat().st_size == SIZE
