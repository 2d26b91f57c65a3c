"""Sign-ins, sessions, links and rate limits.

Every row has a time to live, so that DynamoDB tidies up; the services refuse an expired row by its own times,
because DynamoDB may be days late. Reads are strong: what was revoked or used is gone with the next request.
"""

from collections.abc import Sequence

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError, UpdateError

from chalicelib.identity.ports import Access, Link, Live, SessionRow, SignIn, Use
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item, guarded, not_written
from chalicelib.practice.domain.practices import Person
from chalicelib.practice.store.people import PersonItem

SIGN_IN, SESSION, LINK, RATE, USES = "SIGN-IN", "SESSION", "LINK", "RATE", "USES"
_LONGEST_SESSION_SECONDS = (
    24 * 3600
)  # only for tidying up; identity/services/sessions.py decides when one ends


class SignInItem(Item, discriminator="sign-in"):
    address_hash = UnicodeAttribute()
    browser_hash = UnicodeAttribute()
    code_hash = UnicodeAttribute()
    token_hash = UnicodeAttribute()
    key_version = NumberAttribute()
    expires_at = NumberAttribute()
    tries = NumberAttribute(default=0)


class SessionItem(Item, discriminator="session"):
    person_id = UnicodeAttribute()
    created_at = NumberAttribute()
    seen_at = NumberAttribute()
    key_version = NumberAttribute()
    minted = BooleanAttribute(default=False)


class LinkItem(Item, discriminator="link"):
    link_kind = UnicodeAttribute()
    account_id = UnicodeAttribute()
    payment_id = UnicodeAttribute()
    key_version = NumberAttribute()
    expires_at = NumberAttribute()


class RateItem(Item, discriminator="rate"):
    uses = NumberAttribute()


class UsesItem(Item, discriminator="uses"):
    """`times` has commas between uses, each epoch seconds, or these, a colon and a name: few, and always
    written as a whole."""

    times = UnicodeAttribute()


