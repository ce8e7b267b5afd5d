"""What keeps invented people apart from real readers: a mark, and a gate before the public."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tonle.kernel.errors import N_, Refusal
from tonle.people.models import Account, Person

IN_PUBLIC = Refusal(
    "demonstration_in_public",
    N_(
        "Demonstration accounts, whom nobody asks for a password, are no part of a node that "
        "others reach. Remove them with “tonle demo --remove”, or show the node to nobody else."
    ),
)
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def mark(request: HttpRequest) -> str:
    """Who somebody is being, over every page; "" for everybody real. One query when invented."""
    user = getattr(request, "user", None)
    if user is None or not getattr(user, "is_demonstration", False):
        return ""
    person = Person.objects.filter(account_id=user.pk).first()
    return format_html(
        '{} <a href="{}">{}</a>',
        _("Demonstration: you are %(name)s, who is invented.")
        % {"name": person.name if person else user.email},
        reverse("people:demo"),
        _("Be somebody else"),
    )


def gate() -> Refusal | None:
    """Why the node must not be shown on an address that others reach."""
    there = Account.objects.filter(is_demonstration=True, erased_at__isnull=True)
    return IN_PUBLIC if there.exists() else None


def gate_behind_a_proxy() -> Refusal | None:
    """The same for a node that listens to this machine only, and that a proxy shows to others."""
    return gate() if shown_to_others() else None


def shown_to_others() -> bool:
    """Whether the node's address, or a proxy before it, is one that others reach."""
    shown = urlsplit(settings.TONLE_URL).hostname or "localhost"
    return bool(settings.TONLE_PROXIES) or shown not in _LOCAL
