"""Files that lie, break, burst or attack: name -> bytes, about two hundred, each small here."""

from __future__ import annotations

import gzip
import io
import json
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
_XLSX = "xl/workbook.xml"


def files() -> dict[str, bytes]:
    """All of them; the same in every run."""
    made: dict[str, bytes] = {}
    for part in (
        _tables,
        _trees,
        _places,
        _texts,
        _zips,
        _tars,
        _books,
        _documents,
        _pictures,
        _papers,
        _grids,
    ):
        for name, data in part():
            assert name not in made, name
            made[name] = data
    return made


def _flipped(name: str, data: bytes, times: int) -> Iterator[tuple[str, bytes]]:
    """The file with some bytes changed, and cut short, in a few ways."""
    chance = random.Random(name)
    stem, _, ending = name.rpartition(".")
    for number in range(times):
        broken = bytearray(data)
        for _ in range(1 + number % 7):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        yield f"{stem}-flipped-{number}.{ending}", bytes(broken)
    for part in (2, 3, 5):
        yield f"{stem}-cut-{part}.{ending}", data[: len(data) // part]


def _tables() -> Iterator[tuple[str, bytes]]:
    for name, text in {
        "script": f"a,b\n{SCRIPT},1\n",
        "script-head": f"{SCRIPT},b\n1,2\n",
        "formula": "a,b\n=1+1,@SUM(A1)\n+1,-1\n",
        "open-quote": 'a,b\n"never ends,1\n' + "x,y\n" * 50,
        "quotes": 'a,b\n"""""",""""\n',
        "ragged": "a,b\n1\n1,2,3,4\n\n,,,,,\n",
        "one-line": "a," * 5_000,
        "many-columns": ",".join(f"c{n}" for n in range(3_000)) + "\n" + ",".join("1" * 3_000),
        "long-cell": "a,b\n" + "x" * 300_000 + ",1\n",
        "long-line": "x" * 1_500_000,
        "only-commas": ",,,,\n,,,,\n",
        "only-lines": "\n\n\n\n",
        "only-remarks": "# one\n# two\n",
        "huge-numbers": "a\n1e999\n-1e999\n1e308\n1e308\n" + "9" * 400 + "\n",
        "nan": "a\nnan\ninf\n-inf\nNaN\n",
        "digits": "a\n១២៣\n٣٤\n１２\n",
        "dates": "a\n2024-02-31\n0000-00-00\n9999-99-99\n",
        "same-names": "a,a,a,a_2\n1,2,3,4\n",
        "bidi": "a\n\u202egnp.exe\u2066\n",
        "controls": "a,b\n\x01\x02\x1b[31m,\x7f\n",
        "nul": "a,b\n1\x00,2\x00\n",
        "zero-width": "a\n\u200b\u200c\u200d\ufeff\n",
        "marks": "a\n" + "e" + "\u0301" * 5_000 + "\n",
        "returns": "a,b\r1,2\r3,4\r",
    }.items():
        yield f"{name}.csv", text.encode()
    yield "bad-utf8.csv", b"a,b\n\xff\xfe\xc3(,\xa0\xa1\n"
    yield "utf16-odd.csv", b"\xff\xfea\0,\0b\0\n\0x"
    yield "utf16-surrogate.csv", b"\xff\xfe" + struct.pack("<6H", 97, 44, 0xD800, 10, 0xDC00, 97)
    yield "mark-only.csv", b"\xef\xbb\xbf"
    yield "utf32.csv", "a,b\n1,2\n".encode("utf-32")
    yield "is-a-picture.csv", b"\x89PNG\r\n\x1a\nno"
    yield "is-a-program.csv", b"\x7fELF\x02\x01\x01" + bytes(200)
    yield "random.csv", random.Random(1).randbytes(4_000)
    yield "random.tsv", random.Random(2).randbytes(4_000)
    yield "empty.csv", b""


def _trees() -> Iterator[tuple[str, bytes]]:
    for name, text in {
        "deep-list": "[" * 100_000,
        "deep-closed": "[" * 5_000 + "]" * 5_000,
        "deep-object": '{"a":' * 5_000 + "1" + "}" * 5_000,
        "cut": '[{"a": 1}, {"a":',
        "huge-whole": f"[{'9' * 5_000}]",
        "huge-number": '[{"a": 1e400}, {"a": NaN}, {"a": -Infinity}]',
        "twice": '[{"a": 1, "a": 2}]',
        "surrogate": '[{"a": "\\ud800"}, {"\\udfff": 1}]',
        "escape": '["\\q"]',
        "scalar": "12",
        "null": "null",
        "mixed": '[1, "two", null, {"a": []}, [[[]]], true]',
        "keys": json.dumps([{f"k{n}": n for n in range(2_000)}]),
        "script": json.dumps([{"a": SCRIPT, SCRIPT: "b"}]),
        "proto": '{"__proto__": {"x": 1}, "constructor": {"x": 2}}',
        "nul": '["\\u0000\\u0001"]',
        "empty-objects": "[{}, {}, {}]",
        "empty-keys": '{"": {"": {"": 1}}, "b": {"": 2}}',
    }.items():
        yield f"{name}.json", text.encode()
    yield "latin.json", '["é"]'.encode("latin-1")
    yield "utf16.json", '[{"a": "ក"}]'.encode("utf-16")
    for name, text in {
        "broken": '{"a": 1}\nno json\n{"a": 2}\n',
        "lists": "[1]\n[2]\n",
        "deep": "[" * 20_000 + "\n",
        "scalars": "1\n2\n",
        "one-line": '{"a": "' + "x" * 1_200_000 + '"}\n',
    }.items():
        yield f"{name}.jsonl", text.encode()
    for name, value in {
        "no-cells": {"cells": 5},
        "odd-cells": {"cells": [None, 1, {"source": 5}, {"source": [1, None]}]},
        "script": {"cells": [{"cell_type": "markdown", "source": [SCRIPT]}]},
        "odd-about": {"cells": [], "metadata": [1]},
        "old": {"worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1"}]}]},
        "old-odd": {"worksheets": [None]},
    }.items():
        yield f"{name}.ipynb", json.dumps(value).encode()


