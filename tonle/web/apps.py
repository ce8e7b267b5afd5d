from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tonle.web"
    label = "web"
    verbose_name = "Pages"

    def ready(self) -> None:
        from tonle.infra import pagecache
        from tonle.kernel.errors import N_
        from tonle.web import languages
        from tonle.web.navigation import NavItem, register_navigation

        # The page cache keys a page by what the language middleware picks.
        pagecache.register_language(languages.reading)
        register_navigation(NavItem(N_("About this node"), "web:about", "foot", 10))
        register_navigation(NavItem(N_("Languages"), "web:languages", "foot", 20))
