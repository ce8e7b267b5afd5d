"""What is wrong with a request, in the protocol's own codes (section 3.6)."""

from __future__ import annotations

from dataclasses import dataclass

BAD_VERB = "badVerb"
BAD_ARGUMENT = "badArgument"
BAD_TOKEN = "badResumptionToken"  # noqa: S105 # A code of the protocol, and no secret.
NO_FORMAT = "cannotDisseminateFormat"
NO_ITEM = "idDoesNotExist"
NO_RECORDS = "noRecordsMatch"
NO_FORMATS = "noMetadataFormats"


@dataclass(frozen=True)
class Fault:
    """One error of a request: its code, and an English sentence for whoever debugs a harvester."""

    code: str
    text: str


class Faulty(Exception):
    """A request that cannot be answered. faults: every reason at once, at least one."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.text for fault in faults))
        self.faults = faults
