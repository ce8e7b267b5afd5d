from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "tonle.federation"
    label = "federation"
    verbose_name = "Federation"
