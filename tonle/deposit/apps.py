from django.apps import AppConfig


class DepositConfig(AppConfig):
    name = "tonle.deposit"
    label = "deposit"
    verbose_name = "Deposit"

    def ready(self) -> None:
        from tonle.catalogue.public import register_kind
        from tonle.deposit.access import wiring as access
        from tonle.deposit.checks import wiring as checks
        from tonle.deposit.curation import wiring as curation
        from tonle.deposit.field import wiring as field
        from tonle.deposit.forms import wiring as forms
        from tonle.deposit.interface import wiring as interface
        from tonle.deposit.kinds import KINDS
        from tonle.deposit.uploads import wiring as uploads

        for kind in KINDS:
            register_kind(kind)
        curation.connect()
        checks.connect()
        access.connect()
        interface.connect()
        forms.connect()
        uploads.connect()
        field.connect()
