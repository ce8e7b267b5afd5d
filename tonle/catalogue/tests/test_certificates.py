"""Certificates over the web: do they still hold?"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import drafts, services
from tonle.catalogue.certificates import codes, typesetting
from tonle.catalogue.certificates.tests.copied import text_of
from tonle.catalogue.merging import merge
from tonle.catalogue.models import Record
from tonle.catalogue.tests.factories import CURATOR, make_draft, make_record
from tonle.kernel import identifiers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

TITLES = {"en": "Rice yields of Takeo", "km": "ទិន្នផលស្រូវខេត្តតាកែវ"}


@pytest.fixture
def bopha(tmp_path: Path, settings: Any) -> Client:
    settings.TONLE_KEYS = tmp_path / "keys"
    return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")


def code_on(client: Client, record: Record, language: str = "en") -> str:
    sheet = client.get(f"/records/{record.id}/certificate?ui={language}")
    assert sheet.status_code == 200
    assert sheet["Content-Type"] == "application/pdf"
    found = re.search(rf"{record.id}-\d+\.\d+-[0-9a-z]{{14}}", text_of(sheet.content))
    assert found
    return found[0]


def test_a_certificate_holds(bopha: Client, tmp_path: Path) -> None:
    record = make_record({"yields.csv": b"a,b\n"}, folder=tmp_path, titles=TITLES)
    code = code_on(bopha, record)
    assert code == code_on(bopha, record, "km")

    page = bopha.get(f"/verify/{code}")

    assert page.status_code == 200
    assert "It holds" in page.text
    assert "Rice yields of Takeo" in page.text
    assert "yields.csv" in page.text
    assert page["X-Robots-Tag"] == "noindex"
    assert f'href="/records/{record.id}/certificate"' in bopha.get(f"/records/{record.id}").text
    typed = bopha.get("/verify", {"code": f" {code.upper()} "})
    assert (typed.status_code, typed["Location"]) == (302, f"/verify/{code}")


def test_where_there_is_no_chinese_font_everybody_has_a_certificate(
    bopha: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "other_for", lambda _letter, _folder: None)
    record = make_record(titles={"zh-Hans": "水稻产量"}, creators=[
        {"name_type": "Personal", "name": "陈苏", "names": {"en": "Chen Su"}}
    ])  # fmt: skip
    for language in ("en", "zh-Hans"):
        sheet = bopha.get(f"/records/{record.id}/certificate?ui={language}")
        assert (sheet.status_code, sheet["Content-Language"]) == (200, "en")
        said = text_of(sheet.content)
        assert "In letters for which this node has no font" in said
        assert record.id in said


def test_a_newer_version_is_told(bopha: Client, tmp_path: Path) -> None:
    record = make_record({"a.csv": b"1"}, folder=tmp_path)
    code = code_on(bopha, record)
    at = NOW + timedelta(days=1)
    draft = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=at, replaces_files=False
    )
    services.publish(draft_id=draft.id, actor=CURATOR, now=at)

    page = bopha.get(f"/verify/{code}")

    assert "It holds, and there is a newer version" in page.text
    assert "The newest is version 1.1" in page.text
    assert code_on(bopha, record) != code
    earlier = bopha.get(f"/records/{record.id}/v1/certificate")
    assert earlier.status_code == 200


def test_a_withdrawal_is_told_with_its_reason(bopha: Client) -> None:
    record = make_record()
    code = code_on(bopha, record)
    services.withdraw(
        record_id=record.id,
        category="by_author",
        reason={"en": "Counted twice."},
        actor=CURATOR,
        now=NOW + timedelta(days=1),
    )

    page = bopha.get(f"/verify/{code}")

    assert page.status_code == 200
    assert "It was withdrawn" in page.text
    assert "Counted twice." in page.text
    gone = bopha.get(f"/records/{record.id}/certificate")
    assert (gone.status_code, gone["Location"]) == (302, f"/records/{record.id}")


def test_a_merge_leads_to_the_record_that_remains(bopha: Client) -> None:
    duplicate, remains = make_record(), make_record()
    code = code_on(bopha, duplicate)
    merge(
        record_id=duplicate.id,
        into=remains.id,
        reason={"en": "The same."},
        actor=CURATOR,
        now=NOW + timedelta(days=1),
    )

    page = bopha.get(f"/verify/{code}")

    assert "It became part of another record" in page.text
    assert f'href="/records/{remains.id}"' in page.text


def test_hidden_absent_and_forged_get_one_answer(bopha: Client) -> None:
    record = make_record()
    good = code_on(bopha, record)
    key = codes.key_of(settings.TONLE_KEYS)
    reserved = make_draft().record.id
    forged = [
        f"{good[:-1]}{'b' if good[-1] != 'b' else 'c'}",
        good.replace("-1.0-", "-1.1-"),
        str(codes.code_of(key, record=reserved, version=1, revision=0, sha256="a" * 64)),
        str(codes.code_of(key, record=identifiers.mint(), version=1, revision=0,
                          sha256="a" * 64)),
        "nonsense",
    ]  # fmt: skip
    answers = {
        (answer.status_code, answer.content.replace(code.encode(), b""))
        for code in forged
        for answer in [bopha.get(f"/verify/{code}")]
    }
    assert len(answers) == 1
    status, body = answers.pop()
    assert status == 404
    assert b"No certificate has this code" in body
    for name in (reserved, identifiers.mint()):
        assert bopha.get(f"/records/{name}/certificate").status_code == 404


def test_what_was_only_described_has_no_certificate(bopha: Client) -> None:
    record = make_record(
        source={"format": "cff", "key": "file:x"}, access={"level": "metadata_only"}
    )
    assert bopha.get(f"/records/{record.id}/certificate").status_code == 404
    assert "/certificate" not in bopha.get(f"/records/{record.id}").text


def test_a_typed_nonsense_is_answered_beside_the_field(bopha: Client) -> None:
    page = bopha.get("/verify", {"code": "abc"})
    assert page.status_code == 200
    assert "This is no code of a certificate." in page.text
    assert 'value="abc"' in page.text
