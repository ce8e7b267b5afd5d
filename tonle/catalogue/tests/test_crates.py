"""A crate comes in with its files, and what is no honest crate does not."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import drafts, services
from tonle.catalogue.crosswalks.tests.ways import described as words_of
from tonle.catalogue.importing import Incoming, Item, crates, import_paths
from tonle.catalogue.models import Draft, File, Record
from tonle.catalogue.selectors import document_of
from tonle.catalogue.tests.factories import CURATOR, STEWARD, make_draft
from tonle.infra.i18n import say
from tonle.kernel.actors import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

METADATA = "ro-crate-metadata.json"


def described(**more: Any) -> str:
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": "Rain at Kratie",
        "author": {"@type": "Person", "name": "Chan Sophea"},
        "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        **more,
    }
    about = {"@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"}}
    return json.dumps(
        {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": [about, root]}
    )


FILES = {"data/rain.csv": b"day,mm\n1,2\n", "README.md": b"# Rain", "ភ្លៀង.txt": b"mm"}


def archive(path: Path, files: dict[str, bytes], *, base: str = "", **more: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(base + name, content)
        made.writestr(base + METADATA, described(**more))
        made.writestr(base + "ro-crate-preview.html", "<p>Preview</p>")
    return path


def folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in {**files, METADATA: described().encode()}.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def take_in(*paths: Path, **how: Any) -> list[Item]:
    return list(import_paths(paths, actor=SYSTEM, clock=lambda: NOW, **how))


def contents(record_id: str) -> dict[str, str]:
    """The files of the newest version, by name: their digests."""
    record = Record.objects.get(id=record_id)
    return {file["name"]: file["sha256"] for file in document_of(record)["files"]}


def digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("base", ["", "crate/"])
def test_a_zip_becomes_a_record_with_its_files(tmp_path: Path, base: str) -> None:
    path = archive(tmp_path / "rain.zip", FILES, base=base)
    (item,) = take_in(path)
    assert (item.outcome, item.files) == ("added", 3)
    document = document_of(Record.objects.get(id=item.record))
    assert document["titles"] == {"und": "Rain at Kratie"}
    assert document["access"] == {"level": "open"}
    assert contents(item.record) == {name: digest(data) for name, data in FILES.items()}
    # Nothing is left unpacked.
    assert list(Path(settings.TONLE_STAGING).glob("tmp*")) == []


def test_a_folder_that_is_a_crate_is_one_record(tmp_path: Path) -> None:
    crate = folder(tmp_path / "in" / "rain", FILES)
    (tmp_path / "in" / "notes.txt").write_text("x")
    by_itself = take_in(crate)
    assert [(i.outcome, i.files) for i in by_itself] == [("added", 3)]
    assert contents(by_itself[0].record) == {name: digest(data) for name, data in FILES.items()}
    found = {(i.file, i.outcome) for i in take_in(tmp_path / "in")}
    assert found == {("rain", "unchanged"), ("notes.txt", "unknown")}


def test_the_same_crate_again_changes_nothing_and_another_state_is_a_version(
    tmp_path: Path,
) -> None:
    path = archive(tmp_path / "rain.zip", FILES)
    (first,) = take_in(path)
    (again,) = take_in(path)
    assert (again.outcome, again.record) == ("unchanged", first.record)
    archive(path, {"data/rain.csv": b"day,mm\n1,3\n"})
    (later,) = take_in(path)
    assert (later.outcome, later.record) == ("updated", first.record)
    assert contents(first.record) == {"data/rain.csv": digest(b"day,mm\n1,3\n")}
    assert document_of(Record.objects.get(id=first.record))["version"] == 2


def test_crates_of_one_name_in_two_folders_are_two_records(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    for name, title, author in (("a", "Rain", "Chan"), ("b", "Fish", "Keo")):
        (inside / name).mkdir(parents=True)
        who = {"@type": "Person", "name": author}
        archive(inside / name / "crate.zip", FILES, name=title, author=who)
    (rain,), (fish,) = take_in(inside / "a" / "crate.zip"), take_in(inside / "b" / "crate.zip")
    assert (rain.outcome, fish.outcome) == ("added", "added")
    assert rain.record != fish.record
    assert {(i.outcome, i.record) for i in take_in(inside)} == {
        ("unchanged", rain.record),
        ("unchanged", fish.record),
    }


def test_a_dry_run_unpacks_nothing_and_a_draft_publishes_nothing(tmp_path: Path) -> None:
    path = archive(tmp_path / "rain.zip", FILES)
    (dry,) = take_in(path, dry_run=True)
    assert (dry.outcome, dry.files) == ("added", 3)
    assert not Record.objects.exists()
    (item,) = take_in(path, as_drafts=True)
    (again,) = take_in(path, as_drafts=True)
    assert (item.outcome, again.outcome) == ("drafted", "drafted")
    draft = Draft.objects.get(record__id=item.record)
    assert (draft.state, draft.files.count()) == ("open", 3)
    assert not File.objects.exists()
    # A person completes and publishes it. Their words are not overwritten by the file again.
    words = {**json.loads(bytes(draft.body)), "titles": {"en": "Completed"}}
    drafts.edit_draft(draft_id=draft.id, document=words, actor=STEWARD, now=NOW)
    assert [one.outcome for one in take_in(path)] == ["refused"]
    assert services.publish(draft_id=draft.id, actor=SYSTEM, now=NOW).state == "published"


def test_files_without_a_licence_wait_for_a_decision(tmp_path: Path) -> None:
    path = archive(tmp_path / "rain.zip", FILES, license=None)
    (item,) = take_in(path)
    assert document_of(Record.objects.get(id=item.record))["access"] == {"level": "restricted"}
    assert "no licence" in " ".join(item.warnings)


def test_only_the_description_is_taken_where_files_are_not_wanted(tmp_path: Path) -> None:
    (item,) = take_in(archive(tmp_path / "rain.zip", FILES), files=False)
    assert (item.outcome, item.files) == ("added", 0)
    assert contents(item.record) == {}


def test_the_zip_that_a_node_gives_comes_back_as_it_was(tmp_path: Path) -> None:
    record = {
        "schema": "tonle-record/1",
        "id": "bcdfghjkmnpqrst",
        "kind": "dataset",
        "titles": {"km": "ភ្លៀង", "en": "Rain"},
        "creators": [{"name_type": "Personal", "name": "Chan", "names": {"km": "ចាន់"}}],
        "access": {"level": "open"},
    }
    path = tmp_path / "whole.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("bagit.txt", "BagIt-Version: 1.0\n")
        made.writestr("manifest-sha512.txt", "")
        made.writestr(METADATA, described())
        made.writestr("record.json", json.dumps(record))
        made.writestr("data/rain.csv", b"1")
    (item,) = take_in(path)
    document = document_of(Record.objects.get(id=item.record))
    assert document["titles"] == record["titles"]
    assert document["creators"] == record["creators"]
    assert contents(item.record) == {"rain.csv": digest(b"1")}


def test_the_zip_of_a_whole_record_says_all_that_the_record_says(
    tmp_path: Path, client: Client
) -> None:
    draft = make_draft({"data/rain.csv": b"1,2", "ភ្លៀង.txt": b"mm"}, folder=tmp_path, now=NOW)
    record = services.publish(draft_id=draft.id, actor=CURATOR, now=NOW)
    got = client.get(f"/records/{record.id}/zip")
    path = tmp_path / "whole.zip"
    path.write_bytes(b"".join(got.streaming_content))  # type: ignore[attr-defined] # It streams.
    (item,) = take_in(path)
    # Here it is the record itself; elsewhere it would be what follows.
    assert (item.outcome, item.record) == ("duplicate", record.id)
    for incoming in crates.read_zip(path, "whole.zip", unpack=True):
        assert isinstance(incoming, Incoming)
        assert words_of(incoming.document) == words_of(document_of(record))
        came = {file.name: digest(file.path.read_bytes()) for file in incoming.files}
        assert came == contents(record.id)


# --- strangers -------------------------------------------------------------------------------


def why(item: Item) -> str:
    assert item.outcome == "refused"
    return " ".join(say(reason) for reason in item.reasons)


@pytest.mark.parametrize(
    "name",
    ["../escape.txt", "/etc/passwd", "a/../../b", "C:evil.txt", "a\\b", "a//b", "x\x1b[2J"],
)
def test_a_name_that_leaves_the_crate_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "x.zip", {name: b"x"})
    (item,) = take_in(path)
    assert "cannot be names of files" in why(item)
    assert not Record.objects.exists()


def test_links_are_refused_in_zips_and_in_folders(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", {})
    with zipfile.ZipFile(path, "a") as made:
        link = zipfile.ZipInfo("passwords")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    assert "may not hold links" in why(take_in(path)[0])
    crate = folder(tmp_path / "crate", {})
    for target in ("/etc/passwd", "/etc"):
        os.symlink(target, crate / "passwords")
        assert "may not hold links" in why(take_in(crate)[0])
        (crate / "passwords").unlink()


def test_a_zip_that_unfolds_without_end_is_refused_before_it_does(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", {"zeros": b"\0" * 60_000_000})
    assert path.stat().st_size < 100_000
    assert "unfolds to more than 200 times" in why(take_in(path)[0])


def test_a_zip_in_a_zip_is_a_file_and_stays_packed(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("zeros", b"\0" * 10_000_000)
    (item,) = take_in(archive(tmp_path / "x.zip", {"inner.zip": inner.getvalue()}))
    assert contents(item.record) == {"inner.zip": digest(inner.getvalue())}


def test_entries_that_lie_over_each_other_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", {"a.bin": os.urandom(2000), "b.bin": os.urandom(2000)})
    data = bytearray(path.read_bytes())
    # The second entry of the directory is told to begin where the first does.
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    path.write_bytes(data)
    assert why(take_in(path)[0])


def test_a_size_that_is_a_lie_is_found_out(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", {"a.bin": b"0" * 50_000})
    data = bytearray(path.read_bytes())
    first = data.find(b"PK\x01\x02")
    data[first + 24 : first + 28] = struct.pack("<L", 10)
    path.write_bytes(data)
    assert why(take_in(path)[0])
    assert not Record.objects.exists()


def test_too_many_files_and_two_of_one_name_are_refused(tmp_path: Path) -> None:
    many = archive(tmp_path / "many.zip", {f"{n}": b"" for n in range(2001)})
    assert "more than 2000 files" in why(take_in(many)[0])
    for names in (("a.txt", "A.TXT"), ("a", "a/b"), ("é", "e\u0301")):
        twice = archive(tmp_path / "twice.zip", dict.fromkeys(names, b"x"))
        assert "one name" in why(take_in(twice)[0])


def test_a_directory_that_is_a_bomb_by_itself_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(tmp_path / "x.zip", {f"{n:060}": b"" for n in range(50)})
    monkeypatch.setattr(crates, "MAX_DIRECTORY_BYTES", 2000)
    (item,) = take_in(path)
    assert "more than 2000 files" in why(item)
    assert not Record.objects.exists()


@pytest.mark.parametrize("cut", [30, 200, -30])
def test_a_broken_archive_is_refused_with_a_sentence(tmp_path: Path, cut: int) -> None:
    path = archive(tmp_path / "rain.crate.zip", FILES)
    path.write_bytes(path.read_bytes()[:cut])
    (item,) = take_in(path)
    assert item.outcome in {"refused", "unknown"}


def test_damaged_bytes_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.bin", b"a" * 1000)
        made.writestr(METADATA, described())
    data = bytearray(path.read_bytes())
    at = data.find(b"a" * 100)
    data[at + 5] = ord("b")
    assert zlib.crc32(bytes(data)) != 0
    path.write_bytes(data)
    assert "broken or locked" in why(take_in(path)[0])
    assert list(Path(settings.TONLE_STAGING).glob("tmp*")) == []


def test_an_import_that_was_killed_before_publishing_is_finished(tmp_path: Path) -> None:
    path = archive(tmp_path / "rain.zip", FILES)
    (begun,) = take_in(path, as_drafts=True)
    draft = Draft.objects.get(record__id=begun.record)
    drafts.remove_file(draft_id=draft.id, name="README.md", actor=SYSTEM, now=NOW)
    (item,) = take_in(path)
    assert (item.outcome, item.record) == ("added", begun.record)
    assert contents(item.record) == {name: digest(data) for name, data in FILES.items()}


@pytest.mark.parametrize(
    "condition",
    ["On request, after ethical clearance.", {"@id": "http://purl.org/coar/access_right/c_16ec"}],
)
def test_a_crate_that_states_conditions_of_access_is_not_opened(
    tmp_path: Path, condition: Any
) -> None:
    (item,) = take_in(archive(tmp_path / "rain.zip", FILES, conditionsOfAccess=condition))

    assert document_of(Record.objects.get(id=item.record))["access"] == {"level": "restricted"}
    assert "conditions of access" in " ".join(item.warnings)
