from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "tonle.indicators"
    label = "indicators"
    verbose_name = "Indicators"

    def ready(self) -> None:
        from tonle.catalogue.public import register_kind
        from tonle.indicators.kinds import KINDS

        for kind in KINDS:
            register_kind(kind)
