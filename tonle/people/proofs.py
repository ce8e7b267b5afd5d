"""When somebody last proved who they are, and asking them to do it once more.

allauth keeps that in the session. Its own pages do the asking: password, code or passkey.
"""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode


def proved_at(request: HttpRequest, now: datetime) -> datetime | None:
    """When the account of this session last proved again who it is; None where it did not.

    Who has nothing here to prove it by (no password, no second factor) has proved it by signing
    in elsewhere. Not later than now: two clocks of one machine differ by a moment.
    """
    if not request.user.is_authenticated:
        return None
    records = get_authentication_records(request, request.user)
    if reauthentication.get_reauthentication_flows(request.user):
        records = [record for record in records if record.get("reauthenticated")]
    if not records:
        return None
    return min(now, datetime.fromtimestamp(records[-1]["at"], UTC))


def way_to_prove(request: HttpRequest) -> str:
    """The address at which it is proved again, which leads back here; "" where there is none."""
    if not reauthentication.get_reauthentication_flows(request.user):
        return ""
    back = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
    return f"{reverse('account_reauthenticate')}?{back}"
