"""The lifecycle of a submission, as data: from a first word to a record, or not.

A guard reads `facts["case"]`, whose attributes are looked up only when a guard asks:
handing in needs much, releasing nothing. Everything here is pure.
"""

from __future__ import annotations

from tonle.deposit.access.rules import wants_conditions, wants_end
from tonle.kernel.errors import N_, Refusal
from tonle.kernel.lifecycle import Facts, Machine, Transition
from tonle.kernel.sentences import Sentence

NAME = "deposit.submission"

# In these the curators have it, and the depositor takes it back before changing a word.
WITH_CURATORS = ("submitted", "in_review", "accepted", "appealed")
# In these the depositor writes.
WITH_DEPOSITOR = ("preparing", "changes_asked")
# In these nobody changes anything.
FROZEN = ("accepted", "declined", "appealed")
CLOSED = ("published", "declined", "discarded")

# How many deposits of somebody nobody vouched for may wait at once.
WAITING_OF_A_NEWCOMER = 1


def has_title(facts: Facts) -> Refusal | None:
    titles = facts["case"].document.get("titles") or {}
    if any(text.strip() for text in titles.values()):
        return None
    return Refusal("no_title", N_("There is no title yet. Give one."), {"field": "titles"})


def has_creators(facts: Facts) -> Refusal | None:
    if facts["case"].document.get("creators"):
        return None
    return Refusal(
        "no_creators", N_("Nobody is named as creator yet. Name at least one person or body."),
        {"field": "creators"},
    )  # fmt: skip


def has_licence(facts: Facts) -> Refusal | None:
    if facts["case"].document.get("rights"):
        return None
    return Refusal(
        "no_licence", N_("No licence is chosen yet: readers could not know what they may do."),
        {"field": "rights"},
    )  # fmt: skip


def access_is_told(facts: Facts) -> Refusal | None:
    access = facts["case"].document.get("access") or {}
    if wants_conditions(access):
        return Refusal(
            "no_conditions",
            N_(
                "The files are to be given out on request, and nobody is told on which "
                "conditions. Say so, or choose another access."
            ),
            {"field": "access"},
        )
    if wants_end(access):
        return Refusal(
            "no_embargo_end",
            N_("The files are to open on a day, and no day is given. Say which."),
            {"field": "access"},
        )
    return None


def has_files(facts: Facts) -> Refusal | None:
    case = facts["case"]
    if case.file_count or case.document.get("access", {}).get("level") == "metadata_only":
        return None
    return Refusal(
        "no_files",
        N_(
            "There are no files yet. Add one, or say under “rights” that only a description is "
            "kept."
        ),
        {"field": "files"},
    )


def communities_take_it(facts: Facts) -> Refusal | None:
    """Nobody comes into a community by writing its name into a document."""
    closed = facts["case"].closed_communities(facts["actor"])
    if not closed:
        return None
    return Refusal(
        "no_such_community",
        N_("These communities take no deposit from its depositor: %(communities)s. Remove them."),
        {"communities": ", ".join(closed), "field": "communities"},
    )


def mail_is_verified(facts: Facts) -> Refusal | None:
    if facts["case"].mail_verified:
        return None
    return Refusal(
        "mail_not_verified",
        N_("Your mail address is not confirmed yet. Open the link that we sent to it."),
    )


def findings_are_decided(facts: Facts) -> Refusal | None:
    reasons = facts["case"].undecided
    if not reasons:
        return None
    # One place for each, so that each is translated and keeps its own numbers.
    places = {
        f"reason{n}": Sentence(reason.message, **reason.data) for n, reason in enumerate(reasons)
    }
    message = " ".join(f"%({place})s" for place in places)
    return Refusal("findings_undecided", message, {**places, "field": "check"})


def waits_alone(facts: Facts) -> Refusal | None:
    case = facts["case"]
    if case.vouched or case.other_waiting < WAITING_OF_A_NEWCOMER:
        return None
    return Refusal(
        "one_waits",
        N_(
            "Another deposit of yours waits for the curators. Until somebody vouches for you, "
            "one may wait at a time."
        ),
    )


