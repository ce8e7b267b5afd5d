"""Names of files: what the storage would refuse is refused before anybody sends the bytes."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.constants import NOW
from tonle.catalogue import drafts
from tonle.catalogue.files import NewFile, checked_name
from tonle.catalogue.publication import DATA
from tonle.catalogue.tests.factories import DEPOSITOR, make_draft
from tonle.infra.ocfl import check_logical_path
from tonle.kernel.errors import Invalid

BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
BAD_NAMES = {
    "a part of 256 letters": "a" * 256,
    "a folder of 256 letters": "a" * 256 + "/b",
    "too many folders": "d/" * 31 + "x",
    "letters from right to left": "\u202egpj.exe",
    "an isolate": "a\u2066b",
    "a mark": "a\u200fb",
    "an Arabic letter mark": "a\u061cb",
    "a line separator": "a\u2028b",
    "a paragraph separator": "a\u2029b",
    "nothing": "",
    "up": "a/../b",
    "absolute": "/a",
    "a backslash": "a\\b",
    "a control": "a\nb",
}


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES)
def test_a_name_that_could_never_be_published_is_refused_at_once(name: str, tmp_path: Path) -> None:
    draft = make_draft({"a.txt": b"a"}, folder=tmp_path)
    about: dict[str, Any] = {"draft_id": draft.id, "actor": DEPOSITOR, "now": NOW}

    for attempt in (
        lambda: drafts.file_room(name=name, **about),
        lambda: drafts.add_file(file=NewFile(name, tmp_path / "upload-0"), **about),
        lambda: drafts.rename_file(name="a.txt", to=name, **about),
    ):
        with pytest.raises(Invalid):
            attempt()


@given(st.text(st.characters() | st.sampled_from("/.\u200b\u202e\u2028ក្"), max_size=400))
@example("ក" * 255)
@example("ទិន្នន័យ\u200bស្រូវ/a\u200cb.csv")
@example("a/" * 30 + "b")
def test_whatever_name_a_draft_takes_the_storage_takes(name: str) -> None:
    try:
        taken = checked_name(name)
    except Invalid:
        return
    check_logical_path(DATA + taken)
    assert checked_name(taken) == taken
    assert not any(unicodedata.bidirectional(letter) in BIDI for letter in taken)


def test_a_name_in_any_script_is_taken() -> None:
    for name in ("ទិន្នន័យ\u200bស្រូវ.csv", "ข้าว.csv", "ບົດ/ຂໍ້ມູນ.csv", "ក" * 255):
        assert checked_name(name) == unicodedata.normalize("NFC", name)
