"""Amounts as offices write them: `1,250.50`, `1 250 000`, `125万元`, `៥០០០ ដុល្លារ`. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tonle.kernel import codes, money
from tonle.kernel.text import ascii_digits

# What people write for a currency; a bare $ is of many countries and says nothing.
_WORDS: Final = (
    ("US$", "USD"), ("美元", "USD"), ("ដុល្លារ", "USD"), ("usd", "USD"),
    ("៛", "KHR"), ("រៀល", "KHR"), ("riel", "KHR"),
    ("人民币", "CNY"), ("rmb", "CNY"), ("yuan", "CNY"), ("យ័ន", "CNY"), ("元", "CNY"),
    ("¥", "CNY"), ("฿", "THB"), ("บาท", "THB"), ("baht", "THB"), ("₭", "LAK"), ("ກີບ", "LAK"),
    ("kip", "LAK"), ("₫", "VND"), ("đồng", "VND"), ("ကျပ်", "MMK"), ("kyat", "MMK"),
)  # fmt: skip
_TIMES: Final = (
    ("亿", 10**8), ("万", 10**4), ("萬", 10**4), ("million", 10**6), ("triệu", 10**6),
    ("លាន", 10**6), ("ล้าน", 10**6), ("ລ້ານ", 10**6), ("သန်း", 10**6), ("tỷ", 10**9),
    ("ពាន់", 10**3), ("nghìn", 10**3), ("thousand", 10**3),
)  # fmt: skip
_CODE: Final = re.compile(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])")
_NUMBER: Final = re.compile(r"[0-9](?:[0-9.,'’ ]*[0-9])?")
_GROUPS: Final = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")


@dataclass(frozen=True)
class Amount:
    """number: None where nobody can say which it is. currency: ISO 4217, "" where not said.
    side: whose money, as columns say it. text: as it is written."""

    number: Decimal | None
    currency: str = ""
    side: str = ""
    text: str = ""

    def __str__(self) -> str:
        return self.text if self.currency in self.text else f"{self.text} {self.currency}"


def currency_in(text: str) -> str:
    """The currency that a text names, "" where it names none."""
    plain = unicodedata.normalize("NFKC", text)
    for code in _CODE.findall(plain):
        if code in codes.codes("currencies"):
            return str(code)
    low = plain.casefold()
    return next((code for word, code in _WORDS if _nfkc(word) in low), "")


def times_in(text: str) -> int:
    """The unit in which a text counts: `万` is 10,000; 1 where it names none."""
    low = _nfkc(text)
    return next((times for word, times in _TIMES if _nfkc(word) in low), 1)


def _nfkc(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def read_amount(text: str, currency: str = "", side: str = "", times: int = 1) -> Amount:
    """An amount; what it names itself goes before the currency and the unit of its column."""
    currency = currency_in(text) or currency
    plain = ascii_digits(unicodedata.normalize("NFKC", text)).replace("\u00a0", " ")
    found = _NUMBER.findall(plain)
    number = _number(found[0], currency) if len(found) == 1 and len(found[0]) <= 30 else None
    if number is not None:
        own = times_in(text)
        number *= own if own > 1 else times
    return Amount(number, currency, side, text)


def _number(text: str, currency: str) -> Decimal | None:
    """A number by its marks; None where one mark can part thousands as well as decimals."""
    text = re.sub(r"[ '’]", "", text)
    if "." in text and "," in text:
        decimal = "." if text.rfind(".") > text.rfind(",") else ","
        parts = text.split(decimal)
        if len(parts) != 2 or not _GROUPS.fullmatch(parts[0]):
            return None
        whole = parts[0].replace(",", "").replace(".", "")
        return Decimal(f"{whole}.{parts[1]}")
    if "." not in text and "," not in text:
        return Decimal(text)
    if _GROUPS.fullmatch(text):
        mark = "," if "," in text else "."
        if mark == "," or text.count(".") > 1 or (currency and _has_no_cents(currency)):
            return Decimal(text.replace(mark, ""))
        return None
    if text.count(".") + text.count(",") == 1:
        return Decimal(text.replace(",", "."))
    return None


def _has_no_cents(currency: str) -> bool:
    """Whether nobody writes decimals of it, whatever ISO gives it on paper."""
    return currency in {"KHR", "LAK", "MMK", "VND"} or money.exponent(currency) == 0
