from django.apps import AppConfig


class InfraConfig(AppConfig):
    name = "tonle.infra"
    label = "infra"
    verbose_name = "The node's machinery"
