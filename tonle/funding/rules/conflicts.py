"""What speaks against somebody reviewing a proposal, as far as a machine can see it. Pure.

Found things are *confirmed* where an identifier proves them, and *possible* where names are only
alike: a gap in what is known of somebody never passes silently. People settle what is possible,
and add what no machine sees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tonle.funding.rules.persons import NEAR, likeness, written
from tonle.kernel.errors import N_
from tonle.kernel.names import fold

POSSIBLE, CONFIRMED, WAIVED = "possible", "confirmed", "waived"

KINDS: Final[Mapping[str, str]] = {
    "self": N_("takes part in the proposal"),
    "institutional": N_("belongs to an institution of the proposal"),
    "collaborator": N_("publishes or works with its people"),
    "competitor": N_("applies in the same call"),
    "advisor": N_("advises its people, or was advised by them"),
    "personal": N_("is related to its people, or close to them"),
    "financial": N_("gains or loses by it"),
    "administrative": N_("administers it"),
    "applicant": N_("named by the applicants"),
}
"""What a conflict is called, in the order in which they are offered; gettext messages."""

# Of the machine's own; all others are for people to say.
FOUND: Final = ("self", "institutional", "collaborator", "competitor")
# Years back in which work together counts, where the call says nothing else.
WINDOW_YEARS: Final = 5


@dataclass(frozen=True)
class Somebody:
    """A person as they are known here. account, orcid: "" for unknown."""

    name: str
    account: str = ""
    orcid: str = ""


@dataclass(frozen=True)
class Place:
    """An institution. organisation: its id on this node; ror: its ROR iD; "" for unknown."""

    name: str
    organisation: str = ""
    ror: str = ""


@dataclass(frozen=True)
class Applied:
    """What a proposal says of who stands behind it. theme: of the call."""

    id: str
    people: tuple[Somebody, ...]
    places: tuple[Place, ...]
    theme: str = ""


@dataclass(frozen=True)
class Found:
    """One conflict that was found. names: of whom or what; records: public works that show it."""

    kind: str
    status: str
    names: tuple[str, ...]
    records: tuple[str, ...] = ()


def found(
    reviewer: Somebody,
    place: Place,
    proposal: Applied,
    *,
    own: Collection[Applied] = (),
    together: Mapping[str, Collection[str]] | None = None,
) -> tuple[Found, ...]:
    """The conflicts of one reviewer with one proposal; at most one of each kind, the surest.

    own: proposals of the same call of which the reviewer is. together: ORCID iD to records of
    the last years that name it beside the reviewer's. The order is that of `KINDS`.
    """
    every = [
        *_self(reviewer, proposal.people),
        *_institutional(place, proposal.places),
        *_together(proposal.people, together or {}),
        *_competitor(proposal, own),
    ]
    made = []
    for kind in FOUND:
        of_kind = [one for one in every if one.kind == kind]
        if of_kind:
            sure = [one for one in of_kind if one.status == CONFIRMED] or of_kind
            made.append(
                Found(
                    kind,
                    sure[0].status,
                    tuple(dict.fromkeys(name for one in sure for name in one.names)),
                    tuple(dict.fromkeys(id_ for one in sure for id_ in one.records)),
                )
            )
    return tuple(made)


def _self(reviewer: Somebody, people: Iterable[Somebody]) -> Iterator[Found]:
    for one in people:
        if (one.account and one.account == reviewer.account) or (
            one.orcid and one.orcid == reviewer.orcid
        ):
            yield Found("self", CONFIRMED, (one.name,))
        elif one.orcid and reviewer.orcid:
            continue  # Two iDs are two people, however they are called.
        elif likeness(written(one.name), written(reviewer.name)) >= NEAR:
            yield Found("self", POSSIBLE, (one.name,))


def _institutional(own: Place, places: Iterable[Place]) -> Iterator[Found]:
    for one in places:
        if (one.organisation and one.organisation == own.organisation) or (
            one.ror and one.ror == own.ror
        ):
            yield Found("institutional", CONFIRMED, (one.name,))
        elif one.ror and own.ror:
            continue
        elif fold(one.name) == fold(own.name):
            # The same words may still be two houses of one name.
            yield Found("institutional", POSSIBLE, (one.name,))


def _together(
    people: Iterable[Somebody], together: Mapping[str, Collection[str]]
) -> Iterator[Found]:
    for one in people:
        if one.orcid and (records := together.get(one.orcid)):
            yield Found("collaborator", CONFIRMED, (one.name,), tuple(sorted(records)))


def _competitor(proposal: Applied, own: Iterable[Applied]) -> Iterator[Found]:
    """Who applies for the same money; for the same theme it is sure."""
    for one in own:
        if one.id != proposal.id:
            status = CONFIRMED if one.theme == proposal.theme else POSSIBLE
            yield Found("competitor", status, ())
