"""From the field without script: photographs in four taps, exports with their columns."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tonle.catalogue import public as catalogue
from tonle.deposit import curation
from tonle.deposit.checks.tests import samples
from tonle.deposit.field.rules.camera import Photograph
from tonle.deposit.field.rules.names import one_each
from tonle.deposit.field.rules.pictures import corners, days_of
from tonle.deposit.field.tests import exports
from tonle.deposit.forms.tests.conftest import Reader
from tonle.infra import clock, jobs
from tonle.kernel.actors import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def choose(visit: Reader, files: dict[str, bytes], at: str = "/deposit") -> None:
    """What a telephone without script does: choose files, and press the button below."""
    visit.open(at)
    (address,) = re.findall(r'id="upload"[^>]*action="([^"]+)"', visit.page)
    sent = [SimpleUploadedFile(name, data) for name, data in files.items()]
    answer = visit.client.post(unescape(address), {"file": sent})
    visit.status = answer.status_code
    if answer.status_code == 303:
        visit.open(answer["Location"])
    else:
        visit.page = answer.content.decode()


def draft_of(visit: Reader, actor: Actor) -> catalogue.DraftView:
    (row,) = curation.Submission.objects.filter(depositor=actor.id)
    return catalogue.draft_view(draft_id=row.id, actor=actor, now=clock.now())


def test_a_photograph_is_with_the_curators_after_four_taps(
    home: Path, sokha: Actor, reader: Callable[..., Reader]
) -> None:
    visit = reader(sokha)
    choose(visit, {"IMG_1.jpg": samples.jpeg()})
    assert visit.status == 200
    for words in ("Your photograph has arrived", "13.4125, 103.86667", "13.4, 103.9"):
        assert words in visit.words
    assert "names a person or the number of a device" in visit.words
    draft = draft_of(visit, sokha)

    visit.press(f"/deposit/photograph/{draft.id}", {"do": "send", "creator": "Sok Sokha"})

    assert "Handed in." in visit.words
    draft = draft_of(visit, sokha)
    assert curation.Submission.objects.get(id=draft.id).state == "submitted"
    document = draft.document
    assert document["titles"]["en"].startswith("Photograph, ")
    assert document["geo_locations"] == [
        {"box": {"west": "103.85", "south": "13.35", "east": "103.95", "north": "13.45"}}
    ]
    assert document["rights"][0]["identifier"] == "CC-BY-4.0"
    assert document["creators"] == [{"name_type": "Personal", "name": "Sok Sokha"}]
    (file,) = draft.files
    assert file.name == "IMG_1.jpg"
    _, path = catalogue.draft_file(draft_id=draft.id, name=file.name, actor=sokha, now=clock.now())
    assert isinstance(path, Path)
    assert b"Sok Dara" not in path.read_bytes()
    assert samples.SCAN in path.read_bytes()


def test_nobody_sends_for_somebody_else_and_nothing_is_sent_unseen(
    home: Path, sokha: Actor, bopha: Actor, reader: Callable[..., Reader]
) -> None:
    visit, other = reader(sokha), reader(bopha)
    choose(visit, {"a.jpg": samples.jpeg(), "b.png": samples.png()})
    draft = draft_of(visit, sokha)
    other.open(f"/deposit/photograph/{draft.id}")
    assert other.status == 404
    other.open("/deposit")
    (address,) = re.findall(r'id="upload"[^>]*action="([^"]+)"', other.page)
    assert visit.client.post(unescape(address), {}).status_code == 404
    assert reader().client.post(unescape(address), {}).status_code == 302

    where = f"/deposit/photograph/{draft.id}"
    visit.press(where, {"do": "send", "title": " ", "days": "yesterday"})
    assert visit.status == 422
    assert "There is no title yet" in visit.words
    assert "Say who made it." in visit.words
    visit.press(
        where,
        {
            "do": "send",
            "title": "Two plots",
            "creator": "Sok Sokha",
            "place": "keep",
            "files": "as_is",
            "days": "2026-03",
        },
    )
    assert "Handed in." in visit.words
    draft = draft_of(visit, sokha)
    assert draft.document["geo_locations"] == [
        {"point": {"longitude": "103.86667", "latitude": "13.4125"}}
    ]
    assert draft.document["dates"] == [{"type": "Created", "date": "2026-03"}]
    choose(visit, {})
    assert visit.status == 422


def test_an_export_is_described_by_its_form_and_by_its_depositor(
    home: Path, sokha: Actor, reader: Callable[..., Reader]
) -> None:
    visit = reader(sokha)
    packed = exports.central_zip()
    choose(visit, {"water.zip": packed, "form.xlsx": exports.form()}, at="/deposit/survey")
    draft = draft_of(visit, sokha)
    where = f"/deposit/{draft.id}/columns"
    assert "being looked into" in visit.words
    assert visit.answer["Refresh"]
    jobs.run_all_due(clock.now() + timedelta(minutes=1))
    visit.open(where)
    visit.press(where, {"do": "unpack:water.zip"})
    assert "being unpacked" in visit.words
    jobs.run_all_due(clock.now() + timedelta(minutes=1))

    visit.open(where)

    names = [file.name for file in draft_of(visit, sokha).files]
    assert names == ["form.xlsx", "water_2026.csv", "water_2026-plot.csv", "media/170001.jpg"]
    assert "26 of 26 columns have a label" in visit.words
    assert "How many people live here?" in unescape(visit.page)
    assert "Accounts of those who sent the answers" in visit.words
    visit.press(where, {"do": "save", "label-5": "Eaters", "unit-5": "persons",
                        "values-10": "1 = Well\n2 = Stream"})  # fmt: skip
    document = draft_of(visit, sokha).document
    said = {one["name"]: one for one in document["profile"]["variables"]}
    assert said["household-members"]["unit"] == "persons"
    assert said["household-members"]["label"]["en"] == "Eaters"
    assert said["source"]["values"][1]["label"] == {"en": "Stream", "km": "ទន្លេ"}
    visit.press(where, {"do": "language", "in": "km"})
    assert "តើមានមនុស្សប៉ុន្មាននាក់?" in unescape(visit.page)
    visit.open(f"{where}?in=km&from=25")
    assert 'name="label-25"' in visit.page


def test_a_wrong_zip_is_no_zip_of_a_survey(tmp_path: Path) -> None:
    from tonle.deposit.field.rules.tables import look
    from tonle.deposit.field.rules.zips import unpacked

    (tmp_path / "a").write_bytes(exports.zipped({"a.csv": b"species,weight\nTor,3\n"}))
    assert look(tmp_path / "a", "a.zip").packed == 0
    (tmp_path / "a").write_bytes(exports.central_zip())
    assert look(tmp_path / "a", "a.zip").packed == 3
    import zipfile

    bomb = io.BytesIO(exports.zipped({"a.csv": b"0" * (8 << 20)}))
    with zipfile.ZipFile(bomb) as archive, pytest.raises(ValueError, match="bomb"):
        list(unpacked(archive))


def test_telephones_call_every_picture_alike() -> None:
    assert one_each(["image.jpg", "image.jpg", "a", "a", "image.jpg"]) == [
        "image.jpg", "image-2.jpg", "a", "a-2", "image-3.jpg",
    ]  # fmt: skip


def test_where_several_were_taken_is_a_box_as_coarse_as_wanted() -> None:
    two = [
        Photograph("2026-03-02", "", "12.56181", "103.91124"),
        Photograph("2026-03-01", "", "12.71", "104"),
        Photograph(),
    ]
    assert days_of(two) == "2026-03-01/2026-03-02"
    exact, coarse = corners(two, "keep"), corners(two, "coarse")
    assert [str(one) for one in exact or ()] == ["103.91124", "12.56181", "104", "12.71"]
    assert [str(one) for one in coarse or ()] == ["103.85", "12.55", "104.05", "12.75"]
    assert corners(two, "none") is None is corners([Photograph()], "keep")
