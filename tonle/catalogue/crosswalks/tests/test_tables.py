"""Tables by a mapping: however they are written, every row is a record or says why not."""

from __future__ import annotations

import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import shared
from tonle.catalogue.crosswalks.common import ParsedRecord
from tonle.catalogue.crosswalks.tables import (
    MappingRefused,
    NotATable,
    load_mapping,
    read_table,
    suggest_mapping,
    written_as,
)
from tonle.catalogue.crosswalks.tables import read as reading
from tonle.catalogue.document import problems
from tonle.kernel import canonical

MAPPING = b"""
date_order = "dmy"
[constants]
kind = "dataset"
publisher = "Royal University of Phnom Penh"
[[columns]]
name = "ID"
field = "key"
[[columns]]
name = "Title"
field = "titles"
language = "en"
[[columns]]
name = "\xe1\x9e\x85\xe1\x9f\x86\xe1\x9e\x8e\xe1\x9e\x84\xe1\x9e\x87\xe1\x9e\xbe\xe1\x9e\x84"
field = "titles"
language = "km"
[[columns]]
name = "Authors"
field = "creators"
[[columns]]
name = "Published"
field = "dates"
[[columns]]
name = "Licence"
field = "rights"
values = { Open = "CC-BY-4.0" }
[[columns]]
name = "Country"
field = "members"
values = { Cambodia = "KHM", Laos = "LAO" }
[[columns]]
name = "Lat"
field = "latitude"
[[columns]]
name = "Lon"
field = "longitude"
"""
HEADER = "ID,Title,ចំណងជើង,Authors,Published,Licence,Country,Lat,Lon\n"
ROW = '7,"Rice, and water",ស្រូវ,"Chan, Sophea; Sok, Dara",07/05/2024,Open,Cambodia;Laos,11.5,104.9\n'


def rows(text: str | bytes, mapping: bytes = MAPPING) -> list[ParsedRecord]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_table(io.BytesIO(data), "t.csv", load_mapping(mapping)))


def test_a_row_becomes_a_record_by_its_mapping() -> None:
    (found,) = rows(HEADER + ROW)
    document = found.document
    assert document is not None
    assert found.key == "file:t.csv#7"
    assert document["titles"] == {"en": "Rice, and water", "km": "ស្រូវ"}
    assert [one["name"] for one in document["creators"]] == ["Chan, Sophea", "Sok, Dara"]
    assert document["dates"] == [{"type": "Issued", "date": "2024-05-07"}]
    assert document["publication_year"] == 2024
    assert document["publisher"] == {"name": "Royal University of Phnom Penh"}
    assert document["rights"] == [{"identifier": "CC-BY-4.0"}]
    assert document["members"] == ["KHM", "LAO"]
    assert document["geo_locations"] == [{"point": {"latitude": "11.5", "longitude": "104.9"}}]
    assert problems(document, whole=False) == []


def test_a_row_that_is_no_record_says_its_row_and_every_reason() -> None:
    found = rows(HEADER + ROW + "8,,,Sok,99/99/2024,,Atlantis,100,1\n")
    assert found[0].document is not None
    refusal = found[1].refusal
    assert refusal is not None
    assert [where for where, _ in refusal.problems] == ["row 3, titles"]
    assert {str(warning) for warning in found[1].warnings} == {
        "row 3, dates: 99/99/2024 is not a date; it was left out.",
        "row 3, members: Atlantis is no member; it was left out.",
        "row 3, publicationYear: No year of publication is given.",
        "row 3, geoLocationPoint: Coordinates are missing or beyond the Earth; they were left out.",
    }


def test_a_key_that_an_earlier_row_has_is_refused_with_both_rows() -> None:
    found = rows(HEADER + ROW + "8,Words,,,,,,,\n" + ROW)
    assert [one.refusal is None for one in found] == [True, True, False]
    assert str(found[2].refusal and found[2].refusal.remarks[0]) == (
        "row 4: Its key 7 is that of row 2. Give one of them another."
    )


def test_what_a_spreadsheet_would_calculate_stays_text() -> None:
    (found,) = rows(HEADER + '1,"=HYPERLINK(""http://x"";""y"")",,+Sok,,@SUM(A1),,,\n')
    assert found.document is not None
    assert found.document["titles"]["en"] == '=HYPERLINK("http://x";"y")'
    assert found.document["creators"][0]["name"] == "+Sok"
    assert found.document["rights"][0]["text"] == {"und": "@SUM(A1)"}


