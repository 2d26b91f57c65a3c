"""Issue 17: whatever insurers pay, take back and pay again, the books have exactly what their files say."""

import random
from dataclasses import dataclass, replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chalicelib.importing.domain.rows import InsurancePaymentRow
from chalicelib.importing.services.importer import Source
from chalicelib.importing.services.remittances.remittances import Remittances
from tests.unit.importing.remittance_books import Books, Figures, left
from tests.unit.importing.remittance_files import ClaimOf, Line, Payment, Reasons, text
from tests.unit.importing.test_undoing import undo
from tests.unit.importing.world import Killed

QUICK = (Phase.explicit, Phase.generate)  # a drawn practice does not shrink to anything
CODES = ("90832", "90834", "90837")
NAMES = {"C1": ("NUNEZ", "ANA", "M1"), "C2": ("VALE", "ROBERT", ""), "C3": ("NUNEZ", "ANA", "M3")}


@dataclass(frozen=True)
class Service:
    """A charge as the practice posted it. No two of a client are on one day, so that each can be found."""

    id: str
    client: str
    day: int
    fee: int
    expected: int
    code: str

    @property
    def row(self) -> str:
        fee, expected = (f"{minor / 100:.2f}" for minor in (self.fee, self.expected))
        return f"{self.id},{self.client},2026-10-{self.day:02d},Talk,dr-a,{fee},{expected},{self.code}\n"


@dataclass(frozen=True)
class Drawn:
    services: tuple[Service, ...]
    answers: dict[str, Line]
    again: dict[str, Line]
    first: tuple[Payment, ...]
    paid_by_clients: str
    unnumbered: frozenset[str]

    @property
    def charges(self) -> str:
        header = "charge_id,client_id,date,service,clinician_id,fee,insurance_expected,cpt\n"
        return header + "".join(service.row for service in self.services)

    def books(self) -> Books:
        books = Books(charges=self.charges)
        books.load({"payments.csv": self.paid_by_clients})
        return books

    def figures(self, answers: dict[str, Line]) -> dict[str, Figures]:
        return {service.id: self._after(service, answers[service.id]) for service in self.services}

    @staticmethod
    def _after(service: Service, line: Line) -> Figures:
        """A denial leaves all as it was."""
        if _denied(line):
            return Figures(service.fee - service.expected, service.expected, 0, 0)
        return Figures(_of(line, "PR"), 0, line.paid, _of(line, "CO"))

    def second(self) -> Payment:
        """Some claims taken back, and each paid otherwise."""
        claims = [claim for payment in self.first for claim in payment.claims]
        found: list[ClaimOf] = []
        for claim in claims:
            if any(line.control in self.again for line in claim.lines):
                lines = tuple(self.again.get(line.control, line) for line in claim.lines)
                taken = tuple(_negative(line) for line in claim.lines)
                found += [replace(claim, lines=taken, status="22"), replace(claim, lines=lines)]
        return Payment(tuple(found), "EFT-9", date="20261109")

    def corrected(self) -> tuple[Payment, ...]:
        """The first payments as they should have been."""
        return tuple(
            replace(
                payment,
                claims=tuple(
                    replace(claim, lines=tuple(self.again.get(line.control, line) for line in claim.lines))
                    for claim in payment.claims
                ),
            )
            for payment in self.first
        )

    def post(self, books: Books, *payments: Payment) -> None:
        """As insurers send them: some without the practice's numbers of the lines."""
        denied = [
            line for p in payments for c in p.claims for line in c.lines if c.status == "1" and _denied(line)
        ]
        prepared = books.post(*(self.sent(payment) for payment in payments))
        assert [code for code, _ in left(prepared)] == ["line_denied"] * len(denied)

    def sent(self, payment: Payment) -> Payment:
        def of(line: Line) -> Line:
            return replace(line, control="") if line.control in self.unnumbered else line

        claims = (replace(claim, lines=tuple(map(of, claim.lines))) for claim in payment.claims)
        return replace(payment, claims=tuple(claims))


