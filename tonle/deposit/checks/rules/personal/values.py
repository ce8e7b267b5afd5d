"""Recognising one value: telephone and identity numbers, addresses, dates, positions.

Sources: national numbering plans as listed by ITU-T E.164 (national destination codes of
855, 856, 66, 84, 95, 86); identity numbers: Thailand, 13 digits, check digit modulo 11;
China, GB 11643-1999, 18 digits, check character of ISO 7064 MOD 11-2; Viet Nam, circular
59/2021/TT-BCA, 12 digits that begin with a province; Myanmar, registration card
`township code / township (class) number`. Cambodian and Lao numbers have no check digit
and are told by their header alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from tonle.deposit.checks.rules.personal.traces import Kind

# Decimal digits of every script used here become ASCII.
_LOCAL_DIGITS = {
    zero + n: str(n) for zero in (0x0E50, 0x0ED0, 0x17E0, 0x1040, 0xFF10) for n in range(10)
}

_SEPARATORS = str.maketrans("", "", " -().\u00a0\u2009\u2010\u2011\u2012\u2013/")

_MOBILE = re.compile(
    r"0(?:[1-9]\d{7,8}|9\d{8,9}|20\d{8}|30\d{7})"  # KHM THA VNM; MMR; LAO
    r"|1[3-9]\d{9}"  # CHN
)
_INTERNATIONAL = re.compile(
    r"(?:\+|00)(?:855[1-9]\d{7,8}|856(?:20\d{8}|30\d{7}|[2-8]\d{7})|66[2-9]\d{7,8}"
    r"|84[2-9]\d{8,9}|95[1-9]\d{6,9}|86(?:1[3-9]\d{9}|[2-9]\d{8,10}))"
)
_DIALLED = re.compile(r"\+?[\d\s()\-./]{7,25}")
_DECIMAL = re.compile(r"[-+]?\d*[.,]\d+(?:[eE][-+]?\d+)?")

_VNM_PROVINCES = frozenset(f"{n:03d}" for n in range(1, 97))
_NRC = re.compile(
    r"\d{1,2}\s?/\s?(?:[A-Za-z]{3,12}|[\u1000-\u109f]{2,24})\s?"
    r"\(\s?(?:[A-Za-z]{1,3}|[\u1000-\u109f]{1,12})\s?\)\s?\d{6}"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
# Addresses of an office are nobody's own.
_OFFICE = re.compile(
    r"(?:info|contact|office|admin|support|help|helpdesk|noreply|no-reply|secretariat|webmaster"
    r"|library|press|editor|git|mail|enquiry|enquiries|data|opendata)@",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"@(?:[\w-]+\.)*(?:example|test|invalid|localhost)(?:\.|$)", re.IGNORECASE)

_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?(?:[T ].*)?"),
    re.compile(r"(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4})(?:[T ].*)?"),
    re.compile(r"(?P<d>\d{1,2})[-/ ][A-Za-z]{3,9}[-/ ,]{1,2}(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)


def ascii_digits(text: str) -> str:
    """The text with Khmer, Lao, Thai, Burmese and full-width digits as 0 to 9."""
    return text if text.isascii() else text.translate(_LOCAL_DIGITS)


def is_phone(text: str) -> bool:
    """Whether a whole cell is by itself a telephone number of one of the six countries."""
    bare = ascii_digits(text).translate(_SEPARATORS)
    if _DECIMAL.fullmatch(text.strip()):
        return False
    return bool(_MOBILE.fullmatch(bare) or _INTERNATIONAL.fullmatch(bare))


def may_be_phone(text: str) -> bool:
    """Whether a cell below a header that says telephone can be one: 7 to 15 digits."""
    plain = ascii_digits(text).strip()
    # Several numbers in one cell are several numbers.
    first: str = re.split(r"[;,/]\s*(?=[+0])", plain, maxsplit=1)[0].strip()
    if not _DIALLED.fullmatch(first) or _DECIMAL.fullmatch(first):
        return False
    return 7 <= sum(c.isdigit() for c in first) <= 15


def is_tha_id(digits: str) -> bool:
    """13 digits, the first 1 to 8, the last (11 - weighted sum mod 11) mod 10."""
    if len(digits) != 13 or not digits.isdecimal() or digits[0] in "09":
        return False
    total = sum(int(c) * (13 - n) for n, c in enumerate(digits[:12]))
    return (11 - total % 11) % 10 == int(digits[12])


def is_chn_id(text: str) -> bool:
    """17 digits with a possible date of birth, and the check character."""
    text = text.upper()
    if len(text) != 18 or not text[:17].isdecimal() or text[0] in "09":
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(c) * pow(2, 17 - n, 11) for n, c in enumerate(text[:17]))
    return born.year >= 1900 and text[17] == "10X98765432"[total % 11]


def is_vnm_id(digits: str) -> bool:
    """12 digits: province, then a digit for century and sex, two for the year, six more."""
    return len(digits) == 12 and digits.isdecimal() and digits[:3] in _VNM_PROVINCES


def id_country(text: str) -> str:
    """The country whose identity number a whole cell is by form and check digit, else ""."""
    plain = ascii_digits(text.strip())
    bare = plain.translate(_SEPARATORS)
    if is_chn_id(bare):
        return "CHN"
    if is_tha_id(bare):
        return "THA"
    if is_vnm_id(bare) and "." not in plain:
        return "VNM"
    return "MMR" if _NRC.fullmatch(plain) else ""


def may_be_id(text: str) -> bool:
    """Whether a cell below a header that says identity number can be one."""
    plain = ascii_digits(text).strip()
    if _NRC.fullmatch(plain):
        return True
    bare = plain.translate(_SEPARATORS)
    return 6 <= len(bare) <= 20 and bare.isalnum() and sum(c.isdigit() for c in bare) >= 5


def is_email(text: str) -> bool:
    """Whether a whole cell is somebody's e-mail address."""
    text = text.strip()
    return bool(_EMAIL.fullmatch(text)) and is_own_address(text)


