"""Connect a practice's own account at Stripe: look at it, see that events come from it, keep its keys.

Nothing is kept of keys that Stripe does not take, or that may do too little. An endpoint's signing secret is
told once, when it is made: the keys are kept before that, so that it is all that a crash can lose, and the
next run names an endpoint whose secret is not known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.payments.ports.connections import Connection, Credentials, ProcessorAccount, Right
from chalicelib.payments.services.account_notes import Note, notes
from chalicelib.payments.services.event_addresses import see_to_events
from chalicelib.payments.services.wallet_domains import wallet_notes
from chalicelib.practice.domain.practices import Practice

PROCESSOR = "stripe"


@dataclass(frozen=True, slots=True)
class Keys:
    secret_key: str
    publishable_key: str
    webhook_secret: str = ""

    @property
    def live(self) -> bool:
        return is_live(self.secret_key)

    @property
    def restricted(self) -> bool:
        return self.secret_key.startswith("rk_")


def is_live(key: str) -> bool:
    return "_live_" in key


class RightsMissing(Exception):
    """The restricted key lacks these, without which payments would fail one day."""

    def __init__(self, rights: Sequence[Right]) -> None:
        super().__init__(", ".join(map(str, rights)))
        self.rights = rights


@dataclass(frozen=True, slots=True)
class Connected:
    """`heard`: events are taken; else a person has something to do first. `account`: None if Stripe was not
    asked."""

    account: ProcessorAccount | None
    notes: Sequence[Note]
    heard: bool
    saved: bool


@dataclass(frozen=True)
class Connecting:
    credentials: Credentials

    def connect(
        self, practice: Practice, keys: Keys, connection: Connection, url: str, *, dry_run: bool
    ) -> Connected:
        """Events are to come to `url`. Safe to repeat. A dry run only looks.

        Errors: RightsMissing, ProcessorDenied, ProcessorTimeout, ProcessorRefused: nothing was changed.
        """
        lacking = connection.lacking() if keys.restricted else ()
        if needed := [right for right in lacking if right.needed]:
            raise RightsMissing(needed)
        account = connection.account()
        before = self._kept(practice)
        found = list(notes(account, practice))
        if changed := _another(before, keys, account):
            found.append(changed)
            before = {}
        wanted = _wanted(keys, before) | {
            "account": account.id, "currency": account.currency, "category": account.category,
        }  # fmt: skip
        saved = not dry_run and self._save(practice, wanted)
        events = see_to_events(
            connection, url, given=keys.webhook_secret, kept=wanted["webhook_secrets"],
            known_id=wanted["webhook_endpoint"], dry_run=dry_run,
        )  # fmt: skip
        if not dry_run:
            found += wallet_notes(connection, url)
        wanted |= {"webhook_secrets": list(events.secrets), "webhook_endpoint": events.address_id}
        saved = (not dry_run and self._save(practice, wanted)) or saved
        return Connected(account, [*found, *events.notes], events.heard, saved or events.changed)

    def keep_unchecked(self, practice: Practice, keys: Keys, *, dry_run: bool) -> Connected:
        """Without asking Stripe anything."""
        before = self._kept(practice)
        if before.get("secret_key") != keys.secret_key:  # whose the new one is, nobody knows
            before = {"webhook_secrets": before.get("webhook_secrets", ())}
        wanted = _wanted(keys, before)
        saved = not dry_run and self._save(practice, wanted)
        return Connected(None, (), bool(wanted["webhook_secrets"]), saved)

    def _kept(self, practice: Practice) -> dict[str, Any]:
        return dict(self.credentials.of(practice.id, PROCESSOR) or {})

    def _save(self, practice: Practice, wanted: Mapping[str, Any]) -> bool:
        if self._kept(practice) == wanted:
            return False
        self.credentials.save(practice.id, PROCESSOR, wanted)
        return True


def _wanted(keys: Keys, before: Mapping[str, Any]) -> dict[str, Any]:
    """The new keys, with what is known already of the account and of where its events go."""
    given = [keys.webhook_secret] if keys.webhook_secret else list(before.get("webhook_secrets", ()))
    return {
        "webhook_endpoint": "",
        **before,
        "secret_key": keys.secret_key,
        "publishable_key": keys.publishable_key,
        "webhook_secrets": given,
    }


def _another(before: Mapping[str, Any], keys: Keys, account: ProcessorAccount) -> Note | None:
    """What these keys cannot do any more that those before could; their endpoints' secrets are of no use."""
    if before.get("account", account.id) != account.id:
        was = f"of another account, {before['account']}"
    elif before and is_live(before["secret_key"]) != keys.live:
        was = "test keys" if keys.live else "live keys"
    else:
        return None
    text = (
        f"The keys kept so far were {was}: what was paid with them can be neither settled nor refunded with "
        "these. It has to be refunded in the Dashboard there."
    )
    return Note("account_changed", text)