def _denied(line: Line) -> bool:
    return not line.paid and not _of(line, "PR")


def _of(line: Line, group: str) -> int:
    return sum(minor for of, _, minor in line.reasons if of == group)


def _negative(line: Line) -> Line:
    reasons = tuple((group, reason, -minor) for group, reason, minor in line.reasons)
    return replace(line, charged=-line.charged, paid=-line.paid, reasons=reasons)


def drawn(chance: random.Random) -> Drawn:
    services = tuple(
        Service(f"S{client}-{day}", client, day, fee, chance.randint(0, fee), chance.choice(CODES))
        for client in NAMES
        for day in chance.sample(range(1, 29), chance.randint(1, 4))
        for fee in [chance.randint(1, 30_000)]
    )
    answers = {service.id: _answer(service, chance) for service in services}
    again = {service.id: _answer(service, chance) for service in services if chance.random() < 0.5}
    unnumbered = frozenset(service.id for service in services if chance.random() < 0.4)
    return Drawn(
        services, answers, again, _payments(services, answers, chance), _clients_paid(chance), unnumbered
    )


def _answer(service: Service, chance: random.Random) -> Line:
    fee = service.fee
    date = f"202610{service.day:02d}"
    if chance.random() < 0.2:
        return Line(fee, 0, (("CO", "16", fee),), service.code, date=date, control=service.id)
    paid = chance.choice((0, fee, chance.randint(0, fee)))
    patient = fee - paid if not paid else chance.randint(0, fee - paid)
    contractual = fee - paid - patient
    parts = (("CO", "45", contractual), ("PR", "1", patient))
    reasons: Reasons = tuple(part for part in parts if part[2])
    return Line(fee, paid, reasons, service.code, date=date, control=service.id)


def _payments(
    services: tuple[Service, ...], answers: dict[str, Line], chance: random.Random
) -> tuple[Payment, ...]:
    """A claim for one or two services of a client, over one to three payments."""
    claims: list[ClaimOf] = []
    for client, (last, first, member) in NAMES.items():
        own = [answers[service.id] for service in services if service.client == client]
        while own:
            count, number = chance.randint(1, 2), chance.choice((client, "X"))
            some, own = tuple(own[:count]), own[count:]
            claims.append(ClaimOf(number, some, "1", f"I{len(claims)}", last, first, member))
    kept = (("WO", "X", chance.randint(-5000, 5000)),)
    parts = chance.randint(1, 3)
    return tuple(
        Payment(tuple(claims[n::parts]), f"EFT-{n}", kept=kept) for n in range(parts) if claims[n::parts]
    )


def _clients_paid(chance: random.Random) -> str:
    rows = (
        f"P{client},{client},2026-10-29,{chance.randint(1, 90_000) / 100:.2f},check\n" for client in NAMES
    )
    return "payment_id,client_id,date,amount,method\n" + "".join(rows)


def _figures(books: Books, given: Drawn) -> dict[str, Figures]:
    return {service.id: books.figures(service.id) for service in given.services}


@settings(max_examples=8, deadline=None, phases=QUICK)
@given(st.randoms(use_true_random=False))
def test_the_books_have_what_the_files_say_once(chance: random.Random) -> None:
    given_ = drawn(chance)
    books = given_.books()
    given_.post(books, *given_.first)
    assert _figures(books, given_) == given_.figures(given_.answers)
    paid = sum(payment.total + sum(minor for *_, minor in payment.kept) for payment in given_.first)
    assert sum(figures.paid for figures in _figures(books, given_).values()) == paid
    assert books.owed_to_insurers() == 0
    before = books.picture()
    for payment in given_.first:
        given_.post(books, payment)
    assert books.picture() == before


@settings(max_examples=8, deadline=None, phases=QUICK)
@given(st.randoms(use_true_random=False))
def test_a_reversal_and_its_correction_are_as_the_correction_alone(chance: random.Random) -> None:
    given_ = drawn(chance)
    books, alone = given_.books(), given_.books()
    given_.post(alone, *given_.corrected())
    given_.post(books, *given_.first)
    second = given_.second()
    given_.post(books, second)
    assert _figures(books, given_) == _figures(alone, given_) == given_.figures(given_.answers | given_.again)
    for client in NAMES:
        assert books.balance(client) == alone.balance(client)
    before = books.picture()
    given_.post(books, second)
    given_.post(books, *given_.first)
    assert books.picture() == before


