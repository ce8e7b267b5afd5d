"""Certificates: their codes, and the sheet in every script."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import segno

from tonle.catalogue.certificates import codes, typesetting
from tonle.catalogue.certificates.certificate import Words, make
from tonle.catalogue.certificates.errors import NoFont
from tonle.catalogue.certificates.tests.copied import code_of, rectangles, text_of
from tonle.catalogue.certificates.typesetting import Typesetter
from tonle.kernel import identifiers

TITLES = {
    "en": "Rice yields of Takeo",
    "km": "ទិន្នផលស្រូវខេត្តតាកែវ",
    "lo": "ນ້ຳຖ້ວມຂອງແຂວງຈຳປາສັກ",
    "th": "น้ำท่วมที่กำแพงเพชร",
    "my": "ဧရာဝတီမြစ်ဝကျွန်းပေါ်",
    "vi": "Năng suất lúa ở đồng bằng sông Cửu Long",
}


def words(**others: Any) -> Words:
    return Words(
        **{
            "language": "en",
            "node": "Tonle",
            "heading": "Certificate of deposit",
            "sentence": "It was deposited.",
            "titles": tuple(TITLES.values()),
            "facts": (("By", ("Chan, Sokha · ចាន់ សុខា", "Thida")),),
            "files_label": "Files",
            "files": (("yields.csv, 9 kB", "SHA-256 " + "a" * 64),),
            "files_left_out": "",
            "no_font": "See the page.",
            "more_titles": "Other titles are on the page.",
            "check_label": "Does it still hold?",
            "check_sentence": "The address says so.",
            "address": "https://node.example/verify/x",
            "code": "x-1.0-y",
            "author": "Chan, Sokha",
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            **others,
        }
    )


# --- codes -------------------------------------------------------------------------------------


def test_a_code_holds_for_its_record_version_document_and_node_alone() -> None:
    record = identifiers.mint()
    said: dict[str, Any] = {"record": record, "version": 2, "revision": 1, "sha256": "a" * 64}
    code = codes.code_of(b"key", **said)
    assert codes.read(str(code)) == code
    assert codes.is_sealed(code, b"key", "a" * 64)
    assert not codes.is_sealed(code, b"other", "a" * 64)
    assert not codes.is_sealed(code, b"key", "b" * 64)
    others: tuple[dict[str, Any], ...] = (
        {"version": 3},
        {"revision": 0},
        {"record": identifiers.mint()},
    )
    for other in others:
        assert codes.code_of(b"key", **{**said, **other}).seal != code.seal


@pytest.mark.parametrize(
    "typed", ["", "x", "é" * 50, "a-1.0-b", "1" * 500, "{0}-0.0-" + "b" * 14, "{0}-1.0-" + "a" * 14]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert codes.read(typed.format(identifiers.mint())) is None


def test_a_code_may_be_typed_with_blanks_and_capitals() -> None:
    code = codes.code_of(b"k", record=identifiers.mint(), version=1, revision=0, sha256="c" * 64)
    assert codes.read(f"  {str(code).upper()[:9]} {str(code)[9:]}\n") == code


def test_the_key_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    key = codes.key_of(keys)
    assert codes.key_of(keys) == key
    assert len(key) == codes.KEY_BYTES
    assert (keys / codes.KEY_FILE).stat().st_mode & 0o077 == 0
    assert [path.name for path in keys.iterdir()] == [codes.KEY_FILE]


# --- the sheet ---------------------------------------------------------------------------------


def test_every_script_is_written_and_can_be_copied() -> None:
    pdf = make(words())
    assert pdf.startswith(b"%PDF-1.7")
    copied = text_of(pdf)
    for title in TITLES.values():
        # Lines are broken between words; blanks at their ends fall away.
        assert title.replace(" ", "") in copied.replace(" ", "")
    assert "ចាន់ សុខា" in copied


def test_the_same_is_written_the_same() -> None:
    assert make(words()) == make(words())


@pytest.mark.parametrize("letters", ["ន្ន", "ស្រូ", "ကျွ", "น้ำ", "ນ້ຳ"])
def test_letters_that_join_are_shaped(letters: str) -> None:
    (run,) = Typesetter().line(letters, 10).runs
    one_by_one = [run.font.font.get_nominal_glyph(ord(letter)) for letter in letters]
    assert [glyph.id for glyph in run.glyphs] != one_by_one
    assert "".join(glyph.text for glyph in run.glyphs) == letters


@pytest.mark.parametrize("tongue", ["km", "lo", "th", "my"])
def test_text_without_blanks_is_broken_between_words(tongue: str) -> None:
    text = TITLES[tongue] * 6
    lines = Typesetter().lines(text, 12, 150, tongue)
    assert len(lines) > 1
    assert all(line.width <= 150 for line in lines)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")


def test_a_word_wider_than_the_page_is_broken() -> None:
    lines = Typesetter().lines("a" * 300, 10, 100)
    assert all(line.width <= 100 for line in lines)
    assert "".join(line.text for line in lines) == "a" * 300


def test_words_without_a_font_are_left_to_the_page_and_nobody_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A machine with no font but ours.
    monkeypatch.setattr(typesetting, "other_for", lambda _letter, _folder: None)
    said = text_of(
        make(
            words(
                titles=("水稻产量", TITLES["km"], "水"),
                facts=(("By", ("陈 · Chan", "Thida")),),
                files=(("水.csv, 9 kB", "SHA-256 " + "a" * 64),),
            )
        )
    )
    assert said.index(TITLES["km"].replace(" ", "")) < said.index("Other titles are on the page.")
    assert said.count("See the page.") == 2
    assert "Thida" in said
    assert "SHA-256" in said
    assert "See the page." in text_of(make(words(titles=("水稻产量",))))
    # Its own labels are written, or there is no sheet.
    with pytest.raises(NoFont, match="存"):
        make(words(heading="存"))


def test_chinese_is_written_where_the_machine_has_a_font() -> None:
    if not Typesetter().can_set("水稻产量"):
        pytest.skip("no Chinese font here")
    assert "水稻产量" in text_of(make(words(titles=("水稻产量", *TITLES.values()))))


def test_the_code_to_scan_is_the_address_with_quiet_around_it() -> None:
    pdf = make(words())
    cells, (x, y, width, height), side = code_of(pdf)
    matrix = segno.make_qr(words().address, error="m").matrix
    assert cells == {(r, c) for r, row in enumerate(matrix) for c, dark in enumerate(row) if dark}
    assert len(matrix) == pytest.approx(width / side, abs=0.1)
    # Four modules of white, as ISO/IEC 18004 asks for.
    quiet = 4 * side
    for left, low, wide, high in rectangles(pdf):
        inside = left >= x and low >= y and left + wide <= x + width + 1
        beside = left >= x + width + quiet or left + wide <= x - quiet
        assert inside or beside or low >= y + height + quiet or low + high <= y - quiet
    led = re.findall(rb"/URI <([0-9A-F]+)>", pdf)
    assert {bytes.fromhex(one.decode()).decode() for one in led} == {words().address}


def test_many_files_go_on_over_pages() -> None:
    pdf = make(words(files=tuple((f"part-{n}.csv", "SHA-256 " + "b" * 64) for n in range(60))))
    assert int(re.findall(rb"/Count (\d+)", pdf)[0]) > 1
    assert "part-59.csv" in text_of(pdf)
