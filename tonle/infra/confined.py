"""A child process that reads one stranger's file, and can do nothing else.

A parser that a hostile file breaks takes only the child with it, and what it is made to do
reaches nothing: it has no network, may read its file and the program and nothing else of the
node, and has nowhere to write. Each of these is asked of the system, and holds where the
system can: user and network namespaces, Landlock (Linux 5.13), resource limits. Where the
first two are refused, an audit hook still refuses sockets and programs to what is Python.

The parent calls `ask("some.module", request, …)`. That module calls `attend(answer)`:

    def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]: ...
    if __name__ == "__main__":
        raise SystemExit(attend(answer))

The request comes as one line of JSON, the answer leaves as one line of JSON and, after it,
plain bytes. Both sides of this module import no Django, so that the child begins quickly.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent.parent

Why = Literal["time", "memory", "crashed", "long"]


@dataclass(frozen=True)
class Bounds:
    """What a child may take. seconds: on the clock; cpu_seconds: of a processor.

    answer_bytes: the longest answer; written_bytes: the largest file, which only a file in
    memory can be.
    """

    memory_bytes: int = 1 << 30
    seconds: int = 30
    cpu_seconds: int = 20
    answer_bytes: int = 1 << 20
    written_bytes: int = 0


class Ended(Exception):
    """The child ended without an answer. why: time, memory, crashed or long."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


# The parent -------------------------------------------------------------------------------


def ask(
    module: str, request: Mapping[str, Any], path: Path, bounds: Bounds
) -> tuple[dict[str, Any], bytes]:
    """What the child says of the file at path: its JSON object, and the bytes after it.

    Raises Ended. Holds the calling thread for bounds.seconds at most.
    """
    order = {"request": dict(request), "path": str(path), "bounds": asdict(bounds)}
    process = subprocess.Popen(  # noqa: S603 # A module of ours; what it is asked comes on a pipe.
        [sys.executable, "-P", "-m", module],
        cwd="/",
        # No secrets and no options: it needs only its own code.
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a pipe was asked for")
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    alarm = threading.Timer(bounds.seconds, end)
    alarm.start()
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.close()
        answer = process.stdout.read(bounds.answer_bytes + 1)
        if len(answer) > bounds.answer_bytes:
            raise Ended("long")
        process.wait()
    finally:
        alarm.cancel()
        process.kill()
        process.wait()
        process.stdout.close()
    if late.is_set() or process.returncode == -signal.SIGXCPU:
        raise Ended("time")
    line, _, rest = answer.partition(b"\n")
    try:
        said = json.loads(line)
    except ValueError:
        raise Ended("crashed") from None
    if process.returncode or not isinstance(said, dict):
        raise Ended("memory" if said == "memory" else "crashed")
    return said, rest


# The child --------------------------------------------------------------------------------


def attend(answer: Callable[[Path, dict[str, Any]], tuple[dict[str, Any], bytes]]) -> int:
    """Read the order, be confined, answer. Returns the exit code of the process."""
    order = json.loads(sys.stdin.buffer.readline())
    bounds = Bounds(**order["bounds"])
    path = Path(order["path"])
    # What libraries print, in C or in Python, is no part of the answer.
    pipe = os.dup(1)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    confine(bounds, [path])
    code = 0
    try:
        said, rest = answer(path, order["request"])
        out = json.dumps(said, ensure_ascii=True).encode() + b"\n" + rest
    except MemoryError:
        out, code = b'"memory"\n', 1
    except BaseException as error:
        # Some libraries are written in Rust, whose panics are no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        out, code = b'"crashed"\n', 1
    with os.fdopen(pipe, "wb") as stream:
        stream.write(out)
    # Nothing is left to be tidied, and what a broken library would tidy is not worth a crash.
    os._exit(code)


def confine(bounds: Bounds, files: Iterable[Path]) -> None:
    """Give up, for good, all that this process does not need. files: what it may read."""
    with suppress(OSError):
        os.nice(5)
    with suppress(OSError):
        # Where memory runs out, this process goes first.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for limit, wanted in (
        (resource.RLIMIT_AS, bounds.memory_bytes),
        (resource.RLIMIT_CPU, bounds.cpu_seconds),
        (resource.RLIMIT_FSIZE, bounds.written_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _, hard = resource.getrlimit(limit)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        # Of time the first limit is told by a signal of its own, and the second ends all.
        last = most + 2 if limit == resource.RLIMIT_CPU and most == wanted else most
        resource.setrlimit(limit, (most, last))
    # Without it, one byte too many would end the process instead of failing a write.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    libc = ctypes.CDLL(None, use_errno=True)
    _without_network(libc)
    _without_files(libc, files)
    sys.addaudithook(_refuse)


def _without_network(libc: Any) -> bool:
    """A network namespace of its own: without even a loopback that is up."""
    new_user, new_network = 0x10000000, 0x40000000
    return bool(libc.unshare(new_user | new_network) == 0 or libc.unshare(new_network) == 0)


# Numbers of Landlock's system calls, the same on every machine that Linux runs on.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_NO_NEW_PRIVILEGES = 38
_READ_FILE, _READ_DIRECTORY = 1 << 2, 1 << 3


def _without_files(libc: Any, files: Iterable[Path]) -> bool:
    """Landlock: read the program, the system's libraries and the given files; write nothing.

    Source: the kernel's documentation, userspace-api/landlock. False where it is not there.
    """
    abi = libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1)
    if abi < 1:
        return False
    # The thirteen rights of the first version; REFER and TRUNCATE came with the second and third.
    rights = (1 << 13) - 1 | (1 << 13 if abi >= 2 else 0) | (1 << 14 if abi >= 3 else 0)
    # From the fourth on, binding and connecting of TCP as well.
    attributes = struct.pack("=QQ", rights, 0b11) if abi >= 4 else struct.pack("=Q", rights)
    ruleset = libc.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    code = Path(__file__).resolve().parent.parent
    folders = [code, *map(Path, {sys.prefix, sys.base_prefix}), Path("/usr"), Path("/lib")]
    folders += [Path("/lib64"), Path("/proc/self"), Path("/dev/urandom"), Path("/dev/null")]
    # DuckDB asks how much memory there is, and breaks where it may not.
    folders += [Path("/proc/meminfo"), Path("/sys/fs/cgroup")]
    for place in (*folders, *files):
        try:
            opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = _READ_FILE | (_READ_DIRECTORY if place.is_dir() else 0)
        rule = struct.pack("=Qi", allowed, opened)
        libc.syscall(_ADD, ruleset, 1, rule, 0)
        os.close(opened)
    held = libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    held = held and libc.syscall(_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return bool(held)


_REFUSED = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork", "pty.")


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED) and event not in {"socket.gethostname"}:
        raise PermissionError(f"{event} is refused here")