@settings(max_examples=6, deadline=None, phases=QUICK)
@given(st.randoms(use_true_random=False))
def test_what_is_undone_leaves_the_books_as_they_were_and_is_posted_again(chance: random.Random) -> None:
    given_ = drawn(chance)
    books, whole = given_.books(), given_.books()
    before = _figures(books, given_), [books.balance(client) for client in NAMES]
    given_.post(whole, *given_.first)
    for _ in range(2):
        prepared = books.post(*map(given_.sent, given_.first))
        assert prepared.plan
        undone = prepared.plan.steps and undo(books, prepared.plan.import_id)
        assert (_figures(books, given_), [books.balance(client) for client in NAMES]) == before
        assert bool(undone) == bool(prepared.plan.steps)
    given_.post(books, *given_.first)
    assert _figures(books, given_) == given_.figures(given_.answers)
    for client in NAMES:
        assert books.balance(client) == whole.balance(client)
    given_.post(books, given_.second())
    assert _figures(books, given_) == given_.figures(given_.answers | given_.again)


@settings(max_examples=8, deadline=None, phases=QUICK)
@given(st.randoms(use_true_random=False))
def test_killed_at_any_write_and_run_again_it_ends_the_same(chance: random.Random) -> None:
    given_ = drawn(chance)
    whole, books = given_.books(), given_.books()
    payments = tuple(given_.sent(payment) for payment in (*given_.first, given_.second()))
    start = whole.writes.count
    whole.post(*payments)
    count = whole.writes.count - start
    for _ in range(3):
        books.writes.kill_at = (books.writes.count + chance.randint(1, max(count, 1)), chance.random() < 0.5)
        try:
            prepared = books.foresee(*payments)
            Remittances(books.importer).apply(prepared)
        except Killed:
            pass
    books.writes.kill_at = None
    books.post(*payments)
    assert books.picture() == whole.picture()


@settings(max_examples=4, deadline=None, phases=QUICK)
@given(st.randoms(use_true_random=False))
def test_a_file_that_was_damaged_never_posts_another_amount(chance: random.Random) -> None:
    """It is refused, or a line is left, or what is posted is what the whole file says of that charge."""
    given_ = drawn(chance)
    books = given_.books()
    whole = text(*map(given_.sent, given_.first))
    wanted = _to_post(books, whole)
    for _ in range(40):
        for charge_id, amounts in _to_post(books, _damaged(whole, chance)).items():
            assert wanted.get(charge_id) == amounts


def _to_post(books: Books, content: str) -> dict[str, tuple[int, int, int]]:
    files = [Source("remit.835", content.encode())]
    plan = Remittances(books.importer).prepare("oak", files).plan
    rows = [step.row for account in plan.accounts for step in account.steps] if plan else []
    return {
        row.charge_id: (row.paid_minor, row.contractual_minor, row.patient_minor)
        for row in rows
        if isinstance(row, InsurancePaymentRow)
    }


def _damaged(content: str, chance: random.Random) -> str:
    """A character or a segment lost, written twice, exchanged with another, or another character."""
    parts: list[str] = list(content) if chance.random() < 0.6 else content.split("~")
    joint = "" if len(parts[0]) == 1 else "~"
    at, other = chance.randrange(106 if not joint else 1, len(parts) - 1), chance.randrange(1, len(parts) - 1)
    match chance.choice(("lost", "twice", "exchanged", "another")):
        case "lost":
            del parts[at]
        case "twice":
            parts.insert(at, parts[at])
        case "exchanged":
            parts[at], parts[other] = parts[other], parts[at]
        case _:
            parts[at] = chance.choice("0123456789*:~.-A") if not joint else parts[other]
    return joint.join(parts)
