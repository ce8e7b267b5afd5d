"""Django settings: what the options say, in Django's words."""

from __future__ import annotations

import os
import secrets
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from config.datacite import contradiction
from config.files import no_place
from config.options import BASE_DIR, BadOption, read


def option(name: str) -> Any:
    return read(name, os.environ)


TONLE_DATA: Path = option("TONLE_DATA")
TONLE_PORT: int = option("TONLE_PORT")
TONLE_URL: str = option("TONLE_URL") or f"http://localhost:{TONLE_PORT}"
TONLE_NAAN: str = option("TONLE_NAAN")
TONLE_NODE_NAME: str = option("TONLE_NODE_NAME")
TONLE_FONTS: str = option("TONLE_FONTS")
TONLE_API_LIMIT: int = option("TONLE_API_LIMIT")
TONLE_DRAFT_SIZE: int = option("TONLE_DRAFT_SIZE")
TONLE_SQL: bool = option("TONLE_SQL")
TONLE_ADMIN_EMAIL: str = option("TONLE_ADMIN_EMAIL")
TONLE_AWARDS_PREFIX: str = option("TONLE_AWARDS_PREFIX")
TONLE_OAI_LIMIT: int = option("TONLE_OAI_LIMIT")
TONLE_OAI_PAGE: int = option("TONLE_OAI_PAGE")
TONLE_ANSWER_DAYS: int = option("TONLE_ANSWER_DAYS")
TONLE_DEPOSIT_ANSWER_DAYS: int = option("TONLE_DEPOSIT_ANSWER_DAYS")
TONLE_DEPOSIT_REVIEW: str = option("TONLE_DEPOSIT_REVIEW")
TONLE_OCFL_ROOT = TONLE_DATA / "ocfl"
TONLE_STAGING = TONLE_DATA / "staging"  # Same file system as the root, so that a rename is atomic.
# Or in an object store: see tonle/infra/keeping.py.
TONLE_FILES: str = option("TONLE_FILES").rstrip("/")
TONLE_FILES_ENDPOINT: str = option("TONLE_FILES_ENDPOINT").rstrip("/")
TONLE_FILES_REGION: str = option("TONLE_FILES_REGION")
TONLE_FILES_KEY: str = option("TONLE_FILES_KEY")
TONLE_FILES_SECRET: str = option("TONLE_FILES_SECRET")
TONLE_FILES_CACHE: int = option("TONLE_FILES_CACHE")
if _fault := no_place(
    files=TONLE_FILES, endpoint=TONLE_FILES_ENDPOINT, key=TONLE_FILES_KEY, cache=TONLE_FILES_CACHE
):
    raise BadOption(_fault)
TONLE_INDEX = TONLE_DATA / "index"
TONLE_USAGE = TONLE_DATA / "usage"
TONLE_KEYS = TONLE_DATA / "keys"
TONLE_PROXIES: int = option("TONLE_PROXIES")
TONLE_BACKUP_DIR: str = option("TONLE_BACKUP_DIR")
TONLE_BACKUPS_KEPT: int = option("TONLE_BACKUPS_KEPT")

# What leaves the node: see tonle/infra/outbound/ and tonle/infra/messaging.
TONLE_OUTBOUND: bool = option("TONLE_OUTBOUND")
TONLE_OUTBOUND_PRIVATE: list[str] = option("TONLE_OUTBOUND_PRIVATE")
for _network in TONLE_OUTBOUND_PRIVATE:
    try:
        ip_network(_network, strict=False)
    except ValueError:
        raise BadOption(
            f"TONLE_OUTBOUND_PRIVATE holds networks such as 10.1.0.0/16, not {_network!r}."
        ) from None