class DynamoAccess(Access):
    """Puts are unconditional where the key is random or a hash: a repeated put writes the same row again.

    Counters are `ADD` in one conditional update, outside a transaction: a reply lost after the write may
    count one use twice, which only refuses sooner. Money is never counted this way.
    """

    @guarded
    def save_sign_in(self, practice: str, sign_in: SignIn) -> None:
        SignInItem(
            keys.sign_in(practice, sign_in.id),
            SIGN_IN,
            ttl=sign_in.expires_at,
            address_hash=sign_in.address_hash,
            browser_hash=sign_in.browser_hash,
            code_hash=sign_in.code_hash,
            token_hash=sign_in.token_hash,
            expires_at=sign_in.expires_at,
            key_version=sign_in.key_version,
            tries=sign_in.tries,
        ).save()

    @guarded
    def sign_in(self, practice: str, sign_in_id: str) -> SignIn | None:
        try:
            item = SignInItem.get(keys.sign_in(practice, sign_in_id), SIGN_IN, consistent_read=True)
        except SignInItem.DoesNotExist:
            return None
        return SignIn(
            id=sign_in_id,
            address_hash=item.address_hash,
            browser_hash=item.browser_hash,
            code_hash=item.code_hash,
            token_hash=item.token_hash,
            expires_at=int(item.expires_at),
            key_version=int(item.key_version),
            tries=int(item.tries),
        )

    @guarded
    def count_try(self, practice: str, sign_in_id: str, *, limit: int) -> bool:
        item = SignInItem(keys.sign_in(practice, sign_in_id), SIGN_IN)
        try:
            item.update([SignInItem.tries.add(1)], condition=SignInItem.tries < limit)
        except UpdateError as error:
            return not_written(error)
        return True

    @guarded
    def use_sign_in(self, practice: str, sign_in_id: str) -> bool:
        """A reply lost after the delete reads as "was used": ask for another code; nobody gets in."""
        try:
            SignInItem(keys.sign_in(practice, sign_in_id), SIGN_IN).delete(condition=SignInItem.sk.exists())
        except DeleteError as error:
            return not_written(error)
        return True

    @guarded
    def save_session(self, practice: str, session: SessionRow) -> None:
        SessionItem(
            keys.session(practice, session.hash),
            SESSION,
            ttl=session.created_at + _LONGEST_SESSION_SECONDS,
            person_id=session.person_id,
            created_at=session.created_at,
            seen_at=session.seen_at,
            key_version=session.key_version,
            minted=session.minted,
        ).save()

    @guarded
    def session(
        self, practice: str, hashes: Sequence[str], person_id: str
    ) -> tuple[SessionRow, Person] | None:
        places = [(keys.session(practice, hashed), SESSION) for hashed in hashes]
        person_place = keys.directory(practice), keys.person(person_id)
        rows = list(Item.batch_get([*places, person_place], consistent_read=True))
        session = next((_session(row) for row in rows if isinstance(row, SessionItem)), None)
        # Strong, the person too: a grant that was taken away is gone with the next request.
        person = next((row.person() for row in rows if isinstance(row, PersonItem)), None)
        if session is None or person is None or session.person_id != person.id:
            return None
        return session, person

    @guarded
    def touch_session(self, practice: str, token_hash: str, *, seen_at: int) -> None:
        # An update would make the row anew; the condition fails where the session was revoked meanwhile.
        try:
            SessionItem(keys.session(practice, token_hash), SESSION).update(
                [SessionItem.seen_at.set(seen_at)], condition=SessionItem.seen_at < seen_at
            )
        except UpdateError as error:
            not_written(error)

    @guarded
    def end_session(self, practice: str, token_hash: str) -> None:
        SessionItem(keys.session(practice, token_hash), SESSION).delete()

    @guarded
    def save_link(self, practice: str, link: Link) -> None:
        LinkItem(
            keys.link(practice, link.hash),
            LINK,
            ttl=link.expires_at,
            link_kind=link.kind,
            account_id=link.account_id,
            payment_id=link.payment_id,
            expires_at=link.expires_at,
            key_version=link.key_version,
        ).save()

    @guarded
    def link(self, practice: str, token_hash: str) -> Link | None:
        try:
            item = LinkItem.get(keys.link(practice, token_hash), LINK, consistent_read=True)
        except LinkItem.DoesNotExist:
            return None
        return Link(
            token_hash, item.link_kind, item.account_id, item.payment_id, int(item.expires_at),
            int(item.key_version),
        )  # fmt: skip

    @guarded
    def live(self, key_version: int, *, now: int) -> Live:
        rows = Item.scan(SessionItem.key_version == key_version, consistent_read=True)
        ends = [int(row.ttl or 0) for row in rows]
        left = [end for end in ends if end > now]
        return Live(len(left), max(left, default=0))

    @guarded
    def allow(self, practice: str, key: str, *, limit: int, window_seconds: int, now: int) -> bool:
        window = now // window_seconds
        item = RateItem(keys.rate(practice, key, window), RATE)
        ends_at = (window + 1) * window_seconds
        try:
            item.update(
                [RateItem.uses.add(1), RateItem.ttl.set(ends_at), RateItem.kind.set(RateItem)],
                condition=RateItem.uses.does_not_exist() | (RateItem.uses < limit),
            )
        except UpdateError as error:
            return not_written(error)
        return True

    @guarded
    def uses(self, practice: str, key: str, *, strong: bool = True) -> tuple[Use, ...]:
        try:
            item = UsesItem.get(keys.rate(practice, key), USES, consistent_read=strong)
        except UsesItem.DoesNotExist:
            return ()
        return tuple(map(_use, item.times.split(",")))

    @guarded
    def note_uses(
        self, practice: str, key: str, *, before: tuple[Use, ...], after: tuple[Use, ...], expires_at: int
    ) -> bool:
        item = UsesItem(keys.rate(practice, key), USES, times=_text(after), ttl=expires_at)
        absent = UsesItem.pk.does_not_exist()
        try:
            item.save(condition=UsesItem.times == _text(before) if before else absent)
        except PutError as error:
            return not_written(error)
        return True


def _session(item: SessionItem) -> SessionRow:
    return SessionRow(
        keys.name_of(item.pk), item.person_id, int(item.created_at), int(item.seen_at),
        int(item.key_version), bool(item.minted),
    )  # fmt: skip


def _text(uses: tuple[Use, ...]) -> str:
    return ",".join(f"{use.at}:{use.name}" if use.name else str(use.at) for use in uses)


def _use(text: str) -> Use:
    at, _, name = text.partition(":")
    return Use(int(at), name)
