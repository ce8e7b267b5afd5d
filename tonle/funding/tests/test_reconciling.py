"""`tonle funding reconcile`: what its page shows is what it answers, and what it writes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.options import BASE_DIR
from tonle.cli import main
from tonle.funding.rules.reconcile import read_sheet

PAGE = BASE_DIR / "docs" / "how-to" / "reconcile-two-lists.md"
GIVEN = re.compile(
    r"^`(?P<name>\w+\.csv)`:\n\n```csv\n(?P<text>.*?)\n```$", re.DOTALL | re.MULTILINE
)
SHOWN = re.compile(r"^```text\n(?P<answer>.*?)\n```$", re.DOTALL | re.MULTILINE)
CALL = ["funding", "reconcile", "ours.csv", "theirs.csv"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the page shows, where the command is called."""
    for one in GIVEN.finditer(PAGE.read_text("utf-8")):
        (tmp_path / one["name"]).write_text(one["text"] + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    main.discover()
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_example_answers_as_the_page_shows(capsys: pytest.CaptureFixture[str]) -> None:
    (shown,) = SHOWN.findall(PAGE.read_text("utf-8"))

    assert main.execute(CALL) == 0

    assert capsys.readouterr().out.strip() == shown


@pytest.mark.usefixtures("folder")
def test_programs_get_the_same_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.execute([*CALL, "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["summary"] == {
        "pairs": 3, "certain": 2, "likely": 1, "doubtful": 0, "disagreeing": 3,
        "single_ours": 1, "single_theirs": 1, "doubled_ours": 1, "doubled_theirs": 0,
        "unread_ours": 1, "unread_theirs": 0,
    }  # fmt: skip
    assert [(pair["ours"], pair["theirs"]) for pair in said["pairs"]] == [(2, 2), (3, 3), (4, 4)]
    assert said["ours"]["doubled"] == [{"row": 5, "of": 4, "disagreements": []}]
    assert {one["field"] for one in said["pairs"][1]["disagreements"]} == {"amount"}


@pytest.mark.parametrize("name", ["pairs.xlsx", "pairs.csv"])
def test_a_table_to_confirm_in_holds_every_row_once(folder: Path, name: str) -> None:
    assert main.execute([*CALL, "--out", name]) == 0

    rows = [cells for _, cells in read_sheet((folder / name).read_bytes()).rows]
    kinds = [cells[0] for cells in rows[1:]]
    assert rows[0][-1] == "Confirmed (yes or no)"
    assert kinds == [
        "pair", "pair", "pair", "stands alone", "repeats row 4", "cannot be read", "stands alone",
    ]  # fmt: skip
    # What is to be looked at comes first.
    assert rows[1][1] == "likely"


def test_no_cell_of_the_table_is_taken_for_a_formula(folder: Path) -> None:
    theirs = folder / "theirs.csv"
    theirs.write_text(theirs.read_text("utf-8").replace("海水淡化", "=HYPERLINK(1)"), "utf-8")

    assert main.execute([*CALL, "--out", "pairs.csv"]) == 0

    assert ",'=HYPERLINK(1)" in (folder / "pairs.csv").read_text("utf-8-sig")


def test_a_column_with_a_strange_header_can_be_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = folder / "theirs.csv"
    theirs.write_text(theirs.read_text("utf-8").replace("编号", "Kenmerk"), "utf-8")

    assert main.execute([*CALL, "--json"]) == 0
    without = json.loads(capsys.readouterr().out)
    assert main.execute([*CALL, "--json", "--columns", "theirs:reference=Kenmerk"]) == 0
    named = json.loads(capsys.readouterr().out)

    assert without["theirs"]["ignored"] == ["Kenmerk"]
    assert named["theirs"]["ignored"] == []
    assert any("The same reference" in words for words in named["pairs"][0]["reasons"])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--columns", "title=Naam"], "says of no column what it is"),
        (["--columns", "theirs:colour=Naam"], "says of no column what it is"),
        (["--columns", "theirs:title=Naam"], "theirs.csv: The list has no column called Naam"),
        (["--out", "pairs.pdf"], "must end in .xlsx or .csv"),
    ],
)
def test_what_is_wrong_is_told_in_words(
    more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main([*CALL, *more]) == 1

    assert said in capsys.readouterr().err


def test_a_file_that_is_no_list_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "theirs.csv").write_text("nothing,known\n1,2\n")

    assert main.main(CALL) == 1

    assert "theirs.csv: No row of this list names its columns" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_the_answer_is_in_the_language_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonle.infra.i18n.gettext", lambda message: f"<{message}>")

    assert main.execute(CALL) == 0

    assert "<Our list>, row 5 repeats row 4" in capsys.readouterr().out


def test_it_needs_neither_a_node_nor_django(folder: Path) -> None:
    asked = (
        "import sys; from tonle.cli import main; "
        "code = main.main(['funding', 'reconcile', 'ours.csv', 'theirs.csv']); "
        "from django.apps import apps; print(code, apps.ready, file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=folder,
        env={"PYTHONPATH": str(BASE_DIR), "PATH": "", "TONLE_DATA": str(folder / "nothing")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )

    assert done.stderr.split() == ["0", "False"]
    assert "Pairs: 3" in done.stdout
