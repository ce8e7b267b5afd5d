"""Signing in as an invented person with one press, at the machine of the node only."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tonle.kernel.errors import NotFound
from tonle.people import services
from tonle.people.services.demonstration import characters
from tonle.people.views.common import SIGN_IN_BACKEND, at_this_machine


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """The invented people with what to try as each. Elsewhere there is nothing here."""
    if not at_this_machine(request):
        raise NotFound
    there = services.demonstration_accounts()
    if request.method == "POST":
        account = there.get(request.POST.get("who", ""))
        if account is None or not account.is_active:
            raise NotFound
        login(request, account, backend=SIGN_IN_BACKEND)
        return redirect("people:me")
    people = [
        {"character": one, "account": there[one.key]} for one in characters() if one.key in there
    ]
    return render(request, "people/demo.html", {"people": people})
