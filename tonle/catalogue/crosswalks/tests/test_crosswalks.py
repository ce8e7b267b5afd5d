"""Other people's metadata, faulty and not: golden files of ours, then every real one at hand."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shared import shared
from tonle.catalogue import crosswalks
from tonle.catalogue.crosswalks import (
    NotMetadata,
    Parsed,
    clean,
    latex,
    parse,
    read_metadata,
    sniff,
)
from tonle.catalogue.document import problems
from tonle.kernel import canonical
from tonle.kernel.errors import Invalid

GOLDEN = Path(__file__).parent / "golden"
INPUTS = sorted(path.name for path in GOLDEN.iterdir() if not path.name.endswith(".golden.json"))
READ = (
    "bibtex", "cff", "ckan-json", "codemeta", "crossref-xml", "csl-json", "csvw-cldf",
    "csw-iso-dc-xml", "datacite-json", "datacite-xml", "dataverse-json", "dcat", "ddi-dc-xml",
    "jats-xml", "lexibank-json", "npm-package-json", "oai-pmh", "pypi-core-metadata", "ris",
    "ro-crate", "schema-org-jsonld", "zenodo-json",
)  # fmt: skip
# No mailbox has more than 64 characters before the @ (RFC 5321, section 4.5.3.1).
EMAIL = re.compile(r"(?<![\w.])[\w.]{1,64}@[\w-]+\.\w")


def read(path: Path, name: str | None = None) -> Parsed:
    data = path.read_bytes()
    known = sniff(name or path.name, data[: crosswalks.HEAD_BYTES])
    assert known is not None
    assert known.read, f"{path.name} looks like {known.name}"
    return parse(known.name, data, name or path.name)


def plain(parsed: Parsed) -> dict[str, Any]:
    """What a golden file holds."""
    return {
        "format": parsed.format,
        "remark": None if parsed.remark is None else str(parsed.remark),
        "deleted": list(parsed.deleted),
        "documents": [
            {
                "key": record.key,
                "document": record.document,
                "refusal": None
                if record.refusal is None
                else [f"{where}: {what}" for where, what in record.refusal.problems],
                "warnings": [str(warning) for warning in record.warnings],
            }
            for record in parsed.documents
        ],
    }


def check(parsed: Parsed) -> None:
    """What holds for every answer of a crosswalk, whatever it was given."""
    for record in parsed.documents:
        assert record.key
        assert re.fullmatch("[0-9a-f]{64}", record.received_sha256)
        assert all(str(warning) for warning in record.warnings)
        if record.document is None:
            assert isinstance(record.refusal, Invalid)
            assert record.refusal.problems
            assert str(record.refusal)
            continue
        assert record.refusal is None
        assert problems(record.document, whole=False) == []
        assert record.document["source"]["key"] == record.key
        assert [text for text in words(record.document) if EMAIL.search(text)] == []
        canonical.dumps(record.document)
    assert parsed.documents or parsed.deleted or parsed.remark


def words(value: Any) -> Iterator[str]:
    """Every text in a document but addresses and identifiers, in which an @ may well stand."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("uri", "value", "key", "award_uri", "value_uri", "scheme_uri"):
                yield from words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner)
    elif isinstance(value, str):
        yield re.sub(r"https?://\S+|git@\S+", "", value)


def test_our_own_document_is_held_against_its_schema() -> None:
    good = {"kind": "dataset", "titles": {"en": "Rice"}}
    for fault, where in (
        ({"kind": "100 % rice"}, "/kind"),
        ({"kind": "rice"}, "kind"),
        ({"creators": [{"name": 5}]}, "/creators/0"),
    ):
        parsed = crosswalks.parse("tonle-record", json.dumps({**good, **fault}).encode(), "a.json")
        check(parsed)
        refusal = parsed.documents[0].refusal
        assert refusal is not None
        assert any(found.startswith(where) for found, _ in refusal.problems)
    assert crosswalks.parse("tonle-record", json.dumps(good).encode(), "a").documents[0].document


