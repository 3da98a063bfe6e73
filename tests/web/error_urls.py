"""The console's addresses, and one for each of its error pages, so that they can be looked at like others."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from console.web.people import errors
from console.web.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

ERRORS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "bad_request": errors.bad_request,
    "not_allowed": errors.not_allowed,
    "out_of_date": errors.out_of_date,
    "server_error": errors.server_error,
}


def error(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer as the console does where something went wrong."""
    if kind not in ERRORS:
        raise Http404
    return ERRORS[kind](request)


urlpatterns: list[URLPattern | URLResolver] = [
    path("errors/<slug:kind>/", error),
    path("", include("console.web.urls")),
]
