"""Files made up for tests: people who do not exist, and files that mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

# Check digits are right, people are not: no register gave these out to anybody we know of.
THA_IDS = ["1101700230708", "3100600012348", "1234567890121", "5201000012343", "3450100023455"]


def tha_id(stem: int) -> str:
    """A number with a right check digit, from 12 digits."""
    digits = f"{stem:012d}"
    total = sum(int(c) * (13 - n) for n, c in enumerate(digits))
    return digits + str((11 - total % 11) % 10)


def chn_id(stem: str) -> str:
    """17 digits and the character that GB 11643 asks for."""
    total = sum(int(c) * pow(2, 17 - n, 11) for n, c in enumerate(stem))
    return stem + "10X98765432"[total % 11]


PEOPLE: dict[str, tuple[list[str], list[list[str]], set[str]]] = {
    # member: header, rows, kinds that must be found
    "KHM": (
        ["ល.រ", "ឈ្មោះអ្នកផ្តល់សម្ភាស", "ភេទ", "អាយុ", "លេខទូរស័ព្ទ", "អត្តសញ្ញាណប័ណ្ណ"],
        [
            [str(n), name, "ស្រី", str(20 + n), f"0{12 + n} {345 + n} {678 - n}", f"01{n}345{n}78"]
            for n, name in enumerate(
                ["សុខ ដារ៉ា", "ចាន់ សុភា", "គឹម លីដា", "ហេង វុទ្ធី", "ជា បុប្ផា", "លី ម៉េងហួរ"]
            )
        ],
        {"person_name", "phone", "national_id"},
    ),
    "LAO": (
        ["ລຳດັບ", "ຊື່ ແລະ ນາມສະກຸນ", "ເພດ", "ເບີໂທລະສັບ"],
        [
            [str(n), name, "ຍິງ", f"020 5{n}55 12{n}4"]
            for n, name in enumerate(
                ["ທ້າວ ສົມສັກ", "ນາງ ບຸນມີ", "ທ້າວ ຄຳປະສົງ", "ນາງ ວຽງຄຳ", "ນາງ ຈັນທອນ"]
            )
        ],
        {"person_name", "phone"},
    ),
    "THA": (
        ["ลำดับ", "ชื่อ-นามสกุล", "เลขประจำตัวประชาชน", "เบอร์โทร", "วันเกิด"],
        [
            [str(n), name, tha_id(310060001200 + 7919 * n), f"08{n}-234-56{n}8", f"1{n}/02/2530"]
            for n, name in enumerate(
                ["นายสมชาย ใจดี", "นางสาวมาลี ศรีสุข", "นางวันดี แก้ว", "นายบุญมี ทอง", "นายวิชัย คำ"]
            )
        ],
        {"person_name", "national_id", "phone", "birth_date"},
    ),
    "VNM": (
        ["STT", "Họ và tên", "Số điện thoại", "Số CCCD", "Ngày sinh"],
        [
            [str(n), name, f"09{n}8 765 43{n}", f"0{n + 1}109{n}00{n}234", f"0{n + 1}/05/1980"]
            for n, name in enumerate(
                ["Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Nam", "Phạm Thu Hà", "Võ Minh Đức"]
            )
        ],
        {"person_name", "phone", "national_id", "birth_date"},
    ),
    "MMR": (
        ["စဉ်", "အမည်အပြည့်အစုံ", "မှတ်ပုံတင်အမှတ်", "ဖုန်း"],
        [
            [str(n), name, f"12/ဒဂန(နိုင်)12345{n}", f"09 42{n} 123 45{n}"]
            for n, name in enumerate(["ဦးအောင်မင်း", "ဒေါ်ခင်ခင်", "မောင်ကျော်", "ဦးလှ", "ဒေါ်မြ"])
        ],
        {"person_name", "national_id", "phone"},
    ),
    "CHN": (
        ["序号", "姓名", "身份证号", "手机"],
        [
            [str(n), name, chn_id(f"5301021985{n + 1:02d}1200{n}"), f"1381234567{n}"]
            for n, name in enumerate(["王小明", "李丽", "张伟", "刘洋", "陈静"])
        ],
        {"person_name", "national_id", "phone"},
    ),
    "English": (
        ["hh_id", "RespondentName", "sex", "age", "Latitude", "Longitude", "email"],
        [
            [f"H{n}", name, "F", "40", f"11.5{n}8213", f"104.9{n}2288", f"person{n}@mail.kh"]
            for n, name in enumerate(
                ["Sok Dara", "Chan Sophea", "Kim Lida", "Heng Vuthy", "Chea Bopha"]
            )
        ],
        {"person_name", "exact_position", "email"},
    ),
}


def csv_text(header: Sequence[str], rows: Sequence[Sequence[str]], mark: str = ",") -> str:
    return "\n".join(mark.join(row) for row in [header, *rows]) + "\n"


def workbook(rows: Sequence[Sequence[str]], *, extra: dict[str, bytes] | None = None) -> bytes:
    """A minimal spreadsheet with inline and shared strings."""
    strings: list[str] = []
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for place, text in enumerate(row):
            reference = f"{chr(65 + place)}{number}"
            if place % 2:
                strings.append(text)
                cells.append(f'<c r="{reference}" t="s"><v>{len(strings) - 1}</v></c>')
            else:
                cells.append(f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{name}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    return zipped(
        {
            "xl/worksheets/sheet1.xml": sheet.encode(),
            "xl/sharedStrings.xml": f'<sst xmlns="{name}">{shared}</sst>'.encode(),
            **(extra or {}),
        }
    )


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def exif(*, orientation: int = 6) -> bytes:
    """An EXIF block of a telephone: position at Angkor Wat, owner, orientation."""
    artist = b"Sok Dara\x00"
    base = 8 + 2 + 3 * 12 + 4
    gps_at = base + len(artist) + 1
    first = struct.pack("<H", 3)
    first += struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    first += struct.pack("<HHII", 0x013B, 2, len(artist), base)
    first += struct.pack("<HHII", 0x8825, 4, 1, gps_at)
    first += struct.pack("<I", 0) + artist + b"\x00"
    values_at = gps_at + 2 + 4 * 12 + 4
    gps = struct.pack("<H", 4)
    gps += struct.pack("<HHI4s", 1, 2, 2, b"N\x00\x00\x00")
    gps += struct.pack("<HHII", 2, 5, 3, values_at)
    gps += struct.pack("<HHI4s", 3, 2, 2, b"E\x00\x00\x00")
    gps += struct.pack("<HHII", 4, 5, 3, values_at + 24)
    gps += struct.pack("<I", 0)
    gps += struct.pack("<6I", 13, 1, 24, 1, 45, 1) + struct.pack("<6I", 103, 1, 52, 1, 0, 1)
    return b"II*\x00" + struct.pack("<I", 8) + first + gps


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


# Compressed data with a stuffed byte and a restart in it; no decoder is asked here.
SCAN = b"\x12\x34\xff\x00\x56\xff\xd0\x78" * 40


def jpeg(*, described: bool = True, orientation: int = 6) -> bytes:
    """A JPEG's segments around data that stands for a picture."""
    parts = [b"\xff\xd8", _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")]
    if described:
        parts.append(_segment(0xE1, b"Exif\x00\x00" + exif(orientation=orientation)))
        parts.append(_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x>exif:GPSLatitude</x>"))
        parts.append(_segment(0xED, b"Photoshop 3.0\x00by Sok Dara"))
        parts.append(_segment(0xFE, b"Sok Dara's camera"))
    parts.append(_segment(0xE2, b"ICC_PROFILE\x00\x01\x01colours"))
    parts.append(_segment(0xDB, bytes(65)))
    parts.append(_segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + SCAN + b"\xff\xd9")
    if described:
        parts.append(b"a film that belongs to the picture")
    return b"".join(parts)


def png(*, described: bool = True) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))]
    if described:
        parts += [chunk(b"eXIf", exif()), chunk(b"tEXt", b"Author\x00Sok Dara")]
    return b"".join([*parts, chunk(b"IDAT", zlib.compress(b"\x00\x00")), chunk(b"IEND", b"")])


