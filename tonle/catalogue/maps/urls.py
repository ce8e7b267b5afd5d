from __future__ import annotations

from django.urls import path

from tonle.catalogue.maps import views

urlpatterns = [path("maps/layers", views.layers, name="map-layers")]
