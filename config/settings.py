"""Django settings, from the environment table alone (config/env.py)."""

from pathlib import Path
from typing import Any

import dj_database_url

from config import env as environment

ENV = environment.read()
HOME = ENV.home
BASE = Path(__file__).resolve().parent
PRODUCTION = ENV["PHATNGUOI_ENV"] == "production"
PUBLIC_HTTPS = ENV["PHATNGUOI_PUBLIC_URL"].startswith("https://")


def _secret() -> str:
    file = HOME / "keys" / "secret.key"
    if ENV["PHATNGUOI_SECRET_KEY"]:
        return ENV["PHATNGUOI_SECRET_KEY"]
    # Before `phatnguoi init` there is no key, and nothing that needs one is served (config/setup.py).
    return file.read_text(encoding="ascii").strip() if file.exists() else "not-initialised"


def _database() -> dict[str, Any]:
    if not ENV["PHATNGUOI_DATABASE_URL"]:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "phatnguoi.sqlite3",
            "OPTIONS": {
                # SQLite ignores row locks: a transaction takes the write lock when it begins.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            "TEST": {"NAME": HOME / "test.sqlite3"},
        }
    return dict(
        dj_database_url.parse(ENV["PHATNGUOI_DATABASE_URL"], conn_max_age=60, conn_health_checks=True)
    )


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = ENV["PHATNGUOI_ALLOWED_HOSTS"].split(",")
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "workflow",
    "portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "console"
LANGUAGE_CODE = ENV["PHATNGUOI_LANGUAGE"]
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_HTTPS else 0
CSRF_TRUSTED_ORIGINS = [ENV["PHATNGUOI_PUBLIC_URL"]]
X_FRAME_OPTIONS = "DENY"

PHATNGUOI_ENV = ENV["PHATNGUOI_ENV"]
PHATNGUOI_HOME = HOME
PHATNGUOI_CLOCK_FILE = ENV["PHATNGUOI_CLOCK_FILE"]
PHATNGUOI_REDIS_URL = ENV["PHATNGUOI_REDIS_URL"]
PHATNGUOI_PROXIES = int(ENV["PHATNGUOI_PROXIES"])
PHATNGUOI_PUBLIC_URL = ENV["PHATNGUOI_PUBLIC_URL"]
PHATNGUOI_DEVICE = ENV["PHATNGUOI_DEVICE"]
PHATNGUOI_TSA = ENV["PHATNGUOI_TSA"]
PHATNGUOI_SIGNERS = ENV.folder("PHATNGUOI_SIGNERS", "keys/signing")
# A folder (Path) or the address of a service (str); see docs/gateways.md.
PHATNGUOI_REGISTRY = ENV.gateway("registry")
PHATNGUOI_POST = ENV.gateway("post")
PHATNGUOI_TREASURY = ENV.gateway("treasury")
PHATNGUOI_INSPECTION = ENV.gateway("inspection")
PHATNGUOI_REGISTRATION = ENV.gateway("registration")
PHATNGUOI_LICENCE = ENV.gateway("licence")
PHATNGUOI_PUBLICATION = ENV.gateway("publication")
PHATNGUOI_UNKEYED = frozenset(ENV["PHATNGUOI_UNKEYED"].split(",")) - {""}
PHATNGUOI_GATEWAY_SECONDS = float(ENV["PHATNGUOI_GATEWAY_SECONDS"])
PHATNGUOI_PARENT_BODY = ENV["PHATNGUOI_PARENT_BODY"]
PHATNGUOI_UNIT = ENV["PHATNGUOI_UNIT"]
PHATNGUOI_UNIT_SYMBOL = ENV["PHATNGUOI_UNIT_SYMBOL"]
PHATNGUOI_UNIT_ADDRESS = ENV["PHATNGUOI_UNIT_ADDRESS"]
PHATNGUOI_PAYMENT_PLACE = ENV["PHATNGUOI_PAYMENT_PLACE"]
PHATNGUOI_DECISION_HOURS = float(ENV["PHATNGUOI_DECISION_HOURS"])
PHATNGUOI_UNIT_PHONE = ENV["PHATNGUOI_UNIT_PHONE"]
PHATNGUOI_PLACE = ENV["PHATNGUOI_PLACE"]
PHATNGUOI_REVIEW_MINUTES = float(ENV["PHATNGUOI_REVIEW_MINUTES"])
PHATNGUOI_KNOWN_SHARE = float(ENV["PHATNGUOI_KNOWN_SHARE"])
PHATNGUOI_REJUDGE_SHARE = float(ENV["PHATNGUOI_REJUDGE_SHARE"])
PHATNGUOI_TRAVEL_KMH = float(ENV["PHATNGUOI_TRAVEL_KMH"])
PHATNGUOI_APPOINTMENT_DAYS = int(ENV["PHATNGUOI_APPOINTMENT_DAYS"])

# The program logs to the console; what must not be lost is an event or a row of the quarantine.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"phatnguoi": {"level": "INFO"}},
}
