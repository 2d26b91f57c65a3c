"""Every sentence Billfold itself says, in English and Spanish: plain data, one module per kind of reader.

Each entry is a pair (English, Spanish); `{names}` in it are filled by `say`. Sentences never name a client,
clinician, service or diagnosis.
"""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

LANGUAGES = ("en", "es")


def language(locale: str) -> str:
    """The word "es" for every Spanish locale ("es", "es-US"), otherwise "en"."""
    return "es" if locale.replace("_", "-").split("-")[0].lower() == "es" else "en"


def say(words: Words, key: str, locale: str, **values: str) -> str:
    """The sentence in the reader's language. Values are put in as they are: escaping is the caller's."""
    return words[key][LANGUAGES.index(language(locale))].format(**values)
