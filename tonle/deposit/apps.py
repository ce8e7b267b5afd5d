from django.apps import AppConfig


class DepositConfig(AppConfig):
    name = "tonle.deposit"
    label = "deposit"
    verbose_name = "Deposit"
