"""The form to sign in: Django's own, slowed down where somebody guesses."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError

from console.web.people.guessing import count_failure, forget_failures, is_guessing
from console.web.speech import speaker_now


class SignInForm(AuthenticationForm):
    """Name and password; after too many failures of late, neither is looked at."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean(self) -> dict[str, Any]:
        """Check name and password, and count what was wrong."""
        name = self.cleaned_data.get("username", "")
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        if is_guessing(name, address):
            raise ValidationError(speaker_now().say("people.too_often"), code="too_often")
        try:
            cleaned = super().clean()
        except ValidationError:
            count_failure(name, address)
            raise
        forget_failures(name, address)
        return cleaned


class OwnPasswordForm(PasswordChangeForm):
    """The old password and a new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
