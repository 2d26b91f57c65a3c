"""Payers in DynamoDB.

P#practice#PAYERS     PAYER#<payer>                what they have saved; in the work list while something is
                                                   left to do at the processor
P#practice#PAYERS     CONSENT#<payer>#<addition>   their leave to keep a method
P#practice#PAYERS     NOTICE#<payer>#<notice>#<version>#<payment or set-up>
                                                   that they have read what stands beside card forms
P#practice#PAYERS     AT#<processor>#<its id>      whose a customer, method or set-up is
"""

import logging
from collections.abc import Iterator

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.kernel.outside import Conflict
from chalicelib.payments.domain.saved_methods import Payer
from chalicelib.payments.ports.payers import Acknowledgement, Consent, Payers
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec, VersionedBody
from chalicelib.platform.dynamo.table import Canceled, Item, guarded, shard, transact, walked

log = logging.getLogger("billfold.methods")
KIND = "payer"
_PAYER, _CONSENT, _NOTICE, _AT = "PAYER#", "CONSENT#", "NOTICE#", "AT#"
_PAGE = 100

PAYERS = Codec(Payer, private=frozenset({"labels"}), elsewhere=frozenset({"id", "version"}))
CONSENTS = Codec(Consent, elsewhere=frozenset({"payer_id", "addition"}))
ACKNOWLEDGEMENTS = Codec(Acknowledgement, elsewhere=frozenset({"payer_id", "notice", "version", "about"}))


class PayerItem(VersionedBody, discriminator="payer"):
    def payer(self) -> Payer:
        id_ = self.sk.removeprefix(_PAYER)
        return PAYERS.read(self, f"payer {id_}", id=id_, version=int(self.version))


class ConsentItem(Body, discriminator="consent"):
    """Never updated or deleted."""

    def consent(self) -> Consent:
        payer, _, addition = self.sk.removeprefix(_CONSENT).partition("#")
        return CONSENTS.read(self, f"consent {addition}", payer_id=payer, addition=addition)


class AcknowledgementItem(Body, discriminator="acknowledgement"):
    """Never updated or deleted."""

    def acknowledgement(self) -> Acknowledgement:
        payer, notice, version, about = self.sk.removeprefix(_NOTICE).split("#", 3)
        return ACKNOWLEDGEMENTS.read(
            self,
            f"acknowledgement {about}",
            payer_id=payer,
            notice=notice,
            version=version,
            about=about,
        )


class PayerLookupItem(Item, discriminator="payer-lookup"):
    """Says whose an object of the processor's is, so that its news finds them."""

    payer_id = UnicodeAttribute(attr_name="person_id")  # rows have that name from before


class DynamoPayers(Payers):
    @guarded
    def payer(self, practice: str, payer_id: str) -> Payer | None:
        try:
            row = PayerItem.get(keys.payers(practice), _PAYER + payer_id, consistent_read=True)
        except DoesNotExist:
            return None
        return row.payer()

    def save(
        self,
        practice: str,
        payer: Payer,
        *,
        before: Payer | None,
        due: str = "",
        consent: Consent | None = None,
    ) -> Payer:
        pk, version = keys.payers(practice), before.version if before else 0
        row = PayerItem(
            pk,
            _PAYER + payer.id,
            version=version + 1,
            gsi2pk=keys.due(KIND, shard(payer.id)) if due else None,
            gsi2sk=due or None,
            **PAYERS.parts(payer),
        )
        finding = [
            (PayerLookupItem(pk, _place(payer.processor, id_), payer_id=payer.id), None)
            for id_ in _names(payer) - (_names(before) if before else set())
        ]
        kept = []
        if consent:
            sk = f"{_CONSENT}{consent.payer_id}#{consent.addition}"
            kept = [(ConsentItem(pk, sk, **CONSENTS.parts(consent)), ConsentItem.pk.does_not_exist())]
        try:
            transact([(row, PayerItem.standing_at(version)), *kept, *finding])
        except Canceled as canceled:
            raise Conflict("payer") from canceled
        return row.payer()

    @guarded
    def payer_of(self, practice: str, processor: str, processor_id: str) -> str:
        try:
            found = PayerLookupItem.get(
                keys.payers(practice), _place(processor, processor_id), consistent_read=True
            )
        except DoesNotExist:
            return ""
        return str(found.payer_id)

    def payers(self, practice: str) -> Iterator[Payer]:
        for row in walked(PayerItem.query)(
            keys.payers(practice), PayerItem.sk.startswith(_PAYER), consistent_read=True, page_size=_PAGE
        ):
            yield row.payer()

    def acknowledge(self, practice: str, given: Acknowledgement) -> None:
        sk = _notice(given.payer_id, given.notice, given.version) + given.about
        row = AcknowledgementItem(keys.payers(practice), sk, **ACKNOWLEDGEMENTS.parts(given))
        try:
            transact([(row, AcknowledgementItem.pk.does_not_exist())])
        except Canceled:
            log.info("acknowledged already", extra={"practice": practice})

    def acknowledgements(
        self, practice: str, payer_id: str, notice: str, version: str
    ) -> Iterator[Acknowledgement]:
        wanted = AcknowledgementItem.sk.startswith(_notice(payer_id, notice, version))
        for row in walked(AcknowledgementItem.query)(keys.payers(practice), wanted, consistent_read=True):
            yield row.acknowledgement()

    def consents(self, practice: str, payer_id: str) -> Iterator[Consent]:
        wanted = ConsentItem.sk.startswith(f"{_CONSENT}{payer_id}#")
        for row in walked(ConsentItem.query)(keys.payers(practice), wanted, consistent_read=True):
            yield row.consent()


def _notice(payer_id: str, notice: str, version: str) -> str:
    return f"{_NOTICE}{payer_id}#{notice}#{version}#"


def _place(processor: str, id_: str) -> str:
    return f"{_AT}{processor}#{id_}"


def _names(payer: Payer) -> set[str]:
    """By which the processor's news finds the payer."""
    return {method.processor_id for method in payer.methods} | ({payer.customer_id} - {""})