def _places() -> Iterator[tuple[str, bytes]]:
    def collection(*geometries: object) -> bytes:
        features = [{"type": "Feature", "geometry": one, "properties": None} for one in geometries]
        return json.dumps({"type": "FeatureCollection", "features": features}).encode()

    nested: object = {"type": "Point", "coordinates": [1, 2]}
    for _ in range(60):
        nested = {"type": "GeometryCollection", "geometries": [nested]}
    yield "nested.geojson", collection(nested)
    for name, coordinates in {
        "text": ["1", "2"],
        "none": None,
        "short": [1],
        "truth": [True, False],
        "huge": [1e308, -1e308],
        "nan": [float("nan"), 1],
        "objects": [{"x": 1}],
        "deep": [[[[[[1, 2]]]]]],
    }.items():
        yield f"{name}.geojson", collection({"type": "Point", "coordinates": coordinates})
    yield "odd-type.geojson", collection({"type": 5, "coordinates": [[1, 2]]}, 7, "x", [])
    yield "one-point-line.geojson", collection({"type": "LineString", "coordinates": [[1, 2]]})
    ring = [[[n, n % 7] for n in range(3_000)]]
    yield "zigzag.geojson", collection({"type": "Polygon", "coordinates": ring})
    yield "no-features.geojson", b'{"type": "FeatureCollection", "features": {"a": 1}}'
    yield "no-geometry.geojson", b'{"type": "Feature"}'
    yield (
        "script.geojson",
        json.dumps({"type": "Feature", "geometry": None, "properties": {"a": SCRIPT}}).encode(),
    )


def _texts() -> Iterator[tuple[str, bytes]]:
    yield "page.html", f"<html><body onload=alert(1)>{SCRIPT}".encode()
    yield "drawing.svg", f"<svg xmlns='http://www.w3.org/2000/svg'>{SCRIPT}</svg>".encode()
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield "laughs.xml", f'<!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]><l>&l9;</l>'.encode()
    yield "outside.xml", b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'
    yield "script.md", f"# {SCRIPT}\n[x](javascript:alert(1))\n".encode()
    yield "terminal.txt", b"\x1b]0;title\x07\x1b[2J text"
    yield "turned.txt", "\u202eabc\u202c".encode()
    yield "binary.txt", random.Random(3).randbytes(4_000)
    yield "no-end.txt", b"x" * 200_000
    yield "no-name", b"just words\n"
    yield "data.RData", gzip.compress(b"RDX3\nX\n" + bytes(100))
    yield "strange.xyz", random.Random(4).randbytes(300)
    yield "one-byte.txt", b"\xe1"


def _packed(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def _shp(points: int, claimed: int) -> bytes:
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, claimed) + struct.pack(
        "<2i8d", 1000, 1, *[0.0] * 8
    )
    record = struct.pack(">2i", 1, 10) + struct.pack("<i2d", 1, 104.9, 11.5)
    return head + record * points


