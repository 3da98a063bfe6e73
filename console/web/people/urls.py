"""The addresses of `people`: the door, signing in and out, the own password, and the language."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, path

from console.web.people import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.welcome, name="welcome"),
    path("home/", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("password/", views.password, name="password"),
    path("language/", views.language, name="language"),
]
