"""The lifecycle of a question, as data: from the contact to the desk to the steward."""

from __future__ import annotations

from tonle.kernel.errors import N_, Refusal
from tonle.kernel.lifecycle import Facts, Machine, Transition

NAME = "desk.question"

WAITING = ("with_contact", "with_desk", "with_steward")


def somebody_answers(facts: Facts) -> Refusal | None:
    if facts["has_contact"]:
        return None
    return Refusal("no_contact", N_("Nobody here is named as this record's contact."))


QUESTION = Machine(
    name=NAME,
    version=1,
    states=("asked", *WAITING, "answered", "dismissed"),
    initial="asked",
    transitions=(
        # From "answered" too: the asker asks on.
        Transition(
            "send_to_contact", ("asked", "answered"), "with_contact", who=("asker",),
            guards=(somebody_answers,),
        ),
        Transition("send_to_desk", ("asked", "answered"), "with_desk", who=("asker",)),
        Transition("pass_on", ("with_contact",), "with_desk", who=("contact", "curator")),
        Transition("pass_on_to_steward", ("with_desk",), "with_steward", who=("curator",)),
        # A promise that was not kept moves on by itself.
        Transition("escalate", ("with_contact",), "with_desk", at="contact_due_at"),
        Transition("escalate_to_steward", ("with_desk",), "with_steward", at="desk_due_at"),
        Transition(
            "answer", (*WAITING, "answered"), "answered", who=("contact", "curator", "steward")
        ),
        Transition("dismiss", (*WAITING,), "dismissed", who=("curator", "steward")),
        Transition("reopen", ("dismissed",), "with_desk", who=("curator", "steward")),
        Transition("lapse", ("asked",), "dismissed", at="confirm_by"),
    ),
    labels={
        "asked": N_("not confirmed yet"),
        "with_contact": N_("with the contact"),
        "with_desk": N_("with the curators' desk"),
        "with_steward": N_("with the steward"),
        "answered": N_("answered"),
        "dismissed": N_("closed without an answer"),
        "send_to_contact": N_("send to the contact"),
        "send_to_desk": N_("send to the desk"),
        "pass_on": N_("pass on to the desk"),
        "pass_on_to_steward": N_("pass on to the steward"),
        "escalate": N_("go on to the desk"),
        "escalate_to_steward": N_("go on to the steward"),
        "answer": N_("answer"),
        "dismiss": N_("close without an answer"),
        "reopen": N_("open again"),
        "lapse": N_("forget"),
    },
)  # fmt: skip

# What happened, as the page tells it to both sides.
HAPPENED: dict[str, str] = {
    "send_to_contact": N_("Sent to the contact"),
    "send_to_desk": N_("Sent to the curators' desk"),
    "pass_on": N_("Passed on to the curators' desk"),
    "pass_on_to_steward": N_("Passed on to the node's steward"),
    "escalate": N_("Not answered in time: the curators' desk was told"),
    "escalate_to_steward": N_("Not answered in time: the node's steward was told"),
    "answer": N_("Answered"),
    "dismiss": N_("Closed without an answer"),
    "reopen": N_("Opened again"),
    "lapse": N_("Forgotten, since the address was not confirmed"),
}

DISMISSALS: dict[str, str] = {
    "spam": N_("Advertising, or no question"),
    "abuse": N_("It insults or threatens"),
    "elsewhere": N_("It was answered in another way"),
}
