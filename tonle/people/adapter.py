"""What the sign-in library (django-allauth) asks of us."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from tonle.infra import clock
from tonle.people.models import Account


class AccountAdapter(DefaultAccountAdapter):
    """An entry point: it is where the clock is read for accounts that people open themselves."""

    def new_user(self, request: HttpRequest) -> Account:
        return Account(created_at=clock.now(), language=getattr(request, "LANGUAGE_CODE", ""))
