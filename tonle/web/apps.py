from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tonle.web"
    label = "web"
    verbose_name = "Pages"