def _dbf(rows: int, wide: int) -> bytes:
    head = struct.pack("<B3BIHH20x", 3, 24, 1, 1, rows, 65, wide + 1)
    field = struct.pack("<11sc4xBB14x", b"NAME", b"C", wide, 0)
    return head + field + b"\r" + b" ok" + b" " * wide


def points() -> bytes:
    """A shapefile of two points in a zip, both in one place."""
    return _packed({"a.shp": _shp(2, 78), "a.dbf": _dbf(2, 8)})


def _zips() -> Iterator[tuple[str, bytes]]:
    yield "empty.zip", _packed({})
    yield (
        "names.zip",
        _packed({"../../etc/passwd": b"x", f"{SCRIPT}.txt": b"x", "a\x1bb\u202e": b""}),
    )
    yield "many.zip", _packed({f"{n}": b"" for n in range(3_000)})
    yield "bomb.zip", _packed({"a.shp": bytes(9 << 20)})
    yield "good-points.zip", points()
    yield "long-claim.zip", _packed({"a.shp": _shp(1, 2_000_000_000), "a.dbf": _dbf(1, 8)})
    yield "negative-claim.zip", _packed({"a.shp": _shp(1, -5), "a.dbf": _dbf(1, 8)})
    yield "many-rows.zip", _packed({"a.shp": _shp(1, 64), "a.dbf": _dbf(4_000_000_000, 8)})
    yield "no-table.zip", _packed({"a.shp": _shp(1, 64)})
    yield (
        "odd-letters.zip",
        _packed({"a.shp": _shp(1, 64), "a.dbf": _dbf(1, 8), "a.cpg": b"no-such"}),
    )
    yield "not-shapes.zip", _packed({"a.shp": b"hello", "a.dbf": b""})
    whole = _packed({"a.txt": b"hello" * 100, "a.shp": _shp(3, 92), "a.dbf": _dbf(3, 8)})
    yield from _flipped("parts.zip", whole, 10)
    locked = bytearray(_packed({"a.txt": b"hello"}))
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    yield "locked.zip", bytes(locked)


def _tars() -> Iterator[tuple[str, bytes]]:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("a.txt", "../b", f"{SCRIPT}"):
            member = tarfile.TarInfo(name)
            member.size = 5
            archive.addfile(member, io.BytesIO(b"hello"))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    whole = out.getvalue()
    yield "good.tar", whole
    yield "packed.tar.gz", gzip.compress(whole)
    yield "burst.tar.gz", gzip.compress(bytes(8 << 20))
    yield "no-tar.tgz", b"no tar at all"
    yield "cut.tar.gz", gzip.compress(whole)[:80]
    lying = tarfile.TarInfo("large")
    lying.size = 1 << 40
    yield "long-claim.tar", lying.tobuf() + b"x"
    yield from _flipped("members.tar", whole, 6)


def _books() -> Iterator[tuple[str, bytes]]:
    yield "no-zip.xlsx", b"PK\x03\x04 no"
    yield "no-book.xlsx", _packed({"a.txt": b"x"})
    yield "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    burst = bytearray(_packed({_XLSX: bytes(1 << 20)}))
    # What its directory says that it unpacks to.
    struct.pack_into("<I", burst, burst.rindex(b"PK\x01\x02") + 24, 400 << 20)
    yield "burst.xlsx", bytes(burst)
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><workbook>&b;</workbook>'
    yield "laughs.xlsx", _packed({_XLSX: laughs})
    whole = workbook([["name", "n"], [SCRIPT, "=1+1"], ["b", 2]])
    yield "script.xlsx", whole
    yield from _flipped("book.xlsx", whole, 8)


def workbook(rows: list[list[object]]) -> bytes:
    """A workbook of one sheet with text and numbers, as small as one can be."""
    cells = ""
    for number, row in enumerate(rows, 1):
        cells += f'<row r="{number}">'
        for place, value in enumerate(row):
            at = f"{chr(65 + place)}{number}"
            if isinstance(value, int):
                cells += f'<c r="{at}"><v>{value}</v></c>'
            else:
                text = str(value).replace("&", "&amp;").replace("<", "&lt;")
                cells += f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'
        cells += "</row>"
    return sheet(f"<sheetData>{cells}</sheetData>")


