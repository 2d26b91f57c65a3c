"""Settle what a practice's processor says has changed since the round before, a page at a time.

A round's row (job `reconcile-<processor>`) is written after what was settled, never before: whoever dies in
between leaves the page to the next call, and settling twice changes nothing. The list of news goes back
30 days. Where the row is older, or there is none, the processor's books are compared first.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, ProcessorDenied, ProcessorRefused, ProcessorTimeout, Unreadable
from chalicelib.operations.domain.alerts import BY_ITSELF, Alert, AlertName, Cause
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.services.alerting import Alerting
from chalicelib.payments.ports.processors import OF_SAVED, Announces, Facts, Reference
from chalicelib.payments.services.full_pass import FIRST, OVERLAP, FullPasses
from chalicelib.payments.services.heard_news import NOTHING, Heard, digest, name_of, named
from chalicelib.payments.services.methods.following import Following
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.unsettled_rows import OF_ONE_ROW, code
from chalicelib.platform.ports import Clock

log = logging.getLogger("billfold.reconciling")
LATE = timedelta(minutes=10)  # that news may be listed after it was made: rounds overlap by so much
OLDEST = timedelta(days=25)  # of the list that is relied on; Stripe keeps it for 30 days
QUIET = timedelta(hours=1)  # between two rounds where nothing is under way, and the last had no news
YOUNG = timedelta(hours=1)  # what could not be settled is tried with every call for so long, then hourly
GIVEN_UP = timedelta(days=3)  # then a person is called, and the books are compared each night
LASTS = timedelta(hours=6)  # since the round before: then a person is called
STUCK = 3  # calls that died in a round
SILENT = 3  # objects in one page that it gives no answer about: then it is away
_ONE = (*OF_ONE_ROW, Busy, ProcessorTimeout)


@dataclass(frozen=True)
class _Counting(Alerting):
    """`open`: the alerts raised through it that nobody has closed."""

    open: list[str] = field(default_factory=list)

    def raise_alert(self, practice: str, cause: Cause) -> Alert:
        alert = super().raise_alert(practice, cause)
        self.open.extend([cause.id] if alert.open else [])
        return alert


def job(processor: str) -> str:
    return f"reconcile-{processor}"


@dataclass(frozen=True)
class CatchingUp:
    rounds: Rounds
    settling: Settling
    full_passes: FullPasses
    alerting: Alerting
    clock: Clock
    following: Following

    def due(self, known: Round | None) -> bool:
        """Whether the practice is asked though nothing is under way there."""
        if known is None or not known.ended_at or self._is_worthless(known):
            return True
        return Heard.parse(known.carried).due_at <= instant(self.clock.now())

    def catch_up(self, practice: str, processor: Announces, known: Round | None, *, until: datetime) -> int:
        """Go through this round as far as time allows, and after one that an earlier call began through the
        next; how many objects were asked for. Safe to repeat.

        Errors: ProcessorTimeout, ProcessorRefused, Busy; Conflict (another call is at it): nothing is lost.
        """
        found, seen = self._through(practice, processor, known, until)
        if known is not None and not known.ended_at and found.ended_at:
            seen += self._through(practice, processor, found, until)[1]
        return seen

    def _through(
        self, practice: str, processor: Announces, known: Round | None, until: datetime
    ) -> tuple[Round, int]:
        found, seen = self._this_round(practice, processor.name, known), 0
        resumed_at = found.cursor
        anew = known is None or self._is_worthless(known)  # kept at once: from then on it is counted how long
        # Counted before: a call that dies in it can tell nobody.
        if anew or self._age(settled_until(found)) > LASTS:
            found = self.rounds.save(practice, job(processor.name), replace(found, tries=found.tries + 1))
        while not found.ended_at and self.clock.now() < until:
            try:
                after, asked = self._step(practice, processor, found)
            except ProcessorDenied:
                raise
            except ProcessorRefused:
                kept, found = found, self._from_its_beginning(practice, processor.name, found)
                if not kept.cursor or kept.cursor != resumed_at:
                    raise
                continue
            before, found = found, self.rounds.save(practice, job(processor.name), replace(after, tries=0))
            seen += asked
            if settled_until(found) != settled_until(before):
                self._over(practice, processor.name, before)
        return found, seen

    def call_if_dead(self, practice: str, processor: str, known: Round | None) -> None:
        """Turns went into the round, and were not heard of again."""
        if known is not None and known.tries >= STUCK:
            self.call_if_it_lasts(practice, processor, known, "no_end")

    def call_as_unreadable(self, practice: str, processor: str) -> None:
        """Its row is none that any version writes."""
        self._alert(practice, Cause(AlertName.ROUND_OVERDUE, f"{job(processor)} unreadable"))

    def call_if_it_lasts(self, practice: str, processor: str, known: Round | None, why: str) -> None:
        if known is not None and self._age(settled_until(known)) > LASTS:
            facts = {"job": job(processor), "code": why}
            self._alert(practice, replace(_overdue(processor, known), facts=facts))

    def _is_worthless(self, known: Round) -> bool:
        """Whether it says nothing that could be gone by: where a clock was wrong, or what it carries cannot
        be read. That is a row that was lost, and no trouble of other practices."""
        ahead = instant(self.clock.now() + LATE)
        try:
            due_at = Heard.parse(known.carried).due_at
        except Unreadable:
            return True
        return max(known.begun_at, known.since) > ahead or due_at > instant(self.clock.now() + QUIET + LATE)

    def _this_round(self, practice: str, processor: str, known: Round | None) -> Round:
        """The one that has not ended, or the next; the books first where news may be gone from the list."""
        now = instant(self.clock.now())
        if known is None or self._is_worthless(known):
            log.info("books compared first", extra={"practice": practice, "processor": processor})
            carried = str(Heard(books=instant(self.clock.now() - FIRST)))
            return Round(now, carried=carried, version=known.version if known else 0)
        heard, since = Heard.parse(known.carried), settled_until(known)
        if self._age(known.begun_at if heard.books else since) > OLDEST:
            about = {"practice": practice, "processor": processor, "since": heard.books or since}
            log.warning("news too old to be listed: books compared first", extra=about)
            carried = str(replace(heard, now={}, books=heard.books or since))
            return replace(known, begun_at=now, since=since, cursor="", ended_at="", carried=carried)
        if not known.ended_at:
            return known
        return replace(known, begun_at=now, since=known.begun_at, cursor="", ended_at="")

    def _step(self, practice: str, processor: Announces, found: Round) -> tuple[Round, int]:
        """The round one page on, all of the page settled or kept to be; how many were asked for."""
        heard = Heard.parse(found.carried)
        if heard.books:
            since = datetime.fromisoformat(heard.books) - OVERLAP
            cursor = self.full_passes.page(practice, processor.name, since=since, cursor=found.cursor)
            if cursor:
                return replace(found, cursor=cursor), 0
            return replace(found, since=found.begun_at, cursor="", carried=str(replace(heard, books=""))), 0
        since = datetime.fromisoformat(settled_until(found)) - LATE
        page = processor.changes(since=since, cursor=found.cursor)
        again = map(named, heard.again) if heard.full or not found.cursor else ()
        about, silent = dict.fromkeys((*page.about, *again)), list[str]()
        for each in about:
            heard = self._bring(practice, processor, each, heard, silent)
        after = replace(found, cursor=page.next_cursor, carried=str(heard))
        return (after if page.next_cursor else self._ended(after, heard)), len(about)

    def _ended(self, found: Round, heard: Heard) -> Round:
        """What this round met is what the next can meet again: nothing else need be kept."""
        young = any(self._age(since) < YOUNG for since in heard.again.values())
        wait = timedelta() if young or heard.told else QUIET
        due_at = instant(datetime.fromisoformat(found.begun_at) + wait)
        kept = replace(heard, before=heard.now, now={}, due_at=due_at)
        return replace(found, ended_at=instant(self.clock.now()), carried=str(kept))

    def _bring(
        self, practice: str, processor: Announces, about: Reference, heard: Heard, silent: list[str]
    ) -> Heard:
        """Settle what the object says. `silent`: those of the page that had no answer."""
        name = name_of(about)
        if heard.before.get(name) == NOTHING:  # what was none of ours never will be
            return heard.settled(name, NOTHING)
        over = True
        try:
            if about.kind in OF_SAVED:
                return self._followed(practice, processor, about, heard)
            facts = processor.look(about)
            if facts is not None and not heard.knows(name, digest(facts)):
                over = self._settle(practice, processor.name, facts)
        except ProcessorDenied:  # nothing is wrong with this payment, and the next one would fare no better
            raise
        except _ONE as error:  # it keeps none of those after it from being settled
            silent += [name] if isinstance(error, ProcessorTimeout) else []
            if len(silent) >= SILENT or (heard.full and name not in heard.again):
                raise
            return self._kept(practice, name, heard, error)
        return heard.settled(name, digest(facts)) if over else self._waits(name, heard)

    def _followed(self, practice: str, processor: Announces, about: Reference, heard: Heard) -> Heard:
        """What of a payer's methods has news: asked for anew, for nothing else tells whether it is news."""
        payer = self.following.heard(practice, processor.name, about)
        return heard.settled(name_of(about), digest(payer.methods if payer else None))

    def _settle(self, practice: str, processor: str, facts: Facts) -> bool:
        """Whether nothing of it waits for a person, who may make room for it."""
        alerting = _Counting(self.alerting.alerts, self.clock)
        try:
            replace(self.settling, alerting=alerting).settle(practice, processor, facts)
        except NotFound:
            log.warning("money of no payment", extra={"practice": practice, "intent": facts.intent_id})
            return True
        return not alerting.open

    def _waits(self, name: str, heard: Heard) -> Heard:
        """A person has been called. What there is no room for the full pass tries again."""
        since = heard.again.get(name, instant(self.clock.now()))
        room = name in heard.again or not heard.full
        return heard.failed(name, since) if room and self._age(since) < GIVEN_UP else heard.given_up(name)

    def _kept(self, practice: str, name: str, heard: Heard, error: Exception) -> Heard:
        """To be tried again; after days a person is called."""
        since, about = heard.again.get(name, instant(self.clock.now())), named(name)
        what = {"practice": practice, "object": about.id, "why": str(error)}
        log.error("money not settled", extra=what)
        if self._age(since) < GIVEN_UP:
            return heard.failed(name, since)
        facts = {"kind": about.kind.value, "code": code(error)}
        self.alerting.raise_alert(practice, Cause(AlertName.MONEY_NOT_SETTLED, about.id, facts))
        return heard.given_up(name)

    def _from_its_beginning(self, practice: str, processor: str, found: Round) -> Round:
        """Its list may not know the place any more where the round was to go on."""
        if not found.cursor:
            return found
        log.warning("list cut short", extra={"practice": practice, "processor": processor})
        return self.rounds.save(practice, job(processor), replace(found, cursor=""))

    def _over(self, practice: str, processor: str, known: Round) -> None:
        """It has come through: what was raised for want of that closes."""
        if self._age(settled_until(known)) > LASTS:
            try:
                cause = _overdue(processor, known)
                self.alerting.over(practice, cause, note=f"{BY_ITSELF}the round has come through")
            except Busy:
                log.warning("alert not closed", extra={"practice": practice, "job": job(processor)})

    def _alert(self, practice: str, cause: Cause) -> None:
        try:
            self.alerting.raise_alert(practice, cause)
        except Busy:
            log.warning("alert not raised", extra={"practice": practice, "alert": cause.name.value})

    def _age(self, since: str) -> timedelta:
        return self.clock.now() - datetime.fromisoformat(since)


def settled_until(of: Round) -> str:
    """All news before it was settled, or called a person."""
    return of.begun_at if of.ended_at else of.since or of.begun_at


def _overdue(processor: str, known: Round) -> Cause:
    return Cause(AlertName.ROUND_OVERDUE, f"{job(processor)} {settled_until(known)}")
