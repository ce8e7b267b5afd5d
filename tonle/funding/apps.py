from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "tonle.funding"
    label = "funding"
    verbose_name = "Funding"

    def ready(self) -> None:
        from tonle.catalogue.public import register_kind
        from tonle.funding.kinds import KINDS

        for kind in KINDS:
            register_kind(kind)
