"""Nothing that people set, call or listen to is undocumented."""

from __future__ import annotations

import re

import pytest

from config.options import BASE_DIR, OPTIONS
from config.wiring import EVENTS
from tests.repository import files
from tonle.cli import main, reference, registry
from tools.reference import FOLDER, pages

# Read by scripts and tests before there is a node; each is explained where it is read.
NOT_OF_A_NODE = {"TONLE_CHROMIUM", "TONLE_CRASH_AT", "TONLE_PYTHON"}


@pytest.mark.parametrize(
    "name",
    [
        "code-lists.md",
        "commands.md",
        "events.md",
        "export-formats.md",
        "import-formats.md",
        "options.md",
        "profiles.md",
    ],
)
def test_reference_pages_say_what_the_source_says(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == pages()[name](), "Write them anew: .venv/bin/python -m tools.reference"


def test_every_option_that_is_read_is_declared() -> None:
    # What tests alone are told begins with TONLE_TEST_.
    declared = {option.name for option in OPTIONS} | NOT_OF_A_NODE
    read = re.compile(
        r"(?:environ(?:\.get|\.pop)?[\[(]|getenv\(|option\()\s*\"(TONLE_(?!TEST_)[A-Z_]+)\""
    )
    for file in files("*.py"):
        for name in read.findall(file.read_text(encoding="utf-8")):
            assert name in declared, f"{name}, read in {file.relative_to(BASE_DIR)}"


def test_every_declared_option_is_read() -> None:
    source = "".join(f.read_text(encoding="utf-8") for f in files("*.py") if f.name != "options.py")
    assert [o.name for o in OPTIONS if f'"{o.name}"' not in source] == []


def test_options_are_told_with_a_sentence_and_a_unit() -> None:
    for option in OPTIONS:
        assert option.description.endswith("."), option.name
        assert option.type != "integer" or option.unit or option.name == "TONLE_PORT", option.name


def test_commands_and_groups_are_told_with_a_sentence() -> None:
    main.discover()
    for command in registry.commands():
        assert command.help.endswith("."), command.name
        group = command.name.rpartition(" ")[0]
        assert not group or registry.group_help(group).endswith("."), command.name


def test_every_event_that_is_wired_is_declared_and_told() -> None:
    declared = reference.event_classes()
    assert set(EVENTS) <= set(declared)
    for name, event in declared.items():
        # A dataclass without a docstring of its own gets its signature as one.
        assert not (event.__doc__ or name).startswith(f"{name}("), name
