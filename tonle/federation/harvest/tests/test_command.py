"""`tonle harvest`: one command puts a node in front of a portal with Khmer titles."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tonle.catalogue.public import Record
from tonle.cli.public import Progress
from tonle.federation.harvest import commands
from tonle.federation.harvest.models import Run, Source
from tonle.federation.harvest.tests.factories import shown
from tonle.federation.harvest.tests.servers import reply
from tonle.federation.harvest.tests.servers.ckan import CkanServer, packages
from tonle.federation.harvest.tests.servers.oai import OaiServer
from tonle.federation.harvest.tests.servers.texts import text_of
from tonle.search.public import catch_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture
def portal() -> Iterator[CkanServer]:
    with CkanServer(packages(25)) as service:
        yield service


def tonle_harvest(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands._configure(parser)
    args = parser.parse_args([*arguments])
    return commands._harvest(args)


def test_a_portal_with_khmer_titles_is_searchable_by_one_command(
    home: Path, portal: CkanServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tonle_harvest(portal.url, "--rate", "0") == 0

    said = capsys.readouterr().out
    assert "CKAN" in said
    assert "25  new here" in said
    assert "Complete" in said
    catch_up()
    page = Client().get("/search", {"q": "គុណភាពទឹក"}).content.decode()
    # Hits mark the words that were found.
    assert f"{text_of(0).title} 0" in re.sub(r"<[^>]+>|\u200b", "", page)
    record = Client().get(f"/records/{shown()['Dataset 0']}").content.decode()
    assert portal.url in record


def test_the_second_time_finds_changes_and_deletions(
    home: Path, portal: CkanServer, capsys: pytest.CaptureFixture[str]
) -> None:
    tonle_harvest(portal.url, "--rate", "0")
    portal.put(3, 60_000_000, notes="Changed.")
    portal.put(90, 60_000_001)
    portal.remove(4)
    capsys.readouterr()

    assert tonle_harvest(portal.url) == 0

    counts = Run.objects.order_by("key")[1].counts
    assert counts == {"added": 1, "changed": 1, "deleted": 1, "unchanged": 23}
    assert Record.objects.filter(state="withdrawn").count() == 1
    assert Source.objects.count() == 1


def test_partial_is_not_called_success(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.jsonl"
    with OaiServer(12) as repository:
        repository.put(5, 5, extra="<dc:title>")
        code = tonle_harvest(
            f"{repository.url}/oai", "--protocol", "oai", "--rate", "0", "--report", str(report)
        )

    said = capsys.readouterr().out
    assert code == 1
    assert "Partial: not everything could be taken in." in said
    assert "Not taken in:\noai:repository.example.org:5: " in said
    lines = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 12
    faulty = [line for line in lines if line["outcome"] != "added"]
    assert [line["identifier"] for line in faulty] == ["oai:repository.example.org:5"]
    assert faulty[0]["reasons"]


def test_a_limit_stops_and_the_next_call_goes_on(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with OaiServer(35) as repository:
        place = [f"{repository.url}/oai", "--protocol", "oai", "--rate", "0"]

        assert tonle_harvest(*place, "--limit", "15") == 75
        assert len(shown()) == 20
        assert tonle_harvest(*place, "--quiet") == 0

    assert len(shown()) == 35


def test_a_pause_is_heard_by_the_command_too(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pause(_progress: object, _count: int) -> None:
        Source.objects.update(state="paused")

    monkeypatch.setattr(Progress, "advance", pause)
    with OaiServer(35) as repository:
        assert tonle_harvest(f"{repository.url}/oai", "--protocol", "oai", "--rate", "0") == 75

    assert len(shown()) == 10
    said = capsys.readouterr().out
    assert "It is paused" in said

    source = Source.objects.get()
    assert tonle_harvest(source.id) == 75
    assert len(shown()) == 10


def test_a_pause_is_heard_while_the_source_keeps_us_waiting(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: Source.objects.update(state="paused"))
    with OaiServer(35) as repository:
        repository.before = lambda number: (
            repository.then(reply(503, "busy", Retry_After="600")) if number == 6 else None
        )
        assert tonle_harvest(f"{repository.url}/oai", "--protocol", "oai", "--rate", "0") == 75
        asked = len(repository.asked)

    assert "It is paused" in capsys.readouterr().out
    assert len(repository.asked) == asked
    source = Source.objects.get()
    assert source.waits_until is not None
    assert (source.waits_until - source.created_at).total_seconds() > 599


def test_a_dry_run_changes_nothing(
    home: Path, portal: CkanServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tonle_harvest(portal.url, "--dry-run") == 0

    assert "Nothing was changed" in capsys.readouterr().out
    assert not Source.objects.exists()
    assert not Record.objects.exists()


def test_sources_are_listed_asked_about_and_removed(
    home: Path,
    portal: CkanServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert tonle_harvest("--list") == 0
    assert "no source yet" in capsys.readouterr().out
    tonle_harvest(portal.url, "--rate", "0", "--name", "Open data", "--member", "KHM")

    assert tonle_harvest("--list") == 0
    assert "Open data" in capsys.readouterr().out
    assert tonle_harvest(portal.url, "--status") == 0
    assert tonle_harvest(portal.url, "--reread") == 0
    assert tonle_harvest(portal.url, "--retry") == 0
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _question: "n")
    capsys.readouterr()
    assert tonle_harvest(Source.objects.get().id, "--remove") == 1
    assert "25 records of Open data are withdrawn here" in capsys.readouterr().out
    assert len(shown()) == 25
    assert tonle_harvest(Source.objects.get().id, "--remove", "--yes") == 0
    assert shown() == {}
    assert "25  taken out here" in capsys.readouterr().out
    assert tonle_harvest(portal.url, "--rate", "0") == 0
    assert "25  shown again" in capsys.readouterr().out


def test_what_is_no_source_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tonle_harvest() == 2
    assert tonle_harvest("https://data.example", "--status") == 2
    assert "is no source of this node" in capsys.readouterr().err
