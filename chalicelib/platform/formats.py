"""A deployment's stored format, and what its functions read, in SSM Parameter Store.

`<prefix>/format`: the number in force, and since when; nothing there is format 1. `<prefix>/rows`: the format
that every row was brought to last, which `infra.deploy` reads too. `<prefix>/release`: JSON of what that
deployed last.
"""

import json

from chalicelib.kernel import stored_format
from chalicelib.kernel.stored_format import InForce
from chalicelib.platform.keys import Parameters
from chalicelib.platform.ports import Formats

_FORMAT, _ROWS, _RELEASE = "format", "rows", "release"


class FormatParameters(Formats):
    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def in_force(self) -> InForce:
        text = self._parameters.read(_FORMAT)
        return InForce(*map(int, text.split())) if text else InForce()

    def put_in_force(self, format_: int, at: int) -> None:
        self._parameters.write(_FORMAT, f"{format_} {at}")

    def note_rows(self, format_: int) -> None:
        if self._parameters.read_now(_ROWS) != str(format_):
            self._parameters.write(_ROWS, str(format_))

    def rows_are_of(self, format_: int) -> bool:
        return format_ == 1 or self._parameters.read_now(_ROWS) == str(format_)

    def read_by_functions(self) -> tuple[int, ...]:
        text = self._parameters.read_now(_RELEASE)
        return tuple(json.loads(text)["reads"]) if text else ()

    def written(self) -> int:
        """For stores. Errors: Busy; Refused format_unread."""
        return stored_format.check_read(self.in_force().format)
