"""The steward's page of layers: add one, look at it, show it, take it away."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tonle.catalogue.maps import selectors, services
from tonle.catalogue.maps.forms import LayerForm
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, NotFound
from tonle.kernel.maps.layers import BadLayer
from tonle.kernel.maps.views import REGION, parsed
from tonle.web.public import actor_of, on_page


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def layers(request: HttpRequest) -> HttpResponse:
    """The layers of this node, and a form to add one."""
    actor, now = actor_of(request), clock.now()
    if not services.may_keep_layers(actor):
        raise NotFound
    form = LayerForm()
    if request.method == "POST" and "do" in request.POST:
        _change(request, actor)
        return redirect("catalogue:map-layers")
    if request.method == "POST":
        form = LayerForm(request.POST, request.FILES)
        if form.is_valid() and _added(form, actor):
            messages.success(request, _("The layer is kept. Maps do not show it yet."))
            return redirect("catalogue:map-layers")
    looks = request.GET.get("map", "")[:12]
    here = request.path
    page = on_page(
        parsed(looks) or REGION,
        _("The map as everybody sees it"),
        url_of=lambda other: f"{here}?map={other}#map",
    )
    return render(
        request,
        "catalogue/maps/layers.html",
        {"layers": selectors.all_layers(), "form": form, "map": page, "now": now},
        status=422 if form.errors else 200,
    )


def _added(form: LayerForm, actor: Actor) -> bool:
    sent = form.cleaned_data
    try:
        services.add_layer(
            data=form.sent(),
            authority=sent["authority"],
            approval=sent["approval"],
            dated=sent["dated"],
            source=sent["source"],
            actor=actor,
            now=clock.now(),
        )
    except BadLayer as error:
        form.add_error("file", say(error))
    except Invalid as error:
        for field, message in error.problems:
            form.add_error(field, say(message))
    return not form.errors


def _change(request: HttpRequest, actor: Actor) -> None:
    layer_id, now = request.POST.get("layer", "")[:16], clock.now()
    match request.POST["do"]:
        case "show" | "hide" as do:
            services.show_layer(layer_id=layer_id, shown=do == "show", actor=actor, now=now)
        case "remove":
            services.remove_layer(layer_id=layer_id, actor=actor, now=now)
