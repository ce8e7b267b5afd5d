"""Who hears what of a joint call, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from tonle.agreements.public import PartyStep, of_paper
from tonle.funding.calls import permissions, topics
from tonle.funding.models import Call, CallText
from tonle.kernel.actors import NODE, Actor, Scope
from tonle.kernel.text import LanguageMap
from tonle.people.public import Topic, end_notices, notify_holders

MATTER = "call"
_BY_STATE = {
    "agreed": topics.AGREED,
    "published": topics.PUBLISHED,
    "open": topics.OPEN,
    "closed": topics.CLOSED,
    "given_up": topics.GIVEN_UP,
}


def about(call: Call) -> str:
    return f"{MATTER}/{call.id}"


def of_move(call: Call, target: str, actor: Actor, now: datetime) -> None:
    """A call has another state."""
    if target in {"agreed", "given_up"}:
        end_notices(about=about(call), now=now, topics=[topics.SIGN.name])
    if topic := _BY_STATE.get(target):
        _told(call, topic, _organisations(call), target, now, but=actor.id)


def of_corrigendum(call: Call, text: CallText, now: datetime) -> None:
    """A corrigendum is in force."""
    end_notices(about=about(call), now=now, topics=[topics.SIGN.name])
    _told(call, topics.CORRIGENDUM, _organisations(call), str(text.number), now)


def of_step(
    text: CallText, organisations: Mapping[str, str], step: PartyStep, now: datetime
) -> None:
    """A party signed, or a paper says so: the others are asked to."""
    if step.way == "paper":
        of_paper(step, about(text.call), organisations[step.party], now)
    if step.state == "confirmed" and text.state == "draft":
        others = [one for slug, one in organisations.items() if slug != step.party]
        _told(text.call, topics.SIGN, others, f"{text.number}:{step.sha256[:12]}", now)


def names(ids: Sequence[str], actor: Actor, _now: datetime) -> dict[str, LanguageMap]:
    """Titles of calls by id, as far as the actor may read them. One query."""
    rows = CallText.objects.filter(
        call__in=Call.objects.filter(permissions.visible_to(actor), id__in=ids)
    ).order_by("number")
    return {id_: document["title"] for id_, document in rows.values_list("call__id", "document")}


def _told(
    call: Call,
    topic: Topic,
    organisations: Iterable[str],
    once: str,
    now: datetime,
    but: str = "",
) -> None:
    link = reverse("funding:call", args=[call.id])
    asked = [("officer", Scope("organisation", one)) for one in dict.fromkeys(organisations) if one]
    if topic is not topics.SIGN:
        asked.append(("secretariat", NODE))
    for role, scope in asked:
        notify_holders(
            role=role, scope=scope, topic=topic.name, link=link, now=now,
            key=f"{call.id}:{once}", but=but, about=about(call),
        )  # fmt: skip


def _organisations(call: Call) -> list[str]:
    return list(call.parties.order_by("key").values_list("organisation", flat=True))
