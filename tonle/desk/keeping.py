"""What a steward keeps in order: offices on the help page, corrections of calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max

from tonle.desk import permissions
from tonle.desk.models import CalendarDay, Office
from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.kernel import codes, identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted
from tonle.kernel.text import clean_language_map, one_line, valid_language

YEARS = (1990, 2100)


def _demand(actor: Actor) -> None:
    allowed = permissions.may_keep_desk(actor)
    if not allowed:
        raise NotPermitted(reason=allowed)


@transaction.atomic
def correct_day(
    *,
    member: str,
    day: date,
    works: bool,
    names: Mapping[str, str],
    source: str,
    actor: Actor,
    now: datetime,
) -> CalendarDay:
    """Say of one day whether a member's people work; an earlier correction is replaced.

    Promises that were made stay as they are. Raises NotPermitted, Invalid.
    """
    _demand(actor)
    if not codes.valid("members", member):
        raise Invalid([("member", N_("Choose a member."))])
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise Invalid([("day", N_("Give a day between 1990 and 2100."))])
    row, _made = CalendarDay.objects.update_or_create(
        member=member,
        day=day,
        defaults={
            "works": works, "names": clean_language_map(names, line=True),
            "source": one_line(source)[:500], "by": actor.id, "at": now,
        },
    )  # fmt: skip
    audit.record("desk.day_corrected", "calendar", f"{member} {day}", actor, now, {"works": works})
    return row


@transaction.atomic
def forget_correction(*, member: str, day: date, actor: Actor, now: datetime) -> None:
    """Back to the calendar that the node came with. Twice is once."""
    _demand(actor)
    gone, _ = CalendarDay.objects.filter(member=member, day=day).delete()
    if gone:
        audit.record("desk.day_restored", "calendar", f"{member} {day}", actor, now)


@transaction.atomic
def keep_office(
    *,
    office_id: str | None,
    names: Mapping[str, str],
    hours: Mapping[str, str],
    address: Mapping[str, str],
    telephone: str,
    mail: str,
    languages: Sequence[str],
    member: str,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Office:
    """Put an office on the help page, or change one. The same key again does it once.

    Raises NotPermitted, NotFound, Invalid.
    """
    _demand(actor)
    problems = []
    if not any(text.strip() for text in names.values()):
        problems.append(("names", N_("Give the office a name.")))
    if not all(valid_language(tag) for tag in languages):
        problems.append(("languages", N_("Write languages as codes, such as km or zh-Hans.")))
    if member and not codes.valid("members", member):
        problems.append(("member", N_("Choose a member.")))
    if mail.strip() and not _is_address(mail.strip()):
        problems.append(
            ("mail", N_("This is not an e-mail address. One looks like name@example.org."))
        )
    if problems:
        raise Invalid(problems)
    told: dict[str, Any] = {
        "names": clean_language_map(names, line=True),
        "hours": clean_language_map(hours),
        "address": clean_language_map(address),
        "telephone": one_line(telephone)[:60],
        "mail": one_line(mail)[:254],
        "languages": list(languages),
        "member": member,
    }

    def work() -> str:
        if office_id is None:
            last = Office.objects.aggregate(last=Max("position"))["last"]
            office = Office(id=identifiers.mint(), position=0 if last is None else last + 1)
        else:
            found = Office.objects.select_for_update().filter(id=office_id).first()
            if found is None:
                raise NotFound
            office = found
        for name, value in told.items():
            setattr(office, name, value)
        office.updated_at = now
        office.save()
        audit.record("desk.office_kept", "office", office.id, actor, now)
        return office.id

    asked = {"keep_office": office_id or "", **told}
    return Office.objects.get(id=once(actor, key, asked, now, work))


def _is_address(mail: str) -> bool:
    try:
        validate_email(mail)
    except ValidationError:
        return False
    return True


@transaction.atomic
def remove_office(*, office_id: str, actor: Actor, now: datetime) -> None:
    """Take an office off the help page. Twice is once."""
    _demand(actor)
    gone, _ = Office.objects.filter(id=office_id).delete()
    if gone:
        audit.record("desk.office_removed", "office", office_id, actor, now)