# --- golden files ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", INPUTS)
def test_golden(name: str) -> None:
    parsed = read(GOLDEN / name)
    check(parsed)
    found = plain(parsed)
    golden = GOLDEN / f"{name}.golden.json"
    if os.environ.get("REWRITE_GOLDEN"):
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))


def test_the_same_bytes_give_the_same_digest_and_an_envelope_does_not_count() -> None:
    data = (GOLDEN / "list_records.oai.xml").read_bytes()
    later = data.replace(b"2026-01-01T00:00:00Z", b"2026-02-02T00:00:00Z")
    changed = data.replace(b"Water quality of", b"Water qualities of")
    digests = [
        [record.received_sha256 for record in parse("oai-pmh", given, "x").documents]
        for given in (data, later, changed)
    ]
    assert digests[0] == digests[1]
    assert digests[0] != digests[2]
    assert digests[0][1:] == digests[2][1:]


def test_encodings_and_byte_order_marks_do_not_matter() -> None:
    text = (GOLDEN / "old_kernel.datacite.xml").read_text(encoding="utf-8")
    wanted = parse("datacite-xml", text.encode(), "x").documents[0].document
    assert wanted is not None
    body = text.removeprefix('<?xml version="1.0"?>')
    for data in (
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        f'<?xml version="1.0" encoding="windows-1252"?>{body}'.encode("windows-1252"),
    ):
        known = sniff("x.xml", data)
        assert known is not None
        assert known.name == "datacite-xml"
        found = parse(known.name, data, "x").documents[0].document
        assert found is not None
        assert {**found, "source": {}} == {**wanted, "source": {}}


def test_more_than_a_thousand_creators_are_kept() -> None:
    many = "".join(f"<creator><creatorName>Person {n}</creatorName></creator>" for n in range(1500))
    data = (
        f"<resource xmlns='http://datacite.org/schema/kernel-4'><creators>{many}</creators>"
        "<titles><title>Many hands</title></titles></resource>"
    )
    document = parse("datacite-xml", data.encode(), "x").documents[0].document
    assert document is not None
    assert len(document["creators"]) == 1500
    assert problems(document, whole=False) == []


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * 5000 + b"</a>" * 5000,
        b"<resource xmlns='http://datacite.org/schema/kernel-4'>"
        + b"<a/>" * 400_001
        + b"</resource>",
        b"<resource",
        b"",
        b"\xff\xfe<\x00r\x00",
    ],
)
def test_unreasonable_xml_is_refused(data: bytes) -> None:
    check(parse("datacite-xml", data, "x"))
    assert parse("datacite-xml", data, "x").documents[0].refusal


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"titles":' * 2000,
        b'{"publicationYear":' + b"9" * 6000 + b', "titles": "x", "creators": "y"}',
        b'{"titles": [null, 1, {"title": {"a": 1}}], "creators": {"name": ["x"]}}',
        b"NaN",
        b'{"titles":"\\ud800x","creators":["y"]}',
    ],
)
def test_unreasonable_json_is_survived(data: bytes) -> None:
    check(parse("datacite-json", data, "x"))


@pytest.mark.parametrize(
    "data",
    [
        b"- [" * 3000,
        b"title: !!python/object/apply:os.system [ls]\ncff-version: 1.2.0",
        b"cff-version: 1.2.0\ntitle: x\nauthors: [{name: y}]\nversion: 2020-01-01\n",
        b"? [a]\n: b",
        b"\x00",
    ],
)
def test_unreasonable_yaml_is_survived(data: bytes) -> None:
    check(parse("cff", data, "x"))


def test_a_date_and_a_version_of_yaml_stay_what_was_written() -> None:
    document = read(GOLDEN / "CITATION.cff").documents[0].document
    assert document is not None
    assert document["version_label"] == "1.10"
    assert document["dates"] == [{"type": "Issued", "date": "2024-02-29"}]


def test_a_file_beyond_the_bound_is_refused_unread() -> None:
    parsed = parse("oai-pmh", b"#" * (crosswalks.MAX_BYTES + 1), "x")
    assert "larger than 8 MB" in str(parsed.documents[0].refusal)


