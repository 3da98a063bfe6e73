"""What a password must be: Django's own checks, in our words.

Django's Indonesian calls a password by two names, and leaves words out.
"""

from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator

from console.web.speech import speaker_now


class LongEnough(MinimumLengthValidator):
    """Refuses a password that is too short."""

    def get_error_message(self) -> str:
        """Return what is said of one that is."""
        return speaker_now().say("people.password_too_short", n=self.min_length)

    def get_help_text(self) -> str:
        """Return what is said before anybody chooses."""
        return speaker_now().say("people.password_length", n=self.min_length)


class NotCommon(CommonPasswordValidator):
    """Refuses a password that many people use."""

    def get_error_message(self) -> str:
        """Return what is said of one that is."""
        return speaker_now().say("people.password_too_common")

    def get_help_text(self) -> str:
        """Return what is said before anybody chooses."""
        return speaker_now().say("people.password_not_common")
