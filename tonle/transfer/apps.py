from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "tonle.transfer"
    label = "transfer"
    verbose_name = "Technology transfer"
