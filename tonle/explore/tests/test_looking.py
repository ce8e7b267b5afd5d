"""From a published file to its preview on a page: job, child, shelf, page, REST."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from tests.constants import NOW
from tonle.catalogue import services
from tonle.catalogue.models import Record
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.conftest import no_gates_from_above as no_gates_from_above
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.explore import shelf, tasks
from tonle.explore.rules.tests.hostile import document, run
from tonle.infra import jobs
from tonle.infra.confined import Bounds
from tonle.search.public import catch_up

pytestmark = [
    pytest.mark.django_db(databases=["default", "cache"]),
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

ROWS = "district,rice_t,<b>note</b>\nTakeo,12.5,=2+2\nKandal,,<script>alert(1)</script>\n"


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return make_record({"yields.csv": ROWS.encode()}, folder=tmp_path)


def run_jobs() -> None:
    jobs.run_all_due(NOW)


def test_a_published_table_is_looked_into_once_and_shown(record: Record, client: Client) -> None:
    page = f"/records/{record.id}/look/yields.csv"
    waiting = client.get(page)
    run_jobs()
    shown = client.get(page)
    told = client.get(f"/api/v1/explore/{record.id}/preview?file=yields.csv").json()

    assert "is being looked into" in waiting.content.decode()
    text = shown.content.decode()
    assert "12.5" in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert [c["type"] for c in told["tables"][0]["columns"]] == ["text", "number", "text"]
    assert told["tables"][0]["counted"] == 2
    landing = client.get(f"/records/{record.id}").content.decode()
    assert f'href="{page}"' in landing


def photograph() -> bytes:
    made = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(made, "JPEG")
    return made.getvalue()


def test_the_page_of_an_open_photograph_shows_it(tmp_path: Path, client: Client) -> None:
    open_, shut = (
        make_record({"field.jpg": photograph()}, folder=tmp_path, access={"level": level})
        for level in ("open", "restricted")
    )
    assert "<img" not in client.get(f"/records/{open_.id}").content.decode()
    run_jobs()
    page = client.get(f"/records/{open_.id}").content.decode()

    picture = f"/records/{open_.id}/look/field.jpg?part=picture"
    assert f'<img src="{picture}" width="' in page
    assert client.get(picture)["Content-Type"] == "image/webp"
    assert "<img" not in client.get(f"/records/{shut.id}").content.decode()


def test_what_is_withdrawn_is_forgotten_with_its_preview(record: Record, client: Client) -> None:
    run_jobs()
    file = client.get(f"/api/v1/records/{record.id}/files").json()[0]
    assert shelf.get(file["sha256"], "yields.csv") is not None

    services.withdraw(
        record_id=record.id, category="error", reason={"en": "Wrong."}, actor=CURATOR, now=NOW
    )
    run_jobs()

    assert shelf.get(file["sha256"], "yields.csv") is None
    assert client.get(f"/records/{record.id}/look/yields.csv").status_code in {404, 410}


def test_restricted_files_are_not_looked_into_ahead_nor_for_strangers(
    tmp_path: Path, client: Client
) -> None:
    record = make_record(
        {"homes.csv": b"village,water\nPrek,well\n"},
        folder=tmp_path,
        access={"level": "restricted"},
    )
    run_jobs()
    page = client.get(f"/records/{record.id}/look/homes.csv")
    told = client.get(f"/api/v1/explore/{record.id}/preview?file=homes.csv")

    assert (page.status_code, told.status_code) == (403, 403)
    assert b"Prek" not in page.content + told.content
    assert not list((tmp_path / "node" / "previews").rglob("preview.json"))


def titles(client: Client, words: str) -> list[str]:
    catch_up()
    found = client.get("/api/v1/records", {"q": words}).json()
    return [item["id"] for item in found["items"]]


def test_what_a_document_says_is_found_until_it_is_open_no_more(
    tmp_path: Path, client: Client
) -> None:
    # "Forest fire" in Khmer, for a font from before Unicode, and words that no description has.
    said = document(
        f"<w:p>{run('ePøIgéRBeQI ', 'Limon S1')}{run('zirconium survey')}</w:p>"
        f"<w:p>{run('lkk;', 'alice_5')}</w:p>"
    )
    record = make_record({"report.docx": said}, folder=tmp_path)
    other = make_record({"b.docx": said + b"x"}, folder=tmp_path, access={"level": "restricted"})
    # The index knows the record before anybody has looked into its file.
    assert titles(client, "zirconium") == []
    run_jobs()
    page = client.get(f"/records/{record.id}/look/report.docx").content.decode()

    assert "ភ្លើងព្រៃឈើ" in page
    assert "Converted from Limon S1; the original is unchanged." in page
    assert "Some of the text is in the font alice_5, which cannot be read here." in page
    assert titles(client, "zirconium survey") == [record.id]
    assert titles(client, "lkk") == []
    assert titles(client, "ព្រៃឈើ") == [record.id]
    shown = client.get("/search", {"q": "zirconium"}).content.decode()
    assert "<mark>zirconium</mark>" in shown
    told = client.get(f"/api/v1/explore/{record.id}/preview?file=report.docx").json()
    assert "contents" not in told
    assert told["converted"] == ["Limon S1"]

    services.set_access(record_id=record.id, access={"level": "restricted"}, actor=CURATOR, now=NOW)
    assert titles(client, "zirconium") == []
    services.set_access(record_id=record.id, access={"level": "open"}, actor=CURATOR, now=NOW)
    assert titles(client, "zirconium") == [record.id]
    services.withdraw(
        record_id=record.id, category="error", reason={"en": "Wrong."}, actor=CURATOR, now=NOW
    )
    assert titles(client, "zirconium") == []
    assert other.access_level == "restricted"


def test_a_reader_that_breaks_leaves_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LOOK", Bounds(memory_bytes=1 << 20, seconds=60))

    preview, picture = tasks.look(Path(__file__), "a.csv")

    assert preview["notes"] == ["crashed"]
    assert picture == b""
