from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "tonle.agreements"
    label = "agreements"
    verbose_name = "Agreements"
