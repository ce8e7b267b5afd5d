"""Letters that must reach an address itself, whatever its owner chose for notices.

A notice goes where its reader wants it; these cannot: an invitation goes to somebody without
an account, and who is suspended cannot read notices.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from tonle.infra import jobs
from tonle.people.models import Account
from tonle.people.reading import as_reader

JOB = "people.letter"


def send(
    address: str, letter: str, language: str, context: dict[str, Any], writing: str = ""
) -> None:
    """Write one letter and hand it to the mail server. Touches the network.

    letter: `people/mail/<letter>_subject.txt` and `…_message.txt`. language, writing: as an
    account keeps them.
    """
    context = {**context, "node_name": settings.TONLE_NODE_NAME, "node_url": settings.TONLE_URL}
    with as_reader(language, writing):
        subject = render_to_string(f"people/mail/{letter}_subject.txt", context)
        message = render_to_string(f"people/mail/{letter}_message.txt", context)
    send_mail(" ".join(subject.split()), message, None, [address])


def send_invitation(address: str, secret: str, language: str) -> str:
    """Write the letter once the invitation is sure. Returns its link, to show once."""
    link = f"{settings.TONLE_URL}/invitations/{secret}"
    transaction.on_commit(
        # A mail server that is down must not undo the invitation: the link can be handed over.
        lambda: send(address, "invitation", language, {"link": link}),
        robust=True,
    )
    return link


def ask_for(account: Account, letter: str, now: datetime) -> None:
    """Ask for a letter to an account's address, in the caller's transaction."""
    jobs.enqueue(JOB, {"account": account.pk, "letter": letter}, run_at=now)


@jobs.handler(JOB)
def deliver(run: jobs.Run, _now: datetime) -> None:
    """The address is read here, so that no job holds it; an erased one gets no letter."""
    account = Account.objects.filter(pk=run.payload["account"], erased_at__isnull=True).first()
    # Invented people have invented addresses.
    if account is not None and not account.is_demonstration:
        send(account.email, run.payload["letter"], account.language, {}, account.writing)
