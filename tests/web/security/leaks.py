"""What must not be found where a trainee's browser can look, and all that a browser receives with an answer."""

import re
from collections.abc import Iterable
from typing import Any

from django.test import Client

from console.web.classroom.models import Dossier, Sitting
from console.web.sealed.models import DossierKey, SealedDraw
from console.web.speech import web_words

CLASSES = ("victim", "irregular", "lawful", "facilitator")
MARKS = re.compile(
    r"truth_class|needs_protection|lookalike|typolog|facilitator|canary|SECRET|journey\.\w"
    r"|[\"'= ](?:victim|irregular|lawful)[\"']"
)
"""What only an answer is written with: names of the sealed fields, and truth classes as the value of anything."""
NUMBER = re.compile(r"-?\d+\.\d+")
TRUTH_WORDS = re.compile(r"victim|irregular|lawful|korban|sah\b", re.IGNORECASE)
"""Words that stand on a desk too, where they are the same for everybody: the list of signs names them."""


def words_of_answers() -> set[str]:
    """Return the sentences that say what was so and what came of a decision, in both languages."""
    said = [text for name, text in web_words()["answer"].items() if name.startswith(CLASSES)]
    return {text for one in said for text in (one.en, one.id)}


def secrets_of(dossier: Dossier) -> set[str]:
    """Return what only the sealed table knows of a dossier: words, sentences and numbers, in both languages."""
    key = DossierKey.objects.get(dossier=dossier)
    content, kind = key.content, key.content["kind"]
    texts = [kind["title"], content["story"], content["advice"]]
    risks = [said["risk"] for said in content["screener"].values()]
    found = {key.canary, kind["id"], *(text[language] for text in texts for language in ("en", "id"))}
    return found | {str(risk) for risk in risks if risk is not None and len(str(abs(risk))) > 3}


def secrets_of_sitting(sitting: Sitting) -> set[str]:
    """Return the seed of a sitting in every way of writing a number, and the secrets of all its dossiers."""
    seed = SealedDraw.objects.get(sitting=sitting).seed
    dossiers = Dossier.objects.filter(block__sitting=sitting)
    return {str(seed), f"{seed:x}", f"{seed:X}"}.union(*map(secrets_of, dossiers))


def received(response: Any, client: Client) -> str:
    """Return all that a browser receives: status line, headers with the place it is sent to, cookies, body."""
    head = [f"{name}: {value}" for name, value in response.headers.items()]
    return "\n".join([str(response.status_code), *head, client.cookies.output(), response.content.decode()])


def leaked(sent: str, secrets: Iterable[str]) -> list[str]:
    """Return the secrets that stand in what was sent, also where a page writes them as markup."""
    plain = sent.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
    return [
        secret
        for secret in secrets
        if secret in plain and (not NUMBER.fullmatch(secret) or _alone(secret, plain))
    ]


def _alone(number: str, text: str) -> bool:
    """Return whether a number stands by itself, and not as part of a time, a length or another number."""
    return re.search(rf"(?<![\w.:]){re.escape(number)}(?![\w.])", text) is not None