def test_text_beyond_the_bound_is_cut_and_told() -> None:
    # Addresses become longer when they are removed, so the bound is looked at afterwards.
    given = json.dumps(
        {"titles": ["x"], "creators": ["y"], "descriptions": [{"description": "a@b.c " * 99_999}]}
    )
    parsed = parse("datacite-json", given.encode(), "x")
    check(parsed)
    assert "The text was cut" in " ".join(str(w) for w in parsed.documents[0].warnings)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("p<0.05 and x > y", "p<0.05 and x > y"),
        ("Some text<the rest", "Some text<the rest"),
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
        ("&lt;p&gt;Twice&lt;/p&gt;", "Twice"),
        ("H<sub>2</sub>O", "H2O"),
        ("<script>alert(1)</script>left", "left"),
        ("<jats:p>From JATS</jats:p>", "From JATS"),
        ("<a href='x'>link</a>", "link"),
        ("a<br>b", "a\nb"),
    ],
)
def test_markup_becomes_plain_text(given: str, wanted: str) -> None:
    assert clean.strip_markup(given).strip() == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("eng", "en"), ("GER", "de"), ("khm", "km"), ("en_US", "en-US"), ("zh-hans", "zh-Hans"),
        ("English", "en"), ("other", None), ("und", None), ("x" * 50, None), ("", None),
    ],
)  # fmt: skip
def test_language_tags(given: str, wanted: str | None) -> None:
    assert clean.language_tag(given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2020", "2020"), ("2020-02", "2020-02"), ("2020-02-29", "2020-02-29"),
        ("2021-02-29", None), ("2020/2021", "2020/2021"), ("2020-01-01/", "2020-01-01/"),
        ("/", None), ("2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z"), ("Spring", None),
        ("1971 / 2012", "1971/2012"), ("२०२०", None),
    ],
)  # fmt: skip
def test_dates(given: str, wanted: str | None) -> None:
    assert clean.partial_date(given) == wanted


@pytest.mark.parametrize(
    ("given", "limit", "wanted"),
    [
        ("13.10", 90, "13.1"), ("-0.0", 90, "0"), ("1e1", 90, "10"), ("91", 90, None),
        ("NaN", 90, None), ("", 90, None), ("105,8", 180, None), (105.78, 180, "105.78"),
        ("1e999999999", 180, None), ("0.1234567890123456789", 90, "0.123456789012346"),
    ],
)  # fmt: skip
def test_coordinates(given: Any, limit: int, wanted: str | None) -> None:
    assert clean.coordinate(given, limit) == wanted


# --- the door for forms -----------------------------------------------------------------------


def test_a_form_gets_what_could_be_read_and_what_is_missing() -> None:
    (found,) = read_metadata(b"@misc{a, title = {Only a title}}", "")
    assert found.document["titles"] == {"und": "Only a title"}
    assert not {"access", "source"} & found.document.keys()
    assert found.format == "BibTeX"
    assert "There is no creator" in str(found.warnings[0])


def test_a_list_gives_a_record_for_each_entry() -> None:
    found = read_metadata((GOLDEN / "mekong.bib").read_bytes())
    assert len(found) == 4


def test_a_crate_is_found_behind_large_files_in_its_zip() -> None:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w") as archive:
        archive.writestr("data.bin", b"0" * 50_000)
        archive.write(GOLDEN / "ro-crate-metadata.json", "ro-crate-metadata.json")
    (found,) = read_metadata(store.getvalue(), "crate.zip")
    assert found.document["titles"]["lo"] == "ຂໍ້ມູນຝົນ"


