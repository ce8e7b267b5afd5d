"""Two folders are two things, one thing is one wherever it lies, and a person decides the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.constants import NOW
from tonle.catalogue.importing import Incoming, Item, import_documents, import_paths
from tonle.catalogue.models import Record
from tonle.catalogue.selectors import document_of
from tonle.infra.i18n import say
from tonle.kernel.actors import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def space(tmp_path: Path) -> Path:
    return tmp_path / "space"


def write(folder: Path, title: str, family: str, more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "CITATION.cff").write_text(
        f"cff-version: 1.2.0\nmessage: Cite it.\ntitle: {title}\n"
        f"authors:\n  - family-names: {family}\n{more}",
        encoding="utf-8",
    )
    return folder


def take_in(*paths: Path, **how: Any) -> list[Item]:
    return list(import_paths(paths, actor=SYSTEM, clock=lambda: NOW, **how))


def title(item: Item) -> str:
    return str(document_of(Record.objects.get(id=item.record))["titles"]["und"])


def test_two_folders_with_a_file_of_the_same_name_are_two_things(space: Path) -> None:
    flood = write(space / "flood", "Flood model of the Bassac", "Chea")
    words = write(space / "words", "Dictionary of Bunong", "Neth")

    [first], [second] = take_in(flood), take_in(words)

    assert (first.outcome, second.outcome) == ("added", "added")
    assert [title(first), title(second)] == ["Flood model of the Bassac", "Dictionary of Bunong"]
    # From further up, by its file, and from elsewhere it is the same again.
    everything = [*take_in(space), *take_in(flood / "CITATION.cff")]
    assert [item.outcome for item in everything] == ["unchanged"] * 3
    assert Record.objects.count() == 2
    space.rename(space.with_name("moved"))
    assert [i.outcome for i in take_in(space.with_name("moved"))] == ["unchanged"] * 2
    # Corrected words are a revision; so they are from further up.
    moved = write(space.with_name("moved") / "flood", "Flood model, second edition", "Chea")
    assert [i.record for i in take_in(moved) if i.outcome == "updated"] == [first.record]
    write(moved, "Flood model, second edition", "Chea", "version: 2.1\n")
    found = {i.outcome: i.record for i in take_in(space.with_name("moved"))}
    assert found["updated"] == first.record


def test_another_thing_at_the_same_place_is_asked_about(space: Path) -> None:
    [first] = take_in(write(space, "Flood model of the Bassac", "Chea"))
    write(space, "Dictionary of Bunong", "Neth")

    for planned in (True, False):
        [asked] = take_in(space, dry_run=planned)
        assert (asked.outcome, asked.record) == ("refused", first.record)
        assert "--same" in say(asked.reasons[0])
    assert title(first) == "Flood model of the Bassac"

    [told] = take_in(space, same=True)
    assert (told.outcome, told.record) == ("updated", first.record)
    assert title(first) == "Dictionary of Bunong"

    # Two folders of one name in one import: neither is passed over in silence.
    write(space / "1" / "src", "Rain", "Keo")
    write(space / "2" / "src", "Fish", "Sok")
    both = take_in(space / "1" / "src", space / "2" / "src")
    assert sorted(item.outcome for item in both) == ["added", "refused"]


def test_what_an_earlier_release_took_in_is_found_again_and_nothing_else(space: Path) -> None:
    """Its keys were paths within the folder, so that all folders met."""
    folder = write(space / "flood", "Flood model of the Bassac", "Chea")
    [parsed] = take_in(folder, dry_run=True)
    document = {
        "kind": "software",
        "titles": {"und": "Flood model of the Bassac"},
        "creators": [{"name_type": "Personal", "name": "Chea"}],
    }
    old = Incoming("CITATION.cff", "file:CITATION.cff", parsed.format, document)
    [before] = import_documents([old], actor=SYSTEM, clock=lambda: NOW)

    # The same creator, and the same name of a file: another thing.
    [other] = take_in(write(space / "rain", "Rain", "Chea"))
    [again] = take_in(folder)

    assert (other.outcome, again.outcome, again.record) == ("added", "updated", before.record)
    assert Record.objects.get(id=before.record).source_key == "file:flood/CITATION.cff"


def test_rows_that_moved_within_their_table_are_the_same_rows(space: Path) -> None:
    """Entries of a file are counted, and one that is put before others moves them all."""
    space.mkdir()
    entries = [
        f"@misc{{k{n},\n title={{Fish of lake {n}}}, author={{Keo, Author{n}}}}}" for n in "abc"
    ]
    path = space / "refs.bib"
    path.write_text("\n".join(entries), encoding="utf-8")
    first = take_in(path)
    path.write_text("\n".join([entries[0], *entries[2:]]), encoding="utf-8")

    second = take_in(path)

    assert [item.outcome for item in second] == ["unchanged"] * 2
    assert [item.record for item in second] == [first[0].record, first[2].record]


def test_a_name_of_the_world_is_known_wherever_its_file_lies(space: Path) -> None:
    swh = "identifiers:\n  - type: swh\n    value: swh:1:rev:" + "0123456789abcdef0123" * 2 + "\n"
    [first] = take_in(write(space / "a", "Rain", "Keo", swh))

    [second] = take_in(write(space / "b", "Rainfall", "Sok", swh))

    assert (second.outcome, second.record) == ("updated", first.record)
    # A name that comes later leaves it the thing that it was.
    [plain] = take_in(write(space / "c", "Fish", "Sok"))
    [named] = take_in(write(space / "c", "Fish", "Sok", "doi: 10.5555/fish\n"))
    assert (named.outcome, named.record, named.key) == ("updated", plain.record, "doi:10.5555/fish")
