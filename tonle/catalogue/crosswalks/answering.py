"""Who answers for a work: its creators, else contributors, else a publisher, else its keeper.

One rule for what is imported and for what is harvested. The keeper is the catalogue that holds
a description and shows it to the world; a bare file has none, and is refused where it names
nobody. DataCite and CITATION.cff demand more by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tonle.catalogue.crosswalks.common import Document, Notes, ParsedRecord, Remark
from tonle.kernel.errors import N_

_NOBODY: Final = N_("There is no creator, contributor or publisher: nobody answers for it.")
_NO_CREATOR: Final = N_("No creator is given.")
_KEEPER: Final = N_("Nobody is named; the catalogue that holds it answers for it: %(name)s.")
LONGEST_NAME: Final = 1000


def is_answered_for(document: Mapping[str, Any]) -> bool:
    """Whether a description names anybody."""
    return any(document.get(name) for name in ("creators", "contributors", "publisher"))


def demand_somebody(made: Document, notes: Notes, where: str) -> None:
    """Refuse a work for which nobody answers; remark on one without a creator."""
    if not is_answered_for(made):
        notes.refuse(where, _NOBODY)
    elif not made.get("creators"):
        notes.warn(where, _NO_CREATOR)


def answered(record: ParsedRecord, keeper: str) -> ParsedRecord:
    """The record with its keeper as publisher, where it names nobody.

    keeper: the name of the catalogue that holds it; "" changes nothing. What was refused for
    want of somebody alone is refused no more.
    """
    document = record.document
    if record.refusal is not None:
        reasons = {remark.message for remark in record.refusal.remarks}
        document = record.partial if reasons == {_NOBODY} else None
    if document is None or not keeper or is_answered_for(document):
        return record
    name = keeper[:LONGEST_NAME]
    remark = Remark("publisher", _KEEPER, {"name": name})
    return replace(
        record,
        document={**document, "publisher": {"name": name}},
        refusal=None,
        warnings=(*record.warnings, remark),
        partial=None,
    )
