"""Signing in without a password: a code by e-mail, or the link beside it, used in the browser that asked.

Asking does the same work for known and unknown addresses, in the same order, and so does typing a wrong code:
a sign-in knows the address by its hash only. Whose that is, is looked up by the worker that sends the mail,
and once more when the right code or link is used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chalicelib.identity.domain import sign_in_codes
from chalicelib.identity.ports import Access, SignIn
from chalicelib.identity.services.sessions import Sessions, Started
from chalicelib.identity.services.sign_in_limits import Caller, SignInLimits
from chalicelib.identity.services.sign_in_mail import compose_sign_in
from chalicelib.identity.services.sign_in_secrets import Browser, Secrets, browser_of, sign_in_id_of
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.errors import BillfoldError, NotFound, Refused
from chalicelib.mail.domain.setbacks import MailKind, stop_of
from chalicelib.mail.ports import Mailer
from chalicelib.platform.ports import Chance, Clock, Keys, Queue
from chalicelib.practice.domain.practices import Person
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.address_hashes import address_hash, person_at, person_by_hash

CODE_SECONDS = 10 * 60
MINTED_SECONDS = 15 * 60
MAX_TRIES = 5
MAIL_TASK = "sign-in-mail"
BY_DEVICE, BY_STRANGER = "device", "stranger"


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


@dataclass(frozen=True, slots=True)
class Entered:
    """Signed in. `device_cookie` None: the browser is not known to be the person's."""

    session: Started
    device_cookie: str | None


