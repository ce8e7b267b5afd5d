"""File formats in words that people use."""

from __future__ import annotations

from typing import Final

from tonle.kernel.errors import N_

_WORDS: Final = {
    "application/epub+zip": N_("Book (EPUB)"),
    "application/geo+json": N_("Map data (GeoJSON)"),
    "application/geopackage+sqlite3": N_("Map data (GeoPackage)"),
    "application/gzip": N_("Archive (gzip)"),
    "application/json": N_("Data (JSON)"),
    "application/msword": N_("Document (Word)"),
    "application/octet-stream": N_("Data"),
    "application/pdf": N_("Document (PDF)"),
    "application/rtf": N_("Document (RTF)"),
    "application/sql": N_("Database (SQL)"),
    "application/vnd.apache.parquet": N_("Table (Parquet)"),
    "application/vnd.google-earth.kml+xml": N_("Map data (KML)"),
    "application/vnd.ms-excel": N_("Spreadsheet (Excel)"),
    "application/vnd.oasis.opendocument.spreadsheet": N_("Spreadsheet (OpenDocument)"),
    "application/vnd.oasis.opendocument.text": N_("Document (OpenDocument)"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": N_(
        "Slides (PowerPoint)"
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": N_("Spreadsheet (Excel)"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": N_(
        "Document (Word)"
    ),
    "application/vnd.sqlite3": N_("Database (SQLite)"),
    "application/x-7z-compressed": N_("Archive (7z)"),
    "application/x-hdf5": N_("Data (HDF5)"),
    "application/x-ipynb+json": N_("Notebook (Jupyter)"),
    "application/x-netcdf": N_("Data (NetCDF)"),
    "application/x-tar": N_("Archive (tar)"),
    "application/xml": N_("Data (XML)"),
    "application/zip": N_("Archive (zip)"),
    "audio/mpeg": N_("Sound (MP3)"),
    "audio/wav": N_("Sound (WAV)"),
    "audio/x-wav": N_("Sound (WAV)"),
    "image/gif": N_("Picture (GIF)"),
    "image/jpeg": N_("Picture (JPEG)"),
    "image/png": N_("Picture (PNG)"),
    "image/svg+xml": N_("Drawing (SVG)"),
    "image/tiff": N_("Picture (TIFF)"),
    "text/css": N_("Source code"),
    "text/csv": N_("Table (CSV)"),
    "text/html": N_("Web page"),
    "text/markdown": N_("Text (Markdown)"),
    "text/plain": N_("Text"),
    "text/tab-separated-values": N_("Table (TSV)"),
    "text/x-python": N_("Source code"),
    "text/xml": N_("Data (XML)"),
    "video/mp4": N_("Film (MP4)"),
}
# What is often sent as plain bytes or plain text and told by its name.
_WORDS_OF_ENDING: Final = {
    "geojson": _WORDS["application/geo+json"],
    "gpkg": _WORDS["application/geopackage+sqlite3"],
    "h5": _WORDS["application/x-hdf5"],
    "hdf5": _WORDS["application/x-hdf5"],
    "ipynb": _WORDS["application/x-ipynb+json"],
    "kml": _WORDS["application/vnd.google-earth.kml+xml"],
    "md": _WORDS["text/markdown"],
    "nc": _WORDS["application/x-netcdf"],
    "parquet": _WORDS["application/vnd.apache.parquet"],
    "py": _WORDS["text/x-python"],
    "r": _WORDS["text/x-python"],
    "sqlite": _WORDS["application/vnd.sqlite3"],
    "tsv": _WORDS["text/tab-separated-values"],
}
_UNSURE: Final = frozenset(
    ["application/json", "application/octet-stream", "text/plain", "application/x-sqlite3"]
)


def in_words(media_type: str, name: str = "") -> str:
    """A gettext message for a file's format; "" where it has no word.

    name: the file's; it decides where the type is one that says little.
    """
    plain = media_type.split(";")[0].strip().lower()
    if plain in _UNSURE or plain not in _WORDS:
        ending = name.rpartition(".")[2].lower() if "." in name else ""
        if ending in _WORDS_OF_ENDING:
            return _WORDS_OF_ENDING[ending]
    return _WORDS.get(plain, "")
