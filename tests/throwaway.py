"""A server that lives as long as one command: what PostgreSQL and the object store share here."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

Server = TypeVar("Server")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(process: subprocess.Popen[bytes], log: Path, answers: Callable[[], bool]) -> str:
    """Wait until a server answers: "" then, or its last words where it ended instead."""
    while process.poll() is None:
        if answers():
            return ""
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    return log.read_text(errors="replace")[-500:] or "It said nothing."


def beside(
    arguments: list[str],
    usage: str | None,
    running: Callable[[], AbstractContextManager[Server]],
    told: Callable[[Server], tuple[str, Mapping[str, str]]],
) -> int:
    """Run a command beside a server: `[--] COMMAND…`. Returns the command's exit code.

    usage: what is said where there is no command. told: what is printed of the server, and the
    variables by which the command finds it.
    """
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(usage, file=sys.stderr)
        return 2
    # A terminated run must not leave its server behind.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    with running() as server:
        words, variables = told(server)
        print(words, file=sys.stderr)
        environment = {**os.environ, **variables}
        return subprocess.run(command, check=False, env=environment).returncode
