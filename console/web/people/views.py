"""The door of the console: joining a class or signing in, the trainer's sittings, password and language."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from console.web.access import RESEARCHERS, TRAINERS, seat_of
from console.web.classroom.models import Seat
from console.web.people.forms import OwnPasswordForm, SignInForm
from console.web.people.own_sittings import sittings_by_state
from console.web.speech import speaker_now

YEAR = 365 * 24 * 60 * 60
"""Seconds for which a browser remembers the language."""


@require_safe
@never_cache
def welcome(request: HttpRequest) -> HttpResponse:
    """Show the door: a class is joined here, and trainers sign in."""
    return render(request, "people/welcome.html", {"seat": seat_of(request)})


@require_safe
@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Show trainers their sittings; researchers who are no trainers go to the workbench."""
    groups = set(request.user.groups.values_list("name", flat=True))
    if TRAINERS in groups:
        return render(request, "people/home.html", {"states": sittings_by_state(request.user)})
    if RESEARCHERS in groups:
        return redirect("workbench")
    raise PermissionDenied


sign_in = LoginView.as_view(
    template_name="people/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)


@sensitive_post_parameters()
@login_required
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Let somebody choose a new password; this browser stays signed in, and no other does."""
    form = OwnPasswordForm(request.user, request.POST or None)
    if form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        messages.success(request, speaker_now().say("people.password_changed"))
        return redirect("home")
    return render(request, "people/password.html", {"form": form})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, to the browser and to the seat that it holds."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise SuspiciousOperation
    if seat := seat_of(request):
        Seat.objects.filter(pk=seat.pk).update(language=chosen)
    response = redirect(_safe(request, request.POST.get("next", "")))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=request.is_secure(),
    )
    return response


def _safe(request: HttpRequest, address: str) -> str:
    """Return an address of ours, or else the door."""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else "welcome"
