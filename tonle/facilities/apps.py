from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    name = "tonle.facilities"
    label = "facilities"
    verbose_name = "Facilities"

    def ready(self) -> None:
        from tonle.catalogue.public import register_kind
        from tonle.facilities.kinds import KINDS

        for kind in KINDS:
            register_kind(kind)
