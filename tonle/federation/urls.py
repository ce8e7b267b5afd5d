"""The paths by which others read this node; each subject brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tonle.federation.catalogs import dcat, feeds, sitemap
from tonle.federation.catalogs.stac.urls import urlpatterns as stac
from tonle.federation.dois.urls import urlpatterns as dois
from tonle.federation.harvest.urls import urlpatterns as harvest
from tonle.federation.hooks.urls import urlpatterns as hooks
from tonle.federation.oai.urls import urlpatterns as oai

app_name = "federation"
urlpatterns: list[URLPattern | URLResolver] = [
    *oai,
    *stac,
    *harvest,
    *dois,
    *hooks,
    path("catalog", dcat.catalog, name="catalog"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-pages.xml", sitemap.pages, name="sitemap-pages"),
    path("sitemap-records-<int:number>.xml", sitemap.records, name="sitemap-records"),
    path("feeds/records.atom", feeds.records, name="feed-records"),
    path("feeds/search.atom", feeds.found, name="feed-search"),
]
