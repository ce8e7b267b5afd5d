"""Exports in a draft: described by their form, written by people, and kept apart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.constants import NOW
from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_draft
from tonle.deposit.field import columns
from tonle.deposit.field.rules.variables import Said
from tonle.deposit.field.tests import exports
from tonle.infra import jobs
from tonle.kernel.actors import SYSTEM, Actor
from tonle.people.tests.factories import account, actor

# What is stored goes by the catalogue's own services, which run on both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def sokha() -> Actor:
    return actor(account("sokha"))


def put(draft: catalogue.Draft, who: Actor, folder: Path, name: str, data: bytes) -> None:
    path = folder / "upload"
    path.write_bytes(data)
    catalogue.add_file(draft_id=draft.id, file=catalogue.NewFile(name, path), actor=who, now=NOW)


def read() -> None:
    jobs.run_all_due(NOW + timedelta(minutes=1))


def view(draft: catalogue.Draft) -> catalogue.DraftView:
    return catalogue.draft_view(draft_id=draft.id, actor=SYSTEM, now=NOW)


def said(draft: catalogue.Draft, name: str) -> dict[str, Any]:
    found = view(draft).document.get("profile", {}).get("variables", ())
    return next((one for one in found if one["name"] == name), {})


def test_an_export_is_described_by_its_form_whichever_comes_first_and_people_have_the_last_word(
    home: Path, sokha: Actor
) -> None:
    draft = make_draft(actor=sokha, titles={})
    put(draft, sokha, home, "answers.xlsx", exports.kobo_workbook())
    read()
    assert said(draft, "_submission_time")["label"]["en"] == "When the answer was sent"
    assert said(draft, "household/members") == {}

    put(draft, sokha, home, "form.xlsx", exports.form())
    read()

    members = said(draft, "household/members")
    assert members == {
        "file": "answers.xlsx", "table": "Water and fields 2026", "name": "household/members",
        "type": "whole", "label": {"en": "How many people live here?", "km": "តើមានមនុស្សប៉ុន្មាននាក់?"},
        "description": {"en": "Count those who slept here last night"},
    }  # fmt: skip
    assert said(draft, "plot/area")["table"] == "plot"
    assert view(draft).document["titles"] == {"en": "Water and fields 2026"}
    assert view(draft).document["languages"] == ["en", "km"]
    first, second = columns.tables(view(draft))
    assert (first.said, len(first.columns), second.said) == (26, 26, 5)

    # What a person writes is theirs, also when a form comes again and the file is renamed.
    for language, label in (("km", "ចំនួនមនុស្ស"), ("en", "")):
        columns.write(
            draft_id=draft.id, table=first, said=[Said("household/members", label, "persons")],
            language=language, base=view(draft).edit_seq, session="", actor=sokha, now=NOW,
        )  # fmt: skip
    put(draft, sokha, home, "form.xlsx", exports.form() + b"\0")
    catalogue.rename_file(
        draft_id=draft.id, name="answers.xlsx", to="data/answers.xlsx", actor=sokha, now=NOW
    )
    read()
    members = said(draft, "household/members")
    assert (members["file"], members["unit"]) == ("data/answers.xlsx", "persons")
    assert (members["label"], "description" in members) == ({"km": "ចំនួនមនុស្ស"}, False)
    # But for what is empty, where they ask for it.
    key = columns.tables(view(draft))[0].key
    columns.fill(draft_id=draft.id, key=key, actor=sokha, now=NOW)
    assert said(draft, "household/members")["description"]["en"].startswith("Count those")
    assert said(draft, "household/members")["label"]["km"] == "ចំនួនមនុស្ស"


def test_a_draft_that_lies_with_others_and_files_that_break_are_left_alone(
    home: Path, sokha: Actor
) -> None:
    draft = make_draft(actor=sokha, kind="software")
    put(draft, sokha, home, "answers.csv", exports.csv_text(exports.KOBO_HEAD, []))
    other = make_draft(actor=sokha)
    put(other, sokha, home, "broken.xlsx", b"PK\x03\x04" + b"\0" * 500)
    put(other, sokha, home, "numbers.csv", b"1,2\n3,4\n")
    read()
    assert "profile" not in view(draft).document
    assert "profile" not in view(other).document
    assert columns.tables(view(other)) == []
