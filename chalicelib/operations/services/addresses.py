"""Which address a client's mail goes to, if any, and what mail it gets no more (ADR 16)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.instants import instant
from chalicelib.mail.domain.setbacks import STOP_NAMES, MailKind, MailReport, MailStop, Setback, stop_of
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People
from chalicelib.practice.services.address_hashes import address_hash, person_by_hash

_LIFTED = "mail to the address goes again: `billfold mail lift`"


def recipient(client: Client) -> str:
    """Who gets the e-mail: the guarantor where there is one, else the client; "" means paper."""
    return client.guarantor_email or client.email


@dataclass(frozen=True)
class Addresses:
    people: People
    keys: Keys
    alerting: Alerting
    clock: Clock

    def stop(self, report: MailReport) -> None:
        """Send no more of what was reported to that address; tell staff of a complaint.

        Changes nothing where a report came twice, or after its stop was lifted. Errors: Invalid
        email_invalid, Busy.
        """
        practice = report.practice
        hashed = address_hash(self.keys, practice, report.address)
        stop = self.people.stop_mail(practice, hashed, report.stop, sent_at=report.sent_at)
        if stop is not None and stop.setback is Setback.COMPLAINT:
            self.alerting.raise_alert(practice, complaint_cause(hashed, stop))

    def stopped(self, practice: str, email: str, kind: MailKind) -> MailStop | None:
        """Why not to send that there; None: nothing is known against it. Error: Busy."""
        return stop_of(self.stops(practice, email), kind)

    def filed_under(self, practice: str, email: str) -> str:
        """The hash by which the practice knows the address; "" of what is none."""
        try:
            return address_hash(self.keys, practice, email)
        except Invalid:
            return ""

    def language(self, practice: str, client: Client, to: str) -> str:
        """In which whoever reads mail about the client at that address reads the portal. Error: Busy."""
        hashed = "" if to == client.email else self.filed_under(practice, to)
        person = person_by_hash(self.people, practice, hashed) if hashed else None
        return person.locale if person else client.locale

    def stops(self, practice: str, email: str) -> Sequence[MailStop]:
        """What stops mail to that address now. Error: Busy."""
        hashed = self.filed_under(practice, email)
        if not hashed:  # the mail service says what is wrong with it
            return ()
        return [stop for stop in self.people.mail_stops(practice, hashed) if not stop.lifted_at]

    def lift(
        self, practice: str, email: str, only: Collection[str] = STOP_NAMES, *, dry_run: bool = False
    ) -> Sequence[MailStop]:
        """Write there again, and close the alerts; returns what stood until now. Safe to repeat.

        `only` names the stops. Errors: Invalid email_invalid, NotFound person_not_found, Busy.
        """
        hashed = address_hash(self.keys, practice, email)
        kept = [stop for stop in self.people.mail_stops(practice, hashed) if stop.name in only]
        if not kept and not self.people.people_at(practice, [hashed]):
            raise NotFound("person_not_found", "email")
        if dry_run:
            return [stop for stop in kept if not stop.lifted_at]
        return [stop for stop in kept if self._lifted(practice, hashed, stop)]

    def try_again(self, practice: str, client: Client) -> None:
        """Lift what a bounce stopped, of the client's address; no complaint. Errors: as `stop`."""
        if email := recipient(client):
            hashed = address_hash(self.keys, practice, email)
            self._lifted(practice, hashed, MailStop(Setback.BOUNCE, ""))

    def _lifted(self, practice: str, hashed: str, stop: MailStop) -> bool:
        """Whether it stood. An alert is closed either way: whoever lifted it may have been cut off before."""
        stood = self.people.lift_stop(practice, hashed, stop, at=instant(self.clock.now()))
        if stop.setback is Setback.COMPLAINT:
            self.alerting.over(practice, complaint_cause(hashed, stop), note=_LIFTED)
        return stood


def complaint_cause(address_hash: str, stop: MailStop) -> Cause:
    """The alert of a complaint: another one after it was lifted is of another mail, and another alert."""
    facts = {"address": address_hash, "kind": stop.kind.value} | ({"code": stop.why} if stop.why else {})
    return Cause(AlertName.MAIL_COMPLAINT, stop.mail or f"{address_hash}/{stop.name}", facts)
