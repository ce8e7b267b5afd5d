"""The node's account: what the options say, and whether it can be used at this moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac

from tonle import __version__
from tonle.catalogue.public import kinds
from tonle.federation.dois.errors import DoisOff, Halted, NotAnswered, reason_of
from tonle.federation.dois.models import Doi, DoiAccount
from tonle.federation.dois.rules.answers import patience_seconds
from tonle.federation.dois.rules.wishes import Policy
from tonle.kernel.actors import NODE
from tonle.people import public as people

HALTED_TOPIC = "federation.dois_halted"
# What a notice of a halt is about, so that it goes when the halt does.
MATTER = "doi_account/1"


@dataclass(frozen=True)
class Terms:
    """The options of an account that is switched on. url: without a slash at its end."""

    url: str
    account: str
    password: str = field(repr=False)
    prefix: str
    kinds: frozenset[str]

    @property
    def fingerprint(self) -> str:
        """The same while the account is, and all that is said alike of every record: where the
        node is, what it is called, and how this release of Tonle words a record.

        Keyed, so that no password is kept by it.
        """
        own = (self.url, self.account, self.password, self.prefix)
        said = "\n".join((*own, settings.TONLE_URL, settings.TONLE_NODE_NAME, __version__))
        return salted_hmac("tonle.federation.dois", said, algorithm="sha256").hexdigest()

    def unknown_kinds(self) -> list[str]:
        """Kinds that the options name and nobody has here."""
        return sorted(self.kinds - {kind.name for kind in kinds()})


def terms() -> Terms | None:
    """What the options say; None where the node has no account."""
    if not settings.TONLE_DATACITE_ACCOUNT:
        return None
    return Terms(
        settings.TONLE_DATACITE_URL,
        settings.TONLE_DATACITE_ACCOUNT,
        settings.TONLE_DATACITE_PASSWORD,
        settings.TONLE_DOI_PREFIX.lower(),
        frozenset(settings.TONLE_DOI_KINDS),
    )


def demand_terms() -> Terms:
    """Raises DoisOff."""
    found = terms()
    if found is None:
        raise DoisOff
    return found


def row_of(found: Terms, now: datetime) -> DoiAccount:
    """The account's row; it begins with the first call."""
    row, _new = DoiAccount.objects.get_or_create(
        key=1, defaults={"began_at": now, "fingerprint": found.fingerprint}
    )
    return row


def standing(found: Terms, now: datetime) -> DoiAccount:
    """The account's row, by the options that the node works with from now on.

    For what works in the background alone: a shell may have other options than the node.
    Other options end a halt. And since another address of the node is another page for each
    DOI, all are looked at again; DataCite hears only of those that it knows otherwise.
    """
    row = row_of(found, now)
    if row.fingerprint != found.fingerprint:
        with transaction.atomic():
            if DoiAccount.objects.filter(fingerprint=row.fingerprint).update(
                fingerprint=found.fingerprint
            ):
                go_on(found, now)
                Doi.objects.filter(due_at__isnull=True).update(
                    asks=F("asks") + 1, due_at=now, is_bulk=True
                )
        row.refresh_from_db()
    return row


def policy(found: Terms, row: DoiAccount) -> Policy:
    return Policy(found.prefix, found.kinds, row.began_at)


def can_ask(row: DoiAccount, now: datetime) -> bool:
    """Whether DataCite may be asked at this instant."""
    return not row.halt and (row.wait_until is None or row.wait_until <= now)


def _works_with(found: Terms) -> QuerySet[DoiAccount]:
    """The account's row, where the node works with these options: what comes of others is no
    concern of it."""
    return DoiAccount.objects.filter(fingerprint=found.fingerprint)


@transaction.atomic
def go_on(found: Terms, now: datetime) -> None:
    """Ask again from now on: the cause may be mended. What was said of a halt waits for nobody."""
    if _works_with(found).update(halt={}, halted_at=None, wait_until=None, failures=0):
        people.end_notices(about=MATTER, now=now, topics=[HALTED_TOPIC])


def answered() -> None:
    """DataCite has answered: it is there."""
    DoiAccount.objects.exclude(failures=0).update(failures=0, wait_until=None)


def wait(error: NotAnswered, found: Terms, now: datetime) -> None:
    """Leave DataCite alone for as long as it asks for, or longer with each failure."""
    with transaction.atomic():
        if not _works_with(found).update(failures=F("failures") + 1):
            return
        failures = DoiAccount.objects.values_list("failures", flat=True).get()
        seconds = error.wait_seconds
        if seconds is None:
            seconds = patience_seconds(failures)
        DoiAccount.objects.update(wait_until=now + timedelta(seconds=seconds))


def halt(error: Halted, found: Terms, now: datetime) -> None:
    """Ask nothing more with these options until somebody has looked; stewards are told once."""
    with transaction.atomic():
        going = _works_with(found).filter(halted_at__isnull=True)
        if not going.update(halt=reason_of(error), halted_at=now):
            return
        people.notify_holders(
            role="steward",
            scope=NODE,
            topic=HALTED_TOPIC,
            link=reverse("federation:dois"),
            now=now,
            key=now.isoformat(),
            about=MATTER,
        )
