"""A page with what SES was given, newest first: `python -m sandbox.mailbox --port 8003 --mail FOLDER`.

No scripts; the list asks for itself again every few seconds. A message's HTML is a page of its own that
can run nothing and load nothing. "Report as spam" does what a mail program's button does: SES hears of it.
"""

import argparse
import html
import re
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sandbox.outbox import Outbox, StoredMail
from sandbox.returns import complaint, send_message
from sandbox.server import Reply, Request, serve, text_reply

REFRESH_SECONDS = 4
MAX_LISTED = 100
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_STYLE = Path(__file__).with_name("mailbox.css")
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_MESSAGE_POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'"
)
_Publish = Callable[[Mapping[str, Any]], None]


class Mailbox:
    """`/` is the list, `/mail/<key>/html` a message's HTML part, `/mail/<key>/<n>` its n-th attachment.

    POST `/mail/<key>/spam` reports it; `publish` is given what SES publishes of that, None: nobody hears.
    """

    def __init__(self, outbox: Outbox, publish: _Publish | None = None) -> None:
        self._outbox = outbox
        self._publish = publish

    def __call__(self, request: Request) -> Reply:
        """Answer a request for the list or for a part of a message, or report one."""
        match unquote(request.path).strip("/").split("/"):
            case [""]:
                return _page(self._list())
            case ["style.css"]:
                return Reply(200, (("Content-Type", "text/css; charset=utf-8"),), _STYLE.read_bytes())
            case ["mail", key, "spam"] if request.method == "POST":
                return self._report(key)
            case ["mail", key, part] if mail := self._outbox.get(key):
                return _html_part(mail.message) if part == "html" else _attachment(mail.message, part)
        return text_reply(404, "There is no such message.")

    def _report(self, key: str) -> Reply:
        mail = self._outbox.named(key) if self._outbox.get(key) else None
        if mail is None or self._publish is None:
            return text_reply(404, "There is no such message, or SES reports nothing of it.")
        try:
            self._publish(complaint(mail, datetime.now(UTC)))
        except OSError as error:
            return text_reply(502, f"The local AWS does not answer: {error}")
        self._outbox.mark_spam(key)
        return Reply(303, (("Location", "/"),))

    def _list(self) -> Iterator[str]:
        keys = self._outbox.keys()
        if not keys:
            yield "<p>Nothing has been sent yet. This page looks for new mail by itself.</p>"
        for key in keys[:MAX_LISTED]:
            if mail := self._outbox.get(key):
                yield _article(mail, self._spam_button(key))
        if len(keys) > MAX_LISTED:
            yield f"<p>{len(keys) - MAX_LISTED} older messages are not shown.</p>"

    def _spam_button(self, key: str) -> str:
        if self._outbox.is_spam(key):
            return '<p class="meta">Reported as spam.</p>'
        if self._publish is None or self._outbox.named(key) is None:
            return ""
        return f'<form method="post" action="/mail/{key}/spam"><button>Report as spam</button></form>'


def _page(parts: Iterator[str]) -> Reply:
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mailbox: Billfold sandbox</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}"><link rel="stylesheet" href="/style.css">'
        "</head><body><main><h1>Mail that Billfold sent (sandbox)</h1>"
    )
    return _document(f"{head}{''.join(parts)}</main></body></html>", _PAGE_POLICY)


def _document(text: str, policy: str) -> Reply:
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    )
    return Reply(200, headers, text.encode())


def _article(mail: StoredMail, spam_button: str) -> str:
    message = mail.message
    text = message.get_body(("plain",))
    body = f"<pre>{_with_links(text.get_content())}</pre>" if text else ""
    return (
        f"<article><h2>{html.escape(str(message['Subject'] or '(no subject)'))}</h2>"
        f'<p class="meta">To {html.escape(str(message["To"] or ""))}'
        f" · from {html.escape(str(message['From'] or ''))}"
        f' · <time datetime="{mail.sent_at.isoformat()}">{mail.sent_at:%Y-%m-%d %H:%M:%S} UTC</time></p>'
        f"{body}{_part_links(mail)}{spam_button}</article>"
    )


def _part_links(mail: StoredMail) -> str:
    names = [part.get_filename() or "attachment" for part in mail.message.iter_attachments()]
    links = [f'<a href="/mail/{mail.key}/{n}">{html.escape(name)}</a>' for n, name in enumerate(names)]
    if mail.message.get_body(("html",)):
        links.insert(0, f'<a href="/mail/{mail.key}/html">As HTML</a>')
    return f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>" if links else ""


def _with_links(text: str) -> str:
    """Text as HTML, addresses made clickable."""
    shown, end = [], 0
    for link in _LINK.finditer(text):
        address = html.escape(link[0])
        shown += [
            html.escape(text[end : link.start()]),
            f'<a href="{address}" rel="noreferrer">{address}</a>',
        ]
        end = link.end()
    return "".join([*shown, html.escape(text[end:])])


def _html_part(message: EmailMessage) -> Reply:
    part = message.get_body(("html",))
    return _document(part.get_content(), _MESSAGE_POLICY) if part else text_reply(404, "It has no HTML.")


def _attachment(message: EmailMessage, number: str) -> Reply:
    parts = list(message.iter_attachments())
    if not number.isdecimal() or int(number) >= len(parts):
        return text_reply(404, "There is no such attachment.")
    part = parts[int(number)]
    name = re.sub(r"[^\w. -]", "_", part.get_filename() or "attachment")
    headers = (
        ("Content-Type", part.get_content_type()),
        ("Content-Disposition", f'inline; filename="{name}"'),
        ("Content-Security-Policy", "sandbox; default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
    )
    content = part.get_payload(decode=True)
    return Reply(200, headers, content if isinstance(content, bytes) else b"")


def publisher(queue_url: str) -> _Publish:
    """Puts what SES publishes into that queue of the local AWS."""
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(queue_url))

    def publish(event: Mapping[str, Any]) -> None:
        headers, body = send_message(queue_url, event)
        asked = urllib.request.Request(origin, body, headers, method="POST")
        with urllib.request.urlopen(asked, timeout=10):
            pass

    return publish


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.mailbox")
    parser.add_argument("--port", type=int, default=8003)
    parser.add_argument("--mail", type=Path, required=True)
    parser.add_argument("--mail-reports", metavar="URL", help="queue for what readers report as spam")
    options = parser.parse_args()
    publish = publisher(options.mail_reports) if options.mail_reports else None
    serve(options.port, Mailbox(Outbox(options.mail), publish))


if __name__ == "__main__":
    main()
