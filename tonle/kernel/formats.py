"""File formats: one media type for each, and the endings that files of it have.

Registered at IANA where there is a registration (IANA media types, 2026-11); else the type that
the format's own makers or most servers use. Others write the same format under other types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_MEDIA_TYPE: Final = re.compile(
    r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}", re.ASCII
)
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"

# The first ending is the one that is shown.
ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "text/csv": ("csv",),
    "text/tab-separated-values": ("tsv", "tab"),
    f"{_OFFICE}.spreadsheetml.sheet": ("xlsx", "xlsm"),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.apache.parquet": ("parquet",),
    "application/json": ("json",),
    "application/x-ndjson": ("jsonl", "ndjson"),
    "application/geo+json": ("geojson",),
    "application/vnd.google-earth.kml+xml": ("kml",),
    "application/vnd.google-earth.kmz": ("kmz",),
    "application/geopackage+sqlite3": ("gpkg",),
    "application/vnd.shp": ("shp",),
    "application/gpx+xml": ("gpx",),
    "image/tiff": ("tif", "tiff"),
    "application/x-netcdf": ("nc", "nc4", "cdf"),
    "application/x-hdf5": ("h5", "hdf5", "he5"),
    "application/wmo-grib": ("grib", "grb", "grib2", "grb2"),
    "application/vnd.las": ("las",),
    "application/vnd.laszip": ("laz",),
    "application/vnd.sqlite3": ("sqlite", "sqlite3", "db"),
    "application/x-spss-sav": ("sav",),
    "application/x-stata-dta": ("dta",),
    "application/x-r-data": ("rds", "rda", "rdata"),
    "application/x-ipynb+json": ("ipynb",),
    "text/x-python": ("py",),
    "text/x-r": ("r",),
    "text/x-r-markdown": ("rmd", "qmd"),
    "text/x-fasta": ("fasta", "fa", "fna"),
    "text/x-fastq": ("fastq", "fq"),
    "text/plain": ("txt",),
    "text/markdown": ("md",),
    "text/html": ("html", "htm"),
    "application/xml": ("xml",),
    "application/pdf": ("pdf",),
    f"{_OFFICE}.wordprocessingml.document": ("docx",),
    "application/msword": ("doc",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    f"{_OFFICE}.presentationml.presentation": ("pptx",),
    "application/epub+zip": ("epub",),
    "application/rtf": ("rtf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "image/svg+xml": ("svg",),
    "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",),
    "audio/flac": ("flac",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "video/mp4": ("mp4", "m4v"),
    "video/webm": ("webm",),
    "application/zip": ("zip",),
    "application/gzip": ("gz", "tgz"),
    "application/x-tar": ("tar",),
    "application/x-7z-compressed": ("7z",),
}
_OF_ENDING: Final = {ending: kind for kind, many in ENDINGS.items() for ending in many}
# The same formats under other types.
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "text/csv": ("application/csv", "text/comma-separated-values", "text/x-csv"),
    "application/vnd.apache.parquet": ("application/x-parquet", "application/parquet"),
    "application/x-ndjson": ("application/jsonl", "application/jsonlines"),
    "application/geo+json": ("application/vnd.geo+json",),
    "application/x-netcdf": ("application/netcdf", "application/x-netcdf4"),
    "application/x-hdf5": ("application/x-hdf", "application/hdf5"),
    "application/wmo-grib": ("application/x-grib", "application/x-grib2"),
    "application/vnd.sqlite3": ("application/x-sqlite3",),
    "application/vnd.shp": ("application/x-shapefile", "application/shp"),
    "text/x-python": ("text/x-python3", "application/x-python-code", "text/x-script.python"),
    "text/x-r": ("text/x-r-source", "text/x-rsrc"),
    "image/tiff": ("image/geotiff", "image/tiff-fx"),
    "application/xml": ("text/xml",),
    "audio/wav": ("audio/x-wav", "audio/vnd.wave"),
    "audio/flac": ("audio/x-flac",),
    "image/heic": ("image/heif",),
    "application/zip": ("application/x-zip-compressed",),
    "application/gzip": ("application/x-gzip",),
}
_PLAIN: Final = {alias: kind for kind, many in ALIASES.items() for alias in many}
# Types that say little: the ending of the name says more.
_UNSURE: Final = frozenset(
    {"", "application/octet-stream", "text/plain", "application/json", "application/vnd.sqlite3",
     "application/x-sqlite3", "application/zip", "binary/octet-stream", "text/x-script"}
)  # fmt: skip


def format_of(media_type: str, name: str = "") -> str:
    """The one media type of a file's format; what was said where nobody here knows better.

    name: the file's, whose ending decides where the type says little.
    """
    said = media_type.split(";")[0].strip().lower()
    plain = _PLAIN.get(said, said)
    if plain in _UNSURE:
        last = name.rpartition("/")[2]
        ending = last.rpartition(".")[2].lower() if "." in last.lstrip(".") else ""
        return _OF_ENDING.get(ending, plain)
    return plain


def format_named(text: str) -> str:
    """The media type of a format as people write it: `csv`, `.nc`, `text/csv`; "" for none."""
    word = text.strip().lower().lstrip(".")
    if word in _OF_ENDING:
        return _OF_ENDING[word]
    return _PLAIN.get(word, word) if _MEDIA_TYPE.fullmatch(word) else ""


def short_name(media_type: str) -> str:
    """What people call a format: its ending, such as `csv`; the media type where it has none."""
    return ENDINGS[media_type][0] if media_type in ENDINGS else media_type


def same_as(media_type: str) -> tuple[str, ...]:
    """Every media type under which the format is found, its own first."""
    return (media_type, *ALIASES.get(media_type, ()))
