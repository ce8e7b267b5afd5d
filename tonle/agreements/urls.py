"""The paths of agreements."""

from __future__ import annotations

from django.urls import path

from tonle.agreements.views import editing, listing, steps, version

app_name = "agreements"
_STEP = "<slug:kind>/<str:name>/<slug:party>/<slug:deed>"
_VERSION = "agreements/<str:agreement_id>/v<int:number>"

urlpatterns = [
    path("agreements", listing.agreements, name="agreements"),
    path("agreements/new", listing.new, name="new"),
    path(f"agreements/steps/{_STEP}", steps.act, name="act"),
    path(f"agreements/papers/new/{_STEP}", steps.write_paper, name="write_paper"),
    path("agreements/papers/<str:step_id>", steps.paper, name="paper"),
    path("agreements/papers/<str:step_id>/scan", steps.scan, name="scan"),
    path("agreements/<str:agreement_id>", listing.agreement, name="agreement"),
    path(_VERSION, version.version, name="version"),
    path(f"{_VERSION}/compare", version.compare, name="compare"),
    path(f"{_VERSION}/print/<str:language>", version.print_, name="print"),
    path(f"{_VERSION}/text.json", version.text, name="text"),
    path(f"{_VERSION}/annexes/<path:name>", version.annex, name="annex"),
    path(f"{_VERSION}/edit", editing.outline, name="outline"),
    path(f"{_VERSION}/edit/text/<str:language>", editing.articles, name="articles"),
    path(f"{_VERSION}/edit/terms", editing.terms, name="terms"),
    path(f"{_VERSION}/edit/annexes", editing.annexes, name="annexes"),
]
