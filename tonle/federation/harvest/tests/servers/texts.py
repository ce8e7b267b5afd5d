"""Titles, texts and words of the region, written for these tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Text:
    language: str
    title: str
    notes: str
    keyword: str
    creator: str


TEXTS = (
    Text(
        "km",
        "គុណភាពទឹកបឹងទន្លេសាប",
        "ទិន្នន័យវាស់ជារៀងរាល់ខែពីស្ថានីយ៍ចំនួនប្រាំ។",
        "គុណភាពទឹក",
        "ក្រសួងធនធានទឹក",
    ),
    Text(
        "lo",
        "ປະລິມານນ້ຳຝົນແຂວງຈຳປາສັກ",
        "ຂໍ້ມູນລາຍວັນຈາກສະຖານີອຸຕຸນິຍົມ.",
        "ນ້ຳຝົນ",
        "ກົມອຸຕຸນິຍົມ",
    ),
    Text(
        "th",
        "ระดับน้ำแม่น้ำโขงที่หนองคาย",
        "ข้อมูลรายชั่วโมงจากสถานีวัดน้ำ",
        "ระดับน้ำ",
        "กรมทรัพยากรน้ำ",
    ),
    Text(
        "my",
        "ဧရာဝတီတိုင်း စပါးအထွက်နှုန်း",
        "မြို့နယ်အလိုက် နှစ်စဉ် စာရင်း။",
        "စပါး",
        "စိုက်ပျိုးရေးဦးစီးဌာန",
    ),
    Text(
        "vi",
        "Xâm nhập mặn ở đồng bằng sông Cửu Long",
        "Số liệu đo hằng tuần tại mười hai trạm.",
        "xâm nhập mặn",
        "Viện Khoa học Thủy lợi miền Nam",
    ),
    Text(
        "zh-Hans",
        "澜沧江流域日径流量",
        "云南省十个水文站的逐日数据。",
        "径流",
        "云南省水文水资源局",
    ),
)  # fmt: skip

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def text_of(number: int) -> Text:
    return TEXTS[number % len(TEXTS)]


def moment(number: int) -> datetime:
    """An instant for the record of that number, a minute after the one before."""
    return EPOCH + timedelta(minutes=number)
