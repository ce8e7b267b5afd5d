"""`./run` and `./test` themselves, and the environment that they make.

In the usual run the Python, the package installer and the node are small stand-ins, each of which
writes down how it was called. With --deep a fresh clone makes a real node, which takes minutes and
the package registry; TONLE_PYTHON then names the Python to try.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from config.options import BASE_DIR
from tests.starter import found_by_api, found_by_page, title_on_page
from tests.throwaway import free_port

# What the scripts call beside Python; nothing else is on their path.
TOOLS = ("cat", "cut", "dirname", "grep", "head", "rm", "sh", "sha256sum")

# A Python as far as the scripts ask: its version, what it lacks, `-m venv`, `-m pip`, `-m tonle`.
PYTHON = """#!/bin/sh
echo "$0 $*" >>"{log}"
case "$1 $2" in
"-c "*)
    exec "{real}" -c "import sys; sys.version_info = ({version}, 0)
for name in {without!r}.split(): sys.modules[name] = None
$2" ;;
--version*) echo "Python {version}" ;;
"-m venv")
    [ -z "{without}" ] || [ "$3" = --without-pip ] || exit 1
    for venv; do :; done
    "{real}" -c "import pathlib, shutil, sys
pathlib.Path(sys.argv[2], 'bin').mkdir(parents=True)
shutil.copy(sys.argv[1], sys.argv[2] + '/bin/python')" "$0" "$venv" ;;
"-m pip")
    [ -z "{without}" ] || exit 1
    case "$*" in *install*) cp "{uv}" "${{0%/*}}/uv" ;; esac ;;
*) exec "{real}" "{server}" "$@" ;;
esac
"""

UV = """#!/bin/sh
echo "uv $*" >>"{log}"
[ "$1" != --version ] || echo "uv {version}"
"""

# Ends as a server does when it is told to, and says what it was told.
SERVER = """
import json, os, signal, sys
def stop(number, _frame):
    print(signal.Signals(number).name)
    sys.exit(0)
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, stop)
about = {"argv": sys.argv[1:], "pid": os.getpid(), "path": os.environ.get("PYTHONPATH")}
print(json.dumps(about | {"in": os.getcwd()}), flush=True)
if "up" in sys.argv:
    signal.alarm(60)
    signal.pause()
