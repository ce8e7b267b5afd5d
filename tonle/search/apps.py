from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "tonle.search"
    label = "search"
    verbose_name = "Search"
