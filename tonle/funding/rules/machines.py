"""The lifecycles of a joint call, as data: of the call, of a version of its text, of a proposal.

Which party acted, on screen or on paper, and upon which digest, the steps of the parties have
proved already. Everything here is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tonle.kernel.errors import N_, Refusal
from tonle.kernel.lifecycle import Facts, Machine, Transition, before
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import Name


def text_is_whole(facts: Facts) -> Refusal | None:
    """What parties sign must be a text by which a call can be run."""
    if facts["problems"]:
        return Refusal(
            "text_not_whole",
            N_("The text is not whole yet: %(problems)s."),
            {"problems": "; ".join(str(problem) for _, problem in facts["problems"][:5])},
        )
    return None


def everybody_has_signed(facts: Facts) -> Refusal | None:
    """Every party, the same digest."""
    if missing := sorted(set(facts["parties"]) - set(facts["signed"])):
        return Refusal(
            "signatures_missing",
            N_("Not every party has signed: %(parties)s."),
            {"parties": ", ".join(missing)},
        )
    return None


def time_is_left(facts: Facts) -> Refusal | None:
    """Nobody could apply any more."""
    if facts["closes_at"] is None or facts["closes_at"] <= facts["now"]:
        return Refusal("too_late", N_("By its text the call is closed already. Change its days."))
    return None


def call_is_not_closed(facts: Facts) -> Refusal | None:
    """What was closed stays closed: applicants were judged by it."""
    if facts["call_state"] not in {"draft", "agreed", "published", "open"}:
        return Refusal("call_is_over", N_("The call is closed: its text stays as it is."))
    return None


def another_is_in_force(facts: Facts) -> Refusal | None:
    """The text in force is given up with its call, not from under it."""
    if facts["version"] > 1 or facts["call_state"] == "given_up":
        return None
    return Refusal("only_text", N_("This is the only text of the call. Give the call up."))


CALL_TEXT = Machine(
    name="funding.call_text",
    version=1,
    states=("draft", "agreed", "replaced", "given_up"),
    initial="draft",
    final=frozenset({"replaced", "given_up"}),
    transitions=(
        Transition(
            "sign",
            ("draft",),
            "agreed",
            who=("the node",),
            guards=(text_is_whole, everybody_has_signed, time_is_left, call_is_not_closed),
        ),
        Transition("replace", ("agreed",), "replaced", who=("the node",)),
        Transition(
            "abandon",
            ("draft",),
            "given_up",
            who=("secretariat", "a party"),
            guards=(another_is_in_force,),
        ),
    ),
    labels={
        "draft": N_("draft"),
        "agreed": N_("signed by all"),
        "replaced": N_("replaced by a corrigendum"),
        "given_up": N_("given up"),
        "sign": N_("be signed by all"),
        "replace": N_("be replaced"),
        "abandon": N_("give it up"),
    },
)

CALL = Machine(
    name="funding.call",
    version=1,
    states=("draft", "agreed", "published", "open", "closed", "given_up"),
    initial="draft",
    final=frozenset({"closed", "given_up"}),
    transitions=(
        Transition("sign", ("draft",), "agreed", who=("the node",), guards=(everybody_has_signed,)),
        Transition(
            "publish", ("agreed",), "published", who=("secretariat",), guards=(time_is_left,)
        ),
        Transition("open", ("published",), "open", at="opens_at"),
        Transition("close", ("open",), "closed", at="closes_at"),
        Transition("abandon", ("draft", "agreed"), "given_up", who=("secretariat", "a party")),
    ),
    labels={
        "draft": N_("draft"),
        "agreed": N_("signed by all parties"),
        "published": N_("published, not open yet"),
        "open": N_("open for proposals"),
        "closed": N_("closed"),
        "given_up": N_("given up"),
        "sign": N_("be signed by all"),
        "publish": N_("publish it"),
        "close": N_("close"),
        "abandon": N_("give it up"),
    },
)


def joined(parts: Iterable[str], between: str = ", ") -> Sentence:
    """Names or sentences one after another, each in the reader's language."""
    places = {f"part{number}": part for number, part in enumerate(parts)}
    return Sentence(between.join(f"%({place})s" for place in places), **places)


def not_whole(problems: Sequence[tuple[str, str]]) -> Refusal:
    """The first problems of a proposal, in a sentence."""
    return Refusal(
        "proposal_not_whole",
        N_("The proposal is not whole yet: %(problems)s"),
        {"problems": joined((problem for _, problem in problems[:5]), " ")},
    )


def call_is_open(facts: Facts) -> Refusal | None:
    """Proposals come while the call is open, by the clock of the node that holds it."""
    if facts["call_state"] != "open":
        return Refusal("call_not_open", N_("The call is not open."))
    return None


def proposal_is_whole(facts: Facts) -> Refusal | None:
    """Everything that the text of the call asks for, and nothing that it forbids."""
    return not_whole(facts["problems"]) if facts["problems"] else None


def every_side_has_signed(facts: Facts) -> Refusal | None:
    """An investigator of each side, the same words."""
    if missing := sorted(set(facts["sides"]) - set(facts["signed"])):
        return Refusal(
            "investigators_missing",
            N_("Nobody has signed these words for: %(sides)s."),
            {"sides": joined(Name(facts["names"].get(side, {}), side) for side in missing)},
        )
    return None


def institutions_endorse(facts: Facts) -> Refusal | None:
    """Each institution that is paid, unless the text waives it."""
    if missing := facts["unendorsed"]:
        return Refusal(
            "endorsement_missing",
            N_("Not endorsed yet by: %(partners)s."),
            {"partners": ", ".join(missing)},
        )
    return None


