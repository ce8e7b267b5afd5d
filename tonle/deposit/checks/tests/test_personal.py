"""What the scan finds, what it leaves alone, and what hostile files do to it."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tests.shared import shared
from tonle.deposit.checks.rules.personal import coarse, photographs, values
from tonle.deposit.checks.rules.personal.scan import scan
from tonle.deposit.checks.rules.personal.traces import Limits, Report, mask
from tonle.deposit.checks.tests import samples
from tonle.deposit.field.tests import exports
from tonle.kernel import encodings


def read(tmp_path: Path, name: str, data: bytes, limits: Limits | None = None) -> Report:
    path = tmp_path / name
    path.write_bytes(data)
    return scan(path, name, limits)


def kinds(report: Report) -> set[str]:
    return {trace.kind for trace in report.traces if trace.decide}


# What is found ---------------------------------------------------------------------------


@pytest.mark.parametrize("member", samples.PEOPLE)
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_list_of_people_is_seen_in_every_country(tmp_path: Path, member: str, mark: str) -> None:
    header, rows, expected = samples.PEOPLE[member]
    report = read(tmp_path, "list.csv", samples.csv_text(header, rows, mark).encode())
    assert kinds(report) >= expected


@pytest.mark.parametrize("member", samples.PEOPLE)
def test_the_same_list_is_seen_in_a_spreadsheet_and_in_json(tmp_path: Path, member: str) -> None:
    header, rows, expected = samples.PEOPLE[member]
    book = read(tmp_path, "list.xlsx", samples.workbook([header, *rows]))
    tree = read(
        tmp_path,
        "list.json",
        json.dumps([dict(zip(header, row, strict=True)) for row in rows]).encode(),
    )
    assert kinds(book) >= expected
    assert kinds(tree) >= expected


@pytest.mark.parametrize(
    ("member", "encoding"),
    [
        ("THA", "cp874"),
        ("THA", "tis-620"),
        ("THA", "utf-16"),
        ("THA", "utf-16-le"),
        ("KHM", "utf-8-sig"),
        ("KHM", "utf-16-be"),
        ("CHN", "gb18030"),
        ("CHN", "gb2312"),
        ("VNM", "utf-16"),
    ],
)
def test_letters_are_read_in_every_encoding_of_the_region(
    tmp_path: Path, member: str, encoding: str
) -> None:
    header, rows, expected = samples.PEOPLE[member]
    report = read(tmp_path, "list.csv", samples.csv_text(header, rows).encode(encoding))
    assert kinds(report) >= expected


def test_no_report_holds_a_value(tmp_path: Path) -> None:
    """Every cell of every list, and every part of a name, is looked for in what is told."""
    for header, rows, _ in samples.PEOPLE.values():
        told = json.dumps(
            read(tmp_path, "list.csv", samples.csv_text(header, rows).encode()).to_json(),
            ensure_ascii=False,
        )
        for row in rows:
            for cell in row:
                if len(cell) > 4:
                    assert cell not in told


def test_a_list_without_a_header_does_not_tell_its_first_row(tmp_path: Path) -> None:
    rows = [["Mr Sok Dara", f"012 345 67{n}"] for n in range(8)]
    report = read(tmp_path, "list.csv", samples.csv_text(rows[0], rows[1:]).encode())
    assert kinds(report) == {"person_name", "phone"} - (
        set() if "person_name" in kinds(report) else {"person_name"}
    )
    assert {trace.where for trace in report.traces} <= {"#1", "#2"}


def test_prose_is_searched_for_what_is_hardly_anything_else(tmp_path: Path) -> None:
    text = (
        "Call +855 12 345 678 or โทร 081-234-5678, write to sok@rupp.edu.kh. NRC 12/DAGANA(N)123456"
    )
    found = {trace.kind: trace.count for trace in read(tmp_path, "notes.md", text.encode()).traces}
    assert found == {"phone": 2, "email": 1, "national_id": 1}


def test_an_address_in_a_readme_is_told_and_needs_no_decision(tmp_path: Path) -> None:
    report = read(tmp_path, "README.md", b"Ask sok@rupp.edu.kh about these data.")
    assert [(trace.kind, trace.decide) for trace in report.traces] == [("email", False)]


def test_a_photograph_tells_its_place_and_owner(tmp_path: Path) -> None:
    for name, data in (("a.jpg", samples.jpeg()), ("b.png", samples.png())):
        report = read(tmp_path, name, data)
        assert kinds(report) == {"photo_position", "camera_owner"}
        assert "Dara" not in json.dumps(report.to_json())


# What is left alone ----------------------------------------------------------------------


def test_village_lists_wordlists_rasters_and_papers_raise_no_alarm() -> None:
    """Precision over real files of the region: the README gives the figures."""
    folder = shared("data/records/files")
    alarms = {
        path.name: kinds(scan(path, path.name))
        for path in sorted(folder.iterdir())
        if kinds(scan(path, path.name))
    }
    assert alarms == {}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("village_code,lat,lon,name", "01020101,13.612345,102.912345,Banteay Neang"),
        ("id,barcode,price", "{n},885000112233{n},12.50"),
        ("timestamp_ms,value", "17636880000{n}0,0.123456789"),
        ("station,mobile_fraction", "Pakse,0.1234567{n}"),
        ("village,household_count,lat,lon", "Banteay Neang,1{n},13.6123{n},102.1234{n}"),
        ("ភូមិ,ចំនួនគ្រួសារ,latitude,longitude", "ភូមិ {n},1{n},13.6123{n},102.1234{n}"),
        ("sample,serial", "S{n},010000000{n}"),
        ("species,full name", "Oryza,Oryza sativa L."),
    ],
)
def test_numbers_that_only_look_alike_raise_no_alarm(tmp_path: Path, header: str, row: str) -> None:
    lines = [header, *[row.format(n=n) for n in range(10)]]
    assert kinds(read(tmp_path, "data.csv", "\n".join(lines).encode())) == set()


def test_a_file_that_describes_data_names_its_authors_on_purpose(tmp_path: Path) -> None:
    crate = {"@context": "https://schema.org", "author": {"familyName": "Sok", "givenName": "Dara"}}
    report = read(tmp_path, "ro-crate-metadata.json", json.dumps(crate).encode())
    assert kinds(report) == set()
    assert {trace.kind for trace in report.traces} == {"person_name"}


def test_names_elsewhere_in_a_file_make_no_names_of_places(tmp_path: Path) -> None:
    data = {
        "contact": {"email": "sok@rupp.edu.kh"},
        "stations": [
            {"name": f"Kampong {n}", "latitude": f"11.12345{n}", "longitude": "104.123456"}
            for n in range(9)
        ],
    }  # fmt: skip
    assert kinds(read(tmp_path, "stations.json", json.dumps(data).encode())) == {"email"}


def test_a_geojson_of_homes_is_seen_and_one_of_cities_is_not(tmp_path: Path) -> None:
    def features(**properties: str) -> bytes:
        return json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "geometry": {"type": "Point", "coordinates": [104.912345 + n, 11.512345]},
                        "properties": properties,
                    }
                    for n in range(6)
                ],
            }
        ).encode()

    homes = read(tmp_path, "homes.geojson", features(respondent_name="Sok Dara"))
    cities = read(tmp_path, "cities.geojson", features(name="Phnom Penh"))
    assert kinds(homes) == {"person_name", "exact_position"}
    assert kinds(cities) == set()


def test_a_journal_s_number_is_no_telephone() -> None:
    assert list(values.in_prose("doi:10.1002/(SICI)0066-4197(93)0034-5, ISSN 0084-6570")) == []


def test_an_office_s_address_is_nobody_s_own() -> None:
    assert list(values.in_prose("info@mrcmekong.org, a@example.org")) == []


# Recognising one value -------------------------------------------------------------------


def test_check_digits_are_checked() -> None:
    good = samples.tha_id(310060001234)
    assert values.is_tha_id(good)
    assert not values.is_tha_id(good[:-1] + str((int(good[-1]) + 1) % 10))
    chinese = samples.chn_id("53010219850312001")
    assert values.is_chn_id(chinese)
    assert not values.is_chn_id("53010219851312001" + chinese[-1])


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("012 345 678", True),
        ("០១២ ៣៤៥ ៦៧៨", True),
        ("020 5555 1234", True),
        ("๐๘๑-๒๓๔-๕๖๗๘", True),
        ("+84 912 345 678", True),
        ("09 421 234 567", True),
        ("13812345678", True),
        ("+1 555 0100", False),
        ("102.59998", False),
        ("010201", False),
        ("20190809", False),
    ],
)
def test_telephone_numbers_of_six_countries(text: str, is_one: bool) -> None:
    assert values.is_phone(text) is is_one


@pytest.mark.parametrize(
    ("kind", "value", "covered"),
    [
        ("phone", "012 345 678", "0•• ••• 678"),
        ("email", "sok.dara@rupp.edu.kh", "s•••@•••.kh"),
        ("person_name", "Sok Dara", "S••• D•••"),
        ("exact_position", "11.556213", "11.5•••••"),
    ],
)
def test_a_mask_is_a_hint_and_not_the_value(kind: str, value: str, covered: str) -> None:
    assert mask(kind, value) == covered


# Files that mean harm --------------------------------------------------------------------


def test_a_zip_bomb_is_left_unpacked(tmp_path: Path) -> None:
    bomb = samples.zipped({"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (64 << 20)})
    assert read(tmp_path, "bomb.xlsx", bomb).notes == ["bomb"]


def test_a_workbook_with_a_document_type_is_refused(tmp_path: Path) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    report = read(tmp_path, "x.xlsx", samples.zipped({"xl/worksheets/sheet1.xml": laughs}))
    assert report.notes == ["bomb"]


def test_a_workbook_of_a_billion_cells_ends_at_its_bound(tmp_path: Path) -> None:
    limits = Limits(rows=1000, cells=5000)
    path = tmp_path / "wide.xlsx"
    row = b'<row><c r="XFD1"><v>1</v></c><c><v>2</v></c></row>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + row * 5000)
    report = scan(path, path.name, limits)
    assert report.notes == ["cells", "rows"]
    assert report.rows == 1001


def test_deep_nesting_and_unclosed_strings_end(tmp_path: Path) -> None:
    assert read(tmp_path, "deep.json", b"[" * 100_000).notes == ["depth"]
    assert read(tmp_path, "open.json", b'{"a": "' + b"x" * 500_000).notes == ["broken"]
    assert read(tmp_path, "word.json", b"x" * 500_000).notes == ["broken"]


def test_an_endless_line_is_read_in_part(tmp_path: Path) -> None:
    limits = Limits(line_chars=1000)
    report = read(tmp_path, "line.csv", b"a,b\n" + b"x" * 100_000 + b"\n1,2\n", limits)
    assert "line" in report.notes
    assert report.rows == 3


def test_a_quote_that_never_closes_does_not_swallow_the_table(tmp_path: Path) -> None:
    header, rows, expected = samples.PEOPLE["VNM"]
    text = samples.csv_text(header, rows * 2000).replace(rows[0][1], '"' + rows[0][1], 1)
    assert kinds(read(tmp_path, "quote.csv", text.encode())) >= expected - {"national_id"}


def test_bounds_are_told(tmp_path: Path) -> None:
    data = b"a,b\n" + b"1,2\n" * 5000
    assert read(tmp_path, "t.csv", data, Limits(rows=100)).notes == ["rows"]
    assert read(tmp_path, "t.csv", data, Limits(size_bytes=100)).notes == ["bytes"]
    path = tmp_path / "t.csv"
    assert scan(path, "t.csv", None, lambda rows: rows < 3000).notes == ["time"]


ENDINGS = "csv tsv txt json geojson xlsx jpg png tif pdf html heic avif webp ipynb"
ANY_NAME = st.sampled_from(["a", *[f"a.{ending}" for ending in ENDINGS.split(" ")]])
SEEDS = [
    samples.jpeg(),
    samples.png(),
    samples.described_picture("AVIF"),
    samples.described_picture("WEBP"),
    samples.workbook([["a", "b"], ["1", "2"]]),
    b'{"a": [1, {"b": "c"}]}',
    samples.csv_text(*samples.PEOPLE["THA"][:2]).encode(),
    b"%PDF-1.7 /Author (Sok Dara)",
]


@pytest.mark.parametrize(("form", "ending"), [("AVIF", "heic"), ("WEBP", "webp")])
def test_a_picture_of_a_telephone_is_cleaned_without_being_compressed_anew(
    tmp_path: Path, form: str, ending: str
) -> None:
    path, target = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    path.write_bytes(samples.described_picture(form))
    assert {"photo_position", "camera_owner"} <= kinds(scan(path, path.name))

    photographs.clean(path, target)

    assert kinds(scan(target, target.name)) == set()
    assert b"Sok Dara" not in target.read_bytes()
    assert b"GPSLatitude" not in target.read_bytes()
    with Image.open(path) as before, Image.open(target) as after:
        assert before.tobytes() == after.tobytes()
        assert ImageOps.exif_transpose(before).size == ImageOps.exif_transpose(after).size
    if form == "AVIF":
        # Nothing has moved: what lies between the boxes is found where it was.
        assert target.stat().st_size == path.stat().st_size


def test_a_film_or_a_lying_box_is_not_cleaned(tmp_path: Path) -> None:
    whole = samples.described_picture("AVIF")
    place = whole.index(b"iloc") - 4
    for data in (
        whole + struct.pack(">I4s", 8, b"moov"),
        whole[:place] + struct.pack(">I", 7) + whole[place + 4 :],
        whole.replace(b"iloc", b"xxxx"),
        whole[: len(whole) // 2],
    ):
        (tmp_path / "a.heic").write_bytes(data)
        (tmp_path / "b.heic").unlink(missing_ok=True)
        with pytest.raises(photographs.NoPhotograph):
            photographs.clean(tmp_path / "a.heic", tmp_path / "b.heic")


def test_an_export_of_a_survey_tool_tells_of_those_who_asked_and_answered(
    tmp_path: Path,
) -> None:
    kobo = exports.csv_text(exports.KOBO_HEAD, exports.kobo_rows())
    central = exports.csv_text(exports.CENTRAL_HEAD, exports.central_rows())
    for data, names in (
        (kobo, {"deviceid", "_submitted_by", "household/head_name", "household/home", "photo"}),
        (central, {"deviceid", "SubmitterName", "household-head_name", "DeviceID", "photo"}),
    ):
        (tmp_path / "a.csv").write_bytes(data)
        found = {trace.where: trace for trace in scan(tmp_path / "a.csv", "a.csv").traces}
        assert names <= found.keys()
        assert any("atitude" in where and "ongitude" in where for where in found)
        assert (found["photo"].kind, found["photo"].decide) == ("recording", False)
        assert (found["deviceid"].kind, found["deviceid"].decide) == ("device_id", True)
    fish = b"species,photo,weight\n" + b"".join(b"Tor,%d.jpg,7\n" % n for n in range(9))
    (tmp_path / "a.csv").write_bytes(fish)
    assert [t.kind for t in scan(tmp_path / "a.csv", "a.csv").traces if t.decide] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=ANY_NAME, data=st.binary(max_size=400))
def test_no_bytes_break_the_scan(tmp_path: Path, name: str, data: bytes) -> None:
    read(tmp_path, name, data, Limits(rows=1000, cells=5000))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=ANY_NAME,
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=12),
    cut=st.integers(0, 2000),
)
def test_no_damaged_file_breaks_the_scan_or_a_copy(
    tmp_path: Path, name: str, seed: bytes, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(seed)
    for place, byte in changes:
        data[place % len(data)] = byte
    whole = bytes(data[: max(1, len(data) - cut)])
    read(tmp_path, name, whole, Limits(rows=1000, cells=5000))
    target = tmp_path / "copy"
    target.unlink(missing_ok=True)
    with pytest.MonkeyPatch.context():
        try:
            photographs.clean(tmp_path / name, target)
        except photographs.NoPhotograph:
            return


# Copies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "described", "plain"),
    [
        ("a.jpg", samples.jpeg(orientation=1), samples.jpeg(described=False)),
        ("a.png", samples.png(), samples.png(described=False)),
    ],
)
def test_a_clean_photograph_is_the_same_picture_and_tells_nothing(
    tmp_path: Path, name: str, described: bytes, plain: bytes
) -> None:
    path, target = tmp_path / name, tmp_path / "clean"
    path.write_bytes(described)
    photographs.clean(path, target)
    assert target.read_bytes() == plain
    assert scan(target, name).traces == []


@pytest.mark.parametrize("odd", samples.told_elsewhere())
def test_a_place_and_an_owner_are_found_wherever_they_stand(tmp_path: Path, odd: str) -> None:
    name, data = samples.told_elsewhere()[odd]
    assert kinds(read(tmp_path, name, data)) == {"photo_position", "camera_owner"}
    target = tmp_path / "clean"
    photographs.clean(tmp_path / name, target)
    assert scan(target, name).traces == []
    assert b"Sok" not in target.read_bytes()


def test_a_clean_png_holds_only_what_it_is_shown_by(tmp_path: Path) -> None:
    bare = samples.png(described=False)
    body = b"caBX" + b"a manifest: Sok Dara, Angkor Wat"
    data = bare[:33] + struct.pack(">I", len(body) - 4) + body
    (tmp_path / "a.png").write_bytes(data + struct.pack(">I", zlib.crc32(body)) + bare[33:])
    photographs.clean(tmp_path / "a.png", tmp_path / "b.png")
    assert (tmp_path / "b.png").read_bytes() == bare


def test_a_clean_photograph_is_still_held_the_right_way_up(tmp_path: Path) -> None:
    path, target = tmp_path / "a.jpg", tmp_path / "b.jpg"
    path.write_bytes(samples.jpeg(orientation=6))
    photographs.clean(path, target)
    import exifread

    with target.open("rb") as file:
        tags = exifread.process_file(file)
    assert tags["Image Orientation"].values == [6]
    assert [name for name in tags if name.startswith("GPS")] == []


def test_a_coarse_table_changes_only_the_cells_it_should(tmp_path: Path) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes('lat;note;born\r\n11.556213;"a;b";12/03/1985\r\n;x;n/a\r\n'.encode("utf-16"))
    coarse.coarsen(path, "a.csv", target, columns={0: "hundredth", 2: "year"}, kinds={})
    assert target.read_bytes().decode("utf-16") == 'lat;note;born\r\n11.56;"a;b";1985\r\n;x;n/a\r\n'


def test_a_coarse_map_keeps_everything_else(tmp_path: Path) -> None:
    path, target = tmp_path / "a.geojson", tmp_path / "b.geojson"
    feature: dict[str, Any] = {
        "type": "Feature",
        "properties": {"name": "Sok \\ Dara", "born": None, "dob": "1985-03-12", "n": 1.25},
        "geometry": {"type": "Point", "coordinates": [104.928213, 11.556213]},
    }
    path.write_text(json.dumps({"features": [feature, feature]}))
    kinds_of = {"latitude": "tenth", "longitude": "tenth", "birth_date": "year"}
    coarse.coarsen(path, "a.geojson", target, columns={}, kinds=kinds_of)  # type: ignore[arg-type] # Literals.
    copied = json.loads(target.read_text())["features"][1]
    assert copied["geometry"]["coordinates"] == [104.9, 11.6]
    assert copied["properties"] == {**feature["properties"], "dob": "1985"}


@pytest.mark.parametrize("data", [b'{"a": [1', b"\xff\xfe\x00", b"{}}"])
def test_what_cannot_be_copied_faithfully_is_not_copied(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(coarse.CannotCoarsen):
        coarse.coarsen(path, "a.json", tmp_path / "b", columns={}, kinds={})


@given(st.binary(max_size=300))
def test_any_bytes_have_an_encoding_or_are_no_text(data: bytes) -> None:
    name = encodings.detect(data)
    if name is not None:
        data.decode(name, "replace")
