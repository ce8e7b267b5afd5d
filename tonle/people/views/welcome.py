"""The first steward's way in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from tonle.infra import clock
from tonle.kernel.errors import Conflict, Invalid
from tonle.people import services
from tonle.people.errors import LinkSpent
from tonle.people.form_errors import show_in
from tonle.people.forms import FirstStewardForm
from tonle.people.views.common import SIGN_IN_BACKEND, at_this_machine


@never_cache
@sensitive_variables("secret")
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """The first steward's form. Only its POST spends the link."""
    now = clock.now()
    here = at_this_machine(request)
    if not here or not services.signin_link_is_open(secret, now):
        raise LinkSpent
    form = FirstStewardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = services.spend_signin_link(
                secret=secret,
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                from_loopback=here,
                now=now,
                language=getattr(request, "LANGUAGE_CODE", ""),
            )
        except (Invalid, Conflict) as error:
            show_in(form, error)
        else:
            login(request, account, backend=SIGN_IN_BACKEND)
            messages.success(request, _("You are now the steward of this node."))
            return redirect("people:me")
    # The secret stands in the address: no page may pass it on, not even to ourselves. Not
    # `no-referrer`: a browser then hides the form's origin too, and the form would be refused.
    answer = render(
        request,
        "people/welcome.html",
        {"form": form, "here": ""},
        status=422 if form.errors else 200,
    )
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer
