"""Who hears what of an agreement, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from tonle.agreements import permissions, topics
from tonle.agreements.models import Agreement, Party, PartyStep, Version
from tonle.kernel.actors import NODE, Actor, Scope
from tonle.kernel.text import LanguageMap
from tonle.people.public import Topic, end_notices, notify, notify_holders

_ASKED_BY_STATE = {"agreed": topics.SIGN, "signed": topics.RATIFY}
_ENDS = frozenset({"superseded", "expired", "terminated"})
_NOTICES = frozenset({"withdraw", "stop_renewal", "terminate"})


def about(version: Version) -> str:
    return f"agreement/{version.id}"


def of_move(version: Version, source: str, target: str, now: datetime) -> None:
    """A version has another state."""
    if source == target:
        return
    asked = [topic.name for topic in (topics.AGREE, topics.SIGN, topics.RATIFY)]
    if target not in {"partly_signed", "in_force"}:
        end_notices(about=about(version), now=now, topics=asked)
    topic = _ASKED_BY_STATE.get(target)
    if target == "signed" and version.document["terms"]["consent"] != "ratification":
        topic = None
    if target == "in_force":
        topic = topics.IN_FORCE
    elif target in _ENDS:
        topic = topics.ENDED
    elif target == "abandoned":
        topic = topics.GIVEN_UP
    if topic is not None:
        _officers(version, topic, _organisations(version), now)


def of_step(
    version: Version, organisations: Mapping[str, str], step: PartyStep, now: datetime
) -> None:
    """A party acted, or a paper says so."""
    if step.way == "paper":
        of_paper(step, about(version), organisations[step.party], now)
    if step.state != "confirmed":
        return
    others = [slug for slug in organisations if slug != step.party]
    if step.deed == "agree" and version.state == "draft":
        _officers(version, topics.AGREE, [organisations[slug] for slug in others], now, step.sha256)
    elif step.deed in _NOTICES:
        _officers(version, topics.NOTICE, [organisations[slug] for slug in others], now, step.id)


def of_whole_text(version: Version, organisations: Sequence[str], now: datetime) -> None:
    """The parties are asked to read a draft that seems whole, and to agree to it."""
    _officers(version, topics.AGREE, organisations, now, version.sha256 or str(version.edit))


def names(ids: Sequence[str], actor: Actor, _now: datetime) -> dict[str, LanguageMap]:
    """Titles of versions by id, as far as the actor may read them. One query."""
    readable = Agreement.objects.filter(permissions.visible_to(actor))
    rows = Version.objects.filter(id__in=ids, agreement__in=readable)
    return {row.id: row.document["title"] for row in rows}


def of_paper(step: PartyStep, subject: str, organisation: str, now: datetime) -> None:
    """A paper waits for a second officer, or was answered.

    subject: the matter of notices that it belongs to; organisation: of its party, "" for none.
    """
    paper = f"paper/{step.id}"
    link = reverse("agreements:paper", args=[step.id])
    if step.state != "waiting":
        end_notices(about=paper, now=now, topics=[topics.PAPER.name])
    if step.state == "refused":
        notify(
            account_id=step.made_by, topic=topics.PAPER_REFUSED.name, link=link, now=now,
            key=f"refused:{step.id}", about=subject,
        )  # fmt: skip
    elif step.state == "waiting":
        asked = [("secretariat", NODE)]
        if organisation:
            asked.append(("officer", Scope("organisation", organisation)))
        for role, scope in asked:
            notify_holders(
                role=role, scope=scope, topic=topics.PAPER.name, link=link, now=now,
                key=f"paper:{step.id}", but=step.made_by, about=paper,
            )  # fmt: skip


def _officers(
    version: Version, topic: Topic, organisations: Sequence[str], now: datetime, once: str = ""
) -> None:
    """Tell the officers of these organisations, each once for this version and `once`."""
    for organisation in dict.fromkeys(one for one in organisations if one):
        notify_holders(
            role="officer",
            scope=Scope("organisation", organisation),
            topic=topic.name,
            link=reverse("agreements:version", args=[version.agreement.id, version.number]),
            now=now,
            key=f"{version.id}:{once[:12]}",
            about=about(version),
        )


def _organisations(version: Version) -> list[str]:
    rows = Party.objects.filter(agreement=version.agreement).order_by("key")
    return list(rows.values_list("organisation", flat=True))
