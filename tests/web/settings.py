"""Settings of the console for tests: data in a folder of its own, cheap passwords, plain static files."""

import os
from tempfile import mkdtemp

os.environ.setdefault("SARING_DATA", mkdtemp(prefix="saring-console-"))
# A browser test's own thread runs a loop of events; it speaks to the database all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

from console.web.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["*"]
