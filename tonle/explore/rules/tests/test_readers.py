"""Readers: real files of the region are understood, and hostile ones leave a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shared import shared
from tonle.explore.messages import FACTS, NOTES
from tonle.explore.rules import shapes
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.look import look
from tonle.explore.rules.preview import MOST_BYTES, Preview, checked
from tonle.explore.rules.tests import hostile

LIMITS = Limits(read_bytes=8 << 20, pixels=4_000_000)


def looked(folder: Path, name: str, data: bytes) -> Preview:
    path = folder / "file"
    path.write_bytes(data)
    return look(path, name, LIMITS.started())


def safe(found: Preview) -> None:
    """What every preview must be, whatever the file."""
    said = found.to_json()
    text = json.dumps(said)
    assert checked(json.loads(text))
    assert len(text) <= MOST_BYTES
    assert len(found.picture) <= 64 << 10
    assert set(found.notes) <= set(NOTES)
    assert {code for code, _ in found.facts} <= set(FACTS)
    # Either there is something to see, or a reason why not.
    assert found.notes or found.tables or found.text or found.entries or found.facts
    shown = "\n".join(found.text.splitlines()) + text
    assert not {"\u202e", "\u2066", "\x1b", "\0"} & set(shown)


@pytest.fixture(scope="module")
def lies() -> dict[str, bytes]:
    return hostile.files()


def test_hostile_files_leave_a_safe_preview_or_a_sentence(
    lies: dict[str, bytes], tmp_path: Path
) -> None:
    broken = {}
    for name, data in lies.items():
        try:
            safe(looked(tmp_path, name, data))
        except Exception as error:
            # All are tried, so that one run tells of every reader that breaks.
            broken[name] = repr(error)[:300]
    assert broken == {}
    assert len(lies) >= 200


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("empty.csv", "empty"),
        ("strange.xyz", "unknown_kind"),
        ("data.RData", "unknown_kind"),
        ("deep-list.json", "depth"),
        ("cut.json", "broken"),
        ("bomb.zip", "bomb"),
        ("burst.xlsx", "bomb"),
        ("locked.zip", "locked"),
        ("huge.png", "pixels"),
        ("huge.pdf", "pixels"),
        ("no-tar.tgz", "broken"),
    ],
)
def test_why_there_is_no_preview_is_said(
    lies: dict[str, bytes], tmp_path: Path, name: str, note: str
) -> None:
    assert note in looked(tmp_path, name, lies[name]).notes


def test_what_is_whole_is_shown(lies: dict[str, bytes], tmp_path: Path) -> None:
    points = looked(tmp_path, "a.zip", lies["good-points.zip"])
    paper = looked(tmp_path, "a.pdf", lies["good.pdf"])
    grid = looked(tmp_path, "a.nc", hostile.classic())
    book = looked(tmp_path, "a.xlsx", lies["script.xlsx"])

    assert points.places is not None
    assert (points.places.west, len(points.places.dots)) == ("104.9", 1)
    assert paper.text == "Mekong"
    assert paper.picture[8:12] == b"WEBP"
    assert [(one.name, one.words) for one in grid.entries] == [("flow", "time float · m3 s-1")]
    assert book.tables[0].rows == [[hostile.SCRIPT, "=1+1"], ["b", "2"]]


@pytest.mark.parametrize(
    ("data", "types", "empty"),
    [
        ("a,b\n1,x\n2,y\n", ["whole", "text"], [0, 0]),
        ("a,b\n1,2024-01-05\n2.5,\n", ["number", "day"], [0, 1]),
        ("code,n\n01,NA\n02,3\n", ["text", "whole"], [0, 1]),
        ("a,b\n2024-01-05T10:00:00+07:00,yes\n,no\n", ["instant", "truth"], [1, 0]),
        ("a,b\n1,\n2,\n", ["whole", "empty"], [0, 2]),
        ("a,b\n1,NA\n2,rice\n", ["whole", "text"], [0, 0]),
    ],
)
def test_columns_say_their_type_and_what_is_missing(
    tmp_path: Path, data: str, types: list[str], empty: list[int]
) -> None:
    [table] = looked(tmp_path, "a.csv", data.encode()).tables

    assert [column.type for column in table.columns] == types
    assert [column.empty for column in table.columns] == empty


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp874"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_letters_and_separators_are_found(tmp_path: Path, encoding: str, mark: str) -> None:
    rows = [["รหัส", "จังหวัด"], ["10", "กรุงเทพมหานคร"], ["12", "นนทบุรี"], ["13", "ปทุมธานี"]]
    text = "\r\n".join(mark.join(row) for row in rows)
    [table] = looked(tmp_path, "a.csv", text.encode(encoding)).tables

    assert [column.name for column in table.columns] == rows[0]
    assert table.rows == rows[1:]


def test_mail_addresses_in_a_file_are_not_given_out_by_its_preview(tmp_path: Path) -> None:
    table = looked(tmp_path, "a.csv", b"name,mail\nDara,dara@example.org\nSokha,s.k@ctu.edu.kh\n")
    text = looked(tmp_path, "a.txt", b"Write to dara.s@example.org, at 5@6.")

    assert [row[1] for row in table.tables[0].rows] == ["…@example.org", "…@ctu.edu.kh"]
    assert text.text == "Write to …@example.org, at 5@6."


def test_shapes_are_drawn_within_their_square_and_few_bytes() -> None:
    ring = tuple((n % 37 * 0.1, n % 91 * 0.1) for n in range(20_000))
    found = shapes.drawn([shapes.Shape(ring, closed=True), shapes.Shape(((1.0, 2.0),), dot=True)])

    assert found is not None
    assert len(found.path) <= 7_000
    assert all(0 <= x <= shapes.SIDE and 0 <= y <= shapes.SIDE for x, y in found.dots)
    assert (found.west, found.south, found.east, found.north) == ("0", "0", "3.6", "9")


# What each real file shows at least; the one that no reader knows says so.
REAL = {
    "rivers_lower_mekong.RData": "notes",
    "dem_lower_mekong_3s.tif": "picture",
    "runoff_lower_mekong_3s.tif": "places",
    "dcw_borders_lmc.nc": "entries",
    "modis_landsat_fusion_iop2022.pdf": "picture",
    "sentinel1_flood_workflow.ipynb": "text",
    "tha_provinces.xml": "text",
    "tha_country_names.txt": "text",
    "lao_stopwords.txt": "text",
    "lao_dictionary_words.txt": "text",
}


def test_every_real_file_is_shown_or_says_why_not() -> None:
    folder = shared("data/records/files")
    lacking = []
    for path in sorted(folder.iterdir()):
        found = look(path, path.name, Limits(rows=3_000).started())
        safe(found)
        if not getattr(found, REAL.get(path.name, "tables")):
            lacking.append(path.name)
    assert lacking == []


def test_a_table_of_thai_letters_in_an_old_encoding_is_read() -> None:
    path = shared("data/records/files") / "tha_provinces_tis620_semicolon.csv"
    found = look(path, path.name, LIMITS.started())

    assert found.tables[0].rows[0] == ["กระบี่", "กบ", "Krabi", "KBI"]
    assert ("encoding", "TIS-620 / Windows-874") in found.facts
    assert "no_head" in found.notes
