"""What followers of a call are told: that it has news, and whether they may apply.

It leaves the node through services of others, so it names the call only on the reader's own
page, and of a bar only what says nothing about the person: never an age, a sex or a nationality.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tonle.funding.rules.eligibility import Verdict, standing
from tonle.funding.rules.news import What
from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic

_LABEL = N_("Calls that you follow")

MAY: Final[Mapping[str, str]] = {
    "admitted": N_("You may apply."),
    "perhaps": N_("You may perhaps apply: see which rules are open."),
    "barred": N_("One of its rules bars you: see which."),
    "country": N_("You may not apply: your organisation’s country is not among those named."),
    "organisation_type": N_("You may not apply: organisations such as yours are not named."),
    "career_stage": N_("You may not apply: your career stage is not among those named."),
    "partners_at_least": N_("You may not apply with so few partners."),
    "countries_at_least": N_("You may not apply with partners of so few countries."),
    "country_in_consortium": N_("You may not apply: no partner is in one of the places named."),
    "unsaid": N_("See who may apply."),
}  # fmt: skip

_TOPICS: Final[Mapping[What, Topic]] = {
    "opened": Topic(
        "funding.opened",
        _LABEL,
        N_("A call that you follow has opened. %(may)s"),
        words={"may": MAY},
    ),
    "closes_soon": Topic(
        "funding.closes_soon",
        _LABEL,
        N_("A call that you follow closes soon; days left: %(days)s. %(may)s"),
        words={"may": MAY},
        counts=("days",),
    ),
    "closes_very_soon": Topic(
        "funding.closes_very_soon",
        _LABEL,
        N_("A call that you follow closes very soon; days left: %(days)s. %(may)s"),
        # A letter of the week would come when it is closed.
        urgent=True,
        words={"may": MAY},
        counts=("days",),
    ),
    "corrected": Topic(
        "funding.corrected",
        _LABEL,
        N_("A call that you follow was corrected. %(may)s"),
        words={"may": MAY},
    ),
}
NAMES: Final = tuple(topic.name for topic in _TOPICS.values())


def of(what: What) -> Topic:
    return _TOPICS[what]


def may_of(found: tuple[Verdict, ...] | None) -> str:
    """A code of MAY. found: what its rules say of the follower; None where nothing is kept."""
    if found is None:
        return "unsaid"
    stands = standing(found)
    if stands != "barred":
        return stands
    bars = {one.rule.test for one in found if one.outcome == "unmet"}
    return next((test for test in MAY if test in bars), "barred")


def register() -> None:
    for topic in _TOPICS.values():
        register_topic(topic)