def call_is_over(facts: Facts) -> Refusal | None:
    """Nothing is judged while anybody may still submit."""
    if facts["call_state"] != "closed":
        return Refusal("call_still_open", N_("Proposals are judged once the call has closed."))
    return None


def every_payer_admits(facts: Facts) -> Refusal | None:
    """Each party on whose money it draws finds it eligible."""
    if missing := [one for one in facts["payers"] if facts["verdicts"].get(one) != "admit"]:
        return Refusal(
            "eligibility_open",
            N_("Not found eligible yet by: %(sides)s."),
            {"sides": joined(Name(facts["names"].get(side, {}), side) for side in missing)},
        )
    return None


def a_payer_rules_it_out(facts: Facts) -> Refusal | None:
    """One side out is out."""
    if "rule_out" not in facts["verdicts"].values():
        return Refusal("nobody_against", N_("No party has found it ineligible."))
    return None


def review_is_arranged(facts: Facts) -> Refusal | None:
    """Somebody is to review it."""
    if not facts["reviewers"]:
        return Refusal("nobody_reviews", N_("Nobody is asked to review it."))
    return None


def conflicts_are_settled(facts: Facts) -> Refusal | None:
    """Nobody who is asked has a conflict with it, or one that nobody has looked at."""
    if facts["conflicted"]:
        return Refusal(
            "conflicts_open",
            N_("Settle first the conflicts of: %(reviewers)s."),
            {"reviewers": ", ".join(facts["conflicted"])},
        )
    return None


PROPOSAL = Machine(
    name="funding.proposal",
    version=2,
    states=("draft", "submitted", "eligible", "ineligible", "under_review", "withdrawn"),
    initial="draft",
    final=frozenset({"withdrawn"}),
    transitions=(
        Transition(
            "submit",
            ("draft", "submitted"),
            "submitted",
            who=("lead",),
            guards=(
                call_is_open,
                proposal_is_whole,
                every_side_has_signed,
                institutions_endorse,
                before("deadline"),
            ),
        ),
        Transition(
            "withdraw",
            ("draft", "submitted", "eligible", "ineligible", "under_review"),
            "withdrawn",
            who=("lead", "the only investigator of a side"),
        ),
        # What parties said, on screen or on paper, is proved by their steps; a party that thinks
        # again is heard until reviewing begins.
        Transition(
            "admit",
            ("submitted", "ineligible"),
            "eligible",
            who=("the node",),
            guards=(call_is_over, every_payer_admits),
        ),
        Transition(
            "rule_out",
            ("submitted", "eligible"),
            "ineligible",
            who=("the node",),
            guards=(call_is_over, a_payer_rules_it_out),
        ),
        Transition(
            "open_review",
            ("eligible",),
            "under_review",
            who=("who runs the panel",),
            guards=(call_is_over, review_is_arranged, conflicts_are_settled),
        ),
        Transition("reconsider", ("eligible", "ineligible"), "submitted", who=("the node",)),
    ),
    labels={
        "draft": N_("being written"),
        "submitted": N_("submitted"),
        "eligible": N_("eligible"),
        "ineligible": N_("not eligible"),
        "under_review": N_("under review"),
        "withdrawn": N_("withdrawn"),
        "submit": N_("submit"),
        "withdraw": N_("withdraw"),
        "admit": N_("be found eligible"),
        "rule_out": N_("be found not eligible"),
        "reconsider": N_("be judged anew"),
        "open_review": N_("open its review"),
    },
)


def proposal_is_reviewed(facts: Facts) -> Refusal | None:
    """Reviews count while the proposal is under review."""
    if facts["proposal_state"] != "under_review":
        return Refusal("not_under_review", N_("This proposal is not under review."))
    return None


def nothing_stands_between(facts: Facts) -> Refusal | None:
    """A conflict that was found or said since keeps a reviewer from going on."""
    if facts["conflicts"]:
        return Refusal(
            "conflict", N_("A conflict of interest stands between you and this proposal.")
        )
    return None


def review_is_whole(facts: Facts) -> Refusal | None:
    """Every criterion has its score, and words."""
    if facts["problems"]:
        return Refusal(
            "review_not_whole",
            N_("The review is not whole yet: %(problems)s"),
            {"problems": joined((problem for _, problem in facts["problems"][:5]), " ")},
        )
    return None


REVIEW = Machine(
    name="funding.review",
    version=1,
    states=("asked", "accepted", "submitted", "declined", "conflicted", "released"),
    initial="asked",
    final=frozenset({"declined", "conflicted", "released"}),
    transitions=(
        # Whoever accepts has seen title and team, and declared that nothing stands between.
        Transition(
            "accept",
            ("asked",),
            "accepted",
            who=("reviewer",),
            guards=(proposal_is_reviewed, nothing_stands_between),
        ),
        Transition("decline", ("asked", "accepted"), "declined", who=("reviewer",)),
        Transition("declare", ("asked", "accepted"), "conflicted", who=("reviewer",)),
        Transition(
            "submit",
            ("accepted",),
            "submitted",
            who=("reviewer",),
            guards=(proposal_is_reviewed, nothing_stands_between, review_is_whole),
        ),
        Transition(
            "reopen",
            ("submitted",),
            "accepted",
            who=("who runs the panel",),
            guards=(proposal_is_reviewed,),
        ),
        Transition(
            "release", ("asked", "accepted", "submitted"), "released", who=("who runs the panel",)
        ),
    ),
    labels={
        "asked": N_("asked"),
        "accepted": N_("accepted, being written"),
        "submitted": N_("handed in"),
        "declined": N_("declined"),
        "conflicted": N_("conflict declared"),
        "released": N_("released"),
        "accept": N_("accept"),
        "decline": N_("decline"),
        "declare": N_("declare a conflict"),
        "submit": N_("hand in"),
        "reopen": N_("give back"),
        "release": N_("release"),
    },
)
