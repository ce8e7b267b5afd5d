"""Metadata comes in whole or with its reasons; a second time it changes nothing."""

from __future__ import annotations

import os
import threading
from collections import Counter
from pathlib import Path

import pytest
from django.db import connections

from config import wiring
from tests.constants import NOW
from tonle.catalogue import drafts, gates, importing, services
from tonle.catalogue.digest import digest
from tonle.catalogue.importing import Item, import_paths
from tonle.catalogue.models import Change, Draft, Pid, Record
from tonle.catalogue.selectors import document_of
from tonle.catalogue.tests.factories import CURATOR, DEPOSITOR
from tonle.infra.i18n import say
from tonle.infra.models import Job
from tonle.kernel.actors import SYSTEM
from tonle.kernel.errors import NotPermitted, Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder to import; the node's own lies beside it."""
    folder = tmp_path / "papers"
    folder.mkdir()
    return folder


def write(folder: Path, name: str, *, title: str = "Water", doi: str = "") -> Path:
    """A CITATION.cff of ours."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"cff-version: 1.2.0\nmessage: Cite it.\ntitle: {title}\n"
        "authors:\n  - family-names: Chan\n    given-names: Bopha\n"
        + (f"doi: {doi}\n" if doi else ""),
        encoding="utf-8",
    )
    return path


def take_in(*paths: Path, dry_run: bool = False) -> list[Item]:
    return list(import_paths(paths, actor=SYSTEM, clock=lambda: NOW, dry_run=dry_run))


def outcomes(items: list[Item]) -> Counter[str]:
    return Counter(item.outcome for item in items)


def test_a_folder_is_taken_in_once_however_often_it_is_imported(papers: Path) -> None:
    for number in range(5):
        write(papers, f"{number}/CITATION.cff", title=f"Rice {number}")

    first = take_in(papers)
    before = digest()
    second = take_in(papers)

    assert outcomes(first) == {"added": 5}
    assert outcomes(second) == {"unchanged": 5}
    assert [item.record for item in first] == [item.record for item in second]
    assert digest() == before
    assert Change.objects.count() == 5


def test_batches_do_not_change_what_comes_in(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing.taking, "BATCH", 2)
    for number in range(5):
        write(papers, f"{number}.cff", title=f"Rice {number}")

    assert outcomes(take_in(papers)) == {"added": 5}


def test_what_comes_in_without_files_leaves_nothing_to_be_done(papers: Path) -> None:
    """A hundred thousand records once left four jobs each that found nothing to do."""
    take_in(papers)

    heard = Job.objects.filter(name__in=wiring.EVENTS["RecordChanged"])
    assert list(heard.values_list("name", flat=True)) == []


def test_a_dry_run_says_the_same_and_writes_nothing(papers: Path) -> None:
    write(papers, "a.cff", doi="10.5555/a")
    write(papers, "b.cff", doi="10.5555/a")
    (papers / "broken.cff").write_text("cff-version: 1.2.0\n", encoding="utf-8")

    planned = take_in(papers, dry_run=True)

    assert not Record.objects.exists()
    assert outcomes(planned) == outcomes(take_in(papers))


def test_a_changed_source_becomes_a_revision(papers: Path) -> None:
    path = write(papers, "a.cff", title="Rice")
    [added] = take_in(papers)
    write(papers, path.name, title="Rice of Takeo")

    [updated] = take_in(papers)

    record = Record.objects.get(id=added.record)
    assert (updated.outcome, updated.record) == ("updated", added.record)
    assert (record.version, record.revision) == (1, 1)
    assert list(document_of(record)["titles"].values()) == ["Rice of Takeo"]
    assert outcomes(take_in(papers)) == {"unchanged": 1}


def test_two_records_of_one_name_are_one_record_and_a_sentence(papers: Path) -> None:
    write(papers / "one", "a.cff", doi="10.5555/same")
    write(papers / "two", "b.cff", doi="10.5555/same")

    [first] = take_in(papers / "one")
    [second] = take_in(papers / "two")

    # The same words under the same name: known by its DOI, whatever its file is called.
    assert (first.outcome, second.outcome) == ("added", "unchanged")
    assert Record.objects.count() == Pid.objects.count() == 1


def test_what_was_begun_is_finished_and_what_is_refused_leaves_no_trace(
    papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(papers, "a.cff")

    def refuses(*_: object) -> list[Refusal]:
        return [Refusal("unsafe", "Not assessed.")]

    with monkeypatch.context() as patch:
        patch.setitem(gates._GATES, "assessment", refuses)
        [refused] = take_in(papers)
    assert (refused.outcome, say(refused.reasons[0])) == (
        "refused",
        "This cannot be done now. Not assessed.",
    )
    assert not Record.objects.exists()
    assert not Draft.objects.exists()

    # A crash after the draft and before its publication.
    with monkeypatch.context() as patch:
        patch.setattr(services, "publish_many", _power_cut)
        with pytest.raises(RuntimeError):
            take_in(papers)
    assert Record.objects.get().state == "reserved"

    assert outcomes(take_in(papers)) == {"added": 1}
    assert Record.objects.get().state == "published"


def _power_cut(**_: object) -> None:
    raise RuntimeError("the power fails here")


def test_a_withdrawn_record_is_not_brought_back_by_an_import(papers: Path) -> None:
    write(papers, "a.cff")
    [added] = take_in(papers)
    services.withdraw(
        record_id=added.record, category="law", reason={"en": "No."}, actor=CURATOR, now=NOW
    )
    write(papers, "a.cff", title="Another title")

    assert outcomes(take_in(papers)) == {"withdrawn": 1}


def test_somebody_elses_draft_keeps_what_they_wrote(papers: Path) -> None:
    write(papers, "a.cff")
    [added] = take_in(papers)
    drafts.create_successor(record_id=added.record, actor=CURATOR, now=NOW, replaces_files=True)
    write(papers, "a.cff", title="Newer")

    [met] = take_in(papers)

    assert met.outcome == "refused"
    assert "draft" in say(met.reasons[0])
    assert Draft.objects.get(record__id=added.record, state="open").created_by == CURATOR.id


def test_only_who_may_publish_may_import(papers: Path) -> None:
    write(papers, "a.cff")

    with pytest.raises(NotPermitted):
        list(import_paths([papers], actor=DEPOSITOR, clock=lambda: NOW))

    assert not Record.objects.exists()


def test_links_and_hidden_files_are_not_followed(papers: Path) -> None:
    write(papers / "outside", "a.cff")
    inside = papers / "inside"
    write(inside, ".hidden/b.cff")
    (inside / "link.cff").symlink_to(papers / "outside" / "a.cff")

    assert take_in(inside) == []


def test_a_file_whose_name_is_no_text_is_taken_in_and_told_in_text(papers: Path) -> None:
    for number, name in enumerate((b"bad-\xff.cff", b"red-\x1b[31m.cff", "ទឹក.cff".encode())):
        write(papers, os.fsdecode(name), title=f"Water {number}")

    items = take_in(papers)

    assert [item.outcome for item in items] == ["added"] * 3
    assert sorted(item.file for item in items) == [
        "bad-\\xff.cff",
        "red-\\x1b[31m.cff",
        "ទឹក.cff",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_folder_at_once_take_each_item_in_once(papers: Path) -> None:
    for number in range(12):
        write(papers, f"{number}.cff", title=f"Water {number}")
    start, items = threading.Barrier(2), []

    def run() -> None:
        start.wait()
        items.extend(take_in(papers))
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(item.outcome for item in items) == {"added": 12, "unchanged": 12}
    assert Change.objects.count() == 12
