"""The words that a citation puts between its parts, in the languages of the region.

A citation is in one language: that of the title, where it is also the reader's; else English,
as reference lists in other languages cite foreign works. Thai citations give the year of the
Buddhist Era, as the works they cite do.
Source: for Thai, APA 7 as Thai universities have taken it over (Sukhothai Thammathirat, 2015;
RMUTP, 2020); for Vietnamese, the Ministry of Education and Training's rules for theses; for
Chinese, GB/T 7714-2015, 8; the others are our translations, and native readers may know better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

ENGLISH: Final = "en"
BUDDHIST_ERA: Final = 543


@dataclass(frozen=True)
class Terms:
    """join: before the last of several names, with its blanks. comma: between the others."""

    join: str
    et_al: str
    no_date: str
    dataset: str
    software: str
    version: str
    available: str
    comma: str = ", "


TERMS: Final[Mapping[str, Terms]] = MappingProxyType(
    {
        "en": Terms(
            " and ", "et al.", "n.d.", "Data set", "Computer software", "Version", "Available from"
        ),
        "km": Terms(
            " និង ", "និងអ្នកដទៃទៀត", "គ្មានកាលបរិច្ឆេទ", "សំណុំទិន្នន័យ", "កម្មវិធីកុំព្យូទ័រ",
            "កំណែ", "មាននៅ",
        ),
        "lo": Terms(
            " ແລະ ", "ແລະ ຄະນະ", "ບໍ່ມີວັນທີ", "ຊຸດຂໍ້ມູນ", "ໂປຣແກຣມຄອມພິວເຕີ", "ລຸ້ນ",
            "ເຂົ້າເຖິງໄດ້ຈາກ",
        ),
        "th": Terms(
            " และ ", "และคณะ", "ม.ป.ป.", "ชุดข้อมูล", "โปรแกรมคอมพิวเตอร์", "เวอร์ชัน",
            "เข้าถึงได้จาก",
        ),
        "vi": Terms(
            " và ", "và cộng sự", "không rõ năm", "Bộ dữ liệu", "Phần mềm máy tính", "Phiên bản",
            "Có tại",
        ),
        "my": Terms(
            " နှင့် ", "နှင့်အများ", "ရက်စွဲမရှိ", "ဒေတာအစုအဝေး", "ကွန်ပျူတာဆော့ဖ်ဝဲ", "ဗားရှင်း",
            "ရယူနိုင်သည့်နေရာ",
        ),
        "zh": Terms(
            "和", "等", "日期不详", "数据集", "计算机软件", "版本", "可从以下网址获取", comma="、"
        ),
    }
)  # fmt: skip


def language_of(reader: str | Sequence[str], title: str) -> str:
    """The language that a citation is written in, a key of TERMS.

    reader: the languages the reader prefers, best first; title: the language of the title.
    """
    first = reader if isinstance(reader, str) else next(iter(reader), "")
    primary = first.lower().split("-")[0]
    return primary if primary in TERMS and title.lower().split("-")[0] == primary else ENGLISH


def year_in(language: str, year: str) -> str:
    """The year as citations in the language give it; what is no number stays."""
    return str(int(year) + BUDDHIST_ERA) if language == "th" and year.isdigit() else year
