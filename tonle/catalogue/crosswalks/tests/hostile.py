"""Files made to harm whoever reads them, by name; and a program that reads them all.

Run by itself (`python -m tonle.catalogue.crosswalks.tests.hostile ADDRESS`) it gives every
file to every reader, under limits of memory and of processor time that the system enforces:
a reader that unfolds or walks in circles ends the program. ADDRESS is where a server waits
that nobody may ask.
"""

from __future__ import annotations

import io
import json
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator

from tonle.catalogue import crosswalks

MEMORY_BYTES = 2_000_000_000
# Of the processor, for all of it; a bomb would take hours, an honest run half a minute.
SECONDS = 600
SECRET = "/etc/hostname"
DATACITE = "http://datacite.org/schema/kernel-4"
# Roots that each reader of XML takes for its own.
ROOTS = {
    "datacite-xml": f'<resource xmlns="{DATACITE}"><titles><title>%s</title></titles></resource>',
    "oai-pmh": '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error>%s</error></OAI-PMH>',
    "oai-dc": '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%s</dc:title></oai_dc:dc>',
    "crossref-xml": '<crossref_result xmlns="http://www.crossref.org/qrschema/3.0"><crossref>'
    "<journal><journal_article><titles><title>%s</title></titles></journal_article></journal>"
    "</crossref></crossref_result>",
    "jats-xml": "<article><front><article-meta><title-group><article-title>%s</article-title>"
    "</title-group></article-meta></front></article>",
    "ddi-xml": '<codeBook xmlns="ddi:codebook:2_5"><stdyDscr><citation><titlStmt><titl>%s</titl>'
    "</titlStmt></citation></stdyDscr></codeBook>",
    "iso-19139": '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd">'
    "<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:abstract>%s</gmd:abstract>"
    "</gmd:MD_DataIdentification></gmd:identificationInfo></gmd:MD_Metadata>",
    "fgdc-xml": "<metadata><idinfo><citation><citeinfo><title>%s</title></citeinfo></citation>"
    "</idinfo></metadata>",
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">'
    "<dcat:Dataset><dct:title>%s</dct:title></dcat:Dataset></rdf:RDF>",
}  # fmt: skip


READER_OF = {"rdf": "dcat"}


def payloads(address: str) -> Iterator[tuple[str, bytes, str]]:
    """(name, bytes, reader) of every hostile file; reader: "" for all, else the one it is for.

    address: of a server that must not be asked.
    """
    yield from _xml(address)
    yield from _plain()
    for name, data in (*_json(address), *_other(address)):
        yield name, data, ""


