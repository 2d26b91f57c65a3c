"""What is asked beside a pay link: the client's birth date, else a code mailed to the address on file.

Who finds or steals a bill holds its link, and has five tries at the birth date for as long as the link lives;
who has many bills of one client has ten in thirty days.
An unknown link and a wrong answer are told the same; nothing is written for an unknown one but counters.
"""

import hmac
from dataclasses import dataclass

from chalicelib.identity.domain import sign_in_codes
from chalicelib.identity.ports import PayLink
from chalicelib.identity.services.limits import Counters
from chalicelib.identity.services.pay_link_limits import (
    CODE_STEP_SECONDS,
    CODES_OF_LINK,
    CODES_TO_ADDRESS,
    DATES_OF_CLIENT,
    FACTORS_A_DAY,
    FACTORS_OF_NETWORK,
    MAX_TRIES,
    TRIES_OF_UNKNOWN,
)
from chalicelib.identity.services.pay_link_mail import compose_pay_code
from chalicelib.identity.services.pay_links import PayLinks
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import Actor
from chalicelib.kernel.errors import Refused
from chalicelib.mail.domain.setbacks import MailKind, stop_of
from chalicelib.mail.ports import Mailer
from chalicelib.operations.services.addresses import recipient
from chalicelib.platform.ports import Clock, Keys, Queue
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.address_hashes import address_hash

MAIL_TASK = "pay-link-mail"
NOBODY = "-"  # no client has this id
_DATES, _MAILS = "birth-dates-of-client", "pay-link-codes-to-address"


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """`bearer` is what the page shows with each call from now on; `expires_at` in epoch seconds."""

    bearer: str
    practice: Practice
    actor: Actor
    account_id: str
    document: str
    expires_at: int


