"""Sources: looking at one, adding, changing, pausing and removing it. Page, API and command."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tonle.catalogue.public import Record, segments
from tonle.federation.harvest import lease
from tonle.federation.harvest.clients import (
    PROTOCOLS,
    Identity,
    Received,
    detect,
    open_client,
)
from tonle.federation.harvest.describing import describe, is_address, segments_of
from tonle.federation.harvest.models import Source
from tonle.federation.harvest.permissions import demand, may_keep_sources
from tonle.federation.harvest.rules.reasons import Reason, reasons_of_sentences
from tonle.federation.harvest.taking import decide
from tonle.infra import audit, jobs
from tonle.kernel import codes, identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Conflict, Invalid, NotFound
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import normalise, one_line

HARVEST_JOB, REMOVE_JOB = "federation.harvest", "federation.remove_source"
PREVIEWED = 10
# How long a look may take while a person waits for the page, whatever is asked for it.
LOOK_SECONDS = 40.0
LONGEST_TERMS = 4_000
MOST_HOURS, MOST_DAYS, MOST_QUESTIONS = 24 * 366, 3_660, 6_000


class SourceKnown(Conflict):
    """data: id."""

    code = "source_known"
    message = N_("This place is a source of this node already. Its id is %(id)s.")


@dataclass(frozen=True)
class Wanted:
    """What a steward says of a source; what is None stays as it is, or takes its default.

    names: {bcp47: text}. every_hours 0: only when asked for. questions_a_minute 0: no bound.
    """

    names: Mapping[str, str] | None = None
    every_hours: int | None = None
    whole_every_days: int | None = None
    questions_a_minute: int | None = None
    member: str | None = None
    terms: str | None = None


@dataclass(frozen=True)
class Preview:
    """One record as it would come in. outcome: as of a run. title: {bcp47: text}."""

    identifier: str
    outcome: str
    titles: Mapping[str, str]
    home_url: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Looked:
    """What answers at an address, and its first records."""

    protocol: str
    identity: Identity
    prefix: str
    previews: tuple[Preview, ...]
    total: int | None


def look(
    *,
    url: str,
    actor: Actor,
    now: datetime,
    protocol: str = "",
    prefix: str = "",
    set_name: str = "",
    limit: int = PREVIEWED,
    seconds: float = LOOK_SECONDS,
) -> Looked:
    """Ask what is there, and read its first records as a harvest would. Changes nothing here.

    limit: how many of the first page are read; 0 asks for none. seconds: how long all answers
    together are waited for.

    Raises NotPermitted, Invalid, HarvestError.
    """
    demand(may_keep_sources(actor))
    address, spoken = _checked(url, protocol)
    until = time.monotonic() + seconds
    spoken = spoken or detect(address, until=until)
    with open_client(spoken, address, prefix=prefix, set_name=set_name, until=until) as client:
        identity = client.identify()
        page = next(iter(client.pages()), None) if limit else None
    source = _matching(spoken, identity.base_url, prefix, set_name) or Source(
        id="0" * 15,
        names={"und": identity.name},
        protocol=spoken,
        base_url=identity.base_url,
        prefix=prefix,
        set_name=set_name,
    )
    received = page.items[:limit] if page else ()
    return Looked(
        spoken,
        identity,
        prefix,
        tuple(_previews(source, received, now)),
        page.total if page else None,
    )


def _previews(source: Source, received: tuple[Received, ...], now: datetime) -> list[Preview]:
    """What would become of these, by the very rules of a run."""
    saved = source.key is not None
    found = []
    fates = decide(source, received, now).fates if saved else ()
    outcomes = {fate.received.identifier: fate.outcome for fate in fates}
    for one in received:
        words = describe(source, one, now) if one.data else None
        titles = (words.description or {}).get("titles", {}) if words else {}
        reasons = words.reasons if words else tuple(reasons_of_sentences(one.faults))
        guess = "deleted" if one.deleted else "added" if titles else "refused"
        found.append(
            Preview(
                one.identifier, outcomes.get(one.identifier, guess), titles, one.home_url, reasons
            )
        )
    return found


def _checked(url: str, protocol: str) -> tuple[str, str]:
    address = url.strip()
    if "://" not in address:
        address = f"https://{address}"
    faults: list[tuple[str, str]] = []
    if not is_address(address) or len(address) > 1000:
        faults.append(
            ("url", Sentence(N_("Give the address of a catalogue, such as https://data.example.")))
        )
    if protocol and protocol not in PROTOCOLS:
        known = ", ".join(PROTOCOLS)
        faults.append(("protocol", Sentence(N_("Choose one of: %(known)s."), known=known)))
    if faults:
        raise Invalid(faults)
    return address, protocol


def _matching(protocol: str, base_url: str, prefix: str, set_name: str) -> Source | None:
    return Source.objects.filter(
        protocol=protocol, base_url=base_url, prefix=prefix, set_name=set_name
    ).first()


def add_source(
    *,
    url: str,
    protocol: str,
    identity: Identity,
    actor: Actor,
    now: datetime,
    prefix: str = "",
    set_name: str = "",
    wanted: Wanted = Wanted(),
) -> Source:
    """Put this node in front of a source that `look` or a client has met.

    One that was removed, or whose records came back from files alone, keeps its id, and so
    its records theirs. Raises SourceKnown, NotPermitted, Invalid.
    """
    demand(may_keep_sources(actor))
    _, spoken = _checked(url, protocol)
    fields = _fields(wanted)
    with transaction.atomic():
        known = _matching(spoken, identity.base_url, prefix, set_name)
        if known is not None and known.state != "stopped":
            raise SourceKnown(id=known.id)
        source = known or Source(
            id=_id_of_kept(spoken, identity.base_url, prefix, set_name) or identifiers.mint(),
            protocol=spoken,
            base_url=identity.base_url,
            prefix=prefix,
            set_name=set_name,
        )
        source.names = source.names or {"und": one_line(normalise(identity.name))[:200]}
        source.deletes = identity.deletes
        source.created_at, source.created_by = now, actor.id
        source.state, source.whole_is_due, source.watermark = "active", True, ""
        for name, value in fields.items():
            setattr(source, name, value)
        source.next_at = now if source.every_hours else None
        source.save()
        audit.record("federation.source_added", "source", source.id, actor, now, _said(source))
    return source


def begin_with(
    *,
    url: str,
    actor: Actor,
    now: datetime,
    protocol: str = "",
    prefix: str = "",
    set_name: str = "",
    wanted: Wanted = Wanted(),
) -> Source:
    """Ask what is there, add it, and harvest it soon. Raises as `look` and `add_source`."""
    demand(may_keep_sources(actor))
    _fields(wanted)
    looked = look(
        url=url, protocol=protocol, prefix=prefix, set_name=set_name, actor=actor, now=now, limit=0
    )
    with transaction.atomic():
        source = add_source(
            url=url, protocol=looked.protocol, identity=looked.identity, prefix=prefix,
            set_name=set_name, wanted=wanted, actor=actor, now=now,
        )  # fmt: skip
        ask_for_run(source.id, actor.id, now)
    return source


def _id_of_kept(protocol: str, base_url: str, prefix: str, set_name: str) -> str:
    """The id of a source whose records were rebuilt from files, and that no row knows."""
    names = set(
        Record.objects.filter(kept_in__startswith=segments_of("")).values_list("kept_in", flat=True)
    )
    rows = Source.objects.values_list("id", flat=True)
    for name in sorted(names - {segments_of(one) for one in rows}):
        for _, entry in segments.walk_entries(name):
            said = entry.document.get("source", {})
            place = (
                said.get(field, "") for field in ("protocol", "base_url", "prefix", "set_name")
            )
            if tuple(place) == (protocol, base_url, prefix, set_name):
                return name.removeprefix(segments_of(""))
            break
    return ""


def _said(source: Source) -> dict[str, Any]:
    return {
        "protocol": source.protocol,
        "base_url": source.base_url,
        "prefix": source.prefix,
        "set": source.set_name,
    }


def _fields(wanted: Wanted) -> dict[str, Any]:
    """The columns that were said. Raises Invalid with every fault."""
    faults: list[tuple[str, str]] = []
    fields: dict[str, Any] = {}
    if wanted.names is not None:
        names = {tag: one_line(normalise(text))[:200] for tag, text in wanted.names.items()}
        fields["names"] = {tag: text for tag, text in names.items() if text}
        if not fields["names"]:
            faults.append(("names", Sentence(N_("Give the source a name."))))
    for name, value, most in (
        ("every_hours", wanted.every_hours, MOST_HOURS),
        ("whole_every_days", wanted.whole_every_days, MOST_DAYS),
        ("questions_a_minute", wanted.questions_a_minute, MOST_QUESTIONS),
    ):
        if value is None:
            continue
        fields[name] = value
        if not 0 <= value <= most:
            faults.append((name, Sentence(N_("Give a number from 0 to %(most)s."), most=most)))
    if wanted.member is not None:
        fields["member"] = wanted.member
        if wanted.member and not codes.valid("members", wanted.member):
            faults.append(("member", Sentence(N_("This is no member of the commons."))))
    if wanted.terms is not None:
        fields["terms"] = normalise(wanted.terms[: 4 * LONGEST_TERMS])[:LONGEST_TERMS]
    if faults:
        raise Invalid(faults)
    return fields


def load(source_id: str, actor: Actor) -> Source:
    """A source that the actor keeps. Raises NotFound alike for absent and not permitted."""
    source = Source.objects.filter(id=source_id).first()
    if source is None or not may_keep_sources(actor):
        raise NotFound
    return source


def change_source(*, source_id: str, wanted: Wanted, actor: Actor, now: datetime) -> Source:
    """Say something else of it. Raises NotFound, Invalid."""
    fields = _fields(wanted)
    with transaction.atomic():
        source = load(source_id, actor)
        if "every_hours" in fields and source.state == "active":
            fields["next_at"] = now if fields["every_hours"] else None
        Source.objects.filter(key=source.key).update(**fields)
        audit.record("federation.source_changed", "source", source.id, actor, now,
                     {"fields": sorted(fields)})  # fmt: skip
    return load(source_id, actor)


def pause_source(*, source_id: str, actor: Actor, now: datetime) -> Source:
    """Not now: a run in work stops after its page. Twice is once."""
    return _to(source_id, "paused", {"next_at": None}, actor, now)


def resume_source(*, source_id: str, actor: Actor, now: datetime) -> Source:
    """Go on where it stood. Twice is once."""
    source = load(source_id, actor)
    turn = now if source.every_hours else None
    return _to(source_id, "active", {"next_at": turn}, actor, now)


def _to(source_id: str, state: str, changes: dict[str, Any], actor: Actor, now: datetime) -> Source:
    with transaction.atomic():
        source = load(source_id, actor)
        lease.refuse_stopped(source)
        moved = Source.objects.filter(key=source.key).exclude(state=state)
        if moved.update(state=state, **changes):
            audit.record(f"federation.source_{state}", "source", source.id, actor, now)
    return load(source_id, actor)


def ask_now(*, source_id: str, actor: Actor, now: datetime, whole: bool = False) -> None:
    """Harvest it in the background, soon. Twice is once."""
    with transaction.atomic():
        source = load(source_id, actor)
        lease.refuse_stopped(source)
        if whole:
            Source.objects.filter(key=source.key).update(whole_is_due=True)
        ask_for_run(source.id, actor.id, now)


def ask_again(*, source_id: str, actor: Actor, now: datetime) -> None:
    """Try again, soon and in the background, what could not be taken in. Twice is once."""
    with transaction.atomic():
        source = load(source_id, actor)
        lease.refuse_stopped(source)
        jobs.enqueue(
            HARVEST_JOB,
            {"source": source.id, "by": actor.id, "retry": True},
            run_at=now,
            unique_key=f"{HARVEST_JOB}:{source.id}:retry",
        )


def ask_for_run(source_id: str, by: str, now: datetime) -> None:
    jobs.enqueue(
        HARVEST_JOB,
        {"source": source_id, "by": by},
        run_at=now,
        unique_key=f"{HARVEST_JOB}:{source_id}",
    )


def remove_source(*, source_id: str, actor: Actor, now: datetime) -> Source:
    """Harvest it no more, and withdraw its records in the background. Twice is once."""
    with transaction.atomic():
        source = load(source_id, actor)
        moved = Source.objects.filter(key=source.key).exclude(state="stopped")
        if moved.update(state="stopped", next_at=None, walk=0, walk_phase="", watermark=""):
            audit.record("federation.source_removed", "source", source.id, actor, now)
        jobs.enqueue(
            REMOVE_JOB,
            {"source": source.id, "by": actor.id},
            run_at=now,
            unique_key=f"{REMOVE_JOB}:{source.id}",
        )
    return load(source_id, actor)


def answer_doubt(*, source_id: str, believe: bool, actor: Actor, now: datetime) -> Source:
    """Whether the many records that a walk did not show are gone. Twice is once.

    No: they stay, until another walk of everything does not show them either.
    """
    with transaction.atomic():
        source = load(source_id, actor)
        walk = source.doubted_walk
        if not walk:
            return source
        Source.objects.filter(key=source.key).update(doubted=0, doubted_walk=0)
        audit.record("federation.deletions_decided", "source", source.id, actor, now,
                     {"believed": believe, "missing": source.doubted})  # fmt: skip
        if believe:
            jobs.enqueue(
                HARVEST_JOB,
                {"source": source.id, "by": actor.id, "sweep": walk},
                run_at=now,
                unique_key=f"{HARVEST_JOB}:{source.id}:sweep",
            )
    return load(source_id, actor)
