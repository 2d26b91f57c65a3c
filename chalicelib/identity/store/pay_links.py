"""Pay links, and the short sessions of who has opened one.

P#practice#L#hash    PAY-LINK        a link on paper, by the hash of its token
P#practice#S#hash    LINK-SESSION    who has given its second factor

Every row has a time to live, and is refused by its own times before that. Reads are strong.
"""

from collections.abc import Sequence

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.update import Action

from chalicelib.identity.ports import LinkSession, PayLink, PayLinkRows
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item, guarded, not_written, refused_by_condition

PAY_LINK, LINK_SESSION = "PAY-LINK", "LINK-SESSION"


class PayLinkItem(Item, discriminator="pay-link"):
    account_id = UnicodeAttribute()
    document = UnicodeAttribute()
    generation = NumberAttribute()
    expires_at = NumberAttribute()
    key_version = NumberAttribute()
    tries = NumberAttribute(default=0)
    code_step = NumberAttribute(default=0)


class LinkSessionItem(Item, discriminator="link-session"):
    link_hash = UnicodeAttribute()
    account_id = UnicodeAttribute()
    document = UnicodeAttribute()
    generation = NumberAttribute()
    expires_at = NumberAttribute()
    key_version = NumberAttribute()


class DynamoPayLinks(PayLinkRows):
    @guarded
    def save_link(self, practice: str, link: PayLink) -> None:
        item = PayLinkItem(
            keys.link(practice, link.hash), PAY_LINK, ttl=link.expires_at, account_id=link.account_id,
            document=link.document, generation=link.generation, expires_at=link.expires_at,
            key_version=link.key_version, tries=link.tries, code_step=link.code_step,
        )  # fmt: skip
        try:
            item.save(condition=PayLinkItem.pk.does_not_exist())
        except PutError as error:
            if not refused_by_condition(error):
                raise

    @guarded
    def link(self, practice: str, token_hash: str) -> PayLink | None:
        try:
            item = PayLinkItem.get(keys.link(practice, token_hash), PAY_LINK, consistent_read=True)
        except PayLinkItem.DoesNotExist:
            return None
        return PayLink(
            token_hash, item.account_id, item.document, int(item.generation), int(item.expires_at),
            int(item.key_version), int(item.tries), int(item.code_step),
        )  # fmt: skip

    @guarded
    def count_try(self, practice: str, token_hash: str, *, limit: int) -> bool:
        """A reply lost after the write may count one try twice, which only refuses sooner."""
        item = PayLinkItem(keys.link(practice, token_hash), PAY_LINK)
        try:
            item.update([PayLinkItem.tries.add(1)], condition=PayLinkItem.tries < limit)
        except UpdateError as error:
            return not_written(error)
        return True

    @guarded
    def give_back(self, practice: str, token_hash: str) -> None:
        item = PayLinkItem(keys.link(practice, token_hash), PAY_LINK)
        try:
            item.update([PayLinkItem.tries.add(-1)], condition=PayLinkItem.tries > 0)
        except UpdateError as error:
            not_written(error)

    @guarded
    def use_code(self, practice: str, token_hash: str, *, step: int) -> bool:
        """A reply lost after the write reads as "was used": another code is asked for; nobody gets in."""
        item = PayLinkItem(keys.link(practice, token_hash), PAY_LINK)
        now: list[Action] = [PayLinkItem.code_step.set(step), PayLinkItem.tries.set(0)]
        try:
            item.update(now, condition=PayLinkItem.code_step < step)
        except UpdateError as error:
            return not_written(error)
        return True

    @guarded
    def save_session(self, practice: str, session: LinkSession) -> None:
        LinkSessionItem(
            keys.session(practice, session.hash), LINK_SESSION, ttl=session.expires_at,
            link_hash=session.link_hash, account_id=session.account_id, document=session.document,
            generation=session.generation, expires_at=session.expires_at, key_version=session.key_version,
        ).save()  # fmt: skip

    @guarded
    def session(self, practice: str, hashes: Sequence[str]) -> LinkSession | None:
        places = [(keys.session(practice, hashed), LINK_SESSION) for hashed in hashes]
        for item in LinkSessionItem.batch_get(places, consistent_read=True):
            return LinkSession(
                keys.name_of(item.pk), item.link_hash, item.account_id, item.document, int(item.generation),
                int(item.expires_at), int(item.key_version),
            )  # fmt: skip
        return None
