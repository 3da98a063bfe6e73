"""The forms to sign in and to change a password: Django's own, in our words; guessing is slowed down."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError

from console.web.people.guessing import count_failure, forget_failures, is_guessing
from console.web.speech import speaker_now


class SignInForm(AuthenticationForm):
    """Name and password; after too many failures of late, neither is looked at."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        say = speaker_now().say
        self.error_messages = {
            "invalid_login": say("people.wrong_name_or_password"),
            "inactive": say("people.inactive"),
        }
        self.fields["username"].label = say("people.username")
        self.fields["password"].label = say("people.password")

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
        say = speaker_now().say
        self.error_messages = {
            "password_mismatch": say("people.passwords_differ"),
            "password_incorrect": say("people.wrong_old_password"),
        }
        self.fields["old_password"].label = say("people.old_password")
        self.fields["new_password1"].label = say("people.new_password")
        self.fields["new_password2"].label = say("people.new_password_again")
        self.fields["new_password2"].help_text = say("people.new_password_again_hint")
