"""The catalogue's paths."""

from __future__ import annotations

from django.urls import path, re_path

from tonle.catalogue import views
from tonle.catalogue.certificates import views as certificates
from tonle.catalogue.lists.urls import urlpatterns as lists
from tonle.catalogue.maps.urls import urlpatterns as maps
from tonle.catalogue.saved.urls import urlpatterns as saved

app_name = "catalogue"
urlpatterns = [
    *lists,
    *saved,
    *maps,
    path("records/<str:record_id>", views.record, name="record"),
    path("records/<str:record_id>/v<int:version>", views.record, name="version"),
    path("records/<str:record_id>/files/<path:name>", views.file, name="file"),
    path(
        "records/<str:record_id>/v<int:version>/files/<path:name>", views.file, name="version-file"
    ),
    path("records/<str:record_id>/certificate", certificates.certificate, name="certificate"),
    path(
        "records/<str:record_id>/v<int:version>/certificate",
        certificates.certificate,
        name="version-certificate",
    ),
    path("verify", certificates.verify_any, name="verify-any"),
    path("verify/<str:code>", certificates.verify, name="verify"),
    re_path(r"^ark:/?(?P<naan>[0-9a-z]{5,9})/(?P<name>[^/?]+)$", views.ark, name="ark"),
    path("schemas/tonle-record/1", views.schema, name="schema"),
]
