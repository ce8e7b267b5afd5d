from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "tonle.agreements"
    label = "agreements"
    verbose_name = "Agreements"

    def ready(self) -> None:
        from tonle.agreements import wiring
        from tonle.agreements.record import wiring as record

        record.connect()
        wiring.connect()
