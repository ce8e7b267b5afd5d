"""The pages of deposit, as its subjects declare them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from tonle.deposit.access.urls import urlpatterns as access
from tonle.deposit.checks.urls import urlpatterns as checks
from tonle.deposit.curation.urls import urlpatterns as curation
from tonle.deposit.field.urls import urlpatterns as field
from tonle.deposit.forms.urls import urlpatterns as forms
from tonle.deposit.uploads.urls import urlpatterns as uploads

app_name = "deposit"
# Curation first: the forms' addresses begin with a draft's name, which could be any word.
urlpatterns: list[URLPattern | URLResolver] = [
    *curation,
    *access,
    *checks,
    *uploads,
    *field,
    *forms,
]
