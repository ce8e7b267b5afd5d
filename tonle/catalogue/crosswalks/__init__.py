"""Other people's metadata in, record documents out: bytes to plain values, nothing else.

`sniff` says what a file is; `parse` reads the formats we know. Neither needs Django,
a database or a network, and neither raises anything for bad input: a faulty record
comes back with its reasons (docs/decisions/0014-crosswalks-are-pure.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tonle.catalogue.crosswalks import cff, datacite_json, datacite_xml, oai_dc
from tonle.catalogue.crosswalks.common import (
    MAX_BYTES,
    Parsed,
    ParsedRecord,
    RecordRefused,
    Remark,
    refused_file,
)
from tonle.catalogue.crosswalks.sniff import HEAD_BYTES, Format, formats, sniff
from tonle.kernel.errors import N_

__all__ = [
    "HEAD_BYTES",
    "MAX_BYTES",
    "READERS",
    "Format",
    "Parsed",
    "ParsedRecord",
    "RecordRefused",
    "Remark",
    "formats",
    "parse",
    "sniff",
]

READERS: Mapping[str, Callable[[bytes, str], Parsed]] = MappingProxyType(
    {
        "datacite-xml": datacite_xml.parse,
        "datacite-json": datacite_json.parse,
        "oai-pmh": oai_dc.parse,
        "oai-dc": oai_dc.parse,
        "cff": cff.parse,
    }
)


def parse(format_name: str, data: bytes, name: str) -> Parsed:
    """The records in one file.

    format_name: a key of READERS, as `sniff` names it. data: the whole file, at most
    MAX_BYTES. name: the file's name relative to what is imported; it becomes the
    record's key where the record names itself in no better way.
    Raises KeyError when there is no reader; never anything because of the data.
    """
    reader = READERS[format_name]
    if len(data) > MAX_BYTES:
        return refused_file(
            format_name,
            data,
            name,
            Remark(
                "",
                N_("The file is larger than %(limit)s MB; split it into smaller ones."),
                {"limit": MAX_BYTES // 1_000_000},
            ),
        )
    return reader(data, name)