def _xml(address: str) -> Iterator[tuple[str, bytes, str]]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    types = {
        "billion laughs": (f'<!DOCTYPE r [<!ENTITY l0 "ha">{laughs}]>', "&l11;"),
        "quadratic blowup": (f'<!DOCTYPE r [<!ENTITY a "{"a" * 100_000}">]>', "&a;" * 100_000),
        "external entity": (f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{SECRET}">]>', "&x;"),
        "entity of the network": (f'<!DOCTYPE r [<!ENTITY x SYSTEM "{address}e">]>', "&x;"),
        "parameter entity": (f'<!DOCTYPE r [<!ENTITY % x SYSTEM "{address}p"> %x;]>', "x"),
        "named doctype": (f'<!DOCTYPE r SYSTEM "{address}d.dtd">', "x"),
        "doctype with a hidden list": (
            f'<!DOCTYPE r SYSTEM "a>b" [<!ENTITY x SYSTEM "file://{SECRET}">]>',
            "&x;",
        ),
    }
    for root, template in ROOTS.items():
        for name, (doctype, text) in types.items():
            told = f'<?xml version="1.0"?>{doctype}' + template % text
            yield f"{root}: {name}", told.encode(), ""
        include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{SECRET}"/>'
        yield f"{root}: inclusion", (template % include).encode(), ""
        styled = f'<?xml-stylesheet href="{address}s"?>{template % "x"}'
        yield f"{root}: stylesheet", styled.encode(), ""
        located = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
        located = f' {located} i:schemaLocation="x {address}x">'
        yield f"{root}: location", (template % "x").replace(">", located, 1).encode(), ""
        # What costs something goes to the reader alone that would walk it.
        many = " ".join(f'a{n}="x"' for n in range(50_000))
        for name, inner in (
            ("deep", "<a>" * 5_000 + "</a>" * 5_000),
            ("wide", "<a/>" * 450_000),
            ("attributes", f"<a {many}/>"),
            ("long text", "ស្រូវ &lt;b&gt; " * 200_000),
        ):
            yield f"{root}: {name}", (template % inner).encode(), READER_OF.get(root, root)


def _plain() -> Iterator[tuple[str, bytes, str]]:
    """Pages of blanks and of what almost fits, which a careless pattern tries in every way."""
    blanks, words = b" " * 150_000, b"{ and" * 30_000
    for name, data in (
        ("blanks behind a field", b"@a{k, x={y}" + blanks + b"#"),
        ("blanks before a key", b"@a{" + blanks + b"("),
        ("blanks between names", b"@a{k, title={x}, author={a" + blanks + b"b}}"),
        ("blanks between pages", b"@a{k, title={x}, author={a}, pages={1" + blanks + b"2}}"),
        ("braces that nobody closes", b"@a{k, title={x}, author={" + words + b"}}"),
    ):
        yield f"bibtex: {name}", data, "bibtex"
    yield "ris: a value of many lines", b"TY  - JOUR\nTI  - x\n" + b"x\n" * 3_000_000, "ris"
    shape = b'[ <http://www.w3.org/ns/locn#geometry> "POINT' + blanks + b'x" ]'
    data = (
        b'<http://a/> a <http://www.w3.org/ns/dcat#Dataset> ; <http://purl.org/dc/terms/title> "x"'
        b" ; <http://purl.org/dc/terms/spatial> " + shape + b" ."
    )
    yield "dcat: blanks in a shape", data, "dcat"
    known = b" <http://purl.org/dc/terms/creator> "
    circle = [b"_:b%d" % n + known + b", ".join(b"_:b%d" % m for m in range(60)) for n in range(60)]
    head = b"<http://a/%d> a <http://www.w3.org/ns/dcat#Dataset> ; "
    title = b'<http://purl.org/dc/terms/title> "x"'
    several = [head % n + title for n in range(4_000)]
    text = b" .\n".join([*several, b"<http://a/0>" + known + b"_:b0", *circle]) + b" ."
    yield "dcat: all know all, and many datasets", text, "dcat"
    funders = [{"name": f"f{n}"} for n in range(100_000)]
    work = {"@type": "Dataset", "name": "x", "author": "y", "funder": funders}
    yield "schema.org: many funders", json.dumps(work).encode(), "schema-org-jsonld"


def _json(address: str) -> Iterator[tuple[str, bytes]]:
    yield "deep list", b"[" * 1_000_000
    yield "deep list, closed", b"[" * 50_000 + b"]" * 50_000
    yield "deep object", b'{"titles":' * 200_000
    yield "deep, within what is allowed", (b'{"name":' * 59 + b"1" + b"}" * 59)
    yield "number of a million digits", b'{"publicationYear": ' + b"9" * 1_000_000 + b"}"
    yield "number beyond all", b'{"latitude": 1e999999999, "size": -1e-999999999}'
    yield "not a number", b'{"titles": NaN, "creators": Infinity}'
    yield "one name a million times", b"{" + b",".join([b'"name": "x"'] * 500_000) + b"}"
    yield "half a character", b'{"title": "\\ud800", "author": "\\udfff"}'
    yield "many records", b"[" + b",".join([b'{"title": "x"}'] * 100_000) + b"]"
    for context in (
        address + "context.jsonld",
        [address + "a", {"@import": address + "b"}],
        {"@vocab": address, "@base": address, "x": {"@id": "x", "@context": address + "c"}},
        f"file://{SECRET}",
    ):
        for kind, inner in (
            ("schema.org", {"@type": "Dataset", "name": "x", "author": "y"}),
            ("crate", {"@graph": [
                {"@id": "ro-crate-metadata.json", "about": {"@id": "./"}, "conformsTo":
                 {"@id": "https://w3id.org/ro/crate/1.2"}},
                {"@id": "./", "name": "x", "author": {"@id": address + "who"},
                 "hasPart": [{"@id": address + "part"}]}]}),
            ("codemeta", {"@type": "SoftwareSourceCode", "name": "codemeta", "author": "y"}),
            ("dcat", {"@type": "http://www.w3.org/ns/dcat#Dataset",
                      "http://purl.org/dc/terms/title": "x"}),
            ("csvw", {"dc:title": "http://www.w3.org/ns/csvw", "url": address + "t.csv",
                      "tables": [{"url": address + "u.csv", "tableSchema": address + "s"}]}),
        ):  # fmt: skip
            told = json.dumps({"@context": context, **inner})
            yield f"{kind}: remote context", told.encode()
    circle = {"@graph": [{"@id": "./", "name": "x", "author": {"@id": "#a"}},
                         {"@id": "#a", "affiliation": {"@id": "#a"}, "name": {"@id": "#a"}},
                         {"@id": "ro-crate-metadata.json", "about": {"@id": "./"}}]}  # fmt: skip
    yield "a graph in a circle", json.dumps(circle).encode()


def _other(address: str) -> Iterator[tuple[str, bytes]]:
    yield (
        "aliases of YAML",
        b"cff-version: 1.2.0\na: &a [x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9))
            for n in range(9)
        ),
    )
    yield "a program in YAML", b"!!python/object/apply:os.system ['touch /tmp/tonle-was-here']"
    yield "deep YAML", b"cff-version: 1.2.0\na: " + b"[" * 100_000
    yield "deep braces", b"@article{a, title = " + b"{" * 500_000 + b"}" * 500_000 + b"}"
    yield (
        "strings of BibTeX that double",
        b"@string{a0 = {haha}}"
        + b"".join(b"@string{a%d = a%d # a%d}" % (n, n - 1, n - 1) for n in range(1, 40))
        + b"@book{k, title = a39, author = {x}}",
    )
    yield "a million entries", b"@misc{a}\n" * 800_000
    yield "tags without end", b"TY  - JOUR\n" + b"KW  - x\n" * 500_000 + b"ER  - \n"
    yield (
        "turtle that imports",
        (
            f"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@base <{address}> .\n"
            f"<x> a dcat:Dataset ; <http://www.w3.org/2002/07/owl#imports> <{address}o> .\n"
        ).encode(),
    )
    yield (
        "turtle of a list without end",
        (
            b"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n<x> a dcat:Dataset ; dcat:keyword "
            + b"( " * 100_000
            + b") " * 100_000
            + b"."
        ),
    )
    yield "a header without end", b"Metadata-Version: 2.1\nName: x\n" + b"Classifier: x\n" * 300_000
    yield "a line without end", b"Metadata-Version: 2.1\nName: " + b"x" * 4_000_000
    for sign in (b"<", b"@", b" ", b"&", b"{", b"\\", b'"', b"\x00", b"\xff", b"-", b"(", b"&lt;"):
        yield f"nothing but {sign!r}", sign * (2_000_000 // len(sign))
    yield "almost tags", b'{"titles": "' + b"<a " * 600_000 + b'", "creators": "x"}'
    yield "almost addresses", b'{"titles": "' + b"a@a." * 400_000 + b'", "creators": "x"}'
    yield "almost citations", json.dumps(
        {"title": "x", "citation": "a, " * 300_000 + "2020", "license": "x" * 1_000_000,
         "conceptlist": "x", "dc:bibliographicCitation": " and " * 200_000}
    ).encode()  # fmt: skip
    yield "a zip bomb", _zipped("ro-crate-metadata.json", b" " * 60_000_000)
    yield "a zip that lies of its size", _lying()
    yield "a zip in a zip", _zipped("ro-crate-metadata.json/x.zip", _zipped("a", b"0" * 9_000_000))


def _zipped(name: str, content: bytes) -> bytes:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return store.getvalue()


def _lying() -> bytes:
    data = bytearray(_zipped("ro-crate-metadata.json", b" " * 60_000_000))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.find(mark)
        data[start + at : start + at + 4] = struct.pack("<L", 10)
    return bytes(data)


def main(address: str, share: int = 1) -> int:
    """Give everything to everyone. Prints what leaked or was not answered; 0 if nothing.

    share: only one in so many pairs of file and reader, the same ones every time.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    with open(SECRET, encoding="utf-8") as file:
        secret = file.read().strip()
    faults = 0
    for name, data, only in payloads(address):
        for reader in [only] if only else crosswalks.READERS:
            if zlib.crc32(f"{reader} {name}".encode()) % share:
                continue
            try:
                parsed = crosswalks.parse(reader, data, "hostile")
            except Exception as error:
                faults += 1
                print(f"{reader}: {name}: raises {type(error).__name__}: {error}"[:300])
                continue
            answered = parsed.documents or parsed.deleted or parsed.remark
            told = json.dumps([record.document for record in parsed.documents[:50]], default=str)
            if not answered or (len(secret) > 3 and secret in told):
                faults += 1
                print(f"{reader}: {name}: leaks or does not answer")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
