"""`tonle deposit …`, as a person at the node's own machine uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console import Console
from tonle.catalogue.models import DraftFile
from tonle.catalogue.tests.conftest import home as home
from tonle.deposit import commands as _registered  # noqa: F401 # Registers them.
from tonle.deposit.checks.tests import samples
from tonle.people.tests.factories import account

pytestmark = pytest.mark.django_db

CFF = """cff-version: 1.2.0
message: Cite it.
title: Flood models of the Tonle Sap
authors:
  - name: Institute of Technology of Cambodia
license: MIT
"""


@pytest.fixture
def sokha(home: Path) -> str:
    return account("sokha").email


def run(capsys: pytest.CaptureFixture[str], name: str, *arguments: str) -> tuple[int, str]:
    return Console("deposit", capsys)(name, *arguments)


def test_from_the_first_word_to_the_hand_in(
    capsys: pytest.CaptureFixture[str], sokha: str, tmp_path: Path
) -> None:
    cff = tmp_path / "CITATION.cff"
    cff.write_text(CFF)
    code, out = run(
        capsys, "new", "--as", sokha, "--kind", "software", "--metadata", str(cff), "--title",
        "គំរូទឹកជំនន់", "--language", "km",
    )  # fmt: skip
    assert code == 0, out
    draft = out.split()[0]
    folder = tmp_path / "source"
    (folder / "data").mkdir(parents=True)
    (folder / "README.md").write_text("Run it.")
    (folder / "data" / "people.csv").write_text(samples.csv_text(*samples.PEOPLE["CHN"][:2]))

    code, out = run(capsys, "add", draft, str(folder), "--as", sokha)
    assert code == 0, out
    assert "data/people.csv: Telephone numbers" in out
    assert "13812345670" not in out
    assert sorted(DraftFile.objects.values_list("name", flat=True)) == [
        "README.md", "data/people.csv",
    ]  # fmt: skip

    code, out = run(capsys, "show", draft, "--as", sokha)
    assert "title (km): គំរូទឹកជំនន់" in out
    assert "before it can be handed in:" in out
    code, out = run(capsys, "hand-in", draft, "--as", sokha)
    assert code == 1
    assert "wait for a decision" in out

    DraftFile.objects.filter(name="data/people.csv").delete()
    code, out = run(capsys, "hand-in", draft, "--as", sokha)
    assert (code, out.strip()) == (0, "waiting for a curator")
    code, out = run(capsys, "list", "--as", sokha)
    assert out.startswith(f"{draft}\tsubmitted\tsoftware\t")


def test_a_folder_is_the_same_by_whatever_way_it_is_named(
    capsys: pytest.CaptureFixture[str], sokha: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is hidden below the folder is left out, and never in silence all of it."""
    folder = tmp_path / ".kept" / "data"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_text("Not to be given.")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    draft = run(capsys, "new", "--as", sokha)[1].split()[-1]
    code, out = run(capsys, "add", draft, "../.kept/data", "--as", sokha)
    assert code == 1
    assert "No file is in this folder" in out

    (folder / "yields.csv").write_text("year,yield\n2024,3.1\n")
    assert run(capsys, "add", draft, "../.kept/data", "--as", sokha)[0] == 0
    assert list(DraftFile.objects.values_list("name", flat=True)) == ["yields.csv"]
    assert run(capsys, "add", "no-such-draft", "../.kept/data", "--as", sokha)[0] == 1


def test_somebody_else_s_deposit_is_not_there(
    capsys: pytest.CaptureFixture[str], sokha: str
) -> None:
    _, out = run(capsys, "new", "--as", sokha)
    draft = out.split()[-1]
    bopha = account("bopha").email
    assert run(capsys, "show", draft, "--as", bopha)[0] == 1
    assert run(capsys, "hand-in", draft, "--as", bopha)[0] == 1
    assert run(capsys, "list", "--as", "nobody@example.org")[0] == 1
