"""`tonle get` is killed, lied to and left without a disk; a file that has its name is whole.

`TONLE_TEST_UPLOAD_MB=1024 python -m pytest --deep tests/test_get_goes_on.py` gets a gigabyte.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.options import BASE_DIR
from tests.node import Node
from tests.noise import MIB, noise
from tests.published import publish
from tonle.client.tests.cutting import BadLink

pytestmark = [pytest.mark.deep, pytest.mark.one_database]
on_a_disk = pytest.mark.services
# Also where published files stand in an object store, out of which the node gives them.
on_both = pytest.mark.parametrize(
    "node",
    [pytest.param("disk", marks=on_a_disk), pytest.param("s3", marks=pytest.mark.s3)],
    indirect=True,
)
SIZE = int(os.environ.get("TONLE_TEST_UPLOAD_MB", "48")) * MIB
# Bytes a second of each of four links: so slow that there is something to break.
PACE = SIZE // 16
KILLS = 8


@dataclass
class Getter:
    """Somebody who gets one record, into one folder."""

    node: Node
    record: str
    sha256: str
    folder: Path

    def __post_init__(self) -> None:
        self.target = self.folder / "survey.bin"
        self.part = self.folder / "survey.bin.part"

    def begin(self, url: str, *more: str, largest_kb: int = 0) -> subprocess.Popen[str]:
        """`tonle get` at work. largest_kb: no file may grow beyond, as on a full disk."""
        command = [sys.executable, "-m", "tonle", "get", self.record, "--quiet"]
        command += ["--node", url, "--to", str(self.folder), *more]
        if largest_kb:
            command = ["sh", "-c", f'ulimit -f {largest_kb * 2}; exec "$@"', "sh", *command]
        return subprocess.Popen(
            command, cwd=BASE_DIR, env=self.node.environment, text=True, stderr=subprocess.PIPE
        )

    def get(self, url: str, *more: str, largest_kb: int = 0) -> tuple[int, str]:
        """Exit code, and what was complained of."""
        process = self.begin(url, *more, largest_kb=largest_kb)
        said = process.communicate()[1]
        return process.returncode, said

    def is_whole(self) -> bool:
        """Whether the file has its name. What has the name must be all of it."""
        if not self.target.exists():
            return False
        with self.target.open("rb") as file:
            assert hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        return True

    def here(self) -> int:
        """Bytes on the disk of what is on its way; holes do not count."""
        try:
            return self.part.stat().st_blocks * 512
        except FileNotFoundError:
            return 0


@pytest.fixture(scope="module")
def node(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    store = {}
    if getattr(request, "param", "disk") == "s3":
        store = request.getfixturevalue("object_store").options()
    made = Node(tmp_path_factory.mktemp("getting") / "var", TONLE_API_LIMIT="0", **store)
    made.tonle("init", "--quiet")
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def published(node: Node, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The record's id, and the digest of its one file."""
    folder = tmp_path_factory.mktemp("published") / "crate"
    folder.mkdir()
    sha256 = noise(folder / "survey.bin", SIZE, 6)
    return publish(node, folder, "A long survey"), sha256


@pytest.fixture
def getter(node: Node, published: tuple[str, str], tmp_path: Path) -> Getter:
    return Getter(node, *published, tmp_path / "here")


@on_both
def test_killed_at_any_moment_it_goes_on(getter: Getter) -> None:
    chance, kills = random.Random(7), 0
    with BadLink(getter.node.port, pace=PACE) as link:
        while kills < KILLS:
            had, process = getter.here(), getter.begin(link.url)
            # Up to a fourth of the file more, or the last steps to its name.
            wanted = had + chance.randrange(SIZE // 4)
            while process.poll() is None and getter.here() < wanted:
                time.sleep(0.005)
            process.kill()
            process.communicate()
            kills += 1
            if getter.is_whole():
                getter.target.unlink()
                getter.part.unlink(missing_ok=True)
    assert getter.get(getter.node.url) == (0, "")
    assert getter.is_whole()
    # The name may have come just before the kill; what was left of the way there goes, too.
    assert sorted(path.name for path in getter.folder.iterdir()) == ["record.json", "survey.bin"]


@on_a_disk
def test_what_is_there_is_not_got_again(getter: Getter) -> None:
    with BadLink(getter.node.port, pace=PACE) as link:
        process = getter.begin(link.url)
        while getter.here() < SIZE // 2:
            time.sleep(0.005)
        process.kill()
        process.communicate()
    # The rest fits through links that are cut after less than the whole.
    with BadLink(getter.node.port, received=[SIZE // 32] * 8) as link:
        assert getter.get(link.url)[0] == 0
        assert link.cuts >= 1
    assert getter.is_whole()


@on_both
def test_a_server_that_is_killed_and_comes_back(getter: Getter) -> None:
    with BadLink(getter.node.port, pace=PACE) as link:
        process = getter.begin(link.url)
        while getter.here() < SIZE // 3:
            time.sleep(0.005)
        getter.node.kill()
        getter.node.start()
        assert process.communicate()[1] == ""
        assert process.returncode == 0
    assert getter.is_whole()


@on_a_disk
def test_a_mirror_that_lies_is_found_out(getter: Getter, tmp_path: Path) -> None:
    """The same record on another disk, with one byte of its file changed there."""
    liar = Node(tmp_path / "liar", TONLE_API_LIMIT="0")
    subprocess.run(["cp", "-a", str(getter.node.data), str(liar.data)], check=True)
    (stored,) = (liar.data / "ocfl").rglob("survey.bin")
    stored.chmod(0o600)
    with stored.open("r+b") as file:
        file.seek(SIZE // 2)
        byte = file.read(1)[0]
        file.seek(SIZE // 2)
        file.write(bytes([byte ^ 1]))
    liar.start()
    try:
        assert getter.get(getter.node.url, "--mirror", liar.url)[0] == 0
        assert getter.is_whole()
        # With nobody else to ask, there is no file, and the reason.
        getter.target.unlink()
        code, said = getter.get(liar.url)
    finally:
        liar.stop()
    assert code == 1
    assert "did not arrive as the record names it" in said
    assert not getter.is_whole()


@on_a_disk
def test_a_full_disk_and_then_room(getter: Getter) -> None:
    code, said = getter.get(getter.node.url, largest_kb=SIZE // 2048)
    assert code == 1
    assert "survey.bin: File too large. What came is kept" in said
    assert not getter.is_whole()
    assert getter.here() > 0

    assert getter.get(getter.node.url)[0] == 0
    assert getter.is_whole()


@on_a_disk
def test_of_two_at_once_one_gives_way_and_one_finishes(getter: Getter) -> None:
    with BadLink(getter.node.port, pace=PACE) as link:
        first = getter.begin(link.url)
        while getter.here() < SIZE // 8:
            time.sleep(0.005)
        code, said = getter.get(getter.node.url)
        assert first.communicate()[1] == ""
    assert (code, first.returncode) == (1, 0)
    assert "is being got by another call at this moment" in said
    assert getter.is_whole()
