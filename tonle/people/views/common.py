"""What several pages of this context do."""

from __future__ import annotations

from django.http import HttpRequest

from tonle.people.rules.loopback import is_loopback

SIGN_IN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def at_this_machine(request: HttpRequest) -> bool:
    """Whether somebody at the machine of the node itself asks."""
    return is_loopback(
        request.META.get("REMOTE_ADDR", ""), request.get_host(), request.headers.keys()
    )
