from django.apps import AppConfig


class ExploreConfig(AppConfig):
    name = "tonle.explore"
    label = "explore"
    verbose_name = "Explore"
