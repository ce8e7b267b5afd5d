"""Which calls would take somebody: worked out of their answers, which are kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tonle.catalogue.public import documents_of, everybodys_of_kind
from tonle.funding.rules.eligibility import (
    ELSEWHERE,
    Answers,
    Rule,
    Standing,
    Verdict,
    needed_questions,
    read_rules,
    region_code,
    standing,
    verdicts,
)
from tonle.funding.rules.opportunities import Opportunity, read_opportunity, status
from tonle.infra import days
from tonle.kernel import codes

KIND: Final = "funding_opportunity"
OPEN: Final = ("closing_soon", "open")
# Documents read at once.
BATCH: Final = 500


@dataclass(frozen=True)
class OpenCall:
    """A call that is open, with its rules."""

    call: Opportunity
    status: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Judged:
    """A call, and what each of its rules says of somebody's answers."""

    call: Opportunity
    status: str
    standing: Standing
    verdicts: tuple[Verdict, ...]

    @property
    def bars(self) -> tuple[Verdict, ...]:
        return tuple(one for one in self.verdicts if one.outcome == "unmet")

    @property
    def open_rules(self) -> tuple[Verdict, ...]:
        """The rules that nobody has judged yet."""
        return tuple(one for one in self.verdicts if one.outcome in {"unanswered", "to_read"})


def open_calls(now: datetime) -> list[OpenCall]:
    """Calls that anybody sees and that are open, those that close soonest first.

    One query, and one for each 500 opportunities.
    """
    ids = everybodys_of_kind(KIND, now)
    found = []
    for start in range(0, len(ids), BATCH):
        for document in documents_of(ids[start : start + BATCH]).values():
            call = read_opportunity(document)
            stands = status(call, now)
            if stands in OPEN:
                found.append(OpenCall(call, stands, rules_of(call)))
    return sorted(found, key=_closing)


def rules_of(call: Opportunity) -> tuple[Rule, ...]:
    return read_rules(call.eligibility)


def judge(calls: Iterable[OpenCall], answers: Answers, now: datetime) -> list[Judged]:
    """Each call with its verdicts, in the order given."""
    found = []
    for one in calls:
        said = verdicts(one.rules, answers, days.day_of(now))
        found.append(Judged(one.call, one.status, standing(said), said))
    return found


def questions_of(calls: Iterable[OpenCall]) -> frozenset[str]:
    """The questions that some rule of these calls looks at."""
    return needed_questions(rule for one in calls for rule in one.rules)


def still_needed(found: Iterable[Judged]) -> frozenset[str]:
    """The questions that would decide something of the calls that nothing bars yet."""
    return frozenset(
        question
        for one in found
        if one.standing != "barred"
        for verdict in one.verdicts
        for question in verdict.missing
    )


def provinces_of(calls: Iterable[OpenCall]) -> list[str]:
    """The provinces (ISO 3166-2) that rules of these calls name."""
    named = {value for one in calls for rule in one.rules for value in rule.values if "-" in value}
    return sorted(named)


def provinces_named(now: datetime, also: str = "") -> list[str]:
    """Provinces to choose from for good: of open calls, members of the commons, one of before."""
    members = {region_code(code) for code in codes.members() if "-" in code}
    return sorted({*provinces_of(open_calls(now)), *members, also} - {"", ELSEWHERE})


def _closing(one: OpenCall) -> tuple[str, str]:
    return (one.call.closes_at.isoformat() if one.call.closes_at else "9", one.call.id)
