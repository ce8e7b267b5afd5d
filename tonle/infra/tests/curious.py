"""A child that tries what it may not: `python -m tonle.infra.tests.curious`, see test_confined."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tonle.infra.confined import attend


def answer(path: Path, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Which of its tries succeeded; or it takes too much of something."""
    want = request["do"]
    if want == "time":
        while True:
            time.process_time()
    if want == "memory":
        return {"size": len(bytearray(1 << 40))}, b""
    if want == "speech":
        return {}, bytes(8 << 20)
    if want == "end":
        os.abort()
    secret = Path(request["secret"])
    tries: dict[str, Callable[[], object]] = {
        "read its file": path.read_bytes,
        "read a secret": secret.read_bytes,
        "write beside": lambda: path.with_name("new").write_bytes(b"x"),
        "write its file": lambda: path.write_bytes(b"x"),
        "connect": lambda: socket.create_connection(("127.0.0.1", request["port"]), 2),
        "run a program": lambda: subprocess.run([sys.executable, "-V"], check=True),
    }
    done = []
    for name, attempt in tries.items():
        try:
            attempt()
        except (OSError, subprocess.SubprocessError):
            continue
        done.append(name)
    print("what is printed is no part of the answer")
    return {"done": done}, b"rest"


if __name__ == "__main__":
    raise SystemExit(attend(answer))
