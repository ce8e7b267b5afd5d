"""Requests in a fixed window of time, counted across threads and processes."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address

from django.db import connections
from django.utils.crypto import salted_hmac

from tonle.api.errors import TooManyRequests
from tonle.api.models import Window
from tonle.infra.stores import CACHE_ALIAS

# Counting and reading in one statement, so that two at once are two.
_COUNT = """
INSERT INTO api_window (key, hits, ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET hits = api_window.hits + 1
RETURNING hits
"""


def count(name: str, who: str, *, limit: int, seconds: int, now: datetime) -> None:
    """Count one request of `who` for `name`.

    limit: requests in each window of so many seconds; 0 means no limit.
    Raises TooManyRequests with the seconds until the next window. One statement.
    """
    if limit == 0:
        return
    window = int(now.timestamp()) // seconds
    ends = (window + 1) * seconds
    key = salted_hmac("tonle.api.throttle", f"{name} {who} {window}", algorithm="sha256")
    connection = connections[CACHE_ALIAS]
    ends_at = connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(ends, UTC))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key.hexdigest()[:32], ends_at])
        hits = cursor.fetchone()[0]
    if hits == 1:
        Window.objects.using(CACHE_ALIAS).filter(ends_at__lte=now).delete()
    if hits > limit:
        raise TooManyRequests(seconds=max(1, ends - int(now.timestamp())))


def network_of(address: str) -> str:
    """Whom to count together: an IPv4 address, or the /64 that one IPv6 household has."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(found.exploded)[:19]
    return str(getattr(found, "ipv4_mapped", None) or found)
