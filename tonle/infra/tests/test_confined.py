"""The child that reads strangers' files: what it may, and how it ends."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tonle.infra.confined import Bounds, Ended, ask

CURIOUS = "tonle.infra.tests.curious"


def test_a_child_reads_its_file_and_can_do_nothing_else(tmp_path: Path) -> None:
    mine, secret = tmp_path / "mine" / "file", tmp_path / "keys" / "secret"
    for path in (mine, secret):
        path.parent.mkdir()
        path.write_bytes(b"hello")
    with socket.create_server(("127.0.0.1", 0)) as server:
        request = {"do": "try", "secret": str(secret), "port": server.getsockname()[1]}
        said, rest = ask(CURIOUS, request, mine, Bounds(seconds=120))

    allowed = {"read its file"}
    if not Path("/sys/kernel/security/landlock").exists() and "read a secret" in said["done"]:
        # A kernel without Landlock: then resource limits still keep it from writing anything.
        allowed |= {"read a secret", "write its file", "write beside"}
    assert set(said["done"]) <= allowed
    assert "read its file" in said["done"]
    assert rest == b"rest"


@pytest.mark.parametrize(
    ("do", "why"),
    [("time", "time"), ("memory", "memory"), ("speech", "long"), ("end", "crashed")],
)
def test_a_child_that_takes_too_much_is_ended(tmp_path: Path, do: str, why: str) -> None:
    bounds = Bounds(seconds=120, cpu_seconds=1)
    with pytest.raises(Ended) as ended:
        ask(CURIOUS, {"do": do}, tmp_path / "none", bounds)
    assert ended.value.why == why
