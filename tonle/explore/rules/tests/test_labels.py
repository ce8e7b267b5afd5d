"""What a record says of its columns, beside what a preview found; and smaller copies."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tonle.explore import tasks
from tonle.explore.rules.labels import NONE, labels_of
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.pictures import COPY_SIDE, look
from tonle.explore.shelf import is_copy

VARIABLES: list[dict[str, Any]] = [
    {"file": "a.csv", "name": "source", "label": {"en": "Water", "km": "ទឹក"},
     "values": [{"value": "1", "label": {"en": "Well", "km": "អណ្ដូង"}}, {"value": "2"}]},
    {"file": "a.csv", "name": "area", "label": {"en": "Area"}, "unit": "ha",
     "description": {"en": "By foot"}},
    {"file": "a.csv", "name": "crops", "values": [
        {"value": "r", "label": {"en": "Rice"}}, {"value": "m", "label": {"en": "Maize"}}]},
    {"file": "b.xlsx", "table": "plots", "name": "area", "label": {"km": "ដី"}},
    {"name": "elsewhere", "label": {"en": "Of no file"}},
]  # fmt: skip
DOCUMENT = {"profile": {"schema": "tonle-dataset/1", "variables": VARIABLES}}


def test_columns_and_codes_are_told_in_the_reader_s_language() -> None:
    khmer = labels_of(DOCUMENT, "a.csv", "km")[""]
    assert (khmer.of("source"), khmer.value("source", "1")) == ("ទឹក", "អណ្ដូង")
    assert (khmer.of("area"), khmer.meanings["area"]) == ("Area (ha)", "By foot")
    assert (khmer.beside("source"), khmer.beside("other")) == ("ទឹក · source", "other")
    assert (khmer.value("crops", "r m"), khmer.value("crops", "r x")) == ("Rice, Maize", "")
    assert khmer.value("source", "2") == khmer.value("source", "") == ""
    assert labels_of(DOCUMENT, "b.xlsx", "en")["plots"].of("area") == "ដី"
    assert labels_of(DOCUMENT, "c.csv", "en") == labels_of({}, "a.csv", "en") == {}
    assert NONE.of("x") == NONE.value("x", "1") == ""


@pytest.fixture
def photograph() -> Image.Image:
    return Image.effect_noise((2400, 1200), 60).convert("RGB")


def test_a_large_photograph_has_a_smaller_copy_that_tells_nothing(
    tmp_path: Path, photograph: Image.Image
) -> None:
    described = photograph.getexif()
    described[0x0112], described[0x013B] = 6, "Sok Dara"
    photograph.save(tmp_path / "a.jpg", quality=95, exif=described)

    found = look(tmp_path / "a.jpg", Limits())

    assert is_copy(found.copy)
    assert len(found.copy) < 0.7 * (tmp_path / "a.jpg").stat().st_size
    assert b"Sok Dara" not in found.copy
    with Image.open(io.BytesIO(found.copy)) as copy:
        # Held upright, as the file says.
        assert copy.size == found.copy_size == (COPY_SIDE // 2, COPY_SIDE)
        assert dict(copy.getexif()) == {}
    assert found.to_json()["copy"]["size_bytes"] == len(found.copy)
    said = found.to_json()
    assert tasks.parts(said, found.picture + found.copy) == (found.picture, found.copy)
    assert tasks.parts({"copy": {"size_bytes": 5}}, b"12345678") == (b"12345678", b"")


def test_a_small_photograph_has_none_unless_few_programs_show_it(
    tmp_path: Path, photograph: Image.Image
) -> None:
    small = photograph.resize((400, 200))
    small.save(tmp_path / "a.jpg")
    small.save(tmp_path / "a.avif")
    small.convert("RGBA").save(tmp_path / "a.tif")
    assert look(tmp_path / "a.jpg", Limits()).copy == b""
    assert is_copy(look(tmp_path / "a.avif", Limits()).copy)
    assert is_copy(look(tmp_path / "a.tif", Limits()).copy)
