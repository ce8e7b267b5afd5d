from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "tonle.desk"
    label = "desk"
    verbose_name = "Desk"
