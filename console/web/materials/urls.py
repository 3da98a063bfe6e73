"""The addresses of `materials`."""

from django.urls import URLPattern, URLResolver, path

from console.web.materials import downloads, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("guide/<slug:scenario>/", views.guide, name="guide"),
    path("<uuid:sitting_id>/pack/", views.pack, name="pack"),
    path("<uuid:sitting_id>/pack-with-key/", views.pack_with_key, name="pack_with_key"),
    path("<uuid:sitting_id>/exports/", views.exports, name="exports"),
    path("<uuid:sitting_id>/decisions.csv", downloads.export_csv, name="export_csv"),
    path("<uuid:sitting_id>/dossiers.csv", downloads.export_dossiers, name="export_dossiers"),
    path("<uuid:sitting_id>/sitting.json", downloads.export_json, name="export_json"),
    path("<uuid:sitting_id>/xapi.json", downloads.export_xapi, name="export_xapi"),
    path("<uuid:sitting_id>/moodle.xml", downloads.export_moodle, name="export_moodle"),
]