"""


class Checkout:
    """The scripts and locks of this project in a folder with a blank in its name."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin = folder / "a checkout", folder / "bin"
        self.log, self.server, self.uv = folder / "log", folder / "server.py", folder / "uv"
        for name in ("run", "test", "tools/environment.sh"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(BASE_DIR / name, self.root / name)
        (self.root / "requirements").mkdir()
        for name in ("uv", "runtime", "test"):
            shutil.copy(BASE_DIR / "requirements" / f"{name}.txt", self.root / "requirements")
        self.bin.mkdir()
        for name in (*TOOLS, "cp"):
            (self.bin / name).symlink_to(shutil.which(name) or name)
        self.server.write_text(SERVER, encoding="utf-8")
        locked = re.search(r"^uv==(\S+)", (self.root / "requirements" / "uv.txt").read_text(), re.M)
        assert locked
        write(self.uv, UV.format(log=self.log, version=locked[1]))

    def python(self, name: str, version: str, without: str = "") -> Path:
        """Put one on the path. version: "3, 12"; without: the modules it lacks."""
        text = PYTHON.format(
            log=self.log, real=sys.executable, uv=self.uv, server=self.server,
            version=version, without=without,
        )  # fmt: skip
        return write(self.bin / name, text)

    def begin(self, script: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.root / script), *arguments],
            cwd=self.root.parent,
            env={"PATH": str(self.bin), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def called(self) -> list[str]:
        """What was called since the last time, without the questions asked of a Python."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        asked = re.compile(r"\S+ (-c|--version)|^(import|for) |^uv --version")
        return [line.replace(f"{self.root}/", "") for line in lines if not asked.match(line)]

    def refused(self, **variables: str) -> str:
        """What `./run` says where it cannot begin; nothing is left of its attempt."""
        process = self.begin("run", **variables)
        out, said = process.communicate(timeout=30)
        assert (process.returncode, out) == (1, "")
        assert not (self.root / ".venv").exists()
        return said


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_becomes_the_server_so_that_a_signal_reaches_it(
    checkout: Checkout, number: signal.Signals
) -> None:
    checkout.python("python3", "3, 13")
    process = checkout.begin("run", "--empty", "--port", "81", "--data", "a b", PYTHONPATH="mine")
    assert process.stdout
    told = json.loads(process.stdout.readline())
    assert told == {
        "argv": ["-m", "tonle", "up", "--empty", "--port", "81", "--data", "a b"],
        "pid": process.pid,
        "path": f"{checkout.root}:mine",
        "in": str(checkout.root.parent),
    }
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert (out, process.returncode) == (f"{number.name}\n", 0)


def test_locked_wheels_are_installed_once_and_again_when_a_lock_changes(checkout: Checkout) -> None:
    def run(script: str) -> list[str]:
        process = checkout.begin(script)
        assert process.stdout
        assert json.loads(process.stdout.readline())
        process.terminate()
        process.communicate(timeout=30)
        return [line for line in checkout.called() if "pip install" in line]

    checkout.python("python3", "3, 11")
    install = "uv pip install --quiet --require-hashes"
    first = run("run")
    assert "--require-hashes --no-deps -r" in first[0]
    assert first[1:] == [f"{install} --only-binary :all: -r runtime.txt"]
    assert run("run") == []

    # What tests need is never taken away by starting a node.
    both = f"{install} -r runtime.txt -r test.txt"
    assert run("test") == [both]
    assert run("run") == []
    stamp = (checkout.root / ".venv" / "tonle-groups").read_text(encoding="utf-8").split("\n")
    locks = [(checkout.root / "requirements" / f"{name}.txt") for name in ("uv", "runtime", "test")]
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    assert stamp == ["runtime test", digest, ""]

    with locks[1].open("a", encoding="utf-8") as lock:
        lock.write("# Changed.\n")
    assert run("run") == [both]


def test_test_hands_on_what_it_is_asked(checkout: Checkout) -> None:
    checkout.python("python3", "3, 11")
    process = checkout.begin("test", "--deep", "rules")
    out, _ = process.communicate(timeout=30)
    told = json.loads(out)
    assert told["argv"] == ["-m", "tests.stages", "--deep", "rules"]
    assert told["in"] == str(checkout.root)


def test_the_newest_python_that_suits_and_is_whole_is_taken(checkout: Checkout) -> None:
    checkout.python("python3.14", "3, 14", "ensurepip")
    checkout.python("python3.13", "3, 13")
    checkout.python("python3.12", "3, 12")
    checkout.python("python3", "3, 15")
    process = checkout.begin("run", "--empty")
    assert process.stdout
    process.stdout.readline()
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert "Making an environment with Python 3, 13 in .venv" in said
    assert checkout.called()[0] == f"{checkout.bin}/python3.13 -m venv .venv"

    # Its Python is gone: the environment is made anew, of the one that is named.
    other = checkout.python("elsewhere", "3, 12")
    (checkout.root / ".venv" / "bin" / "python").unlink()
    process = checkout.begin("run", TONLE_PYTHON=str(other))
    assert process.stdout
    process.stdout.readline()
    process.terminate()
    process.communicate(timeout=30)
    assert checkout.called()[0] == f"{other} -m venv .venv"


def test_without_a_python_that_suits_it_says_which_and_how(checkout: Checkout) -> None:
    wanted = "Tonle needs Python 3.11, 3.12, 3.13 or 3.14, and none was found here."
    said = checkout.refused()
    assert wanted in said
    assert "sudo apt install python3 python3-venv" in said
    checkout.python("python3", "3, 10")
    assert wanted in checkout.refused()
    checkout.python("python3", "3, 15")
    assert wanted in checkout.refused()
    checkout.python("python3", "3, 12")
    assert wanted in checkout.refused(TONLE_PYTHON="nowhere")


def test_a_python_without_its_venv_part_says_what_to_install(checkout: Checkout) -> None:
    checkout.python("python3", "3, 12", "ensurepip venv")
    said = checkout.refused()
    assert "This Python 3.12 comes without its venv part" in said
    assert "sudo apt install python3.12-venv" in said

    # With a uv of the system it can do without.
    shutil.copy(checkout.uv, checkout.bin / "uv")
    process = checkout.begin("run")
    assert process.stdout
    assert process.stdout.readline()
    process.terminate()
    process.communicate(timeout=30)
    assert "uv pip install" in checkout.called()[-2]


@pytest.mark.parametrize("script", ["run", "test"])
def test_help_makes_nothing(checkout: Checkout, script: str) -> None:
    process = checkout.begin(script, "--help")
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out.startswith(f"Usage: ./{script} ")
    assert not (checkout.root / ".venv").exists()


# A fresh clone, for real -----------------------------------------------------------------

WORDS = ("rice", "ទឹក", "ข้าว", "ນ້ຳ", "nước", "水", "ရေ")
# What says that the registry was not reached, and not that a lock is wrong.
UNREACHED = re.compile(r"Failed to fetch|Could not connect|error sending request|dns error")


class Clone:
    """A clone of this checkout, whose owner has an empty home."""

    def __init__(self, folder: Path) -> None:
        self.root, home = folder / "tonle", folder / "home"
        home.mkdir()
        subprocess.run(["git", "clone", "-q", str(BASE_DIR), str(self.root)], check=True)
        ours = re.compile(r"TONLE_(?!PYTHON$)|PYTHON|VIRTUAL_ENV$|XDG_|UV_CACHE_DIR$|PYTEST")
        kept = {name: value for name, value in os.environ.items() if not ours.match(name)}
        self.environment = kept | {"HOME": str(home)}
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.output = folder / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> float:
        """`./run` until its first page is answered. Returns how many seconds that took."""
        began = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["./run", "--port", str(self.port), *arguments],
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # As a terminal does it: Ctrl-C goes to all processes of the group.
                start_new_session=True,
            )
        while time.monotonic() < began + 900:
            assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.1)
            else:
                return time.monotonic() - began
        raise AssertionError(self.output.read_text(encoding="utf-8"))

    def get(self, path: str) -> str:
        with urllib.request.urlopen(urljoin(self.url, path), timeout=30) as answer:  # noqa: S310 # Our own.
            return str(answer.read().decode())

    def ended(self) -> tuple[int, str]:
        """(exit code, what was printed) of a node that was told to end; nobody listens then."""
        assert self.process
        code = self.process.wait(60)
        with pytest.raises(urllib.error.URLError, match="refused"):
            self.get("/healthz")
        return code, self.output.read_text(encoding="utf-8")

    def tonle(self, *arguments: str) -> list[str]:
        done = subprocess.run(
            ["bin/tonle", *arguments], cwd=self.root, env=self.environment, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.splitlines()


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    made = Clone(tmp_path)
    uv = shutil.which("uv", path=f"{sys.prefix}/bin:{os.environ['PATH']}")
    assert uv
    asked = subprocess.run(
        [uv, "pip", "install", "--dry-run", "--no-cache", "--target", str(tmp_path / "nowhere"),
         "--no-deps", "--require-hashes", "-r", "requirements/uv.txt"],
        check=False, capture_output=True, text=True, cwd=made.root, env=made.environment,
    )  # fmt: skip
    if asked.returncode and UNREACHED.search(asked.stderr):
        pytest.skip("no package registry is reached")
    assert asked.returncode == 0, asked.stderr
    yield made
    if made.process and made.process.poll() is None:
        os.killpg(made.process.pid, signal.SIGKILL)
        made.process.wait()


@pytest.mark.deep
def test_a_fresh_clone_runs_is_searched_stops_and_goes_on(clone: Clone, tmp_path: Path) -> None:
    clone.run()
    said = clone.output.read_text(encoding="utf-8")
    python = os.environ.get("TONLE_PYTHON")
    version = subprocess.check_output([python, "--version"], text=True) if python else "Python 3."
    assert f"Making an environment with {version.strip()}" in said
    assert re.search(r"^ +194  added as new records$", said, re.MULTILINE)
    assert re.search(r"^ +114  organisations added$", said, re.MULTILINE)
    assert f"Open {clone.url}/ in a browser." in said
    link = re.search(rf"{clone.url}/welcome/\S+", said)
    assert link
    assert "Become the steward" in clone.get(link[0])
    assert "<h1" in clone.get("/")

    for word in WORDS:
        found = found_by_page(clone.url, word)
        assert found == found_by_api(clone.url, word)
        assert found.own
        for result in {*found.own, *found.across}:
            assert title_on_page(clone.url, result) == result.title

    assert clone.process
    os.killpg(clone.process.pid, signal.SIGINT)
    code, said = clone.ended()
    assert (code, "Traceback" in said) == (0, False)
    digest = clone.tonle("check", "--digest")[-1]
    assert re.fullmatch("[0-9a-f]{64}", digest)

    # Again: nothing is installed, made or loaded, and what was there is there.
    assert clone.run() < 30
    said = clone.output.read_text(encoding="utf-8")
    assert not re.search("Making|Installing|added", said)
    found = found_by_page(clone.url, WORDS[0])
    assert found.own
    clone.process.terminate()
    assert clone.ended()[0] == 0
    assert clone.tonle("check", "--digest")[-1] == digest

    # Elsewhere, and without the starter set.
    other = tmp_path / "another node"
    clone.run("--empty", "--data", str(other))
    assert found_by_page(clone.url, WORDS[0]) == ([], [])
    assert (other / "node.sqlite3").is_file()
    assert f"{clone.url}/welcome/" in clone.output.read_text(encoding="utf-8")
    clone.process.terminate()
    assert clone.ended()[0] == 0
    assert clone.tonle("check", "--digest")[-1] == digest
