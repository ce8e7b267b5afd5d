"""Which records have a DOI of this node, and how each stands in the world.

One record, one name, for ever: the prefix and the record's own id. So the same question asked
twice, by two workers or after a crash, is about the same DOI and mints no second one.
Source: DataCite, best practices for DOI registration and for tombstone pages, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_

Standing = Literal["findable", "registered"]


@dataclass(frozen=True)
class Facts:
    """A record, as far as its DOI asks for it.

    dois: those that its document states, in its order. is_own: kept by this node, not
    harvested. is_shown: anybody may read its description now. is_gone: a tombstone says why it
    is withdrawn; a record that is neither shown nor gone is hidden by a decision.
    home_url: where it is at home, if that is elsewhere. is_imported: described elsewhere first.
    """

    id: str
    kind: str
    dois: Sequence[str]
    is_own: bool
    is_shown: bool
    is_gone: bool
    home_url: str
    is_imported: bool
    first_public_at: datetime

    @property
    def own_doi(self) -> str:
        """The DOI of this node that it states, also one of a prefix that we had before; or "".

        No one else's ends with this record's id, which nobody could have guessed.
        """
        return next((doi for doi in self.dois if doi.partition("/")[2] == self.id), "")


@dataclass(frozen=True)
class Policy:
    """What the node's steward has chosen. began_at: when the account was switched on, UTC."""

    prefix: str
    kinds: Collection[str]
    began_at: datetime

    def name_for(self, facts: Facts) -> str:
        """The one DOI that a record can have here, in lower case, as DOIs are compared."""
        return facts.own_doi or f"{self.prefix}/{facts.id}"


@dataclass(frozen=True)
class Wanted:
    """How a DOI is to stand.

    describes: whose words DataCite is told: those of the record it was given to ("own"), of the
    record that this one became part of ("heir"), or as good as none ("nothing"): a decision
    hides them. leads_to: the id of the record whose page it opens.
    """

    standing: Standing
    describes: Literal["own", "heir", "nothing"]
    leads_to: str


def may_have(facts: Facts, policy: Policy) -> Decision:
    """Whether the record may be given a DOI now, or has its own already; why not, in words."""
    if not facts.is_own or facts.home_url:
        return deny(N_("It is at home elsewhere, and its home names it."))
    if not facts.is_shown:
        return deny(N_("It is not public."))
    if facts.kind not in policy.kinds:
        return deny(N_("Records of this kind get no DOI here."))
    if facts.dois and not facts.own_doi:
        return deny(N_("It has a DOI already: %(doi)s."), doi=facts.dois[0])
    return allow()


def comes_by_itself(facts: Facts, policy: Policy) -> bool:
    """Whether a DOI is registered without being asked for: that of what is published here first.

    What stood here when the account was switched on, and what was imported, waits for a
    steward's word: each DOI is paid for, and may have one elsewhere that its source left out.
    """
    return (
        bool(may_have(facts, policy))
        and not facts.is_imported
        and facts.first_public_at >= policy.began_at
    )


def wanted(name: str, own: Facts, heir: Facts) -> Wanted:
    """How a DOI that was given is to stand.

    own: the record it was given to. heir: the record that this one has become part of, at the
    end of the chain; the same as `own` where it is still itself.
    """
    if heir.is_shown:
        if heir.id == own.id:
            return Wanted("findable", "own", own.id)
        if heir.dois and heir.dois[0] == name:
            # It names the record that remains, and is the name that this one is cited by.
            return Wanted("findable", "heir", heir.id)
        return Wanted("registered", "own" if own.is_gone else "nothing", heir.id)
    return Wanted("registered", "own" if own.is_gone else "nothing", own.id)


def event(standing: Standing) -> str:
    """What DataCite is told so that a DOI comes to stand so, from wherever it stands now.

    Source: DataCite REST API, "publish" from draft or registered, "hide" from findable; either
    is without effect where it stands so already.
    """
    return "publish" if standing == "findable" else "hide"
