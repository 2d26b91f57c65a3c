"""Accounts that another import, or an undoing, has left hidden: nothing may be written to them yet."""

from chalicelib.ledger.services.import_register import UNDOING, Register
from chalicelib.practice.domain.practices import Practice


def in_the_way(register: Register, practice: Practice, hold: str, *, take_over: bool) -> tuple[str, str]:
    """A problem's code, and which import it is that hides the account as `hold`; ("", "") where rows may be
    written. Error: Busy.

    `take_over`: imports that were broken off are taken over. An undoing never is: what of it is done would
    count as posted.
    """
    if hold.startswith(UNDOING):
        return "undoing_unfinished", hold.removeprefix(UNDOING)
    if take_over or not hold:
        return "", ""
    return "import_unfinished", register.which(practice.id, hold, practice.timezone)