def nobody_else_has_it(facts: Facts) -> Refusal | None:
    case = facts["case"]
    if case.curator in {"", facts["actor"].id}:
        return None
    return Refusal(
        "claimed",
        N_("%(curator)s has taken this on. Speak with them, or release it first."),
        {"curator": case.curator_name},
    )


def not_own_work(facts: Facts) -> Refusal | None:
    """Nobody decides about their own deposit, where somebody else could."""
    case = facts["case"]
    if facts["actor"].id != case.depositor or not case.other_curators:
        return None
    return Refusal("own_work", N_("This is your own deposit. Another curator decides about it."))


def another_curator(facts: Facts) -> Refusal | None:
    """Who declined does not decide on the appeal, where somebody else could."""
    case = facts["case"]
    if facts["actor"].id != case.decided_by or not case.other_curators:
        return None
    return Refusal(
        "same_curator", N_("You declined this deposit. Another curator decides about the appeal.")
    )


def appeals_once(facts: Facts) -> Refusal | None:
    if facts["case"].appeals < 1:
        return None
    return Refusal(
        "appealed_before",
        N_("An appeal was decided already. The node's help page names an office."),
    )


def policy_lets_through(facts: Facts) -> Refusal | None:
    if facts["case"].may_publish_alone:
        return None
    return Refusal(
        "curated_here",
        N_("A curator looks at every deposit here. Hand it in instead of publishing."),
    )


def draft_is_published(facts: Facts) -> Refusal | None:
    if facts["case"].draft_state == "published":
        return None
    return Refusal("not_published", N_("The record is not published yet."))


def draft_is_discarded(facts: Facts) -> Refusal | None:
    if facts["case"].draft_state == "discarded":
        return None
    return Refusal("not_discarded", N_("The draft is still there."))


# What a record needs before anybody may make it public.
COMPLETE = (
    has_title,
    has_creators,
    has_licence,
    access_is_told,
    has_files,
    communities_take_it,
    findings_are_decided,
)

OPEN = (
    "preparing",
    "submitted",
    "in_review",
    "changes_asked",
    "accepted",
    "declined",
    "appealed",
)

SUBMISSION = Machine(
    name=NAME,
    version=1,
    states=(*OPEN, "published", "discarded"),
    initial="preparing",
    final=frozenset({"published", "discarded"}),
    transitions=(
        Transition(
            "hand_in", WITH_DEPOSITOR, "submitted", who=("depositor",),
            guards=(*COMPLETE, mail_is_verified, waits_alone), effects=("SubmissionHandedIn",),
        ),
        Transition(
            "publish_alone", WITH_DEPOSITOR, "accepted", who=("depositor",),
            guards=(*COMPLETE, mail_is_verified, policy_lets_through),
        ),
        Transition("take_back", ("submitted", "in_review"), "preparing", who=("depositor",)),
        Transition(
            "claim", ("submitted", "in_review"), "in_review", who=("curator",),
            guards=(nobody_else_has_it,),
        ),
        Transition("release", ("in_review",), "submitted", who=("curator",)),
        Transition(
            "ask_changes", ("in_review",), "changes_asked", who=("curator",),
            guards=(nobody_else_has_it,), effects=("ChangesAsked",),
        ),
        Transition(
            "accept", ("in_review",), "accepted", who=("curator",),
            guards=(nobody_else_has_it, not_own_work, *COMPLETE),
            effects=("SubmissionAccepted",),
        ),
        Transition(
            "decline", ("submitted", "in_review", "changes_asked"), "declined", who=("curator",),
            guards=(nobody_else_has_it, not_own_work), effects=("SubmissionDeclined",),
        ),
        Transition(
            "appeal", ("declined",), "appealed", who=("depositor",), guards=(appeals_once,),
            effects=("SubmissionAppealed",),
        ),
        Transition(
            "uphold", ("appealed",), "declined", who=("another curator",),
            guards=(another_curator, not_own_work),
        ),
        Transition(
            "overturn", ("appealed",), "submitted", who=("another curator",),
            guards=(another_curator, not_own_work),
        ),
        Transition("reopen", ("declined",), "submitted", who=("curator",), guards=(not_own_work,)),
        # What publishing says is what counts; the node only writes it down here.
        Transition(
            "publish", OPEN, "published", who=("the node",), guards=(draft_is_published,),
            effects=("SubmissionPublished",),
        ),
        Transition("give_back", ("accepted",), "in_review", who=("the node",)),
        Transition("hand_back", ("accepted",), "preparing", who=("the node",)),
        Transition(
            "discard", ("preparing", "changes_asked", "declined"), "discarded",
            who=("depositor",),
        ),
        Transition("lapse", OPEN, "discarded", who=("the node",), guards=(draft_is_discarded,)),
    ),
    labels={
        "preparing": N_("being prepared"),
        "submitted": N_("waiting for a curator"),
        "in_review": N_("in review"),
        "changes_asked": N_("changes asked"),
        "accepted": N_("accepted"),
        "published": N_("published"),
        "declined": N_("declined"),
        "appealed": N_("appeal waiting"),
        "discarded": N_("discarded"),
        "hand_in": N_("hand in"),
        "publish_alone": N_("publish"),
        "take_back": N_("take back"),
        "claim": N_("take on"),
        "release": N_("release"),
        "ask_changes": N_("ask for changes"),
        "accept": N_("accept"),
        "decline": N_("decline"),
        "appeal": N_("appeal"),
        "uphold": N_("uphold the decision"),
        "overturn": N_("overturn the decision"),
        "reopen": N_("reopen"),
        "publish": N_("make public"),
        "give_back": N_("return to the curator"),
        "hand_back": N_("return to the depositor"),
        "discard": N_("discard"),
        "lapse": N_("close"),
    },
)  # fmt: skip

