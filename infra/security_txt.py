"""`/.well-known/security.txt` (RFC 9116): whom to tell of a hole in a deployment, as its operator says.

There is none where the operator names nobody: no address of the project is everybody's. It ends on the first
of a month, eleven months ahead: in the future and within a year, and the same bytes for a month, so that
deploying twice changes nothing. Deploying anew, once in ten months, keeps it true.
"""

import re
from dataclasses import dataclass
from datetime import date

ADDRESS = ".well-known/security.txt"
CONTENT_TYPE = "text/plain; charset=utf-8"
_MONTHS = 11

# No white space in any of them: none can add a line, and with it a field.
_EMAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")
_PAGE = re.compile(r"https://[!-~]+")
_LANGUAGES = re.compile(r"[A-Za-z0-9-]+(, [A-Za-z0-9-]+)*")


@dataclass(frozen=True)
class SecurityContact:
    """`address`: an e-mail address or an https page with a form; `policy`: an https page, or "".

    `languages` are those that whoever reads reports understands, as `en, es`.
    """

    address: str
    policy: str = ""
    languages: str = "en"

    def mistake(self) -> str:
        """What of it cannot be published, in words; "" if all can."""
        if not (_EMAIL.fullmatch(self.address) or _PAGE.fullmatch(self.address)):
            return "security_contact is an e-mail address, or a page that begins with https://"
        if self.policy and not _PAGE.fullmatch(self.policy):
            return "security_policy is a page that begins with https://"
        if not _LANGUAGES.fullmatch(self.languages):
            return "security_languages are language tags with commas between, as: en, es"
        return ""


def security_txt(contact: SecurityContact, *, public_url: str, today: date) -> str:
    """`public_url` without a slash at the end; over plain http, as in the sandbox, it is not canonical."""
    at = contact.address
    fields = {
        "Contact": at if at.startswith("https://") else f"mailto:{at}",
        "Expires": f"{expires(today).isoformat()}T00:00:00Z",
        "Preferred-Languages": contact.languages,
        "Policy": contact.policy,
        "Canonical": f"{public_url}/{ADDRESS}" if public_url.startswith("https://") else "",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def expires(today: date) -> date:
    months = today.year * 12 + (today.month - 1) + _MONTHS
    return date(months // 12, months % 12 + 1, 1)
