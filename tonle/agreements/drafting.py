"""What is changed of a draft beside its words: parties, annexes, from when on it is public."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from tonle.agreements import services, telling
from tonle.agreements.models import Agreement, Annex, Party, PartyStep, Version
from tonle.agreements.rules import texts
from tonle.agreements.services import NewParty
from tonle.infra import audit
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound, Refusal, Refused, TooLarge
from tonle.kernel.sentences import invalid
from tonle.kernel.text import one_line

MAX_ANNEX_BYTES = 16 * 1024 * 1024
MOST_ANNEXES = 100


def change_parties(
    *,
    version_id: str,
    parties: Sequence[tuple[NewParty, Mapping[str, str]]],
    edit: int,
    actor: Actor,
    now: datetime,
) -> Version:
    """Say who the parties are and what they are called, while nothing was agreed yet.

    In a later version the parties stay who they are, and may have other names; who joins does
    so by another agreement. edit: as in `write_draft`. Raises NotFound, Refused, Conflict,
    Invalid.
    """
    with transaction.atomic():
        version = services.draft_of(version_id, edit, actor)
        made = services.shaped(
            {
                **version.document,
                "parties": [services.party_part(party, name) for party, name in parties],
            }
        )
        before = {row.slug: row for row in version.agreement.parties.all()}
        after = {party.slug: party.organisation for party, _name in parties}
        if {slug: row.organisation for slug, row in before.items()} != after:
            if version.number > 1:
                raise Refused(
                    [Refusal("parties_stay", N_("A new version is between the same parties."))]
                )
            services.demand_parties([party for party, _name in parties], actor)
            _keep_parties(version.agreement, before, after)
        terms = made["terms"]
        if terms["needed"] == len(before) or terms["needed"] > len(after):
            terms["needed"] = len(after)
        if terms.get("depositary") not in after:
            terms.pop("depositary", None)
        services.keep_words(version, made, now)
        said = {"version": version.id, "parties": list(after)}
        audit.record("agreements.parties", services.SUBJECT, version.agreement.id, actor, now, said)
    return version


def _keep_parties(
    agreement: Agreement, before: Mapping[str, Party], after: Mapping[str, str]
) -> None:
    for slug, row in before.items():
        if slug not in after:
            row.delete()
    for slug, organisation in after.items():
        Party.objects.update_or_create(
            agreement=agreement, slug=slug, defaults={"organisation": organisation}
        )


def set_public_from(*, agreement_id: str, public_from: str, actor: Actor, now: datetime) -> None:
    """Say from which state on the text is public: until a first party has agreed to the words.

    After that it would be done behind the back of those who agreed. Raises NotFound, Invalid,
    Refused.
    """
    if public_from not in services.PUBLIC_FROM:
        raise invalid("public_from", N_("Choose from when on the text is public."))
    with transaction.atomic():
        agreement = services.agreement_of(agreement_id, actor, lock=True)
        if agreement.public_from == public_from:
            return
        first = agreement.versions.order_by("number").first()
        agreed = PartyStep.objects.filter(
            subject_kind=services.SUBJECT, subject=first.id if first else "", deed="agree"
        ).exclude(state="refused")
        if agreed.exists():
            raise Refused(
                [
                    Refusal(
                        "public_from_stands",
                        N_("A party has agreed already. From when on it is public stays as it is."),
                    )
                ]
            )
        agreement.public_from = public_from
        agreement.save(update_fields=["public_from"])
        said = {"public_from": public_from}
        audit.record("agreements.public_from", services.SUBJECT, agreement.id, actor, now, said)


def add_annex(
    *, version_id: str, name: str, content: bytes, edit: int, actor: Actor, now: datetime
) -> Version:
    """Keep a file as an annex: the text names it by its digest. Another of its name is replaced.

    Raises NotFound, Refused, Conflict, Invalid, TooLarge.
    """
    if len(content) > MAX_ANNEX_BYTES:
        raise TooLarge(limit=MAX_ANNEX_BYTES, unit="bytes")
    called = one_line(name.replace("\\", "/").rpartition("/")[2])[:255]
    if not called:
        raise invalid("annex", N_("Choose a file."))
    with transaction.atomic():
        version = services.draft_of(version_id, edit, actor)
        kept = [one for one in version.document.get("annexes", ()) if one["name"] != called]
        if len(kept) >= MOST_ANNEXES:
            raise invalid("annex", N_("A text has at most 100 annexes."))
        sha256 = hashlib.sha256(content).hexdigest()
        Annex.objects.get_or_create(
            agreement=version.agreement, sha256=sha256, defaults={"content": content}
        )
        kept.append({"name": called, "sha256": sha256, "size_bytes": len(content)})
        services.keep_words(version, services.shaped({**version.document, "annexes": kept}), now)
        _forget_unnamed(version.agreement)
    return version


def remove_annex(*, version_id: str, name: str, edit: int, actor: Actor, now: datetime) -> Version:
    """Take an annex out of a draft. Raises NotFound, Refused, Conflict."""
    with transaction.atomic():
        version = services.draft_of(version_id, edit, actor)
        kept = [one for one in version.document.get("annexes", ()) if one["name"] != name]
        services.keep_words(version, services.shaped({**version.document, "annexes": kept}), now)
        _forget_unnamed(version.agreement)
    return version


def annex(version: Version, name: str) -> tuple[bytes, str]:
    """The bytes of an annex of a version that was loaded for its reader, and their digest.

    Raises NotFound, also where only its digest is known here.
    """
    for one in version.document.get("annexes", ()):
        row = Annex.objects.filter(agreement=version.agreement, sha256=one["sha256"]).first()
        if one["name"] == name and row is not None:
            return bytes(row.content), row.sha256
    raise NotFound


def annexes_of(version: Version) -> list[tuple[str, str, bytes]]:
    """The annexes of a version whose bytes are here: name, media type, bytes."""
    rows = {
        row.sha256: bytes(row.content) for row in Annex.objects.filter(agreement=version.agreement)
    }
    return [
        (
            one["name"],
            mimetypes.guess_type(one["name"])[0] or "application/octet-stream",
            rows[one["sha256"]],
        )
        for one in version.document.get("annexes", ())
        if one["sha256"] in rows
    ]


def ask_parties(*, version_id: str, actor: Actor, now: datetime) -> Version:
    """Tell the parties that a draft waits for them to agree. Raises NotFound, Refused."""
    with transaction.atomic():
        version = services.load(version_id, actor, lock=True)
        if version.state != "draft":
            raise Refused([Refusal("not_a_draft", N_("This text is agreed already."))])
        if found := texts.problems(version.document):
            told = "; ".join(str(problem) for _, problem in found[:5])
            raise Refused(
                [
                    Refusal(
                        "text_not_whole",
                        N_("The text is not whole yet: %(problems)s."),
                        {"problems": told},
                    )
                ]
            )
        have = services.parties_that(version, "agree", texts.digest(version.document))
        waiting = version.agreement.parties.exclude(slug__in=have)
        telling.of_whole_text(version, list(waiting.values_list("organisation", flat=True)), now)
        audit.record(
            "agreements.asked", services.SUBJECT, version.agreement.id, actor, now,
            {"version": version.id, "edit": version.edit},
        )  # fmt: skip
    return version


def _forget_unnamed(agreement: Agreement) -> None:
    """The bytes of what no version names any more."""
    named = {
        one["sha256"]
        for version in agreement.versions.all()
        for one in version.document.get("annexes", ())
    }
    Annex.objects.filter(agreement=agreement).exclude(sha256__in=named).delete()
