"""The demo's questions of its first client: one that is answered and one that waits."""

from chalicelib.bootstrap import App
from chalicelib.kernel.actors import CLI, in_portal
from chalicelib.ledger.domain.asked import ItemKind, ItemRef
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.address_hashes import person_at
from chalicelib.questions.domain.questions import Choice
from chalicelib.questions.services.asking import QuestionWish

_CLIENT = "maya@example.test"
_ANSWER = "Your insurer has not answered yet. We have asked them again, and will tell you here what you owe."


def ask(app: App, practice: Practice) -> None:
    """Each once, however often it is called."""
    person = person_at(app.people, app.keys, practice.id, _CLIENT)
    if person is None:
        return
    ref = person.grants[0].ref(practice.id)
    account = app.ledgers.account(ref)
    invoices = list(app.invoices.all_of(ref))
    if account is None or len(account.ledger.open) < 2 or not invoices:
        return  # it was paid since
    actor = in_portal(person.id, minted=False).text
    oldest = min(account.ledger.open.values(), key=lambda item: (item.called.on, item.charge_id))
    about = ItemRef(ItemKind.SERVICE, oldest.charge_id)
    insurance = QuestionWish(
        "demo-question-answered-1", about, Choice.INSURANCE, "Did you send this to my insurer?", person.id,
        actor,
    )  # fmt: skip
    _, answered = app.asking.ask(ref, insurance)
    if answered.answer != _ANSWER:
        app.answering.answer(practice.id, answered.id, _ANSWER, actor=CLI.text)
    about = ItemRef(ItemKind.INVOICE, invoices[-1].id)
    text = "I paid by check at the front desk."
    paid = QuestionWish("demo-question-waiting-1", about, Choice.ALREADY_PAID, text, person.id, actor)
    app.asking.ask(ref, paid)
