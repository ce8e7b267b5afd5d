"""A whole record as one zip, for whoever may read its files and for nobody else."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import drafts, services
from tonle.catalogue.crosswalks.tests.crates import faults
from tonle.catalogue.crosswalks.writers.ro_crate import METADATA_FILE
from tonle.catalogue.files import NewFile
from tonle.catalogue.lists.rules import bagit
from tonle.catalogue.models import Crc32, File
from tonle.catalogue.tests.factories import CURATOR, make_draft, make_record
from tonle.infra import clock
from tonle.infra.models import AuditEntry
from tonle.kernel import canonical
from tonle.people.tests.factories import holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

FILES = {"yields.csv": b"year,tonnes\n2024,3\n", "maps/ខេត្តតាកែវ.txt": b"map" * 1000, "empty": b""}


def opened(response: Any) -> dict[str, bytes]:
    """The files of a zip, below its one folder."""
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as found:
        assert found.testzip() is None
        roots = {name.split("/")[0] for name in found.namelist()}
        assert len(roots) == 1
        return {name.partition("/")[2]: found.read(name) for name in found.namelist()}


def test_the_zip_is_a_bag_with_files_description_and_readme(bopha: Client, tmp_path: Path) -> None:
    record = make_record(FILES, folder=tmp_path)

    response = bopha.get(f"/records/{record.id}/zip")
    files = opened(response)

    assert response["Content-Type"] == "application/zip"
    assert f"{record.id}-v1.zip" in response["Content-Disposition"]
    assert {n.removeprefix("data/"): b for n, b in files.items() if n.startswith("data/")} == FILES
    assert bagit.faults(files) == []
    assert canonical.loads(files["record.json"])["id"] == record.id
    assert b"Rice yields of Takeo" in files["README.txt"]
    assert "ទិន្នផលស្រូវខេត្តតាកែវ" in files["README.km.txt"].decode()
    assert "Payload-Oxum: 3019.3" in files["bag-info.txt"].decode()


@pytest.mark.one_database
def test_the_zip_is_a_research_object_beside_being_a_bag(bopha: Client, tmp_path: Path) -> None:
    odd = {"50% of #1?.csv": b"a\n", **FILES}
    record = make_record(odd, folder=tmp_path, rights=[{"identifier": "CC-BY-4.0"}])
    answer = bopha.get(f"/records/{record.id}/zip")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as found:
        found.extractall(tmp_path / "out")
    (crate,) = (tmp_path / "out").iterdir()

    assert faults(crate) == []
    graph = {e["@id"]: e for e in json.loads((crate / METADATA_FILE).read_bytes())["@graph"]}
    parts = [part["@id"] for part in graph["./"]["hasPart"]]
    assert parts == [
        "record.json",
        "data/50%25%20of%20%231%3F.csv",
        "data/yields.csv",
        "data/maps/ខេត្តតាកែវ.txt",
        "data/empty",
    ]
    for part in parts:
        body = (crate / unquote(part)).read_bytes()
        assert graph[part]["sha256"] == hashlib.sha256(body).hexdigest()
        assert graph[part]["contentSize"] == str(len(body))
    assert bagit.faults({
        str(path.relative_to(crate)): path.read_bytes()
        for path in crate.rglob("*") if path.is_file()
    }) == []  # fmt: skip


def test_a_crate_of_restricted_files_names_them_as_they_lie_in_the_zip(
    client: Client, tmp_path: Path
) -> None:
    record = make_record({"a.txt": b"secret"}, folder=tmp_path, access={"level": "restricted"})
    client.force_login(holder("dara", "curator"))

    files = opened(client.get(f"/records/{record.id}/zip", HTTP_HOST="localhost"))

    text = files[METADATA_FILE].decode()
    assert '"data/a.txt"' in text
    # Not where they lie on the node, where nobody else may have them.
    assert "/files/" not in text


def test_the_zip_can_be_resumed_and_stays_the_same(bopha: Client, tmp_path: Path) -> None:
    record = make_record(FILES, folder=tmp_path)
    address = f"/records/{record.id}/zip"
    first = bopha.get(address)
    whole, etag = first.getvalue(), first["ETag"]

    assert first["Content-Length"] == str(len(whole))
    assert bopha.get(address).getvalue() == whole
    rest = bopha.get(address, headers={"Range": "bytes=1000-", "If-Range": etag})
    assert (rest.status_code, rest.getvalue()) == (206, whole[1000:])
    assert bopha.get(address, headers={"If-None-Match": etag}).status_code == 304
    head = bopha.head(address)
    assert (head.status_code, head["Content-Length"]) == (200, str(len(whole)))


def test_sums_are_made_once_and_kept(bopha: Client, tmp_path: Path) -> None:
    record = make_record({"a.txt": b"water", "b.txt": b"water"}, folder=tmp_path)
    bopha.get(f"/records/{record.id}/zip").getvalue()

    kept = Crc32.objects.get()
    assert (kept.sha512, kept.crc32) == (File.objects.first().sha512, zlib.crc32(b"water"))  # type: ignore[union-attr] # There are two.

    Crc32.objects.update(crc32=1)
    broken = bopha.get(f"/records/{record.id}/zip").getvalue()
    with zipfile.ZipFile(io.BytesIO(broken)) as found:
        assert found.testzip() is not None  # It was not read again.


def test_an_earlier_version_keeps_its_own_files(bopha: Client, tmp_path: Path) -> None:
    record = make_record({"a.txt": b"old"}, folder=tmp_path)
    later = NOW + timedelta(days=1)
    path = tmp_path / "new"
    path.write_bytes(b"new")
    successor = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=later, replaces_files=True
    )
    drafts.add_file(draft_id=successor.id, file=NewFile("a.txt", path), actor=CURATOR, now=later)
    services.publish(draft_id=successor.id, actor=CURATOR, now=later)

    assert opened(bopha.get(f"/records/{record.id}/v1/zip"))["data/a.txt"] == b"old"
    assert opened(bopha.get(f"/records/{record.id}/zip"))["data/a.txt"] == b"new"
    assert bopha.get(f"/records/{record.id}/v9/zip").status_code == 404


@pytest.mark.parametrize(
    "access",
    [
        {"level": "restricted"},
        {"level": "metadata_only"},
        {"level": "embargoed", "embargo_until": "2999-01-01"},
    ],
)
def test_what_may_not_be_read_is_in_no_zip(
    bopha: Client, tmp_path: Path, access: dict[str, str]
) -> None:
    record = make_record({"secret.txt": b"sixteen names"}, folder=tmp_path, access=access)

    response = bopha.get(f"/records/{record.id}/zip")

    assert response.status_code == bopha.get(f"/records/{record.id}/files/secret.txt").status_code
    assert response.status_code in {401, 403}
    assert b"sixteen names" not in response.content


def test_a_curator_gets_a_restricted_one_and_it_is_written_down(
    client: Client, tmp_path: Path
) -> None:
    record = make_record({"a.txt": b"secret"}, folder=tmp_path, access={"level": "restricted"})
    client.force_login(holder("dara", "curator"))

    response = client.get(f"/records/{record.id}/zip", HTTP_HOST="localhost")

    assert opened(response)["data/a.txt"] == b"secret"
    assert "private" in response["Cache-Control"]
    assert AuditEntry.objects.filter(action="record.file_read", object_id=record.id).count() == 1


def test_hidden_and_absent_records_answer_alike(bopha: Client, tmp_path: Path) -> None:
    draft = make_draft({"a.txt": b"a"}, folder=tmp_path)
    hidden = bopha.get(f"/records/{draft.record.id}/zip")
    absent = bopha.get(f"/records/{'0' * 15}/zip")

    assert hidden.status_code == absent.status_code == 404
    assert hidden.content.replace(draft.record.id.encode(), b"") == absent.content.replace(
        b"0" * 15, b""
    )


def test_a_withdrawn_record_has_no_zip(bopha: Client, tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path)
    services.withdraw(
        record_id=record.id, category="by_author", reason={"en": "Wrong."}, actor=CURATOR, now=NOW
    )

    assert bopha.get(f"/records/{record.id}/zip").status_code == 404


def test_a_file_that_was_taken_down_is_named_and_left_out(bopha: Client, tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a", "b.txt": b"b"}, folder=tmp_path)
    File.objects.filter(name="b.txt").update(content_path="")

    files = opened(bopha.get(f"/records/{record.id}/zip"))

    assert "data/b.txt" not in files
    assert b"- b.txt" in files["README.txt"]
    assert bagit.faults(files) == []


def test_a_record_without_files_is_a_bag_of_its_description(bopha: Client) -> None:
    record = make_record()

    files = opened(bopha.get(f"/records/{record.id}/zip"))

    assert bagit.faults(files) == []
    assert not any(name.startswith("data/") for name in files)


def test_what_came_in_is_there_at_any_moment_of_the_clock(bopha: Client, tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path, now=clock.now())

    assert opened(bopha.get(f"/records/{record.id}/zip"))["data/a.txt"] == b"a"


def test_files_are_listed_for_wget_and_sha512sum(bopha: Client, tmp_path: Path) -> None:
    record = make_record({**FILES, "README.txt": b"Read me." * 9}, folder=tmp_path)
    links = bopha.get(f"/records/{record.id}/links.txt").content.decode().split()
    sums = bopha.get(f"/records/{record.id}/v1/sums.txt").content.decode().splitlines()

    # What explains, then the small: where a link breaks there is something to read.
    names = [unquote(link.partition("/v1/files/")[2]) for link in links]
    assert names == ["README.txt", "empty", "yields.csv", "maps/ខេត្តតាកែវ.txt"]
    assert [line.partition("  ")[2] for line in sums] == names
    for link, line in zip(links, sums, strict=True):
        answer: Any = bopha.get(link.removeprefix("http://testserver"))
        body = b"".join(answer.streaming_content)
        assert hashlib.sha512(body).hexdigest() == line.partition("  ")[0]

    services.set_access(record_id=record.id, access={"level": "restricted"}, actor=CURATOR, now=NOW)
    for name in ("links", "sums"):
        assert bopha.get(f"/records/{record.id}/{name}.txt").status_code == 403
