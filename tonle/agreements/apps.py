from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "tonle.agreements"
    label = "agreements"
    verbose_name = "Agreements"

    def ready(self) -> None:
        from tonle.agreements.kinds import KINDS
        from tonle.catalogue.public import register_kind

        for kind in KINDS:
            register_kind(kind)
