"""What curation forgets of a person whose account is erased."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tonle.catalogue import public as catalogue
from tonle.deposit.curation import services
from tonle.deposit.curation.machine import SUBMISSION
from tonle.deposit.curation.models import ShareLink, Submission
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import SYSTEM, Actor


def erase(account_id: str, actor: Actor, now: datetime) -> None:
    """Give up what the person had not published, and end their links.

    Words they wrote lie beside the audit chain and go with it; published records stay.
    """
    del actor
    rows = Submission.objects.filter(depositor=account_id)
    for draft_id in list(
        rows.exclude(state__in=("published", "discarded")).values_list("id", flat=True)
    ):
        with transaction.atomic():
            submission = services.lock(draft_id)
            if submission.draft.state == "open":
                catalogue.discard_draft(draft_id=draft_id, actor=SYSTEM, now=now)
                submission.draft.refresh_from_db()
            if submission.draft.state == "discarded":
                perform(SUBMISSION, submission, "lapse", SYSTEM, now)
                services.forget(submission)
                services.save(submission, now)
    ShareLink.objects.filter(created_by=account_id).update(label="")
    ShareLink.objects.filter(created_by=account_id, revoked_at=None).update(revoked_at=now)
