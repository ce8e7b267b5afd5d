"""File formats: one name for each, whatever it is called elsewhere."""

from __future__ import annotations

import pytest

from tonle.kernel import formats


@pytest.mark.parametrize(
    ("media_type", "name", "found"),
    [
        ("text/csv; charset=utf-8", "a.csv", "text/csv"),
        ("application/csv", "", "text/csv"),
        ("application/octet-stream", "deep/rain.NC", "application/x-netcdf"),
        ("application/json", "map.geojson", "application/geo+json"),
        ("text/plain", "fit.R", "text/x-r"),
        ("text/plain", "README", "text/plain"),
        ("application/octet-stream", ".csv", "application/octet-stream"),
        ("chemical/x-pdb", "a.csv", "chemical/x-pdb"),
    ],
)
def test_a_file_has_one_format(media_type: str, name: str, found: str) -> None:
    assert formats.format_of(media_type, name) == found


def test_formats_are_named_by_ending_or_media_type() -> None:
    assert [formats.format_named(word) for word in ("CSV", ".nc", "Text/CSV", "image/geotiff")] == [
        "text/csv", "application/x-netcdf", "text/csv", "image/tiff",
    ]  # fmt: skip
    assert [formats.format_named(word) for word in ("", "spreadsheet", "a b/c", "--x")] == [""] * 4
    for kind in formats.ENDINGS:
        assert formats.format_named(formats.short_name(kind)) == kind
        assert formats.same_as(kind)[0] == kind
