"""Tables of records: CSV and its kin, read by a mapping that says which column is what.

`encoding` finds out how a file is written, `mapping` says what its columns mean, `suggest`
drafts a mapping from the header, and `read` makes a record of each row. Nothing here knows a
disk: a table comes as a stream of bytes.
"""

from tonle.catalogue.crosswalks.tables.encoding import Written, written_as
from tonle.catalogue.crosswalks.tables.mapping import (
    FIELDS,
    Mapping,
    MappingRefused,
    load_mapping,
)
from tonle.catalogue.crosswalks.tables.read import MAX_ROWS, NotATable, read_table
from tonle.catalogue.crosswalks.tables.suggest import suggest_mapping

__all__ = [
    "FIELDS",
    "MAX_ROWS",
    "Mapping",
    "MappingRefused",
    "NotATable",
    "Written",
    "load_mapping",
    "read_table",
    "suggest_mapping",
    "written_as",
]
