"""`tonle funding`: what its page shows is what it answers, and what is wrong is told in words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.options import BASE_DIR
from tonle.cli import main
from tonle.funding.rules import flow

PAGE = BASE_DIR / "docs" / "how-to" / "assign-decide-adjust.md"
GIVEN = re.compile(
    r"^`(?P<name>\w+\.json)`:\n\n```json\n(?P<text>.*?)\n```$", re.DOTALL | re.MULTILINE
)
SHOWN = re.compile(
    r"^```sh\nbin/tonle (?P<words>funding [^\n]+\.json)\n```\n\n```json\n(?P<answer>.*?)\n```$",
    re.DOTALL | re.MULTILINE,
)
EXAMPLES = [(one["words"], one["answer"]) for one in SHOWN.finditer(PAGE.read_text("utf-8"))]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the page shows, where the commands are called."""
    for one in GIVEN.finditer(PAGE.read_text("utf-8")):
        (tmp_path / one["name"]).write_text(one["text"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    main.discover()
    return tmp_path


def test_the_page_shows_every_command() -> None:
    assert {words.split()[1] for words, _ in EXAMPLES} == {"assign", "decide", "adjust"}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("words", "answer"), EXAMPLES, ids=[words for words, _ in EXAMPLES])
def test_an_example_answers_as_the_page_shows(
    words: str, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.execute(words.split()) == 0

    assert capsys.readouterr().out.strip() == answer


def test_a_file_that_is_wrong_is_refused_by_its_fields(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "wrong.json").write_text('{"budget": {"KHM": 1.5}, "projects": {}, "mode": 1}')

    assert main.main(["funding", "decide", "wrong.json"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert "budget.KHM: must be a whole number" in said.err
    assert "mode: is no field here" in said.err


def test_a_command_needs_neither_a_node_nor_django(folder: Path) -> None:
    """A program officer's machine: no node, no language but the terminal's."""
    asked = (
        "import sys; from tonle.cli import main; "
        "code = main.main(['funding', 'adjust', 'adjust.json']); "
        "from django.apps import apps; "
        "print(code, apps.ready, 'ortools' in sys.modules, 'numpy' in sys.modules, "
        "file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=folder,
        env={"PYTHONPATH": str(BASE_DIR), "PATH": "", "TONLE_DATA": str(folder / "nothing")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr.split() == ["0", "False", "False", "False"]
    assert json.loads(done.stdout)["components"][0]["order"][0] == "C"


def test_a_shortage_is_told_in_the_language_of_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonle.infra.i18n.gettext", lambda message: f"<{message}>")

    assert main.execute(["funding", "assign", "short.json"]) == 0

    (words,) = json.loads(capsys.readouterr().out)["shortage"]["words"]
    assert words.startswith("<More reviewers from the side KHM")


def test_installing_says_when_it_is_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main.discover()
    monkeypatch.setattr(flow, "has_ortools", lambda: True)

    assert main.execute(["funding", "install"]) == 0

    assert "OR-Tools is there" in capsys.readouterr().out
