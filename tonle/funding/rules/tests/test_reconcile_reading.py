"""What stands in lists of strangers: files, headers, amounts, names."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules import persons
from tonle.funding.rules.reconcile import files
from tonle.funding.rules.reconcile.amounts import read_amount
from tonle.funding.rules.reconcile.columns import columns_of, is_head
from tonle.funding.rules.reconcile.files import read_sheet
from tonle.funding.rules.reconcile.rows import THEIRS, read_list
from tonle.funding.rules.reconcile.texts import Analysis, learned, reference_of, similarity, text_of
from tonle.funding.rules.reconcile.written import as_xlsx
from tonle.funding.rules.tests import lists
from tonle.kernel.errors import Invalid, TooLarge
from tonle.search.public import normalise, word_texts

ANALYSIS = Analysis(normalise, word_texts)
ROWS = [["KC-1", "稻田太阳能水泵", "王晓明", "Sok Dara", "", "", "清洁能源", "120000", "USD"]]


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_list_is_read_however_it_is_written(encoding: str, delimiter: str) -> None:
    found = read_sheet(lists.as_csv(lists.THEIR_HEAD, ROWS * 5, encoding, delimiter))

    assert [number for number, _ in found.rows] == [1, 2, 3, 4, 5, 6]
    assert found.rows[0][1] == tuple(lists.THEIR_HEAD)
    assert found.rows[1][1] == tuple(ROWS[0])


def test_a_workbook_says_the_same_as_text() -> None:
    table = [lists.THEIR_HEAD, [], *ROWS]

    found = read_sheet(as_xlsx(table))

    assert found.rows == ((1, tuple(lists.THEIR_HEAD)), (3, tuple(ROWS[0])))
    assert found.blank == (2,)


def workbook(sheet: str, *, shared: str = "", name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook with a sheet of other programs."""
    with zipfile.ZipFile(io.BytesIO(as_xlsx([["x"]]))) as made:
        parts = {one: made.read(one) for one in made.namelist()}
    parts[name] = sheet.encode()
    if shared:
        parts["xl/sharedStrings.xml"] = shared.encode()
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, text in parts.items():
            archive.writestr(one, text)
    return data.getvalue()


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_cells_of_all_kinds_are_read_as_people_see_them() -> None:
    sheet = f"""<worksheet {MAIN}><sheetData><row r="4">
      <c r="A4" t="s"><v>0</v></c><c r="C4"><v>1.2E5</v></c><c r="D4"><v>0.30000000000000004</v></c>
      <c r="E4" t="str"><f>A1</f><v>made</v></c><c r="F4"><f>B1</f></c>
      <c r="G4" t="e"><v>#REF!</v></c><c r="H4" t="s"><v>99</v></c>
    </row></sheetData></worksheet>"""
    shared = f"""<sst {MAIN}><si><r><t>王</t></r><r><t>晓明</t></r>
      <rPh sb="0" eb="1"><t>WANG</t></rPh></si></sst>"""

    found = read_sheet(workbook(sheet, shared=shared))

    assert found.rows == (
        (4, ("王晓明", "", "120000", "0.3", "made", files.NO_VALUE, "#REF!", files.NO_VALUE)),
    )


def test_two_cells_in_far_corners_cost_nothing() -> None:
    sheet = f"""<worksheet {MAIN}><sheetData>
      <row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c></row>
    </sheetData></worksheet>"""
    assert [number for number, _ in read_sheet(workbook(sheet)).rows] == [1, 1_048_576]

    wide = sheet.replace('r="A1048576"', 'r="XFD1048576"')
    with pytest.raises(Invalid, match="more than 200 columns"):
        read_sheet(workbook(wide))


def test_what_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_UNPACKED", 100_000)
    cells = '<c t="inlineStr"><is><t>a</t></is></c>' * 100
    sheet = f"<worksheet {MAIN}><sheetData>{f'<row>{cells}</row>' * 500}</sheetData></worksheet>"

    with pytest.raises(TooLarge):
        read_sheet(workbook(sheet))
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        read_sheet(b"a,b,c\n1,2,3\n")


