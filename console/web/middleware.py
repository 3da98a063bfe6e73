"""What every answer of the console carries: a content security policy, and the language of whoever asks.

And what no question may bring: more bytes than any form of ours has.
"""

from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from console.web.speech import language_of

Answer: TypeAlias = Callable[[HttpRequest], HttpResponse]


def content_security_policy(answer: Answer) -> Answer:
    """Allow our own files and nothing else: no inline script, no other host.

    `SECURE_CSP` has the form of Django 6's setting of the same name.
    """
    policy = "; ".join(f"{name} {sources}" for name, sources in settings.SECURE_CSP.items())

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

    return answered


def no_large_request(answer: Answer) -> Answer:
    """Refuse what is larger than a form may be, before anything of it is read.

    Django limits the fields of a form and not its files, which anybody could send to any address.

    Raises:
        RequestDataTooBig: If it is; the answer is a page that says so (400).
    """

    def answered(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        return answer(request)

    return answered


def language(answer: Answer) -> Answer:
    """Speak the language that was chosen, or the one the browser asks for."""

    def answered(request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = answer(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response

    return answered
