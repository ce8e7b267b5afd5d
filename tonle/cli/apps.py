from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "tonle.cli"
    label = "cli"
    verbose_name = "Command line"
