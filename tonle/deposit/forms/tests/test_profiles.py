"""What is asked of software: typed as people write it, kept as programs read it."""

from __future__ import annotations

from tonle.deposit.forms.rules.profiles import read_profile, write_profile
from tonle.kernel.fields import Reader, Writer

SCHEMA = '{"schema": "tonle-software/1"}'


def read(**fields: str) -> tuple[Reader, object]:
    values = {f"profile-{name}": [text] for name, text in {"rest": SCHEMA, **fields}.items()}
    reader = Reader(values)
    return reader, read_profile(reader)


def test_packages_and_formats_are_kept_by_their_own_names_and_shown_as_typed() -> None:
    reader, made = read(packages="PyPI: attacut, conda-forge::gdal", reads="CSV, .nc, text/csv")
    assert reader.problems == {}
    assert made == {
        "schema": "tonle-software/1",
        "packages": ["pkg:pypi/attacut", "pkg:conda/gdal?channel=conda-forge"],
        "reads": ["text/csv", "application/x-netcdf"],
    }

    out = Writer()
    write_profile({"kind": "software", "profile": made}, out)
    assert out.values["profile-packages"] == ["PyPI: attacut, conda: conda-forge/gdal"]
    assert out.values["profile-reads"] == ["csv, nc"]


def test_what_is_no_package_format_or_address_is_said_and_kept_as_typed() -> None:
    reader, made = read(packages="attacut; rm -rf", reads="spreadsheets", try_at="apps.example")
    assert set(reader.problems) == {"profile-packages", "profile-reads", "profile-try_at"}
    assert isinstance(made, dict)
    assert made["packages"] == ["attacut; rm -rf"]
