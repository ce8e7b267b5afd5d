"""A throwaway object store that speaks S3: SeaweedFS, started without root and without a service.

    .venv/bin/python -m tests.objectstore -- COMMAND…

starts one, sets TONLE_TEST_S3, runs the command and stops the store.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.throwaway import beside, free_port, wait_for

BUCKET = "tonle-tests"
KEY, SECRET = "tonle", "for tests only: it opens nothing"
# Where the tests find the store: its address on this machine.
VARIABLE = "TONLE_TEST_S3"


class NoStore(RuntimeError):
    """No object store could be started; the text says what was tried."""


class Server:
    """One running store with one bucket; `endpoint` is where it answers."""

    def __init__(self, program: Path, home: Path) -> None:
        self.home, self.port = home, free_port()
        names = ("master.port", "volume.port", "filer.port", "webdav.port", "admin.port",
                 "s3.port.iceberg", "s3.port.lance")  # fmt: skip
        ports = {name: free_port() for name in names} | {"s3.port": self.port}
        self._log = (home / "log").open("wb")
        self.process = subprocess.Popen(
            [
                str(program), "mini", f"-dir={home / 'data'}", "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1", f"-bucket={BUCKET}", "-master.telemetry=false",
                "-admin.ui=false", "-webdav=false",
                *(f"-{name}={port}" for name, port in ports.items()),
            ],
            # A garbage collector that is told to hurry: 150 MB in place of 600.
            env={**os.environ, "GOMEMLIMIT": "150MiB", "GOMAXPROCS": "2",
                 "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=home,
            # Ctrl-C is for the tests; they stop the store when they are through.
            start_new_session=True,
        )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def options(self, prefix: str = "") -> dict[str, str]:
        """The options of a node whose files stand in this store, below a prefix of its own."""
        return options(self.endpoint, prefix)

    def pause(self) -> None:
        """From now on nobody gets an answer: the store is away."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def _wait(self) -> None:
        """Until its bucket answers. Raises NoStore when it ended instead, with its last words."""
        if words := wait_for(self.process, self.home / "log", self._answers):
            raise NoStore(f"weed ended at once: {words}")

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.endpoint}/{BUCKET}", timeout=5).close()  # noqa: S310 # Our own.
        except urllib.error.HTTPError as error:
            # Nobody without a key may look: then it is there.
            return error.code == 403
        except OSError:
            return False
        return False

    def stop(self) -> None:
        """Nothing in it is needed any more."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._log.close()


def options(endpoint: str, prefix: str = "") -> dict[str, str]:
    return {
        "TONLE_FILES": f"s3://{BUCKET}/{prefix or secrets.token_hex(6)}",
        "TONLE_FILES_ENDPOINT": endpoint,
        "TONLE_FILES_KEY": KEY,
        "TONLE_FILES_SECRET": SECRET,
    }


@contextmanager
def running(scratch: str | None = None) -> Iterator[Server]:
    """A store of one's own. Raises NoStore.

    scratch: the folder to keep its data in; by default the system's for temporary files.
    """
    program = Path(sys.executable).parent / "weed"
    if not program.exists():
        raise NoStore(f"There is no {program}: install requirements/test.txt.")
    home = Path(tempfile.mkdtemp(prefix="tonle-store-", dir=scratch))
    (home / "data").mkdir()
    try:
        server = Server(program, home)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main(arguments: list[str]) -> int:
    return beside(
        arguments,
        __doc__,
        running,
        lambda server: (
            f"tests.objectstore: SeaweedFS at {server.endpoint}",
            {VARIABLE: server.endpoint},
        ),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