@dataclass(frozen=True, kw_only=True)
class SigningIn:
    """`public_url` is the portal's origin, without a final slash."""

    practices: Practices
    people: People
    access: Access
    sessions: Sessions
    limits: SignInLimits
    queue: Queue
    mailer: Mailer
    chance: Chance
    clock: Clock
    keys: Keys
    public_url: str

    def request_code(self, practice: str, *, email: str, caller: Caller, locale: str) -> Asked:
        """Have a code mailed to the address, if it is a person's. The answer is the same if it is not,
        and if strangers asked so often that no more is mailed.

        Errors: NotFound practice_not_found, Invalid email_invalid, Refused too_many_requests (this network).
        """
        if self.practices.practice(practice) is None:
            raise NotFound("practice_not_found")
        hashed = address_hash(self.keys, practice, email)
        by_device = self.limits.ask(practice, hashed, caller)
        sign_in_id = self.chance.token()
        # The browser keeps its secret and its latest sign-ins: what was mailed to it before still works here.
        known = browser_of(caller.browser_cookie) or Browser(self.chance.token(), ())
        self._save(practice, sign_in_id, hashed, browser_secret=known.secret, seconds=CODE_SECONDS)
        by = BY_DEVICE if by_device else BY_STRANGER
        trace(Event.ASKED, practice, address=hashed, sign_in=sign_in_id, by=by)
        self.queue.send({
            "task": MAIL_TASK, "practice": practice, "sign_in_id": sign_in_id, "locale": locale,
            "asked_by": by,
        })  # fmt: skip
        return Asked(known.asking(sign_in_id).cookie, CODE_SECONDS)

    def deliver(
        self, practice: str, sign_in_id: str, *, locale: str, asked_by: str, counted: bool = False
    ) -> None:
        """The worker's part: mail the code and the link, unless nobody has that address, mail there is
        stopped, it is too late, or strangers asked too often. These are counted here, so that none is mailed
        that was not counted.

        `counted`: it was, by a run that the mail service took nothing of. Delivered at least once: a second
        run mails the same code. Errors: Busy, MailThrottled, MailPaused, Invalid mail_refused.
        """
        profile = self.practices.practice(practice)
        sign_in = self._live(practice, sign_in_id)
        if profile is None or sign_in is None:
            return
        hashed = sign_in.address_hash
        person = person_by_hash(self.people, practice, hashed)
        if person is None:
            return
        if stop := stop_of(self.people.mail_stops(practice, hashed), MailKind.SIGN_IN):
            trace(Event.WITHHELD, practice, address=hashed, sign_in=sign_in_id, code=stop.name)
            return
        counts = asked_by != BY_DEVICE and not counted
        if counts and not self.limits.mail(practice, hashed, person.email):
            return
        secrets = self._secrets(practice, sign_in)
        mail = compose_sign_in(
            profile,
            to=person.email,
            code=sign_in_codes.shown(secrets.code(sign_in_id)),
            token=secrets.token(sign_in_id),
            public_url=self.public_url,
            minutes=CODE_SECONDS // 60,
            locale=locale,
        )
        self.mailer.send(mail)

    def redeem_code(self, practice: str, code: str, *, caller: Caller) -> Entered:
        """Sign in with a typed code, in the browser that asked for it: that of any of its latest mails.

        Errors: Invalid code_format; Refused other_browser (this browser asked for none), code_wrong,
        code_expired (too old, used, or tried too often), too_many_requests (this network), codes_paused
        (strangers typed too many wrong ones everywhere: the link still works).
        """
        with _refusals(practice, by="code"):
            return self._by_code(practice, code, caller)

    def _by_code(self, practice: str, code: str, caller: Caller) -> Entered:
        typed = sign_in_codes.typed(code)
        browser = browser_of(caller.browser_cookie)
        if browser is None:
            raise Refused("other_browser")
        sign_ins = self._of_browser(practice, browser)
        if not sign_ins:
            raise Refused("code_expired")
        by_device = self.limits.type_code(practice, sign_ins[0], caller)
        # Counted before they are compared: however many tries arrive at once, five are compared.
        tried = [s for s in sign_ins if self.access.count_try(practice, s.id, limit=MAX_TRIES)]
        if not tried:
            raise Refused("code_expired")
        if not by_device:
            self.limits.guess(practice, tried[0])
        found = next((s for s in tried if self._secrets(practice, s).is_code(s, typed)), None)
        if found is None:
            raise Refused("code_wrong")
        return self._finish(practice, found, caller, by="code")

    def redeem_token(self, practice: str, token: str, *, caller: Caller) -> Entered:
        """Sign in with a link's token.

        Errors: Refused code_expired (too old, used, or none of ours), other_browser.
        """
        with _refusals(practice, by="link"):
            return self._by_token(practice, token, caller)

    def _by_token(self, practice: str, token: str, caller: Caller) -> Entered:
        sign_in_id = sign_in_id_of(token)
        sign_in = self._live(practice, sign_in_id) if sign_in_id else None
        if sign_in is None or not self._secrets(practice, sign_in).is_token(sign_in, token):
            raise Refused("code_expired")
        secrets = self._secrets(practice, sign_in)
        if sign_in.browser_hash:  # minted links are for whoever opens them first
            browser = browser_of(caller.browser_cookie)
            if browser is None or not secrets.is_browser(sign_in, browser.secret):
                raise Refused("other_browser")
        return self._finish(practice, sign_in, caller, by="link")

    def mint(self, practice: str, *, email: str) -> Minted:
        """A single-use link, for operators to hand over.

        Errors: Invalid email_invalid, NotFound person_not_found.
        """
        person = self.person(practice, email=email)
        sign_in_id, hashed = self.chance.token(), address_hash(self.keys, practice, email)
        saved = self._save(practice, sign_in_id, hashed, browser_secret="", seconds=MINTED_SECONDS)
        trace(Event.MINTED, practice, person=person.id, sign_in=sign_in_id)
        # In the fragment the token reaches no server and no log by being opened.
        token = self._secrets(practice, saved).token(sign_in_id)
        return Minted(f"{self.public_url}/{practice}/sign-in#{token}", saved.expires_at)

    def person(self, practice: str, *, email: str) -> Person:
        """Who has that address; for operators only.

        Errors: Invalid email_invalid, NotFound person_not_found.
        """
        person = person_at(self.people, self.keys, practice, email)
        if person is None:
            raise NotFound("person_not_found", "email")
        return person

    def _finish(self, practice: str, sign_in: SignIn, caller: Caller, *, by: str) -> Entered:
        person = person_by_hash(self.people, practice, sign_in.address_hash)
        if person is None:  # a guessed code of an address nobody has: as wrong as any other
            raise Refused("code_wrong")
        if not self.access.use_sign_in(practice, sign_in.id):
            raise Refused("code_expired")
        minted = not sign_in.browser_hash
        session = self.sessions.start(practice, person, replaces=caller.session_cookie, minted=minted)
        trace(
            Event.DONE, practice, person=person.id, sign_in=sign_in.id,
            session=session.principal.session_hash, by="minted" if minted else by,
        )  # fmt: skip
        if minted:  # nobody knows whose browser it is
            return Entered(session, None)
        nonce = self.chance.token()
        return Entered(session, self.limits.remember(practice, sign_in.address_hash, caller, nonce=nonce))

    def _of_browser(self, practice: str, browser: Browser) -> list[SignIn]:
        """Its sign-ins that can still be used, for whom it asked last, newest first."""
        found = [self._live(practice, sign_in_id) for sign_in_id in browser.sign_in_ids]
        own = [s for s in found if s and self._secrets(practice, s).is_browser(s, browser.secret)]
        return [sign_in for sign_in in own if sign_in.address_hash == own[0].address_hash]

    def _live(self, practice: str, sign_in_id: str) -> SignIn | None:
        sign_in = self.access.sign_in(practice, sign_in_id)
        valid = sign_in and self._now() < sign_in.expires_at and sign_in.key_version in self.keys.versions
        return sign_in if valid else None

    def _secrets(self, practice: str, sign_in: SignIn | None = None) -> Secrets:
        """Of that sign-in, else of a new one."""
        return Secrets(self.keys, practice, sign_in.key_version if sign_in else self.keys.versions[0])

    def _save(
        self, practice: str, sign_in_id: str, hashed: str, *, browser_secret: str, seconds: int
    ) -> SignIn:
        sign_in = self._secrets(practice).new(
            sign_in_id,
            address_hash=hashed,
            browser_secret=browser_secret,
            expires_at=self._now() + seconds,
        )
        self.access.save_sign_in(practice, sign_in)
        return sign_in

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


@contextmanager
def _refusals(practice: str, *, by: str) -> Iterator[None]:
    """Trace why nobody was signed in."""
    try:
        yield
    except BillfoldError as error:
        trace(Event.REFUSED, practice, by=by, code=error.code)
        raise
