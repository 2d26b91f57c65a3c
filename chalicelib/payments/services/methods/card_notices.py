"""What law wants read beside a card form: whether somebody still has to say that they have; that they did."""

from dataclasses import dataclass, replace

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.instants import instant
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.ports.payers import Acknowledgement, Payers
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.notices import Place, notices_at
from chalicelib.practice.domain.practices import Practice
from chalicelib.words import LANGUAGES, say
from chalicelib.words.notices import CARD_NOTICE_VERSION, NOTICE_TEXTS


@dataclass(frozen=True, slots=True)
class CardNotice:
    """`text` by language. `given`: this person needs not say it again."""

    id: str
    version: str
    text: dict[str, str]
    given: bool


@dataclass(frozen=True)
class CardNotices:
    payers: Payers
    clock: Clock

    def asked(self, practice: Practice, payer_id: str) -> CardNotice | None:
        """None where the practice has none beside its card forms. Error: Busy."""
        notice = self.shown(practice)
        return notice and replace(notice, given=self._given(practice, notice.id, payer_id))

    def shown(self, practice: Practice) -> CardNotice | None:
        """As `asked`, to whom nobody knows."""
        notice = _notice_of(practice)
        if not notice:
            return None
        text = {locale: say(NOTICE_TEXTS, notice, locale) for locale in LANGUAGES}
        return CardNotice(notice, CARD_NOTICE_VERSION, text, given=False)

    def checked(self, practice: Practice, payer_id: str, way: str, version: str) -> bool:
        """Whether there is one to keep of who goes on in that way; "" may lead to a card as well.

        Errors: Invalid notice_unacknowledged, of the text in force; Busy.
        """
        notice = _notice_of(practice)
        if not notice or way not in ("", Way.CARD):
            return False
        if version == CARD_NOTICE_VERSION:
            return True
        if version or not self._given(practice, notice, payer_id):
            raise Invalid("notice_unacknowledged", "card_notice")
        return False

    def keep(self, practice: Practice, payer_id: str, about: str, locale: str) -> None:
        """Of the text in force; `about`: the payment or the set-up. Safe to repeat. Error: Busy."""
        now = instant(self.clock.now())
        given = Acknowledgement(payer_id, _notice_of(practice), CARD_NOTICE_VERSION, about, locale, now)
        self.payers.acknowledge(practice.id, given)

    def _given(self, practice: Practice, notice: str, payer_id: str) -> bool:
        if practice.card_notice_each_time:
            return False
        kept = self.payers.acknowledgements(practice.id, payer_id, notice, CARD_NOTICE_VERSION)
        return next(iter(kept), None) is not None


def _notice_of(practice: Practice) -> str:
    """The id of what stands beside card forms, "" where nothing does."""
    return next((notice.id for notice in notices_at(practice, Place.CARD_FORM)), "")