@dataclass(frozen=True, kw_only=True)
class PayLinkFactors:
    links: PayLinks
    practices: Practices
    people: People
    counters: Counters
    queue: Queue
    mailer: Mailer
    keys: Keys
    clock: Clock

    def ask_code(self, practice: str, token: str, *, ip: str, locale: str) -> None:
        """Have a code mailed to the address on file, if the link is one and there is an address: nobody is
        told. Error: Refused too_many_requests (this network)."""
        self._by_network(practice, ip)
        hashes = " ".join(self.links.hashes(practice, token))
        self.queue.send({
            "task": MAIL_TASK, "practice": practice, "links": hashes, "step": str(self._step()),
            "locale": locale,
        })  # fmt: skip

    def deliver(self, practice: str, hashes: str, *, step: int, locale: str, counted: bool = False) -> None:
        """The worker's part: mail the code, and the link with it. `counted`: as of SigningIn.deliver. Errors:
        Busy, MailThrottled, MailPaused, Invalid mail_refused."""
        profile = self.practices.practice(practice)
        link = self.links.found(practice, tuple(hashes.split()))
        if profile is None or link is None or self._step() > step + 1:
            return
        client = self.people.client(practice, link.account_id)
        to = recipient(client) if client and profile.pay_links and self.links.valid(link, client) else ""
        if not to:
            return
        hashed = address_hash(self.keys, practice, to)
        if stop_of(self.people.mail_stops(practice, hashed), MailKind.SIGN_IN):
            return
        if not counted and not self.counters.keeps_pace(_MAILS, CODES_TO_ADDRESS, to):
            trace(Event.LIMITED, practice, address=hashed, limit=_MAILS)
            return
        # A code of this step that was used opens nothing: who has lost the page since gets the next one's.
        step = max(step, link.code_step + 1)
        code = sign_in_codes.shown(self._code(practice, link, step))
        ref = AccountRef(practice, link.account_id)
        token = self.links.token(ref, link.document, link.generation, link.key_version)
        page = f"{self.links.address(practice, token, link.document)}.{code}"
        minutes = CODE_STEP_SECONDS // 60
        mail = compose_pay_code(profile, to=to, locale=locale, code=code, page=page, minutes=minutes)
        self.mailer.send(mail)

    def open(self, practice: str, token: str, *, ip: str, birth_date: str = "", code: str = "") -> OpenedLink:
        """Go on to paying, by the birth date (YYYY-MM-DD) or a mailed code.

        Errors: Invalid code_format; Refused link_refused (a wrong answer, or an unknown, revoked, switched
        off or old link: nobody is told which), link_locked (tried too often: a mailed code still opens it),
        too_many_requests (this network).
        """
        typed = sign_in_codes.typed(code) if code else ""
        self._by_network(practice, ip)
        hashes = self.links.hashes(practice, token)
        link = self.links.found(practice, hashes)
        try_id = self._counted(practice, link, hashes[0], by_code=bool(typed))
        # Read for an unknown link, too: the answer takes the same reads.
        client = self.people.client(practice, link.account_id if link else NOBODY)
        profile = self.practices.practice(practice)
        if not (link and profile and self._opens(profile, link, client, birth_date, typed)):
            trace(Event.LINK_REFUSED, practice, by="code" if typed else "birth date")
            raise Refused("link_refused")
        self._give_back(practice, link, try_id)
        bearer, until = self.links.start(practice, link)
        trace(Event.PAY_LINK_OPENED, practice, account=link.account_id)
        actor = self.links.actor(link.hash)
        return OpenedLink(bearer, profile, actor, link.account_id, link.document, until)

    def _opens(
        self, profile: Practice, link: PayLink, client: Client | None, birth_date: str, code: str
    ) -> bool:
        if client is None or not profile.pay_links or not self.links.valid(link, client):
            return False
        if code:
            return self._uses_code(profile.id, link, code)
        return bool(client.birth_date) and hmac.compare_digest(client.birth_date, birth_date)

    def _uses_code(self, practice: str, link: PayLink, code: str) -> bool:
        """A code works once. The one after that which was used last may have been mailed: it can be of a
        step that is further ahead than the next."""
        now = self._step()
        mailed = sorted({now - 1, now, now + 1, link.code_step + 1}, reverse=True)
        steps = [step for step in mailed if self._is_code(practice, link, step, code)]
        return any(self.links.rows.use_code(practice, link.hash, step=step) for step in steps)

    def _is_code(self, practice: str, link: PayLink, step: int, code: str) -> bool:
        return hmac.compare_digest(self._code(practice, link, step), code)

    def _code(self, practice: str, link: PayLink, step: int) -> str:
        text = f"{practice}/{link.hash}/{step}"
        return sign_in_codes.code(
            int(self.keys.keyed_hash("pay-link-code", text, version=link.key_version), 16)
        )

    def _counted(self, practice: str, link: PayLink | None, hashed: str, *, by_code: bool) -> str:
        """Counted before anything is compared: however many tries arrive at once, so many are compared. What
        the try at a birth date is called, "" of a code. Errors: Refused link_locked; Busy."""
        try_id = "" if by_code else self.links.chance.token()
        if by_code:
            within = self.counters.within(CODES_OF_LINK, link.hash if link else hashed, practice=practice)
        elif link is None:
            within = self.counters.within(TRIES_OF_UNKNOWN, hashed, practice=practice)
        else:
            within = self.links.rows.count_try(practice, link.hash, limit=MAX_TRIES)
        if not (within and self._within_client(practice, link.account_id if link else hashed, try_id)):
            trace(Event.LIMITED, practice, limit="tries-of-link")
            raise Refused("link_locked")
        return try_id

    def _within_client(self, practice: str, subject: str, try_id: str) -> bool:
        paces = (DATES_OF_CLIENT,)
        return not try_id or not self.counters.wait_seconds(
            _DATES, paces, subject, practice=practice, once=try_id
        )

    def _give_back(self, practice: str, link: PayLink, try_id: str) -> None:
        """What was right was no guess."""
        if try_id:
            self.links.rows.give_back(practice, link.hash)
            self.counters.forget(_DATES, link.account_id, practice=practice, once=try_id)

    def _by_network(self, practice: str, ip: str) -> None:
        for limits in (FACTORS_OF_NETWORK, FACTORS_A_DAY):
            self.counters.spend_of_networks(limits, ip, practice=practice)

    def _step(self) -> int:
        return int(self.clock.now().timestamp()) // CODE_STEP_SECONDS
