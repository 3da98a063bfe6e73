"""The addresses of `workbench`."""

from django.urls import URLPattern, URLResolver, path

from console.web.workbench import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.workbench, name="workbench"),
    path("compare/", views.workbench_compare, name="workbench_compare"),
    path("points/<str:name>", views.workbench_point, name="workbench_point"),
    path("runs/<str:run>/", views.workbench_run, name="workbench_run"),
    path("runs/<str:run>/chart.json", views.workbench_chart, name="workbench_chart"),
    path("runs/<str:run>/points.json", views.workbench_points, name="workbench_points"),
    path("runs/<str:run>/save/", views.workbench_save, name="workbench_save"),
]
