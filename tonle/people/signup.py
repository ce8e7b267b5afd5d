"""Slowing down sign-up without shutting anybody out.

Two counters shared by all processes: one of the address somebody asks from, one of the mail
address they name. Both count in windows of an hour, so the next hour is always open. A class
of thirty at one university is let in; a thousand robots take more than a day, and reach no
public page either way.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from tonle.api.public import count, network_of

HOUR = 3600  # seconds
PER_MAIL_ADDRESS = 5  # letters an hour to somebody who perhaps asked for none


def slow_down(address: str, email: str, now: datetime) -> None:
    """Count one sign-up. Raises TooManyRequests with the seconds until the next hour.

    address: the reader's, as the server's middleware tells it behind proxies.
    """
    limit: int = settings.TONLE_SIGNUP_LIMIT
    count("signup", network_of(address), limit=limit, seconds=HOUR, now=now)
    count("signup-mail", email.lower(), limit=PER_MAIL_ADDRESS, seconds=HOUR, now=now)
