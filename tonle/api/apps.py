from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "tonle.api"
    label = "api"
    verbose_name = "REST API"
