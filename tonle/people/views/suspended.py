"""What somebody whose account is suspended may read and do: the reason, and an answer, once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tonle.infra import clock
from tonle.kernel.errors import Invalid, Refused
from tonle.people import services
from tonle.people.form_errors import show_in
from tonle.people.forms import AppealForm
from tonle.people.views.private import unlisted


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suspended(request: HttpRequest, signed: str) -> HttpResponse:
    """Reached by signing in; the address says whose it is and holds for an hour."""
    now = clock.now()
    found = services.suspension_behind(signed, now)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.appeal(signed=signed, text=form.cleaned_data["text"], now=now)
        except (Invalid, Refused) as error:
            show_in(form, error)
        else:
            messages.success(request, _("Your answer is kept. Somebody reads it and answers."))
            return redirect(request.path)
    context = {
        "suspension": found,
        "form": form,
        "may_appeal": services.may_appeal(found),
        "here": "",
    }
    status = 422 if form.errors else 200
    return unlisted(render(request, "people/suspended.html", context, status=status))
