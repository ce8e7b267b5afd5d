"""Everything that people do with a proposal. Page, API and command come through here."""

from tonle.funding.proposals.services.people import (
    change_person,
    join,
    make_link,
    remove_person,
    revoke_link,
)
from tonle.funding.proposals.services.submitting import (
    after_move,
    facts,
    sign,
    submit,
    withdraw,
)
from tonle.funding.proposals.services.writing import (
    begin,
    remove_partner,
    save_costs,
    save_partner,
    write_answer,
)

__all__ = [
    "after_move",
    "begin",
    "change_person",
    "facts",
    "join",
    "make_link",
    "remove_partner",
    "remove_person",
    "revoke_link",
    "save_costs",
    "save_partner",
    "sign",
    "submit",
    "withdraw",
    "write_answer",
]
