from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "tonle.funding"
    label = "funding"
    verbose_name = "Funding"