def test_a_workbook_that_declares_entities_is_refused() -> None:
    bomb = f"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet {MAIN}><sheetData>
      <row><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>"""

    with pytest.raises(Invalid, match="damaged or locked"):
        read_sheet(workbook(bomb))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0 an old workbook", "locked with a password"),
        (b"PK\x03\x04 no archive at all", "damaged or locked"),
        (bytes(range(256)) * 4, "no list"),
        (b"a,b\n" + b"x" * 6_000 + b",1\n", "more than 5,000 characters"),
        (b",".join([b"a"] * 201), "more than 200 columns"),
    ],
)
def test_what_is_no_list_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_sheet(data)


def test_more_rows_than_any_call_has_are_refused() -> None:
    with pytest.raises(TooLarge):
        read_sheet(b"a,b\n" * (files.MAX_ROWS + 2))


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused_in_words(data: bytes) -> None:
    for sent in (data, b"PK\x03\x04" + data):
        with suppress(Invalid, TooLarge):
            assert read_sheet(sent).rows is not None


# --- columns --------------------------------------------------------------------------------

HEADS = {
    "en": ["No.", "Reference", "Project title", "Principal investigator", "Partner", "Theme",
           "Amount (USD)", "E-mail of PI"],
    "km": ["ល.រ", "លេខយោង", "ចំណងជើងគម្រោង", "ប្រធានគម្រោង", "ដៃគូ", "ប្រធានបទ", "ថវិកា (ដុល្លារ)", "អ៊ីមែល"],
    "zh": ["序号", "项目编号", "项目名称", "项目负责人", "合作者", "领域", "申请经费（美元）",
           "电子邮箱"],
    "lo": ["ລ/ດ", "ລະຫັດ", "ຊື່ໂຄງການ", "ຫົວໜ້າໂຄງການ", "ຄູ່ຮ່ວມ", "ຂະແໜງ", "ຈຳນວນເງິນ (USD)", "ອີເມວ"],
    "th": ["ลำดับ", "รหัส", "ชื่อโครงการ", "หัวหน้าโครงการ", "ผู้ร่วมวิจัย", "สาขา", "งบประมาณ (USD)", "อีเมล"],
    "vi": ["STT", "Mã số", "Tên đề tài", "Chủ nhiệm", "Đối tác", "Lĩnh vực", "Kinh phí (USD)",
           "Thư điện tử"],
    "my": ["စဉ်", "အမှတ်", "ခေါင်းစဉ်", "ခေါင်းဆောင်", "မိတ်ဖက်", "ကဏ္ဍ", "ငွေပမာဏ (USD)", "အီးမေးလ်"],
}  # fmt: skip


@pytest.mark.parametrize("spoken", HEADS)
def test_headers_are_understood_in_seven_languages(spoken: str) -> None:
    found = columns_of(HEADS[spoken])

    assert [(one.place, one.field, one.side) for one in found] == [
        (1, "reference", ""),
        (2, "title", ""),
        (3, "lead", "own"),
        (4, "lead", "other"),
        (5, "theme", ""),
        (6, "amount", ""),
        (7, "email", ""),
    ]
    assert found[5].currency == "USD"
    assert is_head(HEADS[spoken])


def test_a_header_tells_the_side_by_its_country() -> None:
    found = columns_of(["柬方负责人", "中方负责人", "PI (Cambodia)", "申请经费（万元）"])

    assert [(one.field, one.side) for one in found[:3]] == [
        ("lead", "KHM"), ("lead", "CHN"), ("lead", "KHM"),
    ]  # fmt: skip
    assert (found[3].currency, found[3].times) == ("CNY", 10_000)


def test_what_a_person_says_goes_before_the_words() -> None:
    found = columns_of(["Naam", "Title"], {"Naam": "lead.KHM", "Title": ""})

    assert [(one.header, one.field, one.side) for one in found] == [("Naam", "lead", "KHM")]


def test_rows_above_the_head_are_told_and_a_list_without_head_is_refused() -> None:
    data = lists.as_csv(["Applications of 2026"], [[], lists.THEIR_HEAD, *ROWS], "utf-8", ",")

    found = read_list(read_sheet(data), THEIRS, ANALYSIS)

    assert (found.head, [row.row for row in found.rows]) == ((1, 3), [4])
    with pytest.raises(Invalid, match="--columns"):
        read_list(read_sheet(lists.as_csv(["a", "b"], ROWS, "utf-8", ",")), THEIRS, ANALYSIS)


# --- amounts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [
        ("120000", "120000", ""),
        ("1,250.50", "1250.50", ""),
        ("1.250,50 USD", "1250.50", "USD"),
        ("1 250 000 ៛", "1250000", "KHR"),
        ("១២០០០ ដុល្លារ", "12000", "USD"),
        ("12.5万元", "125000.0", "CNY"),
        ("1.250.000 đồng", "1250000", "VND"),
        ("US$ 80'000", "80000", "USD"),
        ("1,250", "1250", ""),
        ("1.250", None, ""),
        ("80 to 90", None, ""),
        ("much", None, ""),
    ],
)
def test_an_amount_is_read_or_said_to_be_unclear(
    text: str, number: str | None, currency: str
) -> None:
    found = read_amount(text)

    assert found.number == (None if number is None else Decimal(number))
    assert found.currency == currency


# --- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Sok Dara", "DARA Sok", persons.SAME),
        ("Nguyễn Văn An", "Nguyen Van An", persons.SAME),
        ("Dr. Sok Dara", "សុខ ដារ៉ា", persons.SOUND),
        ("លោក សុខ សុភាព", "Sokh Sophiep", persons.SOUND),
        ("ហេង ពិសិដ្ឋ", "Piseth Heng", persons.SOUND),
        ("王晓明", "Wang Xiao-Ming", persons.READING),
        ("王晓明教授", "Xiaoming WANG", persons.READING),
        ("歐陽娜", "欧阳娜", persons.SAME),
        ("欧阳娜", "Na Ouyang", persons.READING),
        ("曾国梁", "Zeng Guoliang", persons.READING),
        ("王晓明", "Hsiao-ming Wang", persons.SOUND),
        ("Sok Dara", "S. Dara", persons.PART),
        ("Keo Chanthou", "Keo Channthu", persons.NEAR),
        ("สมชาย ใจดี", "Somchai Jaidee", persons.SOUND),
        ("ສົມພອນ ວົງສາ", "Somphone Vongsa", persons.SOUND),
        ("Sok Dara", "Chea Vuthy", persons.NOTHING),
        ("王晓明", "李晓明", persons.NOTHING),
        ("Li Na", "Lin A", persons.SAME),
    ],
)
def test_names_are_compared_across_scripts_and_spellings(
    one: str, other: str, likeness: int
) -> None:
    assert persons.likeness(persons.written(one), persons.written(other)) == likeness
    assert persons.likeness(persons.written(other), persons.written(one)) == likeness


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_and_total(one: str, other: str) -> None:
    left, right = persons.written(one), persons.written(other)

    assert persons.likeness(left, right) == persons.likeness(right, left)
    assert persons.likeness(left, left) in {persons.SAME, persons.NOTHING}


# --- texts ----------------------------------------------------------------------------------


@given(st.text(max_size=40), st.text(max_size=40))
def test_similarity_is_symmetric_and_within_its_bounds(one: str, other: str) -> None:
    left, right = text_of(one, ANALYSIS), text_of(other, ANALYSIS)

    near = similarity(left, right)

    assert near == similarity(right, left)
    assert near is None or 0 <= near <= 1
    assert (near == 1) == (bool(left.letters) and left.letters == right.letters)


def test_texts_of_two_scripts_are_not_compared() -> None:
    khmer, chinese = text_of("ថាមពលស្អាត", ANALYSIS), text_of("清洁能源", ANALYSIS)

    assert similarity(khmer, chinese) is None


@pytest.mark.parametrize(
    ("one", "other"), [("KC-2026-007", "kc 2026/007"), ("007", "7"), ("ＫＣ１", "KC-1"), ("៧", "7")]
)
def test_a_reference_is_the_same_however_it_is_typed(one: str, other: str) -> None:
    assert reference_of(one) == reference_of(other)


def test_two_words_of_ours_may_mean_one_of_theirs() -> None:
    met = [("clean energy", "清洁能源")] * 4 + [("ថាមពលស្អាត", "清洁能源")] * 3
    found = learned([*met, ("clean energy", "健康"), ("health", "健康"), ("health", "健康")])

    assert found.same("clean energy", "清洁能源") is True
    assert found.same("ថាមពលស្អាត", "清洁能源") is True
    assert found.same("clean energy", "健康") is False
    assert found.same("water", "健康") is None
