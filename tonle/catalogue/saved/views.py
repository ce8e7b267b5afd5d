"""Pages of saved searches: one's own, and nobody else's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tonle.catalogue.models import SavedSearch
from tonle.catalogue.saved import selectors, services
from tonle.catalogue.saved.rules import RHYTHMS
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.errors import Invalid, Refused
from tonle.search.public import Filters
from tonle.web.public import actor_of, lang_narrows


class SearchForm(forms.Form):
    """What a kept search is called, and when its owner is told."""

    name = forms.CharField(
        label=_("Name"),
        max_length=services.LONGEST_NAME,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    rhythm = forms.ChoiceField(label=_("Tell me of new results"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the reader's language, which is known only now.
        choices = [(name, gettext(label)) for name, label in RHYTHMS.items()]
        self.fields["rhythm"].choices = choices  # type: ignore[attr-defined] # A ChoiceField.


@never_cache
@login_required
@require_safe
def searches(request: HttpRequest) -> HttpResponse:
    """`/me/searches`"""
    rows = selectors.own_searches(actor=actor_of(request))
    return render(request, "catalogue/saved/searches.html", {"searches": list(map(_row, rows))})


@lang_narrows
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    """`/me/searches/new?q=…&kind=…`: the question stands in the address, as on its page."""
    query = " ".join(request.GET.get("q", "")[: services.LONGEST_QUERY].split())
    filters = Filters.read(dict(request.GET.lists()))
    initial = {"name": query[: services.LONGEST_NAME], "rhythm": "weekly"}
    form = SearchForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_search(
                actor=actor_of(request),
                name=form.cleaned_data["name"],
                query=query,
                filters=filters.pairs(),
                rhythm=form.cleaned_data["rhythm"],
                now=clock.now(),
            )
        except (Invalid, Refused) as error:
            form.add_error(None, _said(error))
        else:
            messages.success(request, gettext("The search is kept."))
            return redirect("catalogue:searches")
    draft = SavedSearch(query=query, filters=[list(pair) for pair in filters.pairs()])
    context = {"form": form, "asked": _asked(draft), "back": selectors.address(draft)}
    status = 422 if form.errors else 200
    return render(request, "catalogue/saved/search.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, id: str) -> HttpResponse:
    """`/me/searches/<id>`"""
    actor = actor_of(request)
    kept = selectors.own_search(id=id, actor=actor)
    initial = {"name": kept.name, "rhythm": kept.rhythm}
    form = SearchForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_search(id=id, actor=actor, now=clock.now(), **form.cleaned_data)
        except Invalid as error:
            form.add_error(None, _said(error))
        else:
            return redirect("catalogue:searches")
    context = {
        "form": form,
        "asked": _asked(kept),
        "back": selectors.address(kept),
        "search": kept,
    }
    status = 422 if form.errors else 200
    return render(request, "catalogue/saved/search.html", context, status=status)


@login_required
@require_POST
def remove(request: HttpRequest, id: str) -> HttpResponse:
    """`/me/searches/<id>/remove`"""
    services.remove_search(id=id, actor=actor_of(request), now=clock.now())
    messages.success(request, gettext("The search is no longer kept."))
    return redirect("catalogue:searches")


@never_cache
@login_required
@require_safe
def new(request: HttpRequest, id: str) -> HttpResponse:
    """`/me/searches/<id>/new`: where a notice leads: the search, what is new first."""
    kept = selectors.own_search(id=id, actor=actor_of(request))
    return redirect(selectors.address(kept, sort="newest"))


def _row(kept: SavedSearch) -> dict[str, Any]:
    return {
        "id": kept.id,
        "name": kept.name,
        "asked": _asked(kept),
        "rhythm": gettext(RHYTHMS[kept.rhythm]),
        "looked_at": kept.looked_at if kept.due_at else None,
        "url": selectors.address(kept),
        "feed": selectors.address(kept, "/feeds/search.atom"),
    }


def _asked(kept: SavedSearch) -> list[str]:
    """The question and each filter, in the reader's words."""
    from django.utils.translation import get_language

    from tonle.search.public import applied

    filters = Filters.read(services.parameters(kept))
    said = [kept.query] if kept.query else []
    return said + applied(filters, get_language() or "en")


def _said(error: Invalid | Refused) -> str:
    return " ".join(say(problem, {}) for problem in _problems(error)) or say(error)


def _problems(error: Invalid | Refused) -> list[Any]:
    return [text for _where, text in error.problems] if isinstance(error, Invalid) else []
