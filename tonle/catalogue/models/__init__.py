"""What is there: records, their documents, versions, files, names, and the change log.

`key` is the integer that joins tables and never leaves the process; `id` is the one
public name. A record's `document` holds canonical bytes; every other column of it is
a projection, kept so that the database can filter and constrain.
"""

from tonle.catalogue.models.drafts import Draft, DraftEdit, DraftEditor, DraftFile, Intent
from tonle.catalogue.models.grants import AccessGrant
from tonle.catalogue.models.log import Change, Epoch, LogHead, Origin
from tonle.catalogue.models.maps import MapLayer
from tonle.catalogue.models.records import (
    Document,
    Effect,
    File,
    Pid,
    Record,
    RecordCommunity,
    RecordExtent,
    RecordMember,
    Relation,
    Revision,
    SegmentHead,
    Version,
)
from tonle.catalogue.models.saved import SavedSearch
from tonle.catalogue.models.sums import Crc32

__all__ = [
    "AccessGrant",
    "Change",
    "Crc32",
    "Document",
    "Draft",
    "DraftEdit",
    "DraftEditor",
    "DraftFile",
    "Effect",
    "Epoch",
    "File",
    "Intent",
    "LogHead",
    "MapLayer",
    "Origin",
    "Pid",
    "Record",
    "RecordCommunity",
    "RecordExtent",
    "RecordMember",
    "Relation",
    "Revision",
    "SavedSearch",
    "SegmentHead",
    "Version",
]
