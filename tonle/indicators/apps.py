from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "tonle.indicators"
    label = "indicators"
    verbose_name = "Indicators"
