"""Examples of questions with signs, in the reader's own words: each finds something among the
starter set. What stands before a colon is a message of the catalogues; these words are not, since
a translator could not see whether they find anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import get_language, gettext

from tonle.kernel import codes
from tonle.search.facets import label
from tonle.search.fields import own_words
from tonle.search.schema import COVERS, YEAR
from tonle.web.public import language_tag


class _Words(NamedTuple):
    phrase: str
    data: str
    climate: str
    laboratory: str
    beginning: str


_WORDS = {
    "en": _Words("climate change", "data", "climate", "laboratory", "techno"),
    "km": _Words("ការប្រែប្រួលអាកាសធាតុ", "ទិន្នន័យ", "អាកាសធាតុ", "មន្ទីរពិសោធន៍", "បច្ចេក"),
    "lo": _Words("ການປ່ຽນແປງດິນຟ້າອາກາດ", "ຂໍ້ມູນ", "ດິນຟ້າອາກາດ", "ຫ້ອງທົດລອງ", "ເຕັກ"),
    "th": _Words("การเปลี่ยนแปลงสภาพภูมิอากาศ", "ข้อมูล", "ภูมิอากาศ", "ห้องปฏิบัติการ", "ภูมิ"),
    "vi": _Words("biến đổi khí hậu", "dữ liệu", "khí hậu", "phòng thí nghiệm", "công"),
    "my": _Words("ရာသီဥတုပြောင်းလဲမှု", "အချက်အလက်", "ရာသီဥတု", "ဓာတ်ခွဲခန်း", "နည်း"),
    "zh-hans": _Words("气候变化", "数据", "气候", "实验室", "技术"),
}


class Example(NamedTuple):
    """asked: as it is typed. meaning: in the active language."""

    asked: str
    meaning: str


def examples() -> list[Example]:
    """In the active language."""
    code = get_language() or settings.LANGUAGE_CODE
    words = _WORDS.get(code, _WORDS["en"])
    data, climate, laboratory = map(_one, words[1:4])
    own = own_words()
    return [
        Example(f'"{words.phrase}"', gettext("exactly these words, one after the other")),
        Example(f"{data} -{climate}", gettext("without this word; NOT in capitals does the same")),
        Example(f"{laboratory} OR {climate}", gettext("one of them is enough")),
        Example(f"{words.beginning}*", gettext("words that begin so")),
        Example(f"{own['title']}:{laboratory}", gettext("in the title")),
        Example(f"{own['creator']}:Nguyen", gettext("by this person")),
        Example(
            f"{own[YEAR]}:2015..2024",
            gettext("published from one year to another; either may be left out"),
        ),
        Example(f"{own[COVERS]}:1990..2005", gettext("with data of these years; -500 is 500 BCE")),
        Example(_filters(own, language_tag(code)), gettext("what the filters do, typed")),
    ]


def _filters(own: Mapping[str, str], language: str) -> str:
    laos = codes.members()["LAO"].data["country"]
    return " ".join(
        (
            f"{own['lang']}:{_one(label('lang', 'en', language))}",
            f"{own['member']}:{_one(codes.label('countries', laos, language))}",
        )
    )


def _one(words: str) -> str:
    """Words as one value: in quotation marks where there are several."""
    return f'"{words}"' if " " in words else words