# What happened, as a timeline tells it.
HAPPENED: dict[str, str] = {
    "hand_in": N_("Handed in"),
    "publish_alone": N_("Sent to publication without a curator"),
    "take_back": N_("Taken back by the depositor"),
    "claim": N_("Taken on by a curator"),
    "release": N_("Released for another curator"),
    "ask_changes": N_("Changes asked"),
    "accept": N_("Accepted"),
    "decline": N_("Declined"),
    "appeal": N_("Appealed"),
    "uphold": N_("The decision was upheld"),
    "overturn": N_("The decision was overturned"),
    "reopen": N_("Opened again"),
    "publish": N_("Published"),
    "give_back": N_("Could not be published yet; back with the curator"),
    "hand_back": N_("Could not be published yet; back with the depositor"),
    "discard": N_("Discarded"),
    "lapse": N_("Closed with its draft"),
}

# Why a deposit is declined: a short list, so that people are told alike.
DECLINE_REASONS: dict[str, str] = {
    "out_of_scope": N_("It does not belong into this collection"),
    "duplicate": N_("It is here already"),
    "rights": N_("The rights do not allow it"),
    "personal_data": N_("It would show personal data"),
    "quality": N_("It cannot be used as it is"),
    "spam": N_("It is advertising or has no content"),
    "other": N_("Another reason"),
}

# Why a published record is taken back.
WITHDRAWAL_REASONS: dict[str, str] = {
    "error": N_("It holds an error that changes what it says"),
    "personal_data": N_("It shows personal data"),
    "rights": N_("Its rights were not cleared"),
    "duplicate": N_("It is here a second time"),
    "by_author": N_("Its authors ask for it"),
}

WITHDRAWAL = Machine(
    name="deposit.withdrawal",
    version=1,
    states=("waiting", "granted", "refused", "taken_back"),
    initial="waiting",
    final=frozenset({"granted", "refused", "taken_back"}),
    transitions=(
        Transition("grant", ("waiting",), "granted", who=("curator",)),
        Transition("refuse", ("waiting",), "refused", who=("curator",)),
        Transition("take_back", ("waiting",), "taken_back", who=("owner",)),
    ),
    labels={
        "waiting": N_("waiting"),
        "granted": N_("agreed to"),
        "refused": N_("refused"),
        "taken_back": N_("taken back"),
        "grant": N_("withdraw the record"),
        "refuse": N_("refuse"),
        "take_back": N_("take back"),
    },
)
