"""Documents of ministries are shown in Unicode, run by run; what nobody can read is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonle.explore.rules.limits import Limits
from tonle.explore.rules.look import look
from tonle.explore.rules.preview import Preview
from tonle.explore.rules.tests import hostile
from tonle.explore.rules.tests.hostile import document, open_document, run, slides


def looked(folder: Path, name: str, data: bytes) -> Preview:
    path = folder / "file"
    path.write_bytes(data)
    return look(path, name, Limits().started())


KINGDOM = "ព្រះរាជាណាចក្រកម្ពុជា"
STYLES = (
    '<w:style w:type="paragraph" w:styleId="Body"><w:basedOn w:val="Base"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Base"><w:rPr><w:rFonts w:ascii="Limon S1"/></w:rPr>'
    "</w:style>"
)


def test_word_is_read_run_by_run_in_the_font_of_run_or_style(tmp_path: Path) -> None:
    styled = '<w:pPr><w:pStyle w:val="Body"/></w:pPr>'
    # A syllable lies in two runs, as where somebody corrected a letter.
    data = document(
        f"<w:p>{styled}{run('RBHraCaNac')}{run('Rkkm<úCa')}{run(' Report 2008', 'Arial')}</w:p>"
        f"<w:p>{run('Coäng hoøa', 'VNI-Times')}{run(' / ')}"
        f"{run('¯½Àê©ì¾¸', 'Saysettha Lao')}</w:p>",
        STYLES,
    )
    found = looked(tmp_path, "report.docx", data)

    assert found.text == f"{KINGDOM} Report 2008\nCộng hòa / ປະເທດລາວ"
    assert found.converted == ["Limon S1", "VNI-Times", "Saysettha Lao"]
    assert found.contents == found.text
    assert found.text_whole


def test_a_font_that_nobody_can_read_is_named_and_its_text_not_found(tmp_path: Path) -> None:
    data = document(f"<w:p>{run('lk;', 'alice_5')}{run(' and rice', 'Arial')}</w:p>")
    found = looked(tmp_path, "report.docx", data)

    assert found.unread == ["alice_5"]
    assert found.converted == []
    assert "lk;" in found.text
    assert found.contents == "and rice"


def test_open_document_and_slides_are_read_in_their_fonts(tmp_path: Path) -> None:
    styles = (
        '<office:font-face-decls><style:font-face style:name="F" '
        "svg:font-family=\"'Limon R1'\"/></office:font-face-decls><office:automatic-styles>"
        '<style:style style:name="T1"><style:text-properties style:font-name="F"/></style:style>'
        "</office:automatic-styles>"
    )
    odt = looked(
        tmp_path,
        "a.odt",
        open_document(
            '<text:p>In <text:span text:style-name="T1">km&lt;úCa</text:span>.</text:p>', styles
        ),
    )
    pptx = looked(tmp_path, "a.pptx", slides((".VnTimeH", "ViÖt Nam"), ("Arial", "Mekong")))

    assert (odt.text, odt.converted) == ("In កម្ពុជា.", ["Limon R1"])
    assert (pptx.text, pptx.converted) == ("VIỆT NAM\nMekong", [".VnTimeH"])


def test_rich_text_is_read_in_its_fonts_and_code_pages(tmp_path: Path) -> None:
    data = (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman{\*\panose 0202}Times New Roman;}"
        rb"{\f1 .VnTime;}{\f2\fcharset222 Cordia New;}{\f3\fcharset136 MingLiU;}}"
        rb"{\*\generator Word;}{\info{\title secret}}\f1 C\'e9ng h\'dfa x\'b7 h\'e9i\par"
        rb"\plain Report \u7843?\'93a\'94 \f2\'a1\'a2 \f3\'a4\'a4\par}"
    )
    found = looked(tmp_path, "a.rtf", data)

    assert found.text == "Cộng hòa xã hội\nReport ả“a” กข 中"
    assert found.converted == [".VnTime"]


def test_web_pages_are_read_in_the_fonts_of_their_marks(tmp_path: Path) -> None:
    page = (
        "<title>T</title><meta charset=iso-8859-1>"
        "<p><font face='VNI-Times, serif'>Coäng hoøa</font>"
        "<p style=\"font-family: 'Limon S1'\">km&lt;úCa<script>x</script>"
    )
    found = looked(tmp_path, "a.html", page.encode("latin-1"))

    assert found.text == "Cộng hòa\nកម្ពុជា"
    assert found.converted == ["VNI-Times", "Limon S1"]
    assert "script" not in found.text


@pytest.mark.parametrize(
    ("text", "encoding", "says", "name"),
    [
        ("Céng hßa x· héi chñ nghÜa", "latin-1", "Cộng hòa xã hội chủ nghĩa", "TCVN3"),
        ("Coäng hoøa xaõ hoäi chuû nghóa", "utf-8", "Cộng hòa xã hội chủ nghĩa", "VNI"),
        ("énRBHraCaNacRkkm<úCa", "cp1252", f"នៃ{KINGDOM}", "Limon"),
        ("¦¾ê¾ì½\xad½ìñ© ¯½§¾êò¯½Äª", "latin-1", "ສາທາລະນະລັດ ປະຊາທິປະໄຕ", "LSWin"),
    ],
)  # fmt: skip
def test_plain_text_is_told_by_its_looks(
    tmp_path: Path, text: str, encoding: str, says: str, name: str
) -> None:
    found = looked(tmp_path, "a.txt", text.encode(encoding))

    assert (found.text, found.converted, found.contents) == (says, [name], says)


@pytest.mark.parametrize(("encoding", "text"), [
    ("big5", "越南與中國的文化交流已經有很長的歷史，這是一個測試文件。"),
    ("gb18030", "越南与中国的文化交流已经有很长的历史，这是一个测试文件。"),
    ("cp874", "กรุงเทพมหานคร เป็นเมืองหลวงของประเทศไทย มีแม่น้ำเจ้าพระยา"),
])  # fmt: skip
def test_code_pages_are_told_apart(tmp_path: Path, encoding: str, text: str) -> None:
    found = looked(tmp_path, "a.txt", text.encode(encoding))

    assert (found.text, found.converted) == (text, [])


def test_a_table_of_text_is_converted_column_by_column(tmp_path: Path) -> None:
    rows = "stt,tªn,English\n1,Céng hßa x· héi,Café\n2,ViÖt Nam ®éc lËp,rice\n3,chñ nghÜa,water\n"
    found = looked(tmp_path, "a.csv", rows.encode("latin-1"))

    assert found.tables[0].rows[0] == ["1", "Cộng hòa xã hội", "Café"]
    assert found.tables[0].columns[1].name == "tên"
    assert found.converted == ["TCVN3"]
    assert found.how["letters"] == ["", "tcvn3", ""]


def test_cells_of_a_workbook_are_converted_by_their_fonts(tmp_path: Path) -> None:
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts>'
        '<font><name val="Arial"/></font><font><name val="Limon S1"/></font></fonts>'
        '<cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
    )
    cells = (
        '<row r="2"><c r="B2" t="inlineStr"><is><t>name</t></is></c>'
        '<c r="C2" t="inlineStr"><is><t>note</t></is></c></row>'
        '<row r="3"><c r="B3" s="1" t="inlineStr"><is><t>km&lt;úCa</t></is></c>'
        '<c r="C3" t="inlineStr"><is><t>rice</t></is></c></row>'
    )
    data = hostile.sheet(f"<sheetData>{cells}</sheetData>", styles)
    found = looked(tmp_path, "a.xlsx", data)

    assert found.tables[0].rows == [["កម្ពុជា", "rice"]]
    assert found.converted == ["Limon S1"]


def test_letters_of_a_pdf_are_read_in_their_fonts(tmp_path: Path) -> None:
    data = hostile.paper("0 0 400 100", font="AAAAAA+LimonS1", words="km<\\372Ca")
    found = looked(tmp_path, "a.pdf", data)

    assert (found.text, found.converted) == ("កម្ពុជា", ["LimonS1"])
    assert looked(tmp_path, "a.pdf", hostile.paper("0 0 200 100")).converted == []
