"""The console's addresses, and one more for tests: a page that shows every component of the stylesheet."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, engines
from django.template.backends.django import DjangoTemplates
from django.urls import URLPattern, URLResolver, include, path

from console.web.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

PAGE = Path(__file__).with_name("components.html")


def components(request: HttpRequest) -> HttpResponse:
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)
    template = backend.engine.from_string(PAGE.read_text("utf-8"))
    return HttpResponse(template.render(RequestContext(request)))


urlpatterns: list[URLPattern | URLResolver] = [
    path("components/", components),
    path("", include("console.web.urls")),
]
