"""Which column of a list is what, by the words of its head in seven languages. Pure.

A header names a field, and perhaps whose it is: of a country, of the list's own side, of the
other one. A column that no word fits is told of, and a person may say what it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from tonle.funding.rules.reconcile.amounts import currency_in, times_in
from tonle.kernel.text import normalise

FIELDS: Final = (
    "reference", "title", "lead", "institution", "theme", "amount", "currency", "orcid",
    "email", "ror",
)  # fmt: skip
# One of these at least, or nothing says which application a row is.
KNOWING: Final = frozenset({"reference", "title", "lead"})
OWN, OTHER = "own", "other"

# Words by field: the first field with a word in a header has it. Latin words of up to four
# letters must stand alone ("ref" stands in "preferred").
_WORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("email", ("email", "e-mail", "mail", "អ៊ីមែល", "邮箱", "邮件", "電郵", "อีเมล", "ອີເມວ",
               "thư điện tử", "အီးမေးလ်")),
    ("orcid", ("orcid",)),
    ("ror", ("ror",)),
    ("currency", ("currency", "រូបិយប័ណ្ណ", "រូបិយវត្ថុ", "币种", "货币", "幣別", "สกุลเงิน",
                  "ສະກຸນເງິນ", "đơn vị tiền", "loại tiền", "tiền tệ", "ငွေကြေး")),
    ("amount", ("amount", "budget", "requested", "funding", "sum", "cost", "ទឹកប្រាក់", "ថវិកា",
                "金额", "经费", "预算", "經費", "จำนวนเงิน", "งบประมาณ", "วงเงิน", "ຈຳນວນເງິນ",
                "ງົບປະມານ", "kinh phí", "số tiền", "ngân sách", "ငွေပမာဏ", "ဘတ်ဂျက်")),
    ("reference", ("reference", "ref", "application number", "application no", "proposal number",
                   "proposal no", "project number", "project no", "code", "id", "លេខយោង",
                   "លេខសម្គាល់", "លេខកូដ", "លេខពាក្យសុំ", "លេខគម្រោង", "编号", "编码", "申请号",
                   "受理号", "編號", "เลขอ้างอิง", "เลขที่", "รหัส", "ເລກອ້າງອີງ", "ເລກທີ", "ລະຫັດ",
                   "mã số", "mã hồ sơ", "mã đề tài", "tham chiếu", "ရည်ညွှန်း", "အမှတ်")),
    ("theme", ("theme", "topic", "field", "thematic", "area", "ប្រធានបទ", "វិស័យ", "领域", "主题",
               "方向", "領域", "สาขา", "หัวข้อวิจัย", "ประเด็น", "ຂະແໜງ", "ຫົວເລື່ອງ", "lĩnh vực",
               "chủ đề", "ကဏ္ဍ", "အကြောင်းအရာ")),
    ("institution", ("institution", "organisation", "organization", "university", "affiliation",
                     "institute", "ស្ថាប័ន", "សាកលវិទ្យាល័យ", "អង្គភាព", "单位", "机构", "單位",
                     "大学", "สถาบัน", "หน่วยงาน", "มหาวิทยาลัย", "ສະຖາບັນ", "ອົງການ",
                     "ມະຫາວິທະຍາໄລ", "cơ quan", "tổ chức", "đơn vị", "အဖွဲ့အစည်း", "တက္ကသိုလ်",
                     "ဌာန")),
    ("title", ("title", "project name", "name of project", "proposal name", "ចំណងជើង",
               "ឈ្មោះគម្រោង", "项目名称", "题目", "标题", "课题名称", "項目名稱", "ชื่อโครงการ",
               "ชื่อเรื่อง", "ຊື່ໂຄງການ", "ຫົວຂໍ້", "tên đề tài", "tên dự án", "tên nhiệm vụ", "tiêu đề",
               "ခေါင်းစဉ်", "စီမံကိန်းအမည်")),
    ("lead", ("principal investigator", "investigator", "pi", "co-pi", "lead", "leader",
              "applicant", "researcher", "coordinator", "partner", "counterpart",
              "ប្រធានគម្រោង", "អ្នកដឹកនាំ", "អ្នកស្រាវជ្រាវ", "អ្នកទទួលខុសត្រូវ", "អ្នកដាក់ពាក្យ",
              "ដៃគូ", "负责人", "申请人", "主持人", "合作者", "合作人", "合作方", "負責人",
              "หัวหน้าโครงการ", "ผู้วิจัย", "ผู้รับผิดชอบ", "ผู้สมัคร", "ผู้ร่วม", "ຫົວໜ້າ", "ຜູ້ຮັບຜິດຊອບ", "ຜູ້ສະໝັກ",
              "ຄູ່ຮ່ວມ", "chủ nhiệm", "chủ trì", "người nộp", "đối tác", "ခေါင်းဆောင်", "တာဝန်ခံ",
              "လျှောက်ထားသူ", "မိတ်ဖက်")),
)  # fmt: skip
_OTHERS: Final = (
    "partner", "counterpart", "co-pi", "foreign", "international", "ដៃគូ", "合作", "外方", "คู่",
    "ร่วม", "ຄູ່ຮ່ວມ", "đối tác", "phối hợp", "nước ngoài", "မိတ်ဖက်", "ပူးပေါင်း",
)  # fmt: skip
_COUNTRIES: Final = (
    ("KHM", ("cambodia", "cambodian", "khm", "kh", "កម្ពុជា", "柬", "กัมพูชา", "ກຳປູເຈຍ", "campuchia",
             "ကမ္ဘောဒီးယား")),
    ("CHN", ("china", "chinese", "chn", "cn", "prc", "ចិន", "中方", "中国", "中國", "จีน", "ຈີນ",
             "trung quốc", "တရုတ်")),
    ("LAO", ("laos", "lao", "ឡាវ", "老方", "老挝", "ลาว", "ລາວ", "lào", "လာအို")),
    ("THA", ("thailand", "thai", "tha", "ថៃ", "泰方", "泰国", "ไทย", "ໄທ", "thái lan", "ထိုင်း")),
    ("VNM", ("vietnam", "viet nam", "vietnamese", "vnm", "វៀតណាម", "越方", "越南", "เวียดนาม",
             "ຫວຽດນາມ", "việt nam", "ဗီယက်နမ်")),
    ("MMR", ("myanmar", "mmr", "មីយ៉ាន់ម៉ា", "缅方", "缅甸", "เมียนมา", "ມຽນມາ", "မြန်မာ")),
)  # fmt: skip
_PARTING: Final = re.compile(r"[\s_\-./()\[\]:,;'\"*#&\uff08\uff09\uff1a\uff0f\u3001]+")
_HAS_SIDE: Final = frozenset({"lead", "institution", "amount", "orcid", "email", "ror"})


@dataclass(frozen=True)
class Column:
    """place: counted from 0. side: a country (ISO 3166-1 alpha-3), `own`, `other`, or "".
    currency, times: that the header names, of an amount (`万元` is 10,000 yuan)."""

    place: int
    field: str
    side: str = ""
    currency: str = ""
    times: int = 1
    header: str = ""


def columns_of(headers: Sequence[str], given: Mapping[str, str] | None = None) -> list[Column]:
    """The columns whose header is understood, in their order.

    given: header to `field` or `field.side`, which goes before the words; a field of "" is
    a column to be passed over.
    """
    said = {_folded(header): field for header, field in (given or {}).items()}
    found = []
    for place, header in enumerate(headers):
        folded = _folded(header)
        if folded in said:
            field, _, side = said[folded].partition(".")
        else:
            field, side = _field(folded), ""
            if field in _HAS_SIDE:
                side = _side(folded)
        if field:
            money = field == "amount"
            currency, times = (currency_in(header), times_in(header)) if money else ("", 1)
            found.append(Column(place, field, side, currency, times, header))
    # A list with a partner's column tells its own side in the one without a word for it.
    for field in _HAS_SIDE:
        sides = {column.side for column in found if column.field == field}
        if OTHER in sides:
            found = [
                replace(one, side=OWN) if one.field == field and not one.side else one
                for one in found
            ]
    return found


def is_head(headers: Sequence[str], given: Mapping[str, str] | None = None) -> bool:
    """Whether a row names columns: two of them at least, one of which tells applications apart."""
    fields = [column.field for column in columns_of(headers, given)]
    return len(fields) > 1 and bool(KNOWING & set(fields))


def _folded(header: str) -> str:
    return _PARTING.sub(" ", unicodedata.normalize("NFC", normalise(header)).casefold()).strip()


@cache
def _all() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((field, tuple(map(_folded, words))) for field, words in _WORDS)


@cache
def _lands() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((code, tuple(map(_folded, words))) for code, words in _COUNTRIES)


def _field(folded: str) -> str:
    # A sentence is no header.
    if not folded or len(folded) > 80:
        return ""
    return next(
        (field for field, words in _all() if any(_stands(word, folded) for word in words)), ""
    )


def _side(folded: str) -> str:
    for code, words in _lands():
        if any(_stands(word, folded) for word in words):
            return code
    return OTHER if any(_stands(_folded(word), folded) for word in _OTHERS) else ""


def _stands(word: str, folded: str) -> bool:
    """Whether a word stands in a header; short Latin ones as words of their own."""
    if word.isascii() and len(word) < 5:
        return f" {word} " in f" {folded} "
    return word in folded
