"""Settings of the console, from few environment variables; `saring serve` sets them and nobody has to.

- `SARING_DATA`: folder of the database and the secret; `var/console` when left out
- `DATABASE_URL`: such as `postgres://user:password@host/saring`; SQLite in the data folder when left out
- `SARING_HOSTS`: names and addresses that the console answers to, with commas between them
- `SARING_SECURE`: `1` behind a proxy that speaks HTTPS; cookies then travel over HTTPS alone
"""

import os
from pathlib import Path
from typing import Any

import dj_database_url

from console.web.secrets import secret_of

DATA = Path(os.environ.get("SARING_DATA", "var/console")).resolve()
SECRET_KEY = secret_of(DATA)
DEBUG = False
LISTENS_AT = os.environ.get("SARING_LISTENS_AT", "")
"""The address that `saring serve` listens at; empty where somebody else serves."""
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, os.environ.get("SARING_HOSTS", "").split(",")),
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "console.web.classroom",
    "console.web.sealed",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "console.web.middleware.content_security_policy",
    "console.web.middleware.no_large_request",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.web.middleware.language",
]
ROOT_URLCONF = "console.web.urls"
WSGI_APPLICATION = "console.web.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).with_name("templates")],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.web.speech.in_templates",
            ],
            "libraries": {"saring": "console.web.templatetags.saring"},
            "builtins": ["console.web.templatetags.saring"],
        },
    }
]

# A database server keeps its connections; SQLite has to take the lock when a transaction begins, and wait for
# it, or decisions of a large class are lost to "database is locked".
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
# Statements are planned once for each connection: a class that decides together waits a fifth less.
POSTGRESQL_OPTIONS = {"server_side_binding": True, "prepare_threshold": 3}
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{DATA / 'console.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"].setdefault("OPTIONS", {}).update(POSTGRESQL_OPTIONS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "console.web.people.passwords.LongEnough"},
    {"NAME": "console.web.people.passwords.NotCommon"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "welcome"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("id", "Bahasa Indonesia")]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [Path(__file__).with_name("static")]
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Django 6 has a setting of this name; the middleware goes when the console moves there.
SECURE_CSP = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
IS_SECURE = os.environ.get("SARING_SECURE") == "1"
CSRF_FAILURE_VIEW = "console.web.people.errors.out_of_date"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_ENGINE = "django.contrib.sessions.backends.db"
if IS_SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
"""Bytes of a form with its files; the largest that anybody needs is a roster of a class."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}, "nobody": {"class": "logging.NullHandler"}},
    # Whoever asks for a host that is not ours, or sends too much, is told so; the trainer's terminal need not
    # hear of it. (Where there is no handler at all, Python writes there all the same.)
    "loggers": {
        f"django.security.{refused}": {"handlers": ["nobody"], "propagate": False}
        for refused in ("DisallowedHost", "RequestDataTooBig")
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
