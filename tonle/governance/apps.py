from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "tonle.governance"
    label = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from tonle.catalogue.public import register_kind
        from tonle.governance.kinds import KINDS

        for kind in KINDS:
            register_kind(kind)
