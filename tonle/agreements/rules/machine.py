"""The lifecycle of one version of an agreement's text, as data. Everything here is pure.

The state of an agreement is that of its versions; who is bound follows from deeds
(`binding`), and is no state. The instants at which the node itself moves a version are
computed of them.
"""

from __future__ import annotations

from tonle.kernel.errors import N_, Refusal
from tonle.kernel.lifecycle import Facts, Machine, Transition


def text_is_whole(facts: Facts) -> Refusal | None:
    """What parties agree to must be a text that can be signed."""
    if facts["problems"]:
        return Refusal(
            "text_not_whole",
            N_("The text is not whole yet: %(problems)s."),
            {"problems": "; ".join(str(problem) for _, problem in facts["problems"][:5])},
        )
    return None


def everybody_has_agreed(facts: Facts) -> Refusal | None:
    if missing := sorted(set(facts["parties"]) - set(facts["agreed"])):
        return Refusal(
            "yes_missing",
            N_("Not every party has agreed to these words: %(parties)s."),
            {"parties": ", ".join(missing)},
        )
    return None


def everybody_has_signed(facts: Facts) -> Refusal | None:
    if missing := sorted(set(facts["parties"]) - set(facts["signed"])):
        return Refusal(
            "signatures_missing",
            N_("Not every party has signed: %(parties)s."),
            {"parties": ", ".join(missing)},
        )
    return None


def nobody_is_bound(facts: Facts) -> Refusal | None:
    if facts["bound"]:
        return Refusal(
            "parties_are_bound",
            N_("Parties are bound by this version still: %(parties)s."),
            {"parties": ", ".join(sorted(facts["bound"]))},
        )
    return None


def nothing_will_bind(facts: Facts) -> Refusal | None:
    """A text on its way into force is not given up behind the back of those whom it binds."""
    if facts["enters_at"] is not None:
        return Refusal(
            "will_bind",
            N_("Enough parties have consented: it enters into force. It can only be ended then."),
        )
    return None


VERSION = Machine(
    name="agreements.version",
    version=2,
    states=(
        "draft",
        "agreed",
        "partly_signed",
        "signed",
        "in_force",
        "superseded",
        "expired",
        "terminated",
        "abandoned",
    ),
    initial="draft",
    final=frozenset({"superseded", "expired", "terminated", "abandoned"}),
    transitions=(
        # Which party, on screen or on paper, and to which digest, the steps themselves have proved.
        Transition(
            "agree",
            ("draft",),
            "agreed",
            who=("the node",),
            guards=(text_is_whole, everybody_has_agreed),
        ),
        Transition(
            "abandon",
            ("draft", "agreed", "partly_signed"),
            "abandoned",
            who=("a party", "secretariat"),
            guards=(nothing_will_bind,),
        ),
        Transition("sign", ("agreed",), "partly_signed", who=("the node",)),
        Transition("sign", ("partly_signed",), "partly_signed", who=("the node",)),
        Transition("sign", ("in_force",), "in_force", who=("the node",)),
        Transition(
            "complete",
            ("partly_signed",),
            "signed",
            who=("the node",),
            guards=(everybody_has_signed,),
        ),
        Transition("enter", ("partly_signed", "signed"), "in_force", at="enters_at"),
        Transition("expire", ("in_force",), "expired", at="expires_at"),
        Transition("terminate", ("in_force",), "terminated", at="terminated_at"),
        # The last party that it bound took the next version, or left.
        Transition(
            "supersede", ("in_force",), "superseded", at="left_at", guards=(nobody_is_bound,)
        ),
    ),
    labels={
        "draft": N_("draft"),
        "agreed": N_("text agreed"),
        "partly_signed": N_("partly signed"),
        "signed": N_("signed"),
        "in_force": N_("in force"),
        "superseded": N_("replaced or left by all"),
        "expired": N_("expired"),
        "terminated": N_("terminated"),
        "abandoned": N_("given up before signature"),
        "agree": N_("agree to the text"),
        "abandon": N_("give it up"),
        "sign": N_("sign"),
        "complete": N_("all have signed"),
        "enter": N_("enter into force"),
        "expire": N_("expire"),
        "terminate": N_("terminate"),
        "supersede": N_("be replaced"),
    },
)
