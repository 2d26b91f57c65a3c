"""The frame around every page of a stand-in. All text is escaped here; pages pass plain strings."""

from html import escape
from pathlib import Path

from sandbox.standin.exchange import Response

ASSETS = Path(__file__).parent / "assets"
# No script or style but our own files; nothing from elsewhere. Forms may lead anywhere, as success_url does.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"
BANNER = "Sandbox: no real card works here, and no money moves."


def page(
    title: str, body: str, *, status: int = 200, framed: bool = False, theme: str = "", script: str = ""
) -> Response:
    """A whole document around `body` (trusted HTML). `framed` pages may be embedded, others never."""
    tag = f'<script src="/assets/{script}" defer></script>' if script else ""
    banner = "" if framed and script else f'<header class="banner"><p>{escape(BANNER)}</p></header>'
    document = f"""<!doctype html>
<html lang="en"{f' data-theme="{escape(theme)}"' if theme else ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<link rel="stylesheet" href="/assets/sandbox.css">
{tag}
</head>
<body{' class="framed"' if framed else ""}>
{banner}
<main>
{body}
</main>
</body>
</html>
"""
    policy = POLICY if framed else f"{POLICY}; frame-ancestors 'none'"
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "strict-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(status, document.encode(), "text/html; charset=utf-8", headers)


def redirect(url: str) -> Response:
    return Response(
        303,
        b"",
        "text/plain",
        {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "strict-origin"},
    )


def alert(message: str | None) -> str:
    """A refusal the payer has to read, or nothing."""
    return f'<p class="alert" role="alert" id="error">{escape(message)}</p>' if message else ""


def field(name: str, label: str, *, value: str = "", hint: str = "", **attributes: str) -> str:
    """A labelled input; attribute names use _ for -."""
    extra = "".join(f' {key.replace("_", "-")}="{escape(text)}"' for key, text in attributes.items())
    note = f'<span class="hint" id="{name}-hint">{escape(hint)}</span>' if hint else ""
    described = f' aria-describedby="{name}-hint"' if hint else ""
    return (
        f'<p class="field"><label for="{name}">{escape(label)}</label>{note}'
        f'<input id="{name}" name="{name}" value="{escape(value)}"{described}{extra}></p>'
    )