def is_own_address(text: str) -> bool:
    """Whether an address is a person's, as far as its words tell."""
    return not _OFFICE.match(text) and not _EXAMPLE.search(text)


def is_date(text: str) -> bool:
    """Whether a cell is a day: AD or Buddhist Era, in the usual orders."""
    plain = ascii_digits(text).strip()
    for form in _DATES:
        found = form.fullmatch(plain)
        if found:
            parts = found.groupdict()
            year = int(parts["y"])
            in_range = 1870 <= year <= 2100 or 2413 <= year <= 2643
            month, day = int(parts.get("m") or 1), int(parts["d"])
            return in_range and 1 <= day <= 31 and 1 <= month <= 31
    return False


def decimals(text: str) -> int | None:
    """Decimal places of a plain number, None for what is none."""
    plain = ascii_digits(text).strip()
    if not re.fullmatch(r"[-+]?\d{1,9}(?:\.\d{0,20})?", plain):
        return None
    return len(plain.partition(".")[2])


_PAIR = re.compile(r"\(?\s*([-+]?\d{1,3}\.\d{4,20})\s*[,; ]\s*([-+]?\d{1,3}\.\d{4,20})\s*\)?")


def is_pair(text: str) -> bool:
    """Whether a cell is latitude and longitude, both with more than three decimals."""
    found = _PAIR.fullmatch(text.strip())
    return found is not None and all(abs(float(part)) <= 180 for part in found.groups())


_GEOPOINT = re.compile(
    r"([-+]?\d{1,2}\.\d{4,20}) ([-+]?\d{1,3}\.\d{4,20})(?: -?\d{1,6}(?:\.\d{1,20})?){1,2}"
)
_RECORDING = re.compile(r"[^\s/\\|<>]{1,200}\.[a-z0-9]{2,4}", re.IGNORECASE)


def is_geopoint(text: str) -> bool:
    """Whether a cell is a point as survey tools write it: latitude, longitude, height, error."""
    return len(text) <= 80 and _GEOPOINT.fullmatch(text) is not None


def is_recording(text: str) -> bool:
    """Whether a cell is the name of one file."""
    return _RECORDING.fullmatch(text) is not None


# In running text -------------------------------------------------------------------------

_PROSE_INTERNATIONAL = re.compile(
    r"(?<![\d.+])\+(?:855|856|66|84|95|86)[ \-.()]{0,3}\d(?:[ \-.()]{0,2}\d){6,10}(?!\d)"
)
_PROSE_GROUPED = re.compile(r"(?<![\d./,\-])0[1-9]\d?[ \-]\d{3}[ \-]\d{3,4}(?![\d\-/])")
_PROSE_LED = re.compile(
    r"(?:\btel\b|\bphone\b|\bmobile\b|โทร|ໂທ|ទូរស័ព្ទ|\bđt\b|điện thoại|电话|電話|手机|ဖုန်း)"
    r"[^\d\n]{0,12}((?:0|1[3-9])\d(?:[ \-.]?\d){6,10})(?!\d)",
    re.IGNORECASE,
)
_PROSE_CHN = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
_PROSE_THA = re.compile(r"(?<!\d)\d-\d{4}-\d{5}-\d{2}-\d(?!\d)")


def in_prose(text: str) -> Iterator[tuple[Kind, str]]:
    """(kind, value) of what running text holds; only forms that are hardly anything else.

    Linear in the text: every repetition is bounded.
    """
    place = text.find("@")
    seen = 0
    while place >= 0:
        start = max(seen, place - 64)
        found = _EMAIL.search(text, start, place + 260)
        if found and found.start() < place < found.end():
            seen = found.end()
            if is_own_address(found[0]):
                yield "email", found[0]
        else:
            seen = place + 1
        place = text.find("@", seen)
    plain = ascii_digits(text)
    if not any(c.isdigit() for c in plain):
        return
    spans: list[tuple[int, int]] = []
    for form, group in ((_PROSE_INTERNATIONAL, 0), (_PROSE_LED, 1), (_PROSE_GROUPED, 0)):
        for match in form.finditer(plain):
            span = match.span(group)
            if not any(a < span[1] and span[0] < b for a, b in spans[-50:]):
                spans.append(span)
                yield "phone", match[group]
    for match in _PROSE_CHN.finditer(plain):
        if is_chn_id(match[0]):
            yield "national_id", match[0]
    for match in _PROSE_THA.finditer(plain):
        if is_tha_id(match[0].replace("-", "")):
            yield "national_id", match[0]
    if "/" in plain and "(" in plain:
        for match in _NRC.finditer(plain):
            yield "national_id", match[0]


def folded(text: str) -> str:
    """Lower case, without accents, so that headers typed without a keyboard are met too."""
    split = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in split if not unicodedata.combining(c) or ord(c) > 0x0370)
