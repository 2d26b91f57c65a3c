"""Signing in without a password: a code by e-mail, or the link beside it, used in the browser that asked.

Asking does the same work for known and unknown addresses, in the same order: who the address belongs to is
looked up by the worker that sends the mail, never on the request.
"""

from dataclasses import dataclass

from chalicelib.domain.emails import normalised
from chalicelib.domain.errors import NotFound, Refused
from chalicelib.domain.practices import Person
from chalicelib.services.identity import person_id
from chalicelib.services.limits import Limit, network_of, spend
from chalicelib.services.mails import compose_sign_in
from chalicelib.services.ports import (
    Access,
    Chance,
    Clock,
    Keys,
    Mailer,
    People,
    Practices,
    Queue,
    SignIn,
)
from chalicelib.services.sessions import Sessions, Started
from chalicelib.services.sign_in_secrets import Browser, Secrets, browser_of, sign_in_id_of

CODE_SECONDS = 10 * 60
MINTED_SECONDS = 15 * 60
MAX_TRIES = 5
PER_ADDRESS = Limit("sign-in-address", uses=5, window_seconds=15 * 60)
PER_NETWORK = Limit("sign-in-network", uses=30, window_seconds=15 * 60)
# Five tries a code and many codes would find one in the end; the link beside the code goes on working.
PER_PERSON = Limit("sign-in-tries", uses=50, window_seconds=24 * 3600)
MAIL_TASK = "sign-in-mail"


@dataclass(frozen=True, slots=True)
class Asked:
    """`browser_cookie` binds the sign-in to the browser that asked."""

    browser_cookie: str
    expires_in_seconds: int


@dataclass(frozen=True, slots=True)
class Minted:
    """A single-use link that signs in whoever opens it first; `expires_at` in epoch seconds."""

    url: str
    expires_at: int


