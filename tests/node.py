"""A real node in processes of its own: `tonle init`, `tonle serve`, and the way to end it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path

from config.options import BASE_DIR
from tests.throwaway import free_port


class Node:
    """One node with its own directory, always on SQLite; `url` is where it answers.

    options: more of config.options, by name.
    """

    def __init__(self, data: Path, **options: str) -> None:
        self.data, self.port = data, free_port()
        # What the serving process has printed.
        self.output = data.with_name(f"{data.name}-output.txt")
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TONLE_")},
            "TONLE_DATA": str(data),
            "TONLE_PORT": str(self.port),
            **options,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._commands: subprocess.Popen[str] | None = None

    def tonle(self, *arguments: str) -> str:
        """The output of one command; raises with its words where it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "tonle", *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise AssertionError(f"tonle {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def run(self, *arguments: str, given: str = "") -> str:
        """As `tonle`, but all in one process beside the node, which is much quicker.

        given: what the command reads from its standard input.
        """
        if self._commands is None:
            self._commands = subprocess.Popen(
                [sys.executable, "-m", "tests.node_commands"],
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        asked, answers = self._commands.stdin, self._commands.stdout
        assert asked
        assert answers
        print(json.dumps([*arguments, given]), file=asked, flush=True)
        code, said, complained = json.loads(answers.readline())
        if code:
            raise AssertionError(f"tonle {' '.join(arguments)}: {complained or said}")
        return str(said)

    def start(self, command: str = "serve") -> None:
        """Serve, and return once the first page is answered.

        command: `up` makes the node first, with its starter set, as `./run` does.
        """
        lend_lexicon(self.data)
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tonle", command],
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                # A process group of its own, so that `kill` reaches all of its processes.
                start_new_session=True,
            )
        while not self._answers():
            if self._process.poll() is not None:
                raise AssertionError(f"tonle serve ended with {self._process.returncode}.")
            try:
                self._process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue

    @property
    def pid(self) -> int:
        """Of the supervisor of all its processes."""
        assert self._process
        return self._process.pid

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:  # noqa: S310 # Our own.
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> int:
        """Ask it to end, as a service manager would. Returns its exit code."""
        if self._commands is not None:
            self._commands.communicate()
            self._commands = None
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._process.returncode

    def kill(self) -> None:
        """End all its processes at once, as a power cut does."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def lend_lexicon(data: Path) -> None:
    """Lay into a node's directory the lexicon of terms that it would make at its first start,
    which takes 12 s of one core, for each of many nodes.
    """
    index = data / "index"
    if not (index / "terms.sqlite3").exists():
        index.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(_lexicon(), index / "terms.sqlite3")


@cache
def _lexicon() -> Path:
    """It lies in the environment, and is made anew when a node's own would be."""
    data = Path(sys.prefix, "tonle-lexicon")
    subprocess.run(
        [sys.executable, "-c", _REFRESH],
        check=True,
        cwd=BASE_DIR,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("TONLE_")},
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TONLE_DATA": str(data),
        },
    )
    return data / "index" / "terms.sqlite3"


_REFRESH = """
import django

django.setup()
from tonle.search.terms import store

store.refresh()
"""
