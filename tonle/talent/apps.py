from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "tonle.talent"
    label = "talent"
    verbose_name = "Talent"

    def ready(self) -> None:
        from tonle.catalogue.public import register_kind
        from tonle.talent.kinds import KINDS

        for kind in KINDS:
            register_kind(kind)