class SigningIn:
    """`public_url` is the portal's origin, without a final slash."""

    def __init__(
        self,
        *,
        practices: Practices,
        people: People,
        access: Access,
        sessions: Sessions,
        queue: Queue,
        mailer: Mailer,
        chance: Chance,
        clock: Clock,
        keys: Keys,
        public_url: str,
    ) -> None:
        self._practices = practices
        self._people = people
        self._access = access
        self._sessions = sessions
        self._queue = queue
        self._mailer = mailer
        self._chance = chance
        self._clock = clock
        self._keys = keys
        self._public_url = public_url

    def request_code(
        self, practice: str, *, email: str, ip: str, browser_cookie: str | None, locale: str
    ) -> Asked:
        """Have a code mailed to the address, if it is a person's. The answer is the same if it is not.

        Errors: NotFound practice_not_found, Invalid email_invalid, Refused too_many_requests.
        """
        if self._practices.practice(practice) is None:
            raise NotFound("practice_not_found")
        address = normalised(email)
        self._spend(practice, PER_NETWORK, network_of(ip))
        self._spend(practice, PER_ADDRESS, address)
        sign_in_id = self._chance.token()
        known = browser_of(browser_cookie)
        # The browser keeps its secret: the link of an earlier mail still opens here.
        browser = Browser(known.secret if known else self._chance.token(), sign_in_id)
        self._save(practice, sign_in_id, address, browser_secret=browser.secret, seconds=CODE_SECONDS)
        self._queue.send(
            {"task": MAIL_TASK, "practice": practice, "sign_in_id": sign_in_id, "locale": locale}
        )
        return Asked(browser.cookie, CODE_SECONDS)

    def deliver(self, practice: str, sign_in_id: str, *, locale: str) -> None:
        """The worker's part: mail the code and the link, unless nobody has that address or it is too late.

        Delivered at least once: a second run mails the same code. Errors: Busy, Invalid mail_refused.
        """
        profile = self._practices.practice(practice)
        sign_in = self._live(practice, sign_in_id)
        person = self._people.person(practice, sign_in.person_id) if sign_in else None
        if profile is None or person is None:
            return
        secrets = Secrets(self._keys, practice)
        mail = compose_sign_in(
            profile,
            to=person.email,
            code=secrets.code(sign_in_id),
            token=secrets.token(sign_in_id),
            public_url=self._public_url,
            minutes=CODE_SECONDS // 60,
            locale=locale,
        )
        self._mailer.send(mail)

    def redeem_code(
        self, practice: str, code: str, *, browser_cookie: str | None, session_cookie: str | None
    ) -> Started:
        """Sign in with a typed code, in the browser that asked for it.

        Errors: Refused other_browser (this browser asked for none), code_wrong, code_expired (too old, used,
        or tried too often), too_many_requests (wrong codes for this address all day).
        """
        browser = browser_of(browser_cookie)
        if browser is None:
            raise Refused("other_browser")
        sign_in = self._live(practice, browser.sign_in_id)
        secrets = Secrets(self._keys, practice)
        if sign_in is None or not secrets.is_browser(sign_in, browser.secret):
            raise Refused("code_expired")
        # Counted before it is compared: however many tries arrive at once, five are compared.
        if not self._access.count_try(practice, sign_in.id, limit=MAX_TRIES):
            raise Refused("code_expired")
        self._spend(practice, PER_PERSON, sign_in.person_id)
        if not secrets.is_code(sign_in, code):
            raise Refused("code_wrong")
        return self._finish(practice, sign_in, session_cookie)

    def redeem_token(
        self, practice: str, token: str, *, browser_cookie: str | None, session_cookie: str | None
    ) -> Started:
        """Sign in with a link's token.

        Errors: Refused code_expired (too old, used, or none of ours), other_browser.
        """
        sign_in_id = sign_in_id_of(token)
        sign_in = self._live(practice, sign_in_id) if sign_in_id else None
        secrets = Secrets(self._keys, practice)
        if sign_in is None or not secrets.is_token(sign_in, token):
            raise Refused("code_expired")
        if sign_in.browser_hash:  # minted links are for whoever opens them first
            browser = browser_of(browser_cookie)
            if browser is None or not secrets.is_browser(sign_in, browser.secret):
                raise Refused("other_browser")
        return self._finish(practice, sign_in, session_cookie)

    def mint(self, practice: str, *, email: str) -> Minted:
        """A single-use link, for operators to hand over.

        Errors: Invalid email_invalid, NotFound person_not_found.
        """
        self.person(practice, email=email)
        sign_in_id = self._chance.token()
        saved = self._save(practice, sign_in_id, normalised(email), browser_secret="", seconds=MINTED_SECONDS)
        # In the fragment the token reaches no server and no log by being opened.
        token = Secrets(self._keys, practice).token(sign_in_id)
        return Minted(f"{self._public_url}/{practice}/sign-in#{token}", saved.expires_at)

    def person(self, practice: str, *, email: str) -> Person:
        """Who has that address; for operators only.

        Errors: Invalid email_invalid, NotFound person_not_found.
        """
        person = self._people.person(practice, person_id(self._keys, practice, email))
        if person is None:
            raise NotFound("person_not_found", "email")
        return person

    def _finish(self, practice: str, sign_in: SignIn, session_cookie: str | None) -> Started:
        person = self._people.person(practice, sign_in.person_id)
        if person is None:  # a guessed code of an address nobody has: as wrong as any other
            raise Refused("code_wrong")
        if not self._access.use_sign_in(practice, sign_in.id):
            raise Refused("code_expired")
        return self._sessions.start(practice, person, replaces=session_cookie)

    def _live(self, practice: str, sign_in_id: str) -> SignIn | None:
        sign_in = self._access.sign_in(practice, sign_in_id)
        return sign_in if sign_in and self._now() < sign_in.expires_at else None

    def _save(
        self, practice: str, sign_in_id: str, address: str, *, browser_secret: str, seconds: int
    ) -> SignIn:
        sign_in = Secrets(self._keys, practice).new(
            sign_in_id,
            person_id=person_id(self._keys, practice, address),
            browser_secret=browser_secret,
            expires_at=self._now() + seconds,
        )
        self._access.save_sign_in(practice, sign_in)
        return sign_in

    def _spend(self, practice: str, limit: Limit, subject: str) -> None:
        spend(
            limit,
            subject,
            practice=practice,
            access=self._access,
            keys=self._keys,
            now_seconds=self._now(),
        )

    def _now(self) -> int:
        return int(self._clock.now().timestamp())