@pytest.mark.parametrize(
    ("given", "order", "wanted"),
    [
        ("07/05/2024", "dmy", "2024-05-07"),
        ("07/05/2024", "mdy", "2024-07-05"),
        ("2024/5/7", "ymd", "2024-05-07"),
        ("2024-05-07", "", "2024-05-07"),
        ("07/05/2024", "", None),
        ("07/05/24", "dmy", None),
        ("๐๗/๐๕/๒๐๒๔", "dmy", "2024-05-07"),
        ("พ.ศ. 2567", "", "2024"),
    ],
)
def test_the_order_of_a_date_is_what_the_mapping_says(
    given: str, order: str, wanted: str | None
) -> None:
    mapping = json.dumps(
        {
            "date_order": order,
            "constants": {"publisher": "X"},
            "columns": [{"name": "t", "field": "titles"}, {"name": "d", "field": "dates"}],
        }
    ).encode()
    (found,) = rows(f"t,d\nWater,{given}\n", mapping)
    assert found.document is not None
    assert found.document.get("dates", [{}])[0].get("date") == wanted


def vietnamese(text: str) -> bytes:
    """Windows-1258 writes the tone behind the letter."""
    made = b""
    for letter in unicodedata.normalize("NFC", text):
        try:
            made += letter.encode("cp1258")
        except UnicodeEncodeError:
            apart = unicodedata.normalize("NFD", letter)
            tones = "".join(mark for mark in apart if mark in "\u0300\u0301\u0303\u0309\u0323")
            base = "".join(mark for mark in apart if mark not in tones)
            made += (unicodedata.normalize("NFC", base) + tones).encode("cp1258")
    return made


VIETNAMESE = (
    "Mã,Tiêu đề,Tác giả\n1,Chất lượng nước sông Cửu Long,Nguyễn Văn An\n"
    "2,Đất ngập nước ở Cần Thơ,Trần Thị Hoa\n"
)
THAI = "รหัส,ชื่อ,ผู้แต่ง\n1,คุณภาพน้ำในแม่น้ำโขง,สมชาย ใจดี\n2,ข้าวหอมมะลิทุ่งกุลา,สมหญิง\n"
CHINESE = "编号,标题,作者\n1,澜沧江流域水文数据集,李娜\n2,云南省土地利用图，二〇二〇年,王伟\n"
FRENCH = "nom,prénom,remarque\n1,Hélène,là-bas ça va déjà\n2,Théo,naïf\n"


@pytest.mark.parametrize(
    ("data", "encoding", "guessed"),
    [
        (CHINESE.encode(), "utf-8", False),
        (CHINESE.encode("utf-8-sig"), "utf-8-sig", False),
        (CHINESE.encode("utf-16"), "utf-16", False),
        (CHINESE.encode("utf-16-le"), "utf-16-le", True),
        (CHINESE.encode("utf-16-be"), "utf-16-be", True),
        (CHINESE.encode("gb18030"), "gb18030", True),
        (THAI.encode("cp874"), "cp874", True),
        (THAI.encode("tis-620"), "cp874", True),
        (vietnamese(VIETNAMESE), "cp1258", True),
        (FRENCH.encode("cp1252"), "cp1252", True),
        (b"a,b\n1,2\n", "utf-8", False),
        (b"", "utf-8", False),
    ],
)
def test_the_encoding_is_found_and_told_when_it_was_guessed(
    data: bytes, encoding: str, guessed: bool
) -> None:
    found = written_as(data)
    assert (found.encoding, found.guessed, found.delimiter) == (encoding, guessed, ",")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_all_rows_agree_on(sign: str) -> None:
    text = "\n".join(sign.join((f"{n}", "Rice, water, and silt", "x; y")) for n in range(9))
    quoted = (
        text
        if sign not in ",;"
        else text.replace("Rice, water, and silt", "Rice").replace("x; y", "x")
    )
    assert written_as(quoted.encode()).delimiter == sign


