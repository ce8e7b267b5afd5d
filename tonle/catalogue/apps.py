from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "tonle.catalogue"
    label = "catalogue"
    verbose_name = "Catalogue"
