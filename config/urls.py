"""Which path belongs to whom. Each context brings its own `urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tonle.web.urls")),
    path("", include("tonle.api.urls")),
    path("", include("tonle.search.urls")),
    path("", include("tonle.desk.urls")),
    path("", include("tonle.agreements.record.urls")),
    path("", include("tonle.trace.urls")),
    path("", include("tonle.catalogue.urls")),
    path("", include("tonle.agreements.urls")),
    path("", include("tonle.deposit.urls")),
    path("", include("tonle.explore.urls")),
    path("", include("tonle.funding.urls")),
    path("", include("tonle.federation.urls")),
    path("", include("tonle.people.urls")),
    path("accounts/", include("allauth.urls")),
]

# Errors that no view answers: pages of ours, the same for hidden and absent.
handler400 = "tonle.web.views.bad_request"
handler403 = "tonle.web.views.forbidden"
handler404 = "tonle.web.views.not_found"
handler500 = "tonle.web.views.server_error"
