"""Django settings: what the options say, in Django's words."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from config.options import BASE_DIR, read


def option(name: str) -> Any:
    return read(name, os.environ)


TONLE_DATA: Path = option("TONLE_DATA")
TONLE_PORT: int = option("TONLE_PORT")
TONLE_URL: str = option("TONLE_URL") or f"http://localhost:{TONLE_PORT}"
TONLE_NAAN: str = option("TONLE_NAAN")
TONLE_NODE_NAME: str = option("TONLE_NODE_NAME")
TONLE_OCFL_ROOT = TONLE_DATA / "ocfl"
TONLE_STAGING = TONLE_DATA / "staging"  # Same file system as the root, so that a rename is atomic.
TONLE_INDEX = TONLE_DATA / "index"
TONLE_USAGE = TONLE_DATA / "usage"
TONLE_KEYS = TONLE_DATA / "keys"


def _secret_key() -> str:
    """The option, else the key `tonle init` wrote, else one for this process only."""
    given: str = option("TONLE_SECRET_KEY")
    if given:
        return given
    try:
        return (TONLE_KEYS / "secret_key").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return secrets.token_urlsafe(48)


SECRET_KEY = _secret_key()
DEBUG: bool = option("TONLE_DEBUG")
ALLOWED_HOSTS = [*option("TONLE_ALLOWED_HOSTS"), urlsplit(TONLE_URL).hostname or "localhost"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "csp",
    # Contexts, lowest band first: registries are filled upward.
    "tonle.infra",
    "tonle.web",
    "tonle.api",
    "tonle.cli",
    "tonle.search",
    "tonle.people",
    "tonle.catalogue",
    "tonle.agreements",
    "tonle.deposit",
    "tonle.explore",
    "tonle.funding",
    "tonle.facilities",
    "tonle.recognition",
    "tonle.transfer",
    "tonle.talent",
    "tonle.governance",
    "tonle.federation",
    "tonle.indicators",
    "tonle.trace",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

_SQLITE_PRAGMAS = "PRAGMA foreign_keys=ON; PRAGMA journal_mode=WAL; PRAGMA cache_size=-8000;"


def _sqlite(path: Path, synchronous: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": f"{_SQLITE_PRAGMAS} PRAGMA synchronous={synchronous};",
        },
        "CONN_MAX_AGE": None,
        # A file even in tests: threads and child processes must meet the same rows.
        "TEST": {"NAME": str(path.with_name(f"test-{path.name}"))},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


_database_url: str = option("TONLE_DATABASE_URL")
DATABASES = {
    "default": _postgresql(_database_url)
    if _database_url
    else _sqlite(TONLE_DATA / "node.sqlite3", "FULL"),
    # Throttles and other matter that may be lost: never worth an fsync.
    "cache": _sqlite(TONLE_DATA / "cache.sqlite3", "OFF"),
}
DATABASE_ROUTERS = ["tonle.infra.stores.StoreRouter"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("km", "ខ្មែរ")]
LOCALE_PATHS = [BASE_DIR / "tonle" / "locale"]
STATIC_URL = "/static/"
SITE_ID = 1

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

TESTING = "pytest" in sys.modules
