"""A payer's leave to keep a method: what it says, and that it was given to the text in force."""

from dataclasses import dataclass

from chalicelib.kernel.errors import Stale
from chalicelib.practice.domain.practices import Practice
from chalicelib.words import LANGUAGES, say
from chalicelib.words.consents import SAVING, SAVING_VERSION


@dataclass(frozen=True, slots=True)
class ConsentText:
    """`text` by language."""

    version: str
    text: dict[str, str]


def consent_text(practice: Practice) -> ConsentText:
    texts = {locale: say(SAVING, "saving", locale, practice=practice.name) for locale in LANGUAGES}
    return ConsentText(SAVING_VERSION, texts)


def check_version(version: str) -> None:
    """Error: Stale consent_stale: another text is in force than the payer has seen."""
    if version != SAVING_VERSION:
        raise Stale("consent_stale", "consent")