# DOIs: see tonle/federation/dois.
TONLE_DATACITE_ACCOUNT: str = option("TONLE_DATACITE_ACCOUNT")
TONLE_DATACITE_PASSWORD: str = option("TONLE_DATACITE_PASSWORD")
TONLE_DATACITE_URL: str = option("TONLE_DATACITE_URL").rstrip("/")
TONLE_DOI_PREFIX: str = option("TONLE_DOI_PREFIX")
TONLE_DOI_KINDS: list[str] = option("TONLE_DOI_KINDS")
if _fault := contradiction(
    url=TONLE_DATACITE_URL,
    account=TONLE_DATACITE_ACCOUNT,
    password=TONLE_DATACITE_PASSWORD,
    prefix=TONLE_DOI_PREFIX,
    kinds=TONLE_DOI_KINDS,
    node_url=option("TONLE_URL"),
):
    raise BadOption(_fault)
TONLE_TIME_ZONE: str = option("TONLE_TIME_ZONE")
TONLE_TELEGRAM_TOKEN: str = option("TONLE_TELEGRAM_TOKEN")
TONLE_TELEGRAM_API: str = option("TONLE_TELEGRAM_API").rstrip("/")
TONLE_LINE_TOKEN: str = option("TONLE_LINE_TOKEN")
TONLE_LINE_SECRET: str = option("TONLE_LINE_SECRET")
TONLE_LINE_ID: str = option("TONLE_LINE_ID")
TONLE_LINE_API: str = option("TONLE_LINE_API").rstrip("/")
TONLE_SMS_URL: str = option("TONLE_SMS_URL")
TONLE_SMS_METHOD: str = option("TONLE_SMS_METHOD").upper()
TONLE_SMS_BODY: str = option("TONLE_SMS_BODY")
TONLE_SMS_HEADERS: str = option("TONLE_SMS_HEADERS")
TONLE_SMS_SUCCESS: str = option("TONLE_SMS_SUCCESS")
TONLE_SMS_MONTHLY: int = option("TONLE_SMS_MONTHLY")


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
    "csp",
    # Contexts, lowest band first: registries are filled upward.
    "tonle.infra",
    "tonle.web",
    "tonle.api",
    "tonle.cli",
    "tonle.search",
    "tonle.people",
    "tonle.catalogue",
    "tonle.desk",
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
    # After the contexts, so that our templates of its pages are found first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    # Providers are loaded only where the node has them: they bring an HTTP client along.
    *(["allauth.socialaccount.providers.openid_connect"] if option("TONLE_OIDC_SERVER") else []),
    *(["allauth.socialaccount.providers.orcid"] if option("TONLE_ORCID_CLIENT_ID") else []),
]

MIDDLEWARE = [
    "tonle.infra.server.middleware.ServerMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tonle.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tonle.people.middleware.HandOverMiddleware",
    "tonle.web.middleware.ErrorPageMiddleware",
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
                "tonle.web.context.shell",
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
# Languages of the interface that there is a catalogue for, each by its own name.
_TONGUES = {
    "en": "English",
    "km": "ខ្មែរ",
    "lo": "ລາວ",
    "th": "ไทย",
    "vi": "Tiếng Việt",
    "my": "မြန်မာ",
    "zh-hans": "简体中文",
}
TONLE_LANGUAGES: list[str] = [code.lower() for code in option("TONLE_LANGUAGES")]
if _unknown := [code for code in TONLE_LANGUAGES if code not in _TONGUES]:
    raise BadOption(f"TONLE_LANGUAGES knows {', '.join(_TONGUES)}, not {_unknown[0]!r}.")
# English is what messages are written in, so that it can always be read.
LANGUAGES = [(code, name) for code, name in _TONGUES.items() if code in {"en", *TONLE_LANGUAGES}]
LOCALE_PATHS = [BASE_DIR / "tonle" / "locale"]
STATIC_URL = "/static/"
SITE_ID = 1

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Length and known words, as OWASP ASVS 5.0 V6.2 asks; no rules about kinds of characters.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 10}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email",)}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "people:me"
ACCOUNT_ADAPTER = "tonle.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# Mandatory, because only then can sign-up and reset answer alike for known and unknown addresses.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(TONLE_URL).scheme
# Ours throttles sign-up, by address and by mail (tonle.people.signup); theirs the rest.
ACCOUNT_RATE_LIMITS = {"signup": None}
ACCOUNT_FORMS = {
    "login": "tonle.people.forms.signin.LoginForm",
    "signup": "tonle.people.forms.signin.SignupForm",
}
TONLE_SIGNUP_LIMIT: int = option("TONLE_SIGNUP_LIMIT")