def told_elsewhere() -> dict[str, tuple[str, bytes]]:
    """Photographs that tell where and by whom they were taken in other places than the usual
    one. By what is odd: (name, bytes)."""
    plain, block = jpeg(described=False), b"Exif\x00\x00" + exif()
    xmp = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>%s</x:xmpmeta>"

    def with_segments(*segments: bytes) -> bytes:
        # Behind JFIF's own.
        return plain[:20] + b"".join(segments) + plain[20:]

    def with_chunk(kind: bytes, data: bytes) -> bytes:
        bare = png(described=False)
        chunk = struct.pack(">I", len(data)) + kind + data
        return bare[:33] + chunk + struct.pack(">I", zlib.crc32(kind + data)) + bare[33:]

    said = b"".join(
        b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(text)) + text
        for number, text in ((80, b"Sok Dara"), (92, b"Angkor Wat"))
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(said)) + said
    position = b'exif:GPSLatitude="13,24.7N" aux:OwnerName="Sok Dara"'
    drone = b'drone-dji:GpsLatitude="+13.41" drone-dji:DroneSerialNumber="7"'
    profile = b"Raw profile type exif\x00\x00" + zlib.compress(
        b"\nexif\n %d\n%s\n" % (len(block), block.hex().encode())
    )
    wide = (xmp[29:] % position).decode().encode("utf-16")
    return {
        "behind long segments": (
            "a.jpg",
            with_segments(*[_segment(0xE2, bytes(60_000))] * 20, _segment(0xE1, block)),
        ),
        "behind the picture": ("a.jpg", plain + jpeg()),
        "filled": ("a.jpg", with_segments(b"\xff\xff" + _segment(0xE1, block))),
        "drone": ("a.jpg", with_segments(_segment(0xE1, xmp % drone))),
        "UTF-16": ("a.jpg", with_segments(_segment(0xE1, xmp[:29] + wide))),
        "IPTC": ("a.jpg", with_segments(_segment(0xED, iptc))),
        "raw profile": ("a.png", with_chunk(b"zTXt", profile)),
        "compressed": (
            "a.png",
            with_chunk(
                b"iTXt",
                b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(xmp[29:] % position),
            ),
        ),
    }


def described_picture(form: str, *, orientation: int = 6) -> bytes:
    """A small picture in the container of HEIC (AVIF) or in WebP, with all it may tell."""
    from PIL import Image

    out = io.BytesIO()
    picture = Image.radial_gradient("L").resize((48, 32)).convert("RGB")
    about = b"<x:xmpmeta>exif:GPSLatitude aux:OwnerName Sok Dara</x:xmpmeta>"
    described = b"Exif\0\0" + exif(orientation=orientation)
    picture.save(out, form, quality=60, exif=described, xmp=about)
    return out.getvalue()
