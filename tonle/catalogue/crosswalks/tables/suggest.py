"""A first mapping from a table's header, for a person to correct."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from itertools import islice
from typing import BinaryIO, Final

from tonle.catalogue.crosswalks.tables.mapping import SEVERAL, SINGLE, Mapping
from tonle.catalogue.crosswalks.tables.read import MAX_CELL, MAX_COLUMNS, column_name, rows_of

# Words of headers by field, folded to letters. The first that is in a header decides.
_WORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("doi", ("doi",)),
    ("url", ("url", "website", "webpage", "link", "เว็บไซต์", "គេហទំព័រ", "ເວັບໄຊ")),
    ("latitude", ("latitude", "lat", "ละติจูด", "រយៈទទឹង", "vĩđộ", "纬度")),
    ("longitude", ("longitude", "lon", "lng", "ลองจิจูด", "រយៈបណ្តោយ", "kinhđộ", "经度")),
    ("publication_year", ("year", "ปี", "ឆ្នាំ", "ປີ", "năm", "ခုနှစ်", "年份", "年度")),
    ("dates", ("date", "published", "วันที่", "កាលបរិច្ឆេទ", "ວັນທີ", "ngày", "日期")),
    ("descriptions", ("abstract", "description", "summary", "notes", "บทคัดย่อ", "คำอธิบาย",
                      "សង្ខេប", "បរិយាយ", "ຄຳອະທິບາຍ", "môtả", "tómtắt", "摘要", "描述")),
    ("subjects", ("keyword", "subject", "tag", "topic", "คำสำคัญ", "ពាក្យគន្លឹះ", "ຄຳສຳຄັນ",
                  "từkhóa", "关键词", "主题")),
    ("creator_organisations", ("organisation", "organization", "agency", "institution", "หน่วยงาน",
                               "ស្ថាប័ន", "ອົງການ", "cơquan", "机构", "单位")),
    ("creators", ("author", "creator", "researcher", "ผู้แต่ง", "ผู้เขียน", "ผู้วิจัย", "អ្នកនិពន្ធ",
                  "ຜູ້ແຕ່ງ", "tácgiả", "စာရေးသူ", "作者")),
    ("publisher", ("publisher", "สำนักพิมพ์", "អ្នកបោះពុម្ព", "nhàxuấtbản", "出版")),
    ("rights", ("license", "licence", "rights", "สัญญาอนุญาต", "អាជ្ញាប័ណ្ណ", "giấyphép", "许可")),
    ("languages", ("language", "ภาษา", "ភាសា", "ພາສາ", "ngônngữ", "语言")),
    ("resource_type", ("type", "ประเภท", "ប្រភេទ", "ປະເພດ", "loại", "类型")),
    ("formats", ("format", "รูปแบบ", "ទម្រង់", "ຮູບແບບ", "địnhdạng", "格式")),
    ("version_label", ("version", "phiênbản", "版本")),
    ("place", ("place", "location", "province", "จังหวัด", "ខេត្ត", "ແຂວງ", "tỉnh", "地点")),
    ("funder", ("funder", "funding", "donor", "ผู้ให้ทุน", "资助")),
    ("members", ("country", "ประเทศ", "ប្រទេស", "ປະເທດ", "quốcgia", "国家")),
    ("titles", ("title", "name", "ชื่อ", "ចំណងជើង", "ឈ្មោះ", "ຊື່", "tiêuđề", "tên", "ခေါင်းစဉ်",
                "标题", "名称", "题名")),
    ("key", ("id", "no", "code", "number", "ลำดับ", "รหัส", "រហស្ស", "លេខ", "ລະຫັດ", "mã", "编号")),
)  # fmt: skip
_HAS_LANGUAGE: Final = frozenset(("titles", "other_titles", "descriptions", "subjects"))
_SCRIPTS: Final = (
    ("km", re.compile(r"[\u1780-\u17ff]")), ("lo", re.compile(r"[\u0e80-\u0eff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")), ("my", re.compile(r"[\u1000-\u109f]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("vi", re.compile(r"[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")),
)  # fmt: skip
_NAMED: Final = (
    ("en", ("english", "_en", "(en)")), ("km", ("khmer", "_km", "(km)")),
    ("lo", ("lao", "_lo", "(lo)")), ("th", ("thai", "_th", "(th)")),
    ("vi", ("vietnamese", "_vi", "(vi)")), ("my", ("burmese", "myanmar", "_my", "(my)")),
    ("zh", ("chinese", "_zh", "(zh)")),
)  # fmt: skip
_PARTING = re.compile(r"[\s_\-./()\[\]:,;'\"*]+")
_BRACKETS: Final = ";", "|", "、"


def suggest_mapping(source: BinaryIO) -> str:
    """A mapping as TOML, with a comment at every column that nothing was found for.

    source: seekable, at its start. Raises NotATable.
    """
    csv.field_size_limit(MAX_CELL)
    written, rows = rows_of(source, Mapping((), {}))
    sample = [row for _, row in islice(rows, 200)]
    header = [column_name(cell) for cell in (sample[0] if sample else [])][:MAX_COLUMNS]
    lines = [
        "# A first guess. Correct it, try it with --dry-run, then import.",
        f"# The table is written in {written.label}" + (" (guessed)." if written.guessed else "."),
        f"encoding = {_quoted(written.encoding)}",
        f"delimiter = {_quoted(written.delimiter)}",
        'separator = ";"',
        '# date_order = "dmy"   # dmy, mdy or ymd, where dates stand as 07/05/2024',
        "",
        "[constants]",
        'kind = "dataset"',
        '# publisher = ""',
    ]
    used: set[str] = set()
    for at, name in enumerate(header):
        values = [row[at] for row in sample[1:] if at < len(row) and row[at].strip()]
        lines += ["", *_column(name, values, used)]
    return "\n".join(lines) + "\n"


def _column(name: str, values: Sequence[str], used: set[str]) -> list[str]:
    field = _field(name)
    if field in SINGLE and field in used:
        field = ""
    shown = f"# such as: {' '.join(values[0].split())[:60]}" if values else "# all empty"
    if not field or not name:
        told = [f"# name = {_quoted(name)}", '# field = ""', shown]
        return ["# [[columns]]", *told]
    used.add(field)
    made = ["[[columns]]", f"name = {_quoted(name)}", f"field = {_quoted(field)}"]
    if field in _HAS_LANGUAGE and (language := _language(name, values)):
        made.append(f"language = {_quoted(language)}")
    separator = _separator(values)
    if field in SEVERAL and separator not in ("", ";"):
        made.append(f"separator = {_quoted(separator)}")
    return [*made, shown]


def _field(name: str) -> str:
    # Vowels and tones of Khmer, Lao or Thai are no letters to a regular expression.
    pieces = set(_PARTING.split(name.lower()))
    folded = _PARTING.sub("", name.lower())
    for field, words in _WORDS:
        for word in words:
            # Short words are looked for alone: "no" stands in "notes", "id" in "width".
            if (
                word in pieces
                or (len(word) > 3 and word in folded)
                or (not word.isascii() and (word in folded))
            ):
                return field
    return ""


def _language(name: str, values: Sequence[str]) -> str:
    for tag, marks in _NAMED:
        if any(mark in name.lower() for mark in marks):
            return tag
    text = " ".join(values[:50])
    for tag, letters in _SCRIPTS:
        if len(letters.findall(text)) * 10 > len(text):
            return tag
    if _SCRIPTS[-1][1].search(text):
        return "vi"
    return ""


def _separator(values: Sequence[str]) -> str:
    text = "".join(values[:200])
    found = max(_BRACKETS, key=text.count)
    return found if found in text else ""


def _quoted(text: str) -> str:
    """A TOML basic string, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
