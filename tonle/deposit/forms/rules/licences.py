"""Choosing a licence by what one wants, in words of everyday. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tonle.kernel.errors import N_


@dataclass(frozen=True)
class Offer:
    """A licence that is offered: its SPDX id, who it is for, and why one would take it."""

    identifier: str
    title: str
    why: str


_CC_BY = Offer(
    "CC-BY-4.0",
    N_("Everybody may use it, and must name me (CC BY 4.0)"),
    N_("The usual choice for texts, data and pictures; funders ask for it most often."),
)
_CC0 = Offer(
    "CC0-1.0",
    N_("Everybody may use it, with no conditions (CC0 1.0)"),
    N_(
        "Best for data that are to be joined with many others. Good manners in research still ask "
        "to be cited."
    ),
)
_CC_BY_SA = Offer(
    "CC-BY-SA-4.0",
    N_("As the first, and what is made of it stays as free (CC BY-SA 4.0)"),
    N_("Others must share their changes under the same licence."),
)
_CC_BY_NC = Offer(
    "CC-BY-NC-4.0",
    N_("Not for earning money (CC BY-NC 4.0)"),
    N_(
        "Think twice: it also keeps out schools that take fees, newspapers and many companies "
        "that would help."
    ),
)
_CC_BY_ND = Offer(
    "CC-BY-ND-4.0",
    N_("Only unchanged (CC BY-ND 4.0)"),
    N_("Nobody may translate it or share a part they worked on."),
)
_ODBL = Offer(
    "ODbL-1.0",
    N_("A database that stays as free (ODbL 1.0)"),
    N_("For data taken from OpenStreetMap, whose licence asks for it, and the like."),
)
_MIT = Offer(
    "MIT",
    N_("Everybody may use the program, and keeps my notice (MIT)"),
    N_("The shortest; the usual choice for small programs and libraries."),
)
_APACHE = Offer(
    "Apache-2.0",
    N_("As MIT, and nobody can use patents against its users (Apache 2.0)"),
    N_("The usual choice where companies or ministries work on it, too."),
)
_GPL = Offer(
    "GPL-3.0-or-later",
    N_("Who passes it on passes the source on (GPL 3 or later)"),
    N_("What others make of it stays open. Programs that build on GPL programs need it."),
)
_AGPL = Offer(
    "AGPL-3.0-or-later",
    N_("As the GPL, also for services on the web (AGPL 3 or later)"),
    N_("Who runs a changed version for others must show them its source."),
)

OFFERS: Final = {
    "dataset": (_CC_BY, _CC0, _CC_BY_SA, _ODBL, _CC_BY_NC),
    "software": (_MIT, _APACHE, _GPL, _AGPL, _CC0),
    "publication": (_CC_BY, _CC_BY_SA, _CC_BY_NC, _CC_BY_ND, _CC0),
}
"""By kind, the one we advise first."""