def test_a_zip_that_unpacks_without_end_is_refused() -> None:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ro-crate-metadata.json", b" " * 60_000_000)
    with pytest.raises(NotMetadata, match="larger than 8 MB"):
        read_metadata(store.getvalue())


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (b"10.5281/zenodo.1234", "identifier alone"),
        (b"https://doi.org/10.5281/zenodo.1234", "identifier alone"),
        (b"Chan S. (2020) A paper. Phnom Penh.", "none of the formats"),
        (b"", "none of the formats"),
        (b'{"success": true, "result": {}}', "holds no CKAN package"),
        (b"PK\x03\x04rest", "broken or locked"),
        (b'{"@graph": [], "@context": "https://w3id.org/ro/crate/1.1/context"}', "its root"),
    ],
)
def test_what_is_no_metadata_is_refused_with_a_sentence(given: bytes, reason: str) -> None:
    with pytest.raises(NotMetadata, match=reason):
        read_metadata(given)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (r"Nguy{\~\^e}n", "Nguyễn"), (r"Tonl\'e", "Tonlé"), (r"\c{c}a", "ça"),
        (r"Stra{\ss}e", "Straße"), (r"H$_2$O", "H2O"), ("a_b", "a_b"),
        (r"5\,\% \& more", "5 % & more"), ("one---two", "one—two"),
        (r"{\L}\'od\'z", "Łódź"), (r"\unknown{kept}", "kept"), ("\\'", ""), ("", ""),
    ],
)  # fmt: skip
def test_latex_becomes_letters(given: str, wanted: str) -> None:
    assert latex.plain(given) == wanted


# --- every real file at hand -------------------------------------------------------------------


def real(folder: str) -> list[Path]:
    """The files of a folder that are what the folder says; a few hold a relative of it."""
    return [
        path
        for path in sorted(shared(f"data/records/metadata/{folder}").iterdir())
        if (known := sniff(path.name, path.read_bytes()[: crosswalks.HEAD_BYTES])) and known.read
    ]


@pytest.mark.parametrize("folder", READ)
def test_every_real_file_gives_valid_documents_or_a_reason(folder: str) -> None:
    files = real(folder)
    assert files
    for path in files:
        check(read(path))


def test_every_folder_is_read_or_says_why_not() -> None:
    unread = {
        folder.name: {
            known.why
            for path in folder.iterdir()
            if (known := sniff(path.name, path.read_bytes()[: crosswalks.HEAD_BYTES]))
            and not known.read
        }
        for folder in shared("data/records/metadata").iterdir()
        if folder.is_dir() and folder.name not in READ
    }
    assert list(unread) == ["ror-json"]
    assert all(why for reasons in unread.values() for why in reasons)


def test_every_awkward_file_is_answered() -> None:
    base = shared("data/records")
    with (base / "metadata" / "awkward.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) > 100
    for row in rows:
        path = base / row["file"]
        known = sniff(path.name, path.read_bytes()[: crosswalks.HEAD_BYTES])
        if known is not None and known.read:
            check(read(path))
        else:
            # An organisation, or a file that its own source has cut short.
            assert known is None or known.why, row


def test_real_files_that_are_sound_are_taken_in() -> None:
    refused = {
        path.name
        for folder in ("datacite-xml", "datacite-json", "oai-pmh", "cff", "codemeta", "ris")
        for path in real(folder)
        for record in read(path).documents
        if record.refusal
    }
    # Nothing but files that are faulty by themselves, and errors that a repository answered.
    assert {name for name in refused if "rec_zenodo" not in name and "sickle" not in name} == {
        "bolognese__spec_fixtures_datacite-example-complicated-tba.xml",
        "bolognese__spec_fixtures_datacite_missing_creator.xml",
        "lupo__spec_fixtures_files_datacite-example-relateditems.xml",
    }


def test_every_real_file_is_recognised_by_its_content() -> None:
    same = {"csw-iso-dc-xml": "iso-19139", "ddi-dc-xml": "ddi-xml", "csvw-cldf": "csvw"}
    kin = {"csw-iso-dc-xml": "dublin-core-xml", "ddi-dc-xml": "dublin-core-xml"}
    wrong = []
    for folder in sorted(shared("data/records/metadata").iterdir()):
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                known = sniff(path.name, path.read_bytes()[: crosswalks.HEAD_BYTES])
                found = known.name if known else None
                if found not in (same.get(folder.name, folder.name), kin.get(folder.name)):
                    wrong.append((folder.name, path.name, found))
    # What is not recognised is said to be unknown or put with its kin; none is read wrongly.
    assert [row for row in wrong if row[2] in crosswalks.READERS] == []
    assert len(wrong) < 20