# Codes from a telephone (TOTP), which need no script; passkeys, which do; codes on paper.
MFA_ADAPTER = "tonle.people.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "tonle.people.forms.signin.AuthenticateForm",
    "reauthenticate": "tonle.people.forms.signin.ReauthenticateForm",
    "activate_totp": "tonle.people.forms.signin.ActivateCodesForm",
    "add_webauthn": "tonle.people.forms.signin.AddPasskeyForm",
    "edit_webauthn": "tonle.people.forms.signin.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = TONLE_NODE_NAME
MFA_TOTP_TOLERANCE = 1  # A telephone's clock may be half a minute out.
# Browsers allow passkeys on localhost without TLS, and so must we there, and nowhere else.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not TONLE_URL.startswith("https:")
TONLE_REQUIRE_SECOND_FACTOR: list[str] = option("TONLE_REQUIRE_SECOND_FACTOR")

SOCIALACCOUNT_ADAPTER = "tonle.people.adapter.ProviderAdapter"
# An address that a provider tells opens no account that is here already: only its owner,
# signed in, connects the two.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_REQUIRED = True
SOCIALACCOUNT_FORMS = {"signup": "tonle.people.forms.signin.ProviderSignupForm"}
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {}
if option("TONLE_OIDC_SERVER"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": option("TONLE_OIDC_NAME"),
                "client_id": option("TONLE_OIDC_CLIENT_ID"),
                "secret": option("TONLE_OIDC_SECRET"),
                "settings": {"server_url": option("TONLE_OIDC_SERVER")},
            }
        ],
    }
if option("TONLE_ORCID_CLIENT_ID"):
    SOCIALACCOUNT_PROVIDERS["orcid"] = {
        "BASE_DOMAIN": option("TONLE_ORCID_DOMAIN"),
        "APPS": [
            {
                "name": "ORCID",
                "client_id": option("TONLE_ORCID_CLIENT_ID"),
                "secret": option("TONLE_ORCID_SECRET"),
            }
        ],
    }

_mail = urlsplit(option("TONLE_MAIL_URL"))
if _mail.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    # A password never goes out in the clear; a relay on this machine needs neither.
    EMAIL_USE_TLS = not EMAIL_USE_SSL and bool(EMAIL_HOST_USER)
    EMAIL_TIMEOUT = 20  # seconds; a mail server that hangs must not hold a page.
else:
    # Letters are files in the node's directory until the steward names a mail server.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(TONLE_DATA / "mail")
_mail_from: str = (
    option("TONLE_MAIL_FROM") or f"noreply@{urlsplit(TONLE_URL).hostname or 'localhost'}"
)
DEFAULT_FROM_EMAIL = f"{TONLE_NODE_NAME} <{_mail_from}>"

# What a page may load: its own stylesheet, pictures and small scripts; nothing inline, and
# nothing of anybody else's.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
CSRF_FAILURE_VIEW = "tonle.web.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = TONLE_URL.startswith("https:")
if TONLE_URL.startswith("https:"):
    # A proxy brings TLS (docs/how-to/install-a-node.md). Without its word, every form sent from
    # https would be refused as another site's, and addresses we give out would say http.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
LANGUAGE_COOKIE_NAME = "lang"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

TESTING = "pytest" in sys.modules
if TESTING:
    # A table and a machine of the tests' own, to try the lifecycle runner on.
    INSTALLED_APPS.append("tonle.infra.tests.lifecycle_app")
