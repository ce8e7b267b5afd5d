"""Everything that is done in a panel. Page, API and command come through here."""

from tonle.funding.panels.services.assigning import (
    adopt,
    ask,
    propose,
    release,
    reopen,
    replay,
    unwish,
    wish,
)
from tonle.funding.panels.services.conflicts import add, look, settle
from tonle.funding.panels.services.reviewers import (
    Profile,
    change,
    join,
    leave,
    link_of,
    make_link,
    may_let_in,
    revoke_link,
)
from tonle.funding.panels.services.reviewing import (
    accept,
    after_move,
    declare,
    decline,
    save,
    submit,
)

__all__ = [
    "Profile",
    "accept",
    "add",
    "adopt",
    "after_move",
    "ask",
    "change",
    "declare",
    "decline",
    "join",
    "leave",
    "link_of",
    "look",
    "make_link",
    "may_let_in",
    "propose",
    "release",
    "reopen",
    "replay",
    "revoke_link",
    "save",
    "settle",
    "submit",
    "unwish",
    "wish",
]
