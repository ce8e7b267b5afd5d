from django.apps import AppConfig


class ExploreConfig(AppConfig):
    name = "tonle.explore"
    label = "explore"
    verbose_name = "Explore"

    def ready(self) -> None:
        from tonle.explore import wiring

        wiring.connect()
