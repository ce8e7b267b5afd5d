from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "tonle.catalogue"
    label = "catalogue"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        from tonle.catalogue import wiring

        wiring.connect()
