"""Invite a practice's owner: the row first, then the mail, then that it went out.

Who is killed between two of these finds the rest undone and does it. The mail's code is made of the practice,
the owner and the turn, so that a mail that goes out twice has it twice.
"""

import hmac
from dataclasses import dataclass, replace

from chalicelib.hosting.domain.owners import Invitation, Owner, invited, invited_anew
from chalicelib.hosting.ports import HostRows
from chalicelib.hosting.services.invitation_mail import compose_invitation
from chalicelib.identity.domain import sign_in_codes
from chalicelib.kernel.errors import Refused, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.mail.ports import Mailer
from chalicelib.operations.ports.claims import Claims
from chalicelib.operations.services.claims import claim
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.words import language


@dataclass(frozen=True)
class Inviting:
    """`public_url` is the portal's origin, without a final slash."""

    rows: HostRows
    claims: Claims
    mailer: Mailer
    keys: Keys
    clock: Clock
    public_url: str

    def check(self, practice: str, asked: Invitation) -> None:
        """Errors: Refused host_owner_differs, host_practice_differs, before anything is written."""
        invited(self.rows.hosted(practice).owner, asked, usual="")

    def invite(self, practice: Practice, asked: Invitation) -> bool:
        """False where the mail went out before. Errors: Refused host_owner_differs,
        host_practice_differs, host_in_hand; Invalid mail_refused; Busy."""
        known = self.rows.hosted(practice.id).owner
        owner = invited(known, asked, usual=language(practice.locale))
        return self._mailed(practice, owner if known else self._saved(practice.id, owner))

    def invite_anew(self, practice: Practice, asked: Invitation) -> None:
        """Another mail, also to another owner. Errors: as of `invite`, but for what differs."""
        owner = invited_anew(self.rows.hosted(practice.id).owner, asked, usual=language(practice.locale))
        self._mailed(practice, self._saved(practice.id, owner))

    def has_office_of(self, practice: Practice, asked: Invitation) -> bool:
        """Whether the practice's address is that of an owner who is to be one no longer."""
        owner = self.rows.hosted(practice.id).owner
        former = owner.email if owner else asked.email
        return former != asked.email and practice.email.casefold() == former.casefold()

    def confirm(self, practice: str, code: str) -> Owner:
        """The owner told the code of the latest mail. Errors: Invalid code_format; NotFound
        host_owner_missing; Refused host_code_wrong, host_in_hand."""
        owner = self.owner_of_code(practice, code)
        if owner.confirmed_at:
            return owner
        return self._saved(practice, replace(owner, confirmed_at=instant(self.clock.now())))

    def owner_of_code(self, practice: str, code: str) -> Owner:
        """Errors: as of `confirm`, but for host_in_hand."""
        typed = sign_in_codes.typed(code)
        owner = present(self.rows.hosted(practice).owner, "host_owner_missing", "practice")
        if not hmac.compare_digest(typed, self._code(practice, owner)):
            raise Refused("host_code_wrong", "code")
        return owner

    def _mailed(self, practice: Practice, owner: Owner) -> bool:
        if owner.invited_at:
            return False
        self._claim(practice.id, owner)
        now = present(self.rows.hosted(practice.id).owner, "host_owner_missing", "practice")
        if now.invited_at or now.turn != owner.turn:
            return False
        code = sign_in_codes.shown(self._code(practice.id, now))
        self.mailer.send(compose_invitation(practice, now, code=code, public_url=self.public_url))
        self._saved(practice.id, replace(now, invited_at=instant(self.clock.now())))
        return True

    def _claim(self, practice: str, owner: Owner) -> None:
        try:
            claim(self.claims, self.clock, practice, f"invitation-{owner.turn}")
        except Busy as error:
            raise Refused("host_in_hand", "practice") from error

    def _saved(self, practice: str, owner: Owner) -> Owner:
        try:
            return self.rows.save_owner(practice, owner)
        except Conflict as error:
            raise Refused("host_in_hand", "practice") from error

    def _code(self, practice: str, owner: Owner) -> str:
        """Under the lookups' key, which outlives those that are changed every year."""
        made = self.keys.lookup_hash("owner-invitation", f"{practice}/{owner.email}/{owner.turn}")
        return sign_in_codes.code(int(made, 16))