def test_a_guess_is_said_once_and_letters_that_cannot_be_read_too() -> None:
    mapping = b'[[columns]]\nname = "\xe6\xa0\x87\xe9\xa2\x98"\nfield = "titles"\n' \
              b'[[columns]]\nname = "\xe4\xbd\x9c\xe8\x80\x85"\nfield = "creators"\n'  # fmt: skip
    found = rows(CHINESE.encode("gb18030"), mapping)
    assert found[0].document is not None
    assert found[0].document["titles"] == {"und": "澜沧江流域水文数据集"}
    said = [[str(w) for w in one.warnings if "written in" in str(w)] for one in found]
    assert said == [["The table is taken to be written in Chinese (GB18030)."], []]
    broken = rows(
        "编号,标题,作者\n1,ok,李\n".encode() + b"2,\xff\xfe,x\n", b'encoding = "utf-8"\n' + mapping
    )
    assert "Some letters cannot be read" in str(broken[1].warnings[0])


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        (b"= 1", "not valid TOML"),
        (b"{", "not valid JSON"),
        (b"\xff", "not valid TOML"),
        (b'[[columns]]\nname = "a"\nfield = "colour"\n', "There is no field colour"),
        (b'[[columns]]\nname = "a"\nfield = "titles"\nlanguage = "x!"\n', "not a language"),
        (b'[[columns]]\nname = "a"\nfield = "creators"\n', "No column is the title"),
        (
            b'[[columns]]\nname="a"\nfield="doi"\n[[columns]]\nname="b"\nfield="doi"\n',
            "Two columns",
        ),
        (b'date_order = "ydm"\n', "dmy, mdy or ymd"),
        (b"#" * 1_000_001, "larger than any mapping"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused_with_every_fault(
    mapping: bytes, reason: str
) -> None:
    with pytest.raises(MappingRefused, match=reason) as refused:
        load_mapping(mapping)
    # Its author looks for the fault in the mapping, not in a row of the table.
    assert str(refused.value).startswith("The mapping cannot be used.")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("Title\nx\n", "no column ID"),
        ("", "no column ID"),
        (HEADER + '1,"never closed\n' + "x\n" * 110_000, "field larger than field limit"),
        (HEADER + "1" * 2_000_001, "longer than any row"),
        (HEADER + "1," + "x" * 300_000 + "\n", "field larger than field limit"),
    ],
)
def test_what_is_no_such_table_is_refused_and_bounded(table: str, reason: str) -> None:
    with pytest.raises(NotATable, match=reason):
        rows(table)


def test_a_table_longer_than_the_bound_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    with pytest.raises(NotATable, match="more than 3 rows"):
        rows(HEADER + ROW * 4)


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(data: bytes) -> None:
    written_as(data)
    try:
        for record in rows(HEADER.encode() + data):
            if record.document is not None:
                assert problems(record.document, whole=False) == []
                canonical.dumps(record.document)
    except NotATable:
        pass


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (CHINESE.encode("gb18030"), ["key", "titles", "creators"]),
        (vietnamese(VIETNAMESE), ["key", "titles", "creators"]),
        (THAI.encode("cp874"), ["key", "titles", "creators"]),
        (b"No,Title (English),Year,Notes,Width\n1,a,2020,b,c\n",
         ["key", "titles", "publication_year", "descriptions"]),
    ],
)  # fmt: skip
def test_a_mapping_is_drafted_from_the_header_and_can_be_read(
    data: bytes, wanted: list[str]
) -> None:
    drafted = suggest_mapping(io.BytesIO(data))
    assert [column.field for column in load_mapping(drafted.encode()).columns] == wanted
    list(read_table(io.BytesIO(data), "x", load_mapping(drafted.encode())))


def test_real_tables_of_the_region_are_read_as_they_are_written() -> None:
    folder = shared("data/records/files")
    wanted = {
        "tha_provinces_tis620_semicolon.csv": ("cp874", ";"),
        "tha_provinces_utf16_tab.txt": ("utf-16", "\t"),
        "khm_provinces_2025.csv": ("utf-8-sig", ","),
        "bahnaric_raw.tsv": ("utf-8", "\t"),
    }
    for name, (encoding, delimiter) in wanted.items():
        found = written_as((folder / name).read_bytes()[:200_000])
        assert (found.encoding, found.delimiter) == (encoding, delimiter), name
