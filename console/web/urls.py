"""All addresses of the console, by the folder that answers them."""

from django.urls import include, path

urlpatterns = [
    path("", include("console.web.people.urls")),
    path("seat/", include("console.web.seats.urls")),
    path("scenarios/", include("console.web.gallery.urls")),
    path("sittings/", include("console.web.sittings.urls")),
    path("debrief/", include("console.web.debrief.urls")),
    path("materials/", include("console.web.materials.urls")),
    path("workbench/", include("console.web.workbench.urls")),
]
handler400 = "console.web.people.errors.bad_request"
handler403 = "console.web.people.errors.not_allowed"
handler404 = "console.web.people.errors.not_found"
handler500 = "console.web.people.errors.server_error"
