"""Sessions, signing in, and limits."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.mail import MailWiring
from chalicelib.bootstrap.practice import PracticeWiring
from chalicelib.identity.ports import Access
from chalicelib.identity.services.limits import Counters
from chalicelib.identity.services.links import Links
from chalicelib.identity.services.pay_links import PayLinks
from chalicelib.identity.services.sessions import Sessions
from chalicelib.identity.services.sign_in_limits import SignInLimits
from chalicelib.identity.services.signing_in import SigningIn
from chalicelib.identity.store.access import DynamoAccess
from chalicelib.identity.store.pay_links import DynamoPayLinks

if TYPE_CHECKING:
    from chalicelib.identity.services.pay_link_factors import PayLinkFactors


class IdentityWiring(MailWiring, PracticeWiring):
    @cached_property
    def access(self) -> Access:
        return DynamoAccess()

    @cached_property
    def counters(self) -> Counters:
        return Counters(self.access, self.keys, self.clock)

    @cached_property
    def links(self) -> Links:
        return Links(self.access, self.keys, self.clock)

    @cached_property
    def pay_links(self) -> PayLinks:
        return PayLinks(
            DynamoPayLinks(), self.people, self.keys, self.chance, self.clock, self.settings.public_url
        )

    @cached_property
    def pay_link_factors(self) -> "PayLinkFactors":
        from chalicelib.identity.services.pay_link_factors import PayLinkFactors

        return PayLinkFactors(
            links=self.pay_links, practices=self.practices, people=self.people, counters=self.counters,
            queue=self.documents_queue, mailer=self.insisting_mailer, keys=self.keys, clock=self.clock,
        )  # fmt: skip

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(
            access=self.access, chance=self.chance, clock=self.clock, keys=self.keys,
            secure_cookies=self.settings.secure_cookies,
        )  # fmt: skip

    @cached_property
    def signing_in(self) -> SigningIn:
        return SigningIn(
            practices=self.practices, people=self.people, access=self.access, sessions=self.sessions,
            limits=SignInLimits(self.counters, self.keys, self.clock), queue=self.documents_queue,
            mailer=self.insisting_mailer, chance=self.chance, clock=self.clock, keys=self.keys,
            public_url=self.settings.public_url,
        )  # fmt: skip