def sheet(inner: str, styles: str = "") -> bytes:
    """A workbook around the inner part of its one sheet. styles: the part of that name."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return _packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>'.encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
                f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ).encode(),
            _XLSX: (
                f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
                '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
                f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
            ).encode(),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{inner}</worksheet>'.encode(),
            **({"xl/styles.xml": styles.encode()} if styles else {}),
        }
    )


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(inner: str, styles: str = "") -> bytes:
    """A Word document around the inner part of its body."""
    parts = {
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{inner}</w:body></w:document>'
    }
    if styles:
        parts["word/styles.xml"] = f'<w:styles xmlns:w="{_W}">{styles}</w:styles>'
    return _packed({name: text.encode() for name, text in parts.items()})


def run(text: str, font: str = "") -> str:
    """A run of a Word document in a font."""
    named = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
    plain = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<w:r>{named}<w:t xml:space="preserve">{plain}</w:t></w:r>'


def open_document(inner: str, styles: str = "") -> bytes:
    """An OpenDocument text around the inner part of its body."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in {
            "office": "office", "text": "text", "style": "style", "svg": "svg-compatible",
            "fo": "xsl-fo-compatible",
        }.items()
    )  # fmt: skip
    content = (
        f"<office:document-content {spaces}>{styles}<office:body><office:text>{inner}"
        "</office:text></office:body></office:document-content>"
    )
    return _packed(
        {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()}
    )


def slides(*faces_and_texts: tuple[str, str]) -> bytes:
    """A presentation of one slide with a paragraph for each pair."""
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    lines = "".join(
        f'<a:p><a:r><a:rPr><a:latin typeface="{face}"/></a:rPr><a:t>{text}</a:t></a:r></a:p>'
        for face, text in faces_and_texts
    )
    return _packed(
        {
            "ppt/presentation.xml": b"<p/>",
            "ppt/slides/slide1.xml": f'<a:sld xmlns:a="{drawing}">{lines}</a:sld>'.encode(),
        }
    )


def _documents() -> Iterator[tuple[str, bytes]]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]><w:document xmlns:w="{_W}">&l9;</w:document>'
    outside = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'
    yield "laughs.docx", _packed({"word/document.xml": bomb.encode()})
    yield "laughs-16.docx", _packed({"word/document.xml": bomb.encode("utf-16")})
    yield "outside.odt", _packed({"content.xml": outside.encode()})
    yield "no-zip.docx", b"PK\x03\x04 no"
    yield "no-text.docx", _packed({"a.txt": b"x"})
    yield "empty.docx", document("")
    yield "script.docx", document(f"<w:p>{run(SCRIPT)}</w:p>")
    yield "deep.odt", open_document("<text:p>" + "<text:span>" * 5_000)
    yield "deep.docx", document("<w:p>" * 5_000)
    yield "burst.docx", _packed({"word/document.xml": b"<a>" + b" " * (25 << 20)})
    yield "many-paragraphs.docx", document(f"<w:p>{run('x')}</w:p>" * 60_000)
    yield "spaces.odt", open_document('<text:p>a<text:s text:c="999999999"/>b</text:p>')
    ring = '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="A"/></w:style>'
    yield "ring.docx", document(f'<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr>{run("x")}</w:p>', ring)
    yield "turned.docx", document(f"<w:p>{run(chr(0x202E) + 'abc')}</w:p>")
    whole = document(f"<w:p>{run('Mekong', 'Arial')}</w:p>", "<w:docDefaults/>")
    yield from _flipped("report.docx", whole, 6)
    yield from _flipped("report.odt", open_document("<text:p>Mekong</text:p>"), 4)
    yield "script.pptx", slides(("Arial", "&lt;script>alert(1)&lt;/script>"))
    for name, text in {
        "open": r"{\rtf1 never ends",
        "nested": r"{\rtf1" + "{" * 5_000,
        "closed": r"{\rtf1}}}}}} more",
        "bin": r"{\rtf1 \bin999999999 abc}",
        "bin-minus": r"{\rtf1 \bin-5 abc}",
        "unicode": r"{\rtf1 \u-10179?\u-8704?\u99999999?\uc9999\u55?}",
        "page": r"{\rtf1\ansicpg99999 abc}",
        "page-utf16": r"{\rtf1\ansicpg1200 abc}",
        "script": r"{\rtf1 <script>alert(1)</script>}",
        "fonts": r"{\rtf1{\fonttbl" + "".join(rf"{{\f{n} F{n};}}" for n in range(3_000)) + "}x}",
        "object": r"{\rtf1{\object\objupdate{\*\objdata 0105}}{\field{\*\fldinst X c:}}x}",
        "cut-hex": r"{\rtf1 \'e",
        "nothing": r"{\rtf1}",
    }.items():
        yield f"{name}.rtf", text.encode()
    yield "deep.html", ("<div>" * 20_000 + "x").encode()
    yield "faces.html", f"<font face='{'x' * 5_000}'>{SCRIPT}</font>".encode()
    yield "nothing.html", b"<html>"
    yield "charset.html", b"<meta charset=rot13><p>caf\xe9 \x81"


