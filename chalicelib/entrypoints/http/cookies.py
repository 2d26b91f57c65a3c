"""Cookies read and written by hand.

The standard library's reader gives up at the first cookie it finds odd, and browsers send one site's cookies
to every port of a host: another program on localhost could sign people out.
"""

_WHITE_SPACE = " \t"


def read(header: str, name: str) -> str:
    """The value of the first cookie of that name in a Cookie header; "" when there is none.

    Only HTTP's own white space is taken off: another site of the domain may set a cookie whose name is ours
    after a no-break space, and browsers would not know it for a `__Host-` one.
    """
    for pair in header.split(";"):
        key, _, value = pair.partition("=")
        if key.strip(_WHITE_SPACE) == name:
            return value.strip(_WHITE_SPACE)
    return ""


def write(name: str, value: str, *, secure: bool, seconds: int | None = None) -> str:
    """A Set-Cookie value for the whole site, which no script can read and no other site makes a browser send.

    `seconds` None lets it end with the browser, 0 takes it away.
    """
    parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Strict"]
    parts += ["Secure"] if secure else []
    parts += [f"Max-Age={seconds}"] if seconds is not None else []
    return "; ".join(parts)
