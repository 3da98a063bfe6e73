"""Pages for what went wrong, in the reader's language and without technical detail.

Django gives each the exception by name; none of it is shown. The page of an error of ours asks neither login
state nor database, since they may be what failed.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from console.web.speech import language_of


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that the browser sent something that cannot be."""
    return _page(request, "bad_request", 400)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that this is for somebody else, or not yet."""
    return _page(request, "not_allowed", 403)


def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say that a form came from a page that is out of date; Django calls it where CSRF protection refuses."""
    return _page(request, "out_of_date", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that there is nothing here."""
    return _page(request, "not_found", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault, and that decisions that were recorded stay."""
    language = language_of(request)
    with translation.override(language):
        page = render_to_string("people/error.html", {**_words("server_error"), "language": language})
    return HttpResponse(page, status=500)


def _page(request: HttpRequest, kind: str, status: int) -> HttpResponse:
    # Some of these are raised before the language was chosen.
    with translation.override(language_of(request)):
        response = render(request, "people/error.html", _words(kind), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _words(kind: str) -> dict[str, str]:
    """Return where a page's words stand in `words/`: what happened, and how to go on."""
    return {"title": f"error.{kind}", "mend": f"error.{kind}_mend"}