def _pictures() -> Iterator[tuple[str, bytes]]:
    from PIL import Image

    for ending, form in (("png", "PNG"), ("gif", "GIF"), ("jpg", "JPEG"), ("tif", "TIFF")):
        out = io.BytesIO()
        Image.linear_gradient("L").resize((24, 24)).save(out, form)
        yield from _flipped(f"small.{ending}", out.getvalue(), 6)
    out = io.BytesIO()
    Image.new("RGB", (24, 24), "teal").save(out, "WEBP")
    yield from _flipped("small.webp", out.getvalue(), 3)
    yield "huge.png", _png(100_000)
    yield "nothing.png", _png(0)
    yield (
        "huge.bmp",
        b"BM"
        + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0),
    )
    yield "heic.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + random.Random(5).randbytes(200)
    yield (
        "loop.tif",
        b"II*\0\x08\0\0\0"
        + struct.pack("<H", 1)
        + struct.pack("<HHII", 256, 4, 1, 5)
        + struct.pack("<I", 8),
    )
    yield (
        "many-values.tif",
        b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 33550, 12, 2**32 - 1, 8) + bytes(4),
    )
    yield "far-away.tif", b"II*\0" + struct.pack("<I", 2**31)
    yield "big.tif", b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**60)
    keys = struct.pack("<HHHII", 3, 256, 4, 1, 5) + struct.pack("<HHII", 257, 4, 1, 5)
    yield (
        "odd-keys.tif",
        b"II*\0\x08\0\0\0" + keys + struct.pack("<HHIHH", 34735, 3, 2, 1, 1) + bytes(4),
    )


def _png(side: int) -> bytes:
    """A picture that says it is so many pixels wide and high, and holds none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def _papers() -> Iterator[tuple[str, bytes]]:
    yield "nothing.pdf", b"%PDF-1.7\n"
    yield "random.pdf", b"%PDF-1.7\n" + random.Random(6).randbytes(2_000)
    for name, box in {
        "good": "0 0 200 100",
        "huge": "0 0 99999999 99999999",
        "negative": "0 0 -5 -5",
        "thin": "0 0 100 0.0001",
    }.items():
        yield f"{name}.pdf", paper(box)
    yield from _flipped("page.pdf", paper("0 0 200 100"), 5)


def paper(box: str, font: str = "Helvetica", words: str = "Mekong") -> bytes:
    """A PDF of one page with one word on it, and a script that a reader must not run."""
    shown = f"BT /F1 24 Tf 20 40 Td ({words}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R /Resources "
        f"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding "
        "/WinAnsiEncoding >> >> >> >>".encode(),
        b"<< /Length " + str(len(shown)).encode() + b" >>\nstream\n" + shown + b"\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + part + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + (
            f"xref\n0 5\n0000000000 65535 f \n{table}trailer << /Size 5 /Root 1 0 R >>\n"
            f"startxref\n{len(out)}\n%%EOF"
        ).encode()
    )


def _grids() -> Iterator[tuple[str, bytes]]:
    yield "nothing.nc", b"CDF\x01"
    yield "no-head.nc", b"\x89HDF\r\n\x1a\n"
    yield "random.nc", b"\x89HDF\r\n\x1a\n" + random.Random(7).randbytes(2_000)
    yield "many.nc", b"CDF\x01" + struct.pack(">3i", 0, 10, 2**31 - 1)
    yield "minus.nc", b"CDF\x01" + struct.pack(">3i", 0, 10, -1)
    yield "long-name.nc", b"CDF\x01" + struct.pack(">4i", 0, 10, 1, 2**30)
    yield from _flipped("classic.nc", classic(), 6)


def classic() -> bytes:
    """A classic NetCDF header: one dimension, a title, one variable with a unit."""

    def name(text: bytes) -> bytes:
        return struct.pack(">i", len(text)) + text + bytes(-len(text) % 4)

    def words(key: bytes, text: bytes) -> bytes:
        return name(key) + struct.pack(">ii", 2, len(text)) + text + bytes(-len(text) % 4)

    return (
        b"CDF\x01"
        + struct.pack(">i", 0)
        + struct.pack(">ii", 10, 1) + name(b"time") + struct.pack(">i", 12)
        + struct.pack(">ii", 12, 1) + words(b"title", b"Flow at Kratie")
        + struct.pack(">ii", 11, 1) + name(b"flow") + struct.pack(">ii", 1, 0)
        + struct.pack(">ii", 12, 1) + words(b"units", b"m3 s-1")
        + struct.pack(">iii", 5, 48, 200)
    )  # fmt: skip
